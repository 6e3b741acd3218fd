package auditor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/response"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// A Bound is the ZIP of a dossier and the manifest in it.
type Bound struct {
	ZIP      []byte
	Manifest export.DossierManifest
}

// attempts is how often a dossier begins anew when its record changes meanwhile.
const attempts = 5

// errChanged says that the record changed while its dossier was made.
var errChanged = errors.New("the record changed at this moment")

// Dossier makes the dossier of a record and notes it in the log, with the digests of the page
// and of the record: so the signed tree vouches for them too. Tool is the version of the program
// and keys are the public keys of the log.
func (d Desk) Dossier(ctx context.Context, r *service.Register, ref, tool string, keys []string) (out Bound, err error) {
	for range attempts {
		out, err = d.dossier(ctx, r, ref, tool, keys)
		if !errors.Is(err, errChanged) {
			return out, err
		}
	}
	return out, fmt.Errorf("%s: %w, %d times in a row: ask again", ref, err, attempts)
}

func (d Desk) dossier(ctx context.Context, r *service.Register, ref, tool string, keys []string) (Bound, error) {
	row, err := d.Store.Record(ctx, ref)
	if err != nil {
		return Bound{}, err
	}
	page, err := pageOf(ctx, r, row)
	if err != nil {
		return Bound{}, err
	}
	x := export.Dossier{Record: row.Record.Ref, Tool: tool, Keys: keys, Page: page, Row: ledger.Row{Record: row.Record}.Line()}
	made, err := d.note(ctx, row, x)
	if err != nil {
		return Bound{}, err
	}
	if x.Seqs, err = d.entriesOf(ctx, row.Record.ID, made); err != nil {
		return Bound{}, err
	}
	tx, err := d.Store.Reader().BeginTx(ctx, readOnly())
	if err != nil {
		return Bound{}, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	var b bytes.Buffer
	m, err := export.WriteDossier(ctx, tx, &b, x)
	return Bound{b.Bytes(), m}, err
}

// note adds the entry that notes a dossier, unless the record has changed since it was read.
func (d Desk) note(ctx context.Context, row store.Row, x export.Dossier) (made int64, err error) {
	err = d.Store.Write(ctx, func(t *store.Tx) error {
		now, err := t.Row(ctx, row.Record.ID)
		if err != nil {
			return err
		}
		if now.Version != row.Version {
			return errChanged
		}
		t.Audit(audit.Entry{
			Verb: audit.ExportMade, Actor: d.Actor, Origin: audit.Origin{Trigger: audit.TriggerManual},
			Subject: audit.Subject{Type: audit.SubjectDaemon, ID: d.Origin, Ref: d.Origin}, Changes: export.Made(x.Record, x.Page, x.Row),
		})
		made, err = t.Flush(ctx)
		return err
	})
	return made, err
}

// entriesOf returns the numbers of the entries about a record before entry made, and made.
func (d Desk) entriesOf(ctx context.Context, id string, made int64) ([]int64, error) {
	const page = 1000
	out := []int64{made}
	for before := made; ; {
		es, err := d.Store.History(ctx, id, before, page)
		if err != nil {
			return nil, err
		}
		for _, e := range es {
			out = append(out, e.Seq)
			before = min(before, e.Seq)
		}
		if len(es) < page {
			slices.Sort(out)
			return out, nil
		}
	}
}

// pageOf returns the record as an auditor reads it.
func pageOf(ctx context.Context, r *service.Register, row store.Row) ([]byte, error) {
	e, err := r.Entry(ctx, row)
	if err != nil {
		return nil, err
	}
	last, err := r.LastEntry(ctx, row.Record.ID, row.Version)
	if err != nil {
		return nil, err
	}
	var events []present.Event
	for before := int64(service.Newest); ; {
		p, err := r.History(ctx, row.Record.ID, row.Record.Ref, before, 1000)
		if err != nil {
			return nil, err
		}
		events = append(events, p.Events...)
		if before = p.Next; before == 0 {
			break
		}
	}
	slices.Reverse(events)
	now := time.Now()
	if r.Now != nil {
		now = r.Now()
	}
	return page(response.New(response.Source{Record: e.Record, View: e.View, Names: e.Names, At: now, Version: e.Version, Entry: last}), e, events, r.Policy.Edition)
}
