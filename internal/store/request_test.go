package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
)

// The key of a request is known for thirty days after it was done, for its person alone, and may then be used for another one.
func TestRequestsAreForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	began := b.now
	ask := func(person, key, digest string) (record string, err error) {
		b.write(func(tx *store.Tx) error {
			record, err = tx.RequestDone(t.Context(), store.Request{Person: person, Key: key, Digest: digest})
			return nil
		})
		return record, err
	}
	note := func(person, key, digest, record string) {
		b.write(func(tx *store.Tx) error {
			return tx.NoteRequest(t.Context(), store.Request{Person: person, Key: key, Digest: digest}, record)
		})
	}
	prune := func(at time.Time, want int64) {
		t.Helper()
		b.now = at
		if n, err := b.PruneSessions(t.Context()); n != want || err != nil {
			t.Errorf("after %s %d rows are pruned, %v; want %d", at.Sub(began), n, err, want)
		}
	}
	note("irene", "old", "d", "one")
	note("erik", "old", "d", "two")
	b.now = began.Add(24 * time.Hour)
	note("irene", "new", "d", "three")

	prune(began.Add(store.KeysLast-time.Millisecond), 0)
	if record, err := ask("irene", "old", "d"); record != "one" || err != nil {
		t.Errorf("the request is known as %q, %v", record, err)
	}
	if _, err := ask("irene", "old", "another"); !errors.Is(err, store.ErrKeyUsed) {
		t.Errorf("another request under its key: %v, want ErrKeyUsed", err)
	}
	prune(began.Add(store.KeysLast), 2)
	for _, digest := range []string{"d", "another"} {
		if record, err := ask("irene", "old", digest); record != "" || err != nil {
			t.Errorf("the forgotten request is known as %q, %v", record, err)
		}
	}
	if record, err := ask("irene", "new", "d"); record != "three" || err != nil {
		t.Errorf("the younger request is known as %q, %v", record, err)
	}
	note("irene", "old", "another", "four")
	if record, err := ask("irene", "old", "another"); record != "four" || err != nil {
		t.Errorf("the key is used again for %q, %v", record, err)
	}
	prune(began.Add(store.KeysLast+24*time.Hour), 1)
}

// What an earlier version noted of a request that was refused has no record, and keeps its key from nobody.
func TestRequestThatWasRefusedEarlier(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := store.Request{Person: "irene", Key: "k", Digest: "another"}
	b.write(func(tx *store.Tx) error {
		if err := tx.NoteRequest(t.Context(), store.Request{Person: "irene", Key: "k", Digest: "d"}, ""); err != nil {
			return err
		}
		if record, err := tx.RequestDone(t.Context(), r); record != "" || err != nil {
			t.Errorf("the key is kept for %q, %v", record, err)
		}
		if err := tx.NoteRequest(t.Context(), r, "one"); err != nil {
			return err
		}
		if record, err := tx.RequestDone(t.Context(), r); record != "one" || err != nil {
			t.Errorf("the key is kept for %q, %v", record, err)
		}
		return nil
	})
}
