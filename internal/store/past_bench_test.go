package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// BenchmarkPast measures reports of a register of 10,000 records with 20 entries each, which people
// changed in turns, so that the entries of a record lie apart. Every fifth record is open: half of those
// are nonconformities, the others improvements, signals and measures, which a management review lists.
// Making the register takes some minutes.
func BenchmarkPast(b *testing.B) {
	const records, entries, together = 10_000, 20, 500
	s, _ := appending(b)
	all := make([]register.Record, records)
	write := func(f func(t *store.Tx, i int) error) {
		for from := 0; from < records; from += together {
			err := s.Write(b.Context(), func(t *store.Tx) error {
				for i := from; i < from+together; i++ {
					if err := f(t, i); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	write(func(t *store.Tx, i int) (err error) {
		all[i], err = t.NewRecord(b.Context(), "NC", register.Record{Fields: map[register.Field]string{
			register.FieldTitle: fmt.Sprintf("Review %d is late", i), register.FieldKind: string(kindOf(i)), register.FieldGrade: "minor", register.FieldIdentified: "2026-01-01",
		}})
		r := all[i]
		t.Audit(audit.Entry{
			Verb: audit.RecordCreated, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1},
			Changes: ledger.Filed(r), Facts: ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &r}}),
		})
		return err
	})
	for n := range entries - 1 {
		write(func(t *store.Tx, i int) error {
			now := time.Now()
			f := register.Fact{Kind: register.FactSet, Field: register.FieldProblem, After: fmt.Sprintf("The review of system %d was due in June and is not done. Version %d.", i, n), At: now, By: "ana", From: "register", Means: string(register.ByTerminal)}
			if n == entries-2 && i%5 != 0 {
				f = register.Fact{Kind: register.FactMoved, At: now, Move: &register.Moved{From: register.Reported, To: register.Closed, Confirmed: now, Done: now, Closed: now}}
			}
			row, err := t.Acquire(b.Context(), all[i].ID)
			if err != nil {
				return err
			}
			return t.SaveFacts(b.Context(), register.Apply(row.Record, f), row.Fence, []register.Fact{f}, audit.TriggerManual)
		})
	}
	now := time.Now().UTC().Truncate(time.Millisecond).Add(time.Second)
	q := kpi.Question{At: now, From: now.AddDate(0, -3, 0), To: now}
	named := func(id string) string { return id }
	b.Run("ageing", func(b *testing.B) {
		timed(b, func() error {
			p, err := s.Past(b.Context(), report.Ageing, q)
			d := report.Make(report.Ageing, p, named)
			if err == nil && (len(d.Table.Rows) != records/10 || d.Entries < records*entries) {
				err = fmt.Errorf("%d rows of a log of %d entries", len(d.Table.Rows), d.Entries)
			}
			return err
		})
	})
	b.Run("management-review", func(b *testing.B) {
		review := register.Record{Fields: map[register.Field]string{register.FieldKind: string(register.ManagementReview)}}
		timed(b, func() error {
			p, err := s.Past(b.Context(), report.ManagementReview, q)
			if err != nil {
				return err
			}
			sheets, err := s.Figures(b.Context(), q.Questions(true)...)
			if err != nil {
				return err
			}
			rows := 0
			for _, in := range report.MakePack(review, kpi.NewReport(sheets), p, named).Inputs {
				for _, l := range in.Lists {
					rows += len(l.Rows)
				}
			}
			if rows < records/10 {
				return fmt.Errorf("the review lists %d rows", rows)
			}
			return nil
		})
	})
}

// kindOf is the kind of record i.
func kindOf(i int) register.Kind {
	switch i % 40 {
	case 5, 15:
		return register.Improvement
	case 25:
		return register.Signal
	case 35:
		return register.Measure
	default:
		return register.Nonconformity
	}
}

// timed reports how long a call takes, the median of all.
func timed(b *testing.B, call func() error) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds(), "s/report")
}
