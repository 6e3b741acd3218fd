package store_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// The record of a marker is found whenever its marker was computed: in the transaction
// that asks, before it, or in the one that made the record.
func TestRecordMarked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	computed := 0
	marker := func(id string) string { computed++; return "m-" + id }
	const many = 2300
	b.write(func(tx *store.Tx) error {
		for i := range many {
			if _, err := tx.NewRecord(t.Context(), "NC", register.Record{ID: "id-" + strconv.Itoa(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := b.Mark(t.Context(), "gh", marker); err != nil {
		t.Fatal(err)
	}
	if computed != 2000 {
		t.Errorf("Mark computed %d markers, want 2000: the last few need no commit of their own", computed)
	}
	find := func(tx *store.Tx, m, want string) {
		t.Helper()
		id, err := tx.RecordMarked(t.Context(), "gh", m, marker)
		if id != want || want == "" != errors.Is(err, store.ErrNotFound) || want != "" && err != nil {
			t.Errorf("RecordMarked(%s) = %q, %v, want %q", m, id, err, want)
		}
	}
	b.write(func(tx *store.Tx) error {
		find(tx, "m-id-7", "id-7")
		find(tx, "m-id-2299", "id-2299")
		find(tx, "m-id-2300", "")
		_, err := tx.NewRecord(t.Context(), "NC", register.Record{ID: "id-2300"})
		find(tx, "m-id-2300", "id-2300")
		return err
	})
	if computed != many+1 {
		t.Errorf("%d markers were computed for %d records", computed, many+1)
	}
}
