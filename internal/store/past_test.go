package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// A report as of a moment has the records as they were then, with long texts, and names the log by the
// root that its checkpoint had. Half a year later it is the same, byte for byte.
func TestPastOfAMoment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.file("one"), b.file("two")
	long := strings.Repeat("A long title. ", 300)
	b.happened(&one, b.value(one, register.FieldTitle, long), b.value(one, register.FieldGrade, "minor"))
	b.happened(&two, b.value(two, register.FieldOwner, "ana"))
	q := kpi.Question{At: b.now, From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	then := b.past(report.Ageing, q)
	msg, err := auditdb.CurrentCheckpoint(b.Context(), b.DB())
	if err != nil {
		t.Fatal(err)
	}
	at, err := tree.ReadCheckpoint(msg)
	if err != nil {
		t.Fatal(err)
	}
	if then.Entries != at.Size || then.Root != at.RootText() {
		t.Errorf("the report is of %d entries with root %s, the checkpoint of %d with %s", then.Entries, then.Root, at.Size, at.RootText())
	}
	rows, _ := then.Rows.([]report.AgeingRow)
	if len(rows) != 2 || rows[0].Title != long || rows[0].Grade != "minor" || rows[1].Owner != "ana" {
		t.Fatalf("rows %.300v", then.Rows)
	}

	b.now = b.now.AddDate(0, 6, 0)
	b.happened(&one, b.value(one, register.FieldTitle, "Short"), register.Fact{Kind: register.FactMoved, At: b.now, Move: &register.Moved{From: register.Reported, To: register.Closed, Closed: b.now}})
	b.happened(&two, b.value(two, register.FieldOwner, "erik"))
	b.file("three")
	was, _ := json.Marshal(then)
	is, _ := json.Marshal(b.past(report.Ageing, q))
	if string(was) != string(is) {
		t.Errorf("half a year later the report is another:\n%.500s\n%.500s", was, is)
	}
	q.At = b.now
	if rows, _ := b.past(report.Ageing, q).Rows.([]report.AgeingRow); len(rows) != 2 || rows[0].Owner != "erik" || rows[1].Title != "three" {
		t.Errorf("as of now the rows are %.300v", rows)
	}
}

// A recurrence shows the closed record as it was as well, and nothing of it at a moment at which the
// log did not tell of it.
func TestPastOfTheRecordThatIsReferredTo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	again, old := b.file("again"), b.file("old")
	x := register.Recurrence{To: old.ID, Ref: old.Ref, State: register.RecurrenceConfirmed, By: "irene", At: b.now, Reason: "the same"}
	b.happened(&again, register.Fact{Kind: register.FactRecurrence, At: b.now, Recurrence: &x})
	q := kpi.Question{At: b.now, From: b.now.AddDate(0, 0, -30), To: b.now.AddDate(0, 0, 30)}
	b.now = b.now.AddDate(0, 0, 1)
	b.happened(&old, b.value(old, register.FieldTitle, "another title"))
	rows, _ := b.past(report.RepeatCauses, q).Rows.([]report.RepeatRow)
	if len(rows) != 1 || rows[0].Again != old.Ref || rows[0].AgainName != "old" {
		t.Errorf("rows %+v", rows)
	}
}

// Where the index of the log lacks entries of a record, there is no report that looks whole.
func TestNoReportOfAnIndexThatLacksEntries(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one := b.file("one")
	b.happened(&one, register.Fact{Kind: register.FactMoved, At: b.now, Move: &register.Moved{From: register.Reported, To: register.Analysis, Confirmed: b.now}})
	if _, err := b.DB().ExecContext(b.Context(), "DELETE FROM history WHERE about = $1 AND seq > (SELECT min(seq) FROM history WHERE about = $1)", one.ID); err != nil {
		t.Fatal(err)
	}
	_, err := b.Past(b.Context(), report.Ageing, kpi.Question{At: b.now, From: b.now, To: b.now.AddDate(0, 0, 1)})
	if err == nil || !strings.Contains(err.Error(), one.Ref+` was in state "analysis" by its course, and in "reported" by the entries about it`) {
		t.Errorf("error %v", err)
	}
	if _, err := b.DB().ExecContext(b.Context(), "INSERT INTO history (about, seq) VALUES ($1, 99999)", one.ID); err != nil {
		t.Fatal(err)
	}
	_, err = b.Past(b.Context(), report.Ageing, kpi.Question{At: b.now, From: b.now, To: b.now.AddDate(0, 0, 1)})
	if err == nil || !strings.Contains(err.Error(), "entry 99999 is not what was written") {
		t.Errorf("with an entry that is missing: error %v", err)
	}
}

func (b *bench) past(which report.Report, q kpi.Question) report.Document {
	b.Helper()
	p, err := b.Past(b.Context(), which, q)
	if err != nil {
		b.Fatal(err)
	}
	return report.Make(which, p, func(id string) string { return id })
}
