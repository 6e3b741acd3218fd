package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
)

// What tells of a record, or of a discrepancy, is told from the bytes alone, and nothing is passed over.
func TestTellsPassesNothingOver(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	all := []struct {
		outcome audit.Outcome
		actor   audit.Actor
	}{
		{audit.Done, audit.Actor{Kind: audit.Daemon}},
		{audit.Refused, audit.Actor{Kind: audit.Daemon}},
		{audit.Unknown, audit.Actor{Kind: audit.Daemon}},
		{audit.Done, audit.Actor{Kind: audit.Person, ID: "account:gh-isms:1001", How: audit.ByChangelog, Account: "gh-isms:1001"}},
	}
	for _, verb := range audit.Verbs() {
		for _, by := range all {
			if verb == audit.WriteResolved && by.outcome == audit.Unknown {
				continue // a resolution is final
			}
			tellsOf(t, verb, by.outcome, by.actor, at)
		}
	}
	for _, leaf := range []string{"", "{}", `"type":"record"`} {
		if tells([]byte(leaf)) {
			t.Errorf("tells(%q) = true", leaf)
		}
	}
}

// tellsOf asks about every form of an entry.
func tellsOf(t *testing.T, verb audit.Verb, outcome audit.Outcome, actor audit.Actor, at time.Time) {
	t.Helper()
	for _, facts := range []*audit.Text{nil, audit.NewText("[]"), audit.NewText(strings.Repeat("x", audit.LongText+1))} {
		for _, typ := range []audit.SubjectType{audit.SubjectRecord, audit.SubjectIssue} {
			for _, format := range []int{0, 1} {
				e := audit.Entry{
					Verb: verb, At: at, Outcome: outcome, Actor: actor, Format: format, Facts: facts,
					Subject: audit.Subject{Type: typ, ID: "rec-1", Ref: "NC-2026-0001", Version: 1<<53 - 1},
					Reason:  `"facts":{"value":"[]"} "type":"record" ,"v":1,"verb":"write. ,"outcome":"refused" "id":"account:`, // a value that looks like members
				}
				if format == 1 {
					e.Facts, e.Actor.Account = nil, ""
				}
				leaf, err := e.Canonical()
				if err != nil {
					t.Fatal(err)
				}
				told := e.Facts != nil || verb == audit.RecordUpdated
				stranger := actor.Account != ""
				want := told && typ == audit.SubjectRecord || stranger
				switch {
				case format == 1, verb == audit.WriteIntent:
					want = false
				case verb == audit.WriteOutcome:
					want = outcome != audit.Done
				case verb == audit.WriteResolved, strings.HasPrefix(string(verb), "sync."):
					want = true
				}
				if got := tells(leaf); got != want {
					t.Errorf("tells(%s) = %t, want %t", leaf, got, want)
				}
			}
		}
	}
}

func TestLongTextsOfAnEntry(t *testing.T) {
	long := func(c string) *audit.Text { return audit.Digested(strings.Repeat(c, audit.LongText+1)) }
	e := audit.Entry{
		Verb: audit.SyncPulled, At: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Actor: audit.Actor{Kind: audit.Daemon}, Subject: audit.Subject{Type: audit.SubjectRecord, ID: "rec-1"},
		Changes: []audit.FieldChange{
			{Field: "problem", Before: long("a"), After: long("b")},
			{Field: "title", Before: audit.NewText("x"), After: audit.NewText(`":{"length":3,"sha256":"`)},
			{Field: "evidence", Before: long("c")},
		},
		Facts: long("d"), Full: long("e"),
	}
	leaf, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{long("b").SHA256, long("d").SHA256, long("e").SHA256}
	if got := longTexts(leaf); !slices.Equal(got, want) {
		t.Errorf("longTexts() = %v, want %v: what a value was before is not needed", got, want)
	}
	if got := fullOf(leaf); got != long("e").SHA256 {
		t.Errorf("fullOf() = %s", got)
	}
	if got := longTexts([]byte(`{"x":{"length":12,"sha256":"ab`)); got != nil {
		t.Errorf("longTexts() of a leaf that was cut off = %v", got)
	}
}
