package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register"
)

// Promoted files the records that facts of an observation promote it to, in the transaction that
// stores those facts: neither is kept without the other. Each is linked to the observation, and has
// its own entries in the log. Prefix is the beginning of the numbers of a kind.
func (t *Tx) Promoted(ctx context.Context, of register.Record, facts []register.Fact, prefix func(register.Kind) string, trigger audit.Trigger) error {
	for _, f := range facts {
		if f.Kind != register.FactDecided || f.Decision.Subject != register.SubjectPromotion || !f.Decision.Counts() {
			continue
		}
		next, link := f.Decision.PromotedFrom(of)
		// The same decision, read again after a restore, files the same record.
		next.ID = uuid.NewSHA1(uuid.NameSpaceOID, []byte("conformd promoted "+of.ID+" "+f.Decision.Event)).String()
		next, err := t.NewRecord(ctx, prefix(next.Kind()), next)
		if err != nil {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.RecordCreated, Occurred: f.Decision.At, Actor: ledger.Actor(f), Reason: "promoted from " + of.Ref,
			Origin:  audit.Origin{Trigger: trigger, Event: f.Event},
			Subject: audit.Subject{Type: audit.SubjectRecord, ID: next.ID, Ref: next.Ref, Version: 1},
			Changes: ledger.Filed(next),
			Facts:   ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &next}}),
		})
		row, err := t.Acquire(ctx, next.ID)
		if err != nil {
			return err
		}
		link.Account, link.Means = f.Account, f.Means
		if err := t.SaveFacts(ctx, register.Apply(next, link), row.Fence, []register.Fact{link}, trigger); err != nil {
			return err
		}
		for _, id := range []string{next.ID, of.ID} { // the comment of the observation names the new record
			if err := t.MarkDirty(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}
