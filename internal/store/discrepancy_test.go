package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// said writes entries about a record, each a day later than the one before.
func (b *bench) said(r register.Record, all ...audit.Entry) {
	b.Helper()
	for _, e := range all {
		b.now = b.now.AddDate(0, 0, 1)
		if e.Subject.ID == "" {
			e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1}
		}
		if e.Actor.Kind == "" {
			e.Actor = audit.Actor{Kind: audit.Daemon, How: audit.ByNone}
		}
		b.write(func(tx *store.Tx) error {
			tx.Audit(e)
			return nil
		})
	}
}

// How far the register and the trackers agree is read from the rows as of a day, with and without
// filters; the rows follow from the log alone.
func TestTrustAsOfAMoment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.file("one"), b.file("two")
	b.happened(&one, b.value(one, register.FieldGrade, "minor"))
	b.happened(&two, b.value(two, register.FieldGrade, "major"))
	gh := audit.Subject{Type: audit.SubjectBinding, ID: "gh-isms", Ref: "gh-isms"}
	title := []audit.FieldChange{{Field: "title@register", After: audit.NewText("a")}, {Field: "title@gh-isms", After: audit.NewText("b")}}
	b.said(one, // from the 2nd of July on
		audit.Entry{Verb: audit.SyncConflict, Changes: title, Reason: ledger.Differs + ledger.Waits},
		audit.Entry{Verb: audit.SyncProblem, Subject: gh, Reason: "list: unavailable (HTTP 503)"},
		audit.Entry{Verb: audit.SyncProblem, Subject: gh, Reason: ledger.ReadOn + "the binding is read again, after 24h0m0s"},
		audit.Entry{Verb: audit.RecordUpdated, Changes: []audit.FieldChange{{Field: "title", After: audit.NewText("c")}}},
	)
	b.said(two, audit.Entry{Verb: audit.SyncPulled, Actor: audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, Changes: title[:1]})
	then := kpi.Question{At: b.now, From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	major := then
	major.Grade = "major"
	before := b.figures(then, major)
	if got := figure(before[0], "K31"); got["conflicts open"] != 1 || got["changes without a known author"] != 1 || got["bindings that cannot be read"] != 0 || got["days until a binding was read again"] != 1 {
		t.Errorf("K31 = %v, want one conflict, one change of nobody, and one day without reading", got)
	}
	got := figure(before[1], "K31")
	if _, applies := got["bindings that cannot be read"]; applies || got["conflicts open"] != 0 || got["changes without a known author"] != 1 {
		t.Errorf("K31 of majors = %v, want one change of nobody and nothing of bindings", got)
	}
	past, err := b.Past(t.Context(), report.Ageing, then)
	if diff := cmp.Diff(figure(before[0], "K31"), figure(past.Sheet, "K31")); diff != "" || err != nil {
		t.Errorf("a report has other figures, %v (-figures +report):\n%s", err, diff)
	}
	b.said(one, audit.Entry{Verb: audit.SyncConflictResolved, Changes: []audit.FieldChange{{Field: "title", After: audit.NewText("a")}}})
	if diff := cmp.Diff(before, b.figures(then, major)); diff != "" {
		t.Errorf("a day later the figures of that day differ (-then +now):\n%s", diff)
	}
	then.At = b.now
	if got := figure(b.figures(then)[0], "K31"); got["conflicts open"] != 0 || got["conflicts found"] != 1 {
		t.Errorf("as of now K31 = %v, want no open conflict", got)
	}
	written, err := store.DiscrepancyRows(t.Context(), b.DB())
	if err != nil || len(written) != 5 {
		t.Fatalf("rows %q, %v, want one for each entry but the edit of a known person", written, err)
	}
	if err := store.MakeDiscrepancy(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	filled, err := store.DiscrepancyRows(t.Context(), b.DB())
	if diff := cmp.Diff(written, filled); diff != "" || err != nil {
		t.Errorf("the table after the migration, %v (-written +filled):\n%s", err, diff)
	}
}
