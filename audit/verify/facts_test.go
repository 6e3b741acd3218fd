package verify

import (
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
)

// In a long log only a sample is read as entries, and every entry that a check
// needs: which those are is told from the bytes alone.
func TestPlainSkipsNothingThatMatters(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for _, verb := range audit.Verbs() {
		for _, personal := range []bool{false, true} {
			// A value that looks like a member must not be taken for one.
			e := audit.Entry{Verb: verb, At: at, Outcome: audit.Done, Actor: audit.Actor{Kind: audit.Daemon}, Reason: `,"v":1,"verb":"write.intent" "commitment":"`}
			if personal {
				e.Changes = []audit.FieldChange{{Field: "owner", After: audit.Personal("Ada")}}
			}
			leaf, err := e.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			want := !personal && verb != audit.WriteIntent && !verb.Closes() && verb != audit.DisclosureErased && verb != audit.LogRestored
			if got := plain(leaf); got != want {
				t.Errorf("plain(%s) = %t, want %t", leaf, got, want)
			}
		}
	}
	for _, leaf := range []string{"", "{}", `{"v":1,"verb":"record.created" }               `} {
		if plain([]byte(leaf)) {
			t.Errorf("plain(%q) = true: what is no entry has to be looked at", leaf)
		}
	}
}

// A long log is sampled, and its writes and personal data are all checked.
func TestFactsOfALongLog(t *testing.T) {
	var f facts
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for seq := range int64(1000) {
		e := audit.Entry{Verb: audit.RecordUpdated, At: at.Add(time.Duration(seq) * time.Second), Actor: audit.Actor{Kind: audit.Daemon}}
		if seq%100 == 7 {
			e.Verb = audit.WriteIntent
		}
		leaf, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		f.add(seq, leaf, false)
	}
	if len(f.events) != 10 || f.read != 10+16 || len(f.malformed.list) != 0 {
		t.Errorf("%d events and %d entries read, want 10, and 26 with every 64th", len(f.events), f.read)
	}
	if f.first != "2026-03-02T09:30:00.000Z" || f.last != "2026-03-02T09:46:39.000Z" {
		t.Errorf("period %s to %s, want the first and the last second", f.first, f.last)
	}
}
