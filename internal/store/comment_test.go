package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

func ids(cs []connectors.Comment) (out []string) {
	for _, c := range cs {
		out = append(out, c.ID)
	}
	return out
}

func (b *bench) comments(from, to int) (out []connectors.Comment) {
	for i := from; i <= to; i++ {
		at := b.now.Add(time.Duration(i) * time.Second)
		out = append(out, connectors.Comment{ID: fmt.Sprint(i), Issue: connectors.Ref{ID: "1", Key: "K-1"}, Body: fmt.Sprintf("comment %d", i), Created: at, Updated: at})
	}
	return out
}

// A comment is heard once, and again when it changed; the newest come along with it.
func TestComments(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	all := b.comments(1, 30)
	put := func(cs []connectors.Comment, want int) {
		t.Helper()
		b.write(func(tx *store.Tx) error {
			n, err := tx.PutComments(t.Context(), "gh", "1", cs)
			if n != want {
				t.Errorf("PutComments stored %d of %d, want %d", n, len(cs), want)
			}
			return err
		})
	}
	hear := func(others int, want ...string) {
		t.Helper()
		b.write(func(tx *store.Tx) error {
			cs, err := tx.Unheard(t.Context(), "gh", "1", others)
			if err != nil {
				return err
			}
			if got := ids(cs); !slices.Equal(got, want) {
				t.Errorf("Unheard = %v, want %v", got, want)
			}
			return tx.Heard(t.Context(), "gh", "1")
		})
	}
	put(all, 30)
	b.write(func(tx *store.Tx) error {
		cs, err := tx.Unheard(t.Context(), "gh", "1", 2)
		if err == nil && len(cs) != 30 {
			t.Errorf("%d comments are unheard, want all 30", len(cs))
		}
		return err
	})
	b.write(func(tx *store.Tx) error { return tx.Heard(t.Context(), "gh", "1") })
	put(all, 0)
	put(all[:3], 0) // a short list takes the other way
	hear(2, "29", "30")
	all[4].Body, all[4].Updated = "edited", all[4].Updated.Add(time.Hour)
	put(all, 1)
	hear(1, "5") // it is the newest now
	all[6].Body = "edited within the same second"
	put(all[6:8], 1)
	hear(0, "7")
	got, err := b.Comments(t.Context(), "gh", "1", 2)
	if err != nil || !slices.Equal(ids(got), []string{"5", "30"}) || got[0].Body != "edited" {
		t.Errorf("Comments = %v, %v, want 5 as it was edited, and 30", ids(got), err)
	}
	b.write(func(tx *store.Tx) error { return tx.ForgetComments(t.Context(), "gh", "1") })
	if got, err := b.Comments(t.Context(), "gh", "1", 2); err != nil || len(got) > 0 {
		t.Errorf("Comments after ForgetComments = %v, %v, want none", ids(got), err)
	}
}

// What a listing shows once more is known, whether it names the issue by id or by key: not
// what was edited since, and nothing that nobody has looked through.
func TestAllHeard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	all := b.comments(1, 5)
	b.write(func(tx *store.Tx) error {
		if err := b.bind(tx, "1", rec); err != nil {
			return err
		}
		_, err := tx.PutComments(t.Context(), "gh", "1", all)
		return err
	})
	heard := func(cs []connectors.Comment, want bool) {
		t.Helper()
		for _, ref := range []connectors.Ref{{ID: "1"}, {Key: "acme/isms#1"}} {
			b.write(func(tx *store.Tx) error {
				got, err := tx.AllHeard(t.Context(), "gh", ref, cs)
				if got != want {
					t.Errorf("AllHeard of %v on %+v = %v, want %v", ids(cs), ref, got, want)
				}
				return err
			})
		}
	}
	heard(all, false)
	b.write(func(tx *store.Tx) error { return tx.Heard(t.Context(), "gh", "1") })
	heard(all, true)
	heard(all[1:3], true)
	heard(nil, true)
	heard(b.comments(5, 6), false)
	edited := slices.Clone(all)
	edited[4].Body = "edited within the same second"
	heard(edited, false)
	b.write(func(tx *store.Tx) error { _, err := tx.PutComments(t.Context(), "gh", "1", edited); return err })
	heard(edited, false)
	heard(edited[:4], true)
}

// One more comment on an issue of 20,000 costs no more than on one of a few.
func TestOneCommentMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const many = 20_000
	b.write(func(tx *store.Tx) error {
		if _, err := tx.PutComments(t.Context(), "gh", "1", b.comments(1, many)); err != nil {
			return err
		}
		return tx.Heard(t.Context(), "gh", "1")
	})
	if _, err := b.DB().ExecContext(t.Context(), "PRAGMA wal_autocheckpoint = 0"); err != nil {
		t.Fatal(err)
	}
	if err := b.CheckpointWAL(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages := func(n int) (grown int) {
		t.Helper()
		before := b.walPages()
		b.write(func(tx *store.Tx) error {
			if stored, err := tx.PutComments(t.Context(), "gh", "1", b.comments(n, n)); err != nil || stored != 1 {
				return fmt.Errorf("stored %d comments: %w", stored, err)
			}
			cs, err := tx.Unheard(t.Context(), "gh", "1", 5)
			if err == nil && len(cs) > 6 {
				t.Errorf("%d comments were read for one that is new", len(cs))
			}
			if err != nil {
				return err
			}
			return tx.Heard(t.Context(), "gh", "1")
		})
		return b.walPages() - before
	}
	for n := many + 1; n < many+6; n++ {
		if got := pages(n); got < 1 || got > 20 {
			t.Errorf("comment %d wrote %d pages, want a few", n, got)
		}
	}
}

// walPages returns how many pages the write-ahead log holds, which is not checkpointed.
func (b *bench) walPages() int {
	b.Helper()
	info, err := os.Stat(filepath.Join(b.options.Dir, store.File+"-wal"))
	if err != nil {
		b.Fatal(err)
	}
	return int(info.Size() / 4096)
}
