package store_test

import (
	"slices"
	"testing"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// Each part of the register has as many records as are counted in it.
func TestPartsOfTheRegister(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	open, held, closed := b.record(), b.record(), b.record()
	held.Requested, closed.State = register.Closed, register.Closed
	b.write(func(tx *store.Tx) error {
		for _, r := range []register.Record{held, closed} {
			row, err := tx.Acquire(t.Context(), r.ID)
			if err != nil {
				return err
			}
			if _, err := tx.SaveRecord(t.Context(), r, row.Fence); err != nil {
				return err
			}
		}
		if err := tx.SetProblems(t.Context(), held.ID, nil); err != nil {
			return err
		}
		return tx.SetProblems(t.Context(), open.ID, []present.Problem{{Binding: "gh", Issue: "acme/isms#1", Field: register.FieldDue, What: "Due says soon"}})
	})
	counts, err := b.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[store.Show][]string{
		store.ShowAll:      {open.Ref, held.Ref, closed.Ref},
		store.ShowHeld:     {held.Ref},
		store.ShowOpen:     {open.Ref, held.Ref},
		store.ShowClosed:   {closed.Ref},
		store.ShowProblems: {open.Ref},
	} {
		q := store.Browse{Limit: 10}
		if name, narrow := map[store.Show]string{store.ShowHeld: store.FacetHeld, store.ShowOpen: store.FacetOpen, store.ShowClosed: store.FacetEnded, store.ShowProblems: store.FacetProblem}[part]; narrow {
			q.Any = [][]store.Facet{{{Name: name, Value: store.Yes}}}
		}
		p, err := b.Browse(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range p.Rows {
			got = append(got, r.Record.Ref)
		}
		if !slices.Equal(got, want) || counts[part] != len(want) {
			t.Errorf("part %s = %v, counted %d, want %v", part, got, counts[part], want)
		}
	}
}
