package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// file adds a record with its entry, as every way into the register does.
func (b *bench) file(title string) register.Record {
	b.Helper()
	var r register.Record
	b.write(func(tx *store.Tx) (err error) {
		r, err = tx.NewRecord(b.Context(), "NC", register.Record{Fields: map[register.Field]string{register.FieldTitle: title}})
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{
			Verb: audit.RecordCreated, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone},
			Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1},
			Changes: ledger.Filed(r), Facts: ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &r}}),
		})
		return nil
	})
	return r
}

// happened stores facts of a record with their entries.
func (b *bench) happened(r *register.Record, facts ...register.Fact) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		row, err := tx.Acquire(b.Context(), r.ID)
		if err != nil {
			return err
		}
		*r = register.Replay(row.Record, facts)
		return tx.SaveFacts(b.Context(), *r, row.Fence, facts, audit.TriggerManual)
	})
}

func (b *bench) value(r register.Record, f register.Field, v string) register.Fact {
	return register.Fact{Kind: register.FactSet, Field: f, Before: r.Fields[f], After: v, At: b.now, By: "ana", From: "register", Means: string(register.ByTerminal)}
}

// A quarter's figures are read from the rows as they were on its last day, with how long the log
// was then; and the rows follow from the log alone.
func TestFiguresAsOfAMoment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.file("one"), b.file("two")
	b.happened(&one, b.value(one, register.FieldGrade, "minor"), b.value(one, register.FieldScope, "payroll\nsales"), b.value(one, register.FieldProblem, strings.Repeat("A long text. ", 1000)))
	b.happened(&two, b.value(two, register.FieldGrade, "major"), b.value(two, register.FieldActionPlan, "- [ ] Do it\n- [ ] And that kind:preventive"))
	b.now = b.now.AddDate(0, 0, 10)
	b.happened(&one, register.Fact{Kind: register.FactMoved, At: b.now, Move: &register.Moved{From: register.Reported, To: register.Closed, Confirmed: b.now, Done: b.now, Closed: b.now}})
	q := kpi.Question{At: b.now, From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	then := b.figures(q)[0]
	if size := b.size(); then.Entries != size {
		t.Errorf("the figures are as of %d entries, the log has %d", then.Entries, size)
	}
	if got := figure(then, "K2"); then.Records != 2 || got["opened"] != 2 || got["closed"] != 1 {
		t.Errorf("%d records, K2 = %v, want 2 records, 2 opened and 1 closed", then.Records, got)
	}
	if got := figure(then, "K16"); got["preventive"] != 1 || got["corrective"] != 1 {
		t.Errorf("K16 = %v, want one action of each kind", got)
	}

	b.now = b.now.AddDate(0, 6, 0)
	b.happened(&one, register.Fact{Kind: register.FactMoved, At: q.At.Add(-time.Hour), Move: &register.Moved{From: register.Closed, To: register.Analysis}}, register.Fact{Kind: register.FactRound, At: b.now})
	b.happened(&two, b.value(two, register.FieldGrade, "minor"), b.value(two, register.FieldIdentified, "2026-01-01"))
	b.file("three")
	if diff := cmp.Diff(then, b.figures(q)[0]); diff != "" {
		t.Errorf("half a year later the figures of that day differ (-then +now):\n%s", diff)
	}
	q.At = b.now
	if got := figure(b.figures(q)[0], "K2"); got["opened"] != 1 {
		t.Errorf("as of now K2 = %v, want one opened in the quarter: the other one was found earlier", got)
	}

	written, err := store.CourseRows(t.Context(), b.DB())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.MakeCourse(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	filled, err := store.CourseRows(t.Context(), b.DB())
	if diff := cmp.Diff(written, filled); diff != "" || err != nil || len(filled) != 3 {
		t.Errorf("the table after the migration, %d rows, %v (-written +filled):\n%s", len(filled), err, diff)
	}
	if err := store.RefillCourse(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	filled, err = store.CourseRows(t.Context(), b.DB())
	if diff := cmp.Diff(written, filled); diff != "" || err != nil {
		t.Errorf("the table after the form changed, %v (-written +filled):\n%s", err, diff)
	}
}

// Two changes within a millisecond are one step, in the rows as in the log.
func TestCourseOfOneMoment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := b.file("one")
	for _, grade := range []string{"minor", "major", ""} {
		b.happened(&r, b.value(r, register.FieldGrade, grade))
	}
	b.now = b.now.Add(-time.Hour) // and the clock goes back
	b.happened(&r, b.value(r, register.FieldSource, "incident"))
	written, err := store.CourseRows(t.Context(), b.DB())
	if err != nil || len(written) != 1 || strings.Contains(written[0], "grade=") || strings.Count(written[0], "@") != 1 || !strings.Contains(written[0], "source=incident") {
		t.Fatalf("rows %q, %v", written, err)
	}
	if err := store.MakeCourse(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	filled, err := store.CourseRows(t.Context(), b.DB())
	if diff := cmp.Diff(written, filled); diff != "" || err != nil {
		t.Errorf("the table after the migration, %v (-written +filled):\n%s", err, diff)
	}
}

func (b *bench) figures(q ...kpi.Question) []kpi.Sheet {
	b.Helper()
	sheets, err := b.Figures(b.Context(), q...)
	if err != nil {
		b.Fatal(err)
	}
	return sheets
}

func (b *bench) size() (n int64) {
	b.Helper()
	if err := b.DB().QueryRowContext(b.Context(), "SELECT size FROM audit_head").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// figure returns the numbers of a figure by their names.
func figure(s kpi.Sheet, id string) map[string]float64 {
	out := map[string]float64{}
	for _, f := range s.Figures {
		for _, v := range f.Values {
			if f.ID == id && v.Value != nil {
				out[v.Name] = *v.Value
			}
		}
	}
	return out
}
