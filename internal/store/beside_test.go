package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
)

// A command beside a running daemon leaves the schema of its database alone, and does not
// write into one of another version.
func TestBesideADaemonOfAnotherVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	newest := func() (v int) {
		t.Helper()
		if err := b.DB().QueryRowContext(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	known := newest()
	if _, err := b.DB().ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id = $1", known); err != nil {
		t.Fatal(err)
	}
	o := b.options
	o.Beside = true
	st, err := store.Open(t.Context(), o)
	if err == nil {
		_ = st.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "the running daemon is of another version") {
		t.Fatalf("Open beside a daemon of an older version = %v, want an error that says so", err)
	}
	if v := newest(); v >= known {
		t.Errorf("the schema was brought up to date, to version %d", v)
	}
}

// A write whose outcome is not known and that was noted while the clock was ahead shows,
// at the next start, that it was.
func TestAheadByAPendingWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	b.write(func(tx *store.Tx) error {
		return tx.AddIntent(t.Context(), store.Intent{Seq: 0, RecordID: rec.ID, Binding: "jira", Op: store.OpCreate})
	})
	for _, tc := range []struct {
		now  time.Time
		want bool
	}{{b.now.Add(time.Minute), false}, {b.now.Add(-24 * time.Hour), true}} {
		b.now = tc.now
		b.write(func(tx *store.Tx) error {
			ahead, err := tx.Ahead(t.Context())
			if ahead != tc.want {
				t.Errorf("Ahead at %s = %t, want %t", tc.now, ahead, tc.want)
			}
			return err
		})
	}
}
