package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func TestRewindStopsWritingAndDoubtsTheBases(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	at := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	b.write(func(tx *store.Tx) error {
		for _, l := range []store.BoundIssue{
			{Binding: "gh", Ref: connectors.Ref{ID: "1", Key: "a/b#1"}, RecordID: rec.ID, Role: "record", State: store.IssueBound, Base: plan.Base{register.FieldTitle: {Side: "t", Register: "t"}}},
			{Binding: "gh", Ref: connectors.Ref{ID: "2", Key: "a/b#2"}, RecordID: rec.ID, Role: "record", State: store.IssueOrphaned},
		} {
			if err := tx.PutBoundIssue(t.Context(), l); err != nil {
				return err
			}
		}
		if _, err := tx.Engage(t.Context(), "gh", store.BrakeMissing, "5 of 9 issues are missing"); err != nil {
			return err
		}
		return tx.Scanned(t.Context(), "gh", at, true, "")
	})
	var all []string
	b.write(func(tx *store.Tx) (err error) {
		all, err = tx.Rewind(t.Context(), []string{"jira"}, store.BrakeRestored, store.RestoredWhy(at, "entries 7 to 9 of the log are not in it"))
		return err
	})
	if want := []string{"gh", "jira"}; !slices.Equal(all, want) {
		t.Errorf("Rewind() = %v, want %v", all, want)
	}
	gh, err := b.Binding(t.Context(), "gh")
	if err != nil {
		t.Fatal(err)
	}
	if !gh.Since.IsZero() || !gh.Swept.IsZero() || len(gh.Brakes) != 2 || gh.Brakes[1].Kind != store.BrakeRestored ||
		!strings.Contains(gh.Stopped(), "2026-06-01T08:00:00Z; entries 7 to 9") || !strings.Contains(gh.Stopped(), "5 of 9") {
		t.Errorf("binding = %+v, want no cursor and both reasons", gh)
	}
	ls, err := b.BoundIssues(t.Context(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	if ls[0].State != store.IssueRestored || !ls[0].Base[register.FieldTitle].Unverified || ls[1].State != store.IssueOrphaned {
		t.Errorf("links = %+v, want the first unseen with its base in doubt, and the second an orphan as before", ls)
	}
	unlooked := func() []string {
		ids, err := b.Unverified(t.Context(), []string{"gh", "jira"})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := unlooked(); len(got) != 2 {
		t.Errorf("Unverified() = %v, want both", got)
	}
	b.write(func(tx *store.Tx) error { return tx.Looked(t.Context(), "gh") })
	if got := unlooked(); !slices.Equal(got, []string{"jira"}) {
		t.Errorf("Unverified() = %v, want jira", got)
	}
	if when, err := b.Restored(t.Context(), "gh"); err != nil || !when.Equal(b.now) {
		t.Errorf("Restored() = %v, %v, want %v", when, err, b.now)
	}
}

func TestReservedNumbersAreHandedOutToTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first := b.record() // NC-2026-0001
	b.write(func(tx *store.Tx) error {
		for _, r := range [][]string{
			{first.Ref, "x"},      // known: nothing to reserve
			{"NC-2026-0002", "a"}, // claimed
			{"NC-2026-0003", "a"}, // two numbers, one claim
			{"NC-2026-0004", "b"}, // claimed by two
			{"NC-2026-0004", "c"},
			{"NC-2026-0005"}, // nobody's
			{"NC-2026-0005"},
			{"NC-2026-0006", "mark"}, // a twin shows it, and the issue that it is the twin of
			{"NC-2026-0006", "id", "mark", "other"},
			{"NC-2026-0006", "other"},
		} {
			if err := tx.Reserve(t.Context(), r[0], r[1:]...); err != nil {
				return err
			}
		}
		for claim, want := range map[string]string{"a": "NC-2026-0002", "b": "", "c": "", "x": "", "": "", "id": "NC-2026-0006", "other": "NC-2026-0006"} {
			if got, err := tx.Reserved(t.Context(), claim); err != nil || got != want {
				t.Errorf("Reserved(%q) = %q, %v, want %q", claim, got, err, want)
			}
		}
		mine, err := tx.NewRecord(t.Context(), "NC", register.Record{ID: mapping.RecordID("gh", "7"), Ref: "NC-2026-0002"})
		if err != nil {
			return err
		}
		if mine.ID != mapping.RecordID("gh", "7") || mine.ID == mapping.RecordID("gh", "8") || mine.Ref != "NC-2026-0002" {
			t.Errorf("NewRecord() = %s %s, want what was given", mine.ID, mine.Ref)
		}
		return nil
	})
	if got := b.record().Ref; got != "NC-2026-0007" {
		t.Errorf("the next number is %s, want NC-2026-0007: the others are taken or reserved", got)
	}
}

// A binding that could not be read when a backup was made is told of when it is read again.
func TestARestoreForgetsNoOutage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failing := b.now
	b.write(func(tx *store.Tx) error {
		_, err := tx.SetProblem(t.Context(), "gh", "list: unavailable (HTTP 503)")
		return err
	})
	b.now = b.now.AddDate(0, 0, 1)
	b.write(func(tx *store.Tx) error {
		_, err := tx.Rewind(t.Context(), nil, store.BrakeRestored, "restored")
		return err
	})
	gh, err := b.Binding(t.Context(), "gh")
	if err != nil || !gh.Failing.Equal(failing) || gh.Problem != "" {
		t.Errorf("the binding is %+v, %v, want one that failed since %s", gh, err, failing)
	}
}
