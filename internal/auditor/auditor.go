// Package auditor answers what an auditor asks of the register: a sample of its records, and a
// dossier of one of them with the proofs of its entries in the log.
package auditor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

// A Desk is where an auditor asks.
type Desk struct {
	Store *store.Store
	// Actor is who asks, and Origin the first name of the audit log.
	Actor  audit.Actor
	Origin string
}

// A Drawn is a sample with its place in the log.
type Drawn struct {
	sample.Sample
	Seed string    `json:"seed"`
	From string    `json:"from,omitempty"`
	To   string    `json:"to,omitempty"`
	AsOf time.Time `json:"as_of"`
	// Entries is how many entries the log had when the register was read, and Entry is the number
	// of the one that notes the draw.
	Entries int64 `json:"log_entries"`
	Entry   int64 `json:"log_entry"`
}

// Sample draws a sample and notes the draw in the log: whoever tries several seeds shows all of
// them. The register is read in the transaction of that entry. The error may be one of
// [sample.Draw]; nothing is noted then.
func (d Desk) Sample(ctx context.Context, q sample.Question) (out Drawn, err error) {
	err = d.Store.Write(ctx, func(t *store.Tx) error {
		records, err := recordsOf(ctx, t)
		if err != nil {
			return err
		}
		s, err := sample.Draw(records, q)
		if err != nil {
			return err
		}
		out = Drawn{Sample: s, Seed: q.Seed, From: q.From, To: q.To, AsOf: q.At.UTC().Truncate(time.Second)}
		t.Audit(d.drawn(out, q.Size))
		out.Entry, err = t.Flush(ctx)
		out.Entries = out.Entry
		return err
	})
	return out, err
}

// drawn is the entry that notes a draw.
func (d Desk) drawn(s Drawn, size int) audit.Entry {
	refs := make([]string, len(s.Chosen))
	for i, c := range s.Chosen {
		refs[i] = c.Ref
	}
	e := audit.Entry{
		Verb: audit.SampleDrawn, Actor: d.Actor, Origin: audit.Origin{Trigger: audit.TriggerManual},
		Subject: audit.Subject{Type: audit.SubjectDaemon, ID: d.Origin, Ref: d.Origin},
	}
	for _, v := range []struct{ field, value string }{
		{"seed", s.Seed},
		{"size", fmt.Sprint(size)},
		{"from", s.From},
		{"to", s.To},
		{"population", fmt.Sprint(len(s.Population))},
		{"population_sha256", s.Digest},
		{"sample", strings.Join(refs, "\n")},
	} {
		if v.value != "" {
			e.Changes = append(e.Changes, audit.FieldChange{Field: v.field, After: audit.NewText(v.value)})
		}
	}
	return e
}

// recordsOf returns every record as the database shows it to a transaction.
func recordsOf(ctx context.Context, tx auditdb.Tx) (out []register.Record, err error) {
	for row, err := range store.RegisterRows(ctx, tx) {
		if err != nil {
			return nil, err
		}
		if r, ok := row.(ledger.Row); ok {
			out = append(out, r.Record)
		}
	}
	return out, nil
}
