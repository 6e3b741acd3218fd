package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// A sweep goes page by page through the bound and the quarantined issues that it has not
// listed, and leaves out orphans that were missed long ago.
func TestKnownIssues(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	at := b.now.Add(-time.Hour)
	b.bindIn("1", store.IssueBound, time.Time{})
	b.bindIn("2", store.IssueBound, time.Time{})
	b.bindIn("3", store.IssueOrphaned, b.now.Add(-24*time.Hour))
	b.bindIn("4", store.IssueOrphaned, b.now.Add(-40*24*time.Hour))
	b.bindIn("6", store.IssueFresh, time.Time{})
	b.write(func(tx *store.Tx) error {
		_, err := tx.Quarantine(t.Context(), store.Quarantined{Binding: "gh", Issue: &connectors.Issue{Ref: connectors.Ref{ID: "5", Key: "acme/isms#5"}, Updated: at}, Why: "waits"})
		if err != nil {
			return err
		}
		return tx.List(t.Context(), "gh", "2")
	})
	var got []store.Known
	for after := ""; ; {
		page, err := b.Known(t.Context(), "gh", after, b.now.Add(-30*24*time.Hour), 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		got, after = append(got, page...), page[len(page)-1].ID
	}
	ref := func(id string) connectors.Ref { return connectors.Ref{ID: id, Key: "acme/isms#" + id} }
	want := []store.Known{
		{Ref: ref("1"), State: store.IssueBound},
		{Ref: ref("3"), State: store.IssueOrphaned},
		{Ref: ref("5"), Updated: at, Quarantined: true},
		{Ref: ref("6"), State: store.IssueFresh},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Known (-want +got):\n%s", diff)
	}
}

// bindIn binds an issue of the binding gh to a record of its own.
func (b *bench) bindIn(id string, state store.IssueState, missing time.Time) {
	b.Helper()
	rec := b.record()
	b.write(func(tx *store.Tx) error {
		return tx.PutBoundIssue(b.Context(), store.BoundIssue{
			Binding: "gh", Ref: connectors.Ref{ID: id, Key: "acme/isms#" + id}, RecordID: rec.ID, Role: "record", State: state, Missing: missing, Base: plan.Base{},
		})
	})
}

// An issue counts as missed in the sweep that was the first not to find it, and again
// only after it was found. A sweep that another one takes the place of counts for nothing.
func TestMissedIssuesCountOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"1", "2"} {
		b.bindIn(id, store.IssueBound, time.Time{})
	}
	b.bindIn("3", store.IssueOrphaned, b.now)
	b.write(func(tx *store.Tx) error {
		step := func(what string, want, unlisted int, acts ...error) {
			t.Helper()
			for _, err := range acts {
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
			missed, bound, err := tx.Missed(t.Context(), "gh")
			refs, err2 := tx.Unlisted(t.Context(), "gh")
			if missed != want || bound != 2 || len(refs) != unlisted || err != nil || err2 != nil {
				t.Errorf("%s: %d of %d missed, %d unlisted, %v, %v, want %d of 2 and %d", what, missed, bound, len(refs), err, err2, want, unlisted)
			}
		}
		ctx := t.Context()
		step("before", 0, 0)
		step("an issue and an orphan", 1, 1, tx.Miss(ctx, "gh", "1"), tx.Miss(ctx, "gh", "3"))
		step("another sweep began", 0, 0, tx.ForgetListed(ctx, "gh"))
		step("missed by it", 1, 1, tx.Miss(ctx, "gh", "1"))
		step("its end", 0, 1, tx.SettleMissed(ctx, "gh"), tx.ForgetListed(ctx, "gh"))
		step("missed again, and another one", 1, 2, tx.Miss(ctx, "gh", "1"), tx.Miss(ctx, "gh", "2"))
		step("found, and missed again", 2, 2, tx.Found(ctx, "gh", "1"), tx.Miss(ctx, "gh", "1"))
		step("listed", 1, 1, tx.List(ctx, "gh", "1"))
		return nil
	})
}

// Another configuration may select other issues: a scan that is under way begins anew. A
// sweep, and no poll, says from when on the next one reads comments.
func TestAnotherConfigurationBeginsTheScanAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	row := func() store.Binding {
		t.Helper()
		row, err := b.Binding(t.Context(), "gh")
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	configured := func(with string) {
		t.Helper()
		b.write(func(tx *store.Tx) error {
			_, err := tx.Configured(t.Context(), with, nil)
			return err
		})
	}
	configured("a")
	b.write(func(tx *store.Tx) error { return tx.Scanned(t.Context(), "gh", b.now, true, "") })
	b.write(func(tx *store.Tx) error { return tx.Scanned(t.Context(), "gh", b.now.Add(time.Hour), false, "") })
	if got := row().SweepSince; !got.Equal(b.now) {
		t.Errorf("SweepSince after a sweep and a poll = %s, want the begin of the sweep, %s", got, b.now)
	}
	under := store.Progress{Kind: store.ScanSweep, Stage: store.StageKnown, At: b.now, Through: b.now, Checked: "7"}
	b.write(func(tx *store.Tx) error { return tx.PutProgress(t.Context(), "gh", under) })
	configured("a")
	if got := row().Scan; got != under {
		t.Errorf("under way after the same configuration is %+v, want %+v", got, under)
	}
	configured("b")
	if got := row(); got.Scan != (store.Progress{Kind: store.ScanSweep}) || !got.SweepSince.Equal(b.now) {
		t.Errorf("under way after another configuration is %+v, comments from %s, want the sweep at its beginning, from %s", got.Scan, got.SweepSince, b.now)
	}
}

// The comments that matter are those of issues that were listed, and start a record or
// wait for one.
func TestListedIssues(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"1", "2", "4"} {
		b.bindIn(id, store.IssueBound, time.Time{})
	}
	b.write(func(tx *store.Tx) error {
		_, err := tx.Quarantine(t.Context(), store.Quarantined{Binding: "gh", Issue: &connectors.Issue{Ref: connectors.Ref{ID: "3", Key: "acme/isms#3"}}, Why: "waits"})
		for _, id := range []string{"1", "3", "4", "5"} {
			err = errors.Join(err, tx.List(t.Context(), "gh", id))
		}
		return err
	})
	if n, err := b.CountListed(t.Context(), "gh"); n != 4 || err != nil {
		t.Errorf("CountListed = %d, %v, want 4", n, err)
	}
	for after, want := range map[string][]string{"": {"1", "3"}, "3": {"4"}, "4": nil} {
		refs, err := b.ListedIssues(t.Context(), "gh", after, 2)
		var got []string
		for _, r := range refs {
			if r.Key != "acme/isms#"+r.ID {
				t.Errorf("ListedIssues has %+v", r)
			}
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("ListedIssues after %q (-want +got): %v\n%s", after, err, diff)
		}
	}
}
