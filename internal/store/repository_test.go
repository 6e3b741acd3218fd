package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
)

// A repository keeps its binding and its number when it is renamed, and none is forgotten.
func TestRepositoriesAreRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	remember := func(rs ...store.Repository) {
		t.Helper()
		if err := b.Write(t.Context(), func(tx *store.Tx) error { return tx.RememberRepositories(t.Context(), rs) }); err != nil {
			t.Fatal(err)
		}
	}
	remember(store.Repository{Binding: "gh/web", Name: "acme/web", ID: 7}, store.Repository{Binding: "gh/web-2", Name: "acme/web-2", ID: 8})
	remember(store.Repository{Binding: "gh/web", Name: "acme/site", ID: 7}, store.Repository{Binding: "gh/web~2", Name: "acme/web", ID: 9})
	got, err := b.Repositories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Repository{
		{Binding: "gh/web", Name: "acme/site", ID: 7}, {Binding: "gh/web-2", Name: "acme/web-2", ID: 8}, {Binding: "gh/web~2", Name: "acme/web", ID: 9},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Repositories (-want +got):\n%s", d)
	}
}
