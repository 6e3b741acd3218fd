package ingest

import (
	"context"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// register takes in an issue that is bound to nothing yet: it starts a record, or it
// belongs to one.
func (g *Ingester) register(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, trigger audit.Trigger) error {
	if unverified, err := g.Unverified(ctx, t); err != nil || len(unverified) > 0 {
		if err != nil {
			return err
		}
		return g.await(ctx, t, b, is, unverified)
	}
	if b.Profile.Role == mapping.RoleAction {
		return g.bindAction(ctx, t, b, is, trigger)
	}
	if b.Own(is) {
		return g.findRecord(ctx, t, b, is, trigger)
	}
	view := b.Profile.Read(is).View
	kind := register.Kind(view[register.FieldKind].Value)
	if kind == "" {
		kind = register.Nonconformity
	}
	id := mapping.RecordID(b.ID, is.Ref.ID)
	ref, err := t.Reserved(ctx, g.claims(id)...)
	if err != nil {
		return err
	}
	fields := map[register.Field]string{register.FieldKind: string(kind)}
	if who := history.Reporter(b, is); who != "" {
		fields[register.FieldReporter] = who
	}
	if b.Scope != "" && view[register.FieldScope].Value == "" {
		fields[register.FieldScope] = b.Scope
	}
	rec, err := t.NewRecord(ctx, g.Prefix(kind), register.Record{ID: id, Ref: ref, Fields: fields})
	if err != nil {
		return err
	}
	t.Audit(audit.Entry{
		Verb: audit.RecordCreated, Occurred: is.Created, Actor: history.Author(b, is.Author, audit.ByToken),
		Origin:  audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: rec.ID, Ref: rec.Ref, Version: 1},
		Changes: ledger.Filed(rec),
		Facts:   ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &rec}}),
	})
	l := store.BoundIssue{Binding: b.ID, Ref: is.Ref, RecordID: rec.ID, Role: string(mapping.RoleRecord), State: store.IssueBound, Issue: is}
	if err := t.PutBoundIssue(ctx, l); err != nil {
		return err
	}
	if err := t.Unquarantine(ctx, b.ID, is.Ref.ID); err != nil {
		return err
	}
	if _, err := g.Events(ctx, t, b, l, is.Comments); err != nil {
		return err
	}
	if err := g.adoptTwins(ctx, t, rec.ID, trigger); err != nil {
		return err
	}
	return g.MarkDirty(ctx, t, rec.ID)
}

// Prefix returns the beginning of the record numbers of a kind.
func (g *Ingester) Prefix(k register.Kind) string { return store.Prefix(g.Prefixes, k) }
