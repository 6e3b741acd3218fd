package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// A database that the first release has written tells the same after the migrations:
// what testdata/released.json says that release itself read of it. Its documents are of
// the forms without a version, and the comments lie in their issues.
func TestReleasedDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.close()
	b.options.Dir = t.TempDir()
	unzip(t, "testdata/released.db.gz", filepath.Join(b.options.Dir, store.File))
	old, err := store.OpenReader(t.Context(), b.options.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.CheckSchema(t.Context()); !errors.Is(err, store.ErrOlder) {
		t.Errorf("CheckSchema() before the migrations = %v, want ErrOlder", err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	b.open()
	if err := b.CheckSchema(t.Context()); err != nil {
		t.Errorf("CheckSchema() after the migrations = %v", err)
	}
	var shown map[string]any
	b.write(func(tx *store.Tx) (err error) {
		shown, err = shownOf(t.Context(), tx, mapping.RecordID("gh", "101"))
		return err
	})
	want := plain[map[string]any](t, read(t, "testdata/released.json"))
	said := map[string]any{}
	for _, list := range []string{"links", "quarantined"} {
		for _, x := range want[list].([]any) {
			takeComments(x.(map[string]any), said)
		}
	}
	for _, l := range want["links"].([]any) {
		l.(map[string]any)["Delivery"] = "" // nothing was noted then
	}
	if diff := cmp.Diff(want, plain[map[string]any](t, marshal(t, shown))); diff != "" {
		t.Errorf("the register after the migrations (-as it was +now):\n%s", diff)
	}
	got := map[string]any{}
	for issue, binding := range map[string]string{"101": "gh", "102": "gh", "201": "jira"} {
		cs, err := b.Comments(t.Context(), binding, issue, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range plain[[]map[string]any](t, marshal(t, cs)) {
			got[issue+"/"+c["id"].(string)] = c
		}
	}
	if diff := cmp.Diff(said, got); diff != "" || len(said) != 6 {
		t.Errorf("%d comments, want 6; after the migrations (-as they were +now):\n%s", len(said), diff)
	}
	counts, err := b.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[store.Show]int{store.ShowAll: 1, store.ShowHeld: 1, store.ShowOpen: 1, store.ShowClosed: 0, store.ShowProblems: 1}, counts); diff != "" {
		t.Errorf("Counts() (-want +got):\n%s", diff)
	}
	var where string
	if err := b.DB().QueryRowContext(t.Context(), "PRAGMA temp_store").Scan(&where); err != nil || where != "0" {
		t.Errorf("PRAGMA temp_store = %q, %v, want 0 as before", where, err)
	}
}

// shownOf returns all that the store tells of a record and of what waits beside it.
func shownOf(ctx context.Context, tx *store.Tx, id string) (map[string]any, error) {
	out := map[string]any{}
	var err error
	tell := func(name string, v any, e error) {
		out[name] = v
		err = errors.Join(err, e)
	}
	row, e := tx.Row(ctx, id)
	tell("row", row, e)
	links, e := tx.BoundIssues(ctx, id)
	tell("links", links, e)
	events, e := tx.OpenEvents(ctx, id)
	tell("events", events, e)
	answers, e := tx.Answers(ctx, id, 10)
	tell("answers", answers, e)
	unreacted, e := tx.Unreacted(ctx, id)
	tell("unreacted", unreacted, e)
	conflicts, e := tx.OpenConflicts(ctx, id)
	tell("conflicts", conflicts, e)
	pending, e := tx.PendingIntents(ctx, id)
	tell("intents", pending, e)
	created, e := tx.PendingMarker(ctx, "gh", "rec-aaaa")
	tell("created", created, e)
	standing, e := tx.Standing(ctx, "jira")
	tell("standing", standing, e)
	aside, e := tx.QuarantinedIn(ctx, "gh")
	tell("quarantined", aside, e)
	refusals, e := tx.Refusals(ctx, id)
	tell("refusals", refusals, e)
	reserved, e := tx.Reserved(ctx, "rec-bbbb")
	tell("reserved", reserved, e)
	named, e := tx.RecordsNamed(ctx, []string{"ISMS-1"})
	tell("named", named, e)
	spent, e := tx.Spent(ctx, []string{"gh", "jira"}, time.Time{})
	tell("spent", spent, e)
	return out, err
}

// takeComments moves the comments of an issue to where they are compared.
func takeComments(of, into map[string]any) {
	is, ok := of["Issue"].(map[string]any)
	if !ok {
		return
	}
	cs, _ := is["comments"].([]any)
	delete(is, "comments")
	for _, c := range cs {
		c := c.(map[string]any)
		into[is["ref"].(map[string]any)["id"].(string)+"/"+c["id"].(string)] = c
	}
}

func plain[T any](t *testing.T, doc []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(doc, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unzip(t *testing.T, from, to string) {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(read(t, from)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
