package queue_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/internal/queue"
)

// However many jobs sleep, all are woken when the clock went back, and each record that
// waits for a rescan has one job.
func TestManySleepers(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	b.do = func(string) (time.Time, error) { return time.Now().Add(time.Hour), nil }
	var ids []string
	for range 230 { // more than two transactions of jobs
		ids = append(ids, b.record())
	}
	b.start()
	q := b.q.(*queue.Queue)
	for range 2 { // the second time every job is there
		if err := q.Insert(t.Context(), ids); err != nil {
			t.Fatal(err)
		}
	}
	count := func(state string) (n int) {
		t.Helper()
		if err := b.store.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'record' AND state = $1", state).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	attempts := func(what string) {
		t.Helper()
		seen := map[string]bool{}
		late := time.After(patience)
		for len(seen) < len(ids) {
			select {
			case id := <-b.attempts:
				seen[id] = true
			case <-late:
				t.Fatalf("%s: %d of %d records were looked at", what, len(seen), len(ids))
			}
		}
	}
	attempts("after Insert")
	for end := time.Now().Add(patience); count("scheduled") < len(ids); {
		if time.Now().After(end) {
			t.Fatalf("%d of %d jobs sleep", count("scheduled"), len(ids))
		}
		<-time.After(20 * time.Millisecond)
	}
	if err := q.Hurry(t.Context()); err != nil {
		t.Fatal(err)
	}
	attempts("after Hurry")
}
