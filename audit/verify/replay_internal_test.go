package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
)

// What tells of a record is told from the bytes alone, and nothing is passed over.
func TestTellsPassesNothingOver(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for _, verb := range audit.Verbs() {
		for _, facts := range []*audit.Text{nil, audit.NewText("[]"), audit.NewText(strings.Repeat("x", audit.LongText+1))} {
			for _, typ := range []audit.SubjectType{audit.SubjectRecord, audit.SubjectIssue} {
				for _, format := range []int{0, 1} {
					e := audit.Entry{
						Verb: verb, At: at, Outcome: audit.Done, Actor: audit.Actor{Kind: audit.Daemon}, Format: format, Facts: facts,
						Subject: audit.Subject{Type: typ, ID: "rec-1", Ref: "NC-2026-0001", Version: 1<<53 - 1},
						Reason:  `"facts":{"value":"[]"} "type":"record" ,"v":1,"verb":"write.`, // a value that looks like members
					}
					if format == 1 {
						e.Facts = nil
					}
					leaf, err := e.Canonical()
					if err != nil {
						t.Fatal(err)
					}
					may := e.Facts != nil || verb == audit.RecordUpdated || verb == audit.SyncPulled
					want := may && typ == audit.SubjectRecord && format != 1 && !strings.HasPrefix(string(verb), "write.")
					if got := tells(leaf); got != want {
						t.Errorf("tells(%s) = %t, want %t", leaf, got, want)
					}
				}
			}
		}
	}
	for _, leaf := range []string{"", "{}", `"type":"record"`} {
		if tells([]byte(leaf)) {
			t.Errorf("tells(%q) = true", leaf)
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
