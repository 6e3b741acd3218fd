package queue_test

import (
	"testing"

	"github.com/riverqueue/river/riverdriver"

	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/internal/store"
)

// A fetch finds the jobs of its own queue, and none of another.
func TestFetch(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	b.write(func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(t.Context(), "INSERT INTO river_job (args, kind, max_attempts, queue, state) VALUES ('{}', 'record', 25, 'default', 'available')")
		return err
	})
	for _, want := range []struct {
		queue string
		jobs  int
	}{{"poll", 0}, {"default", 1}, {"default", 0}} {
		got, err := queue.NewDriver(b.store.DB()).GetExecutor().JobGetAvailable(t.Context(), &riverdriver.JobGetAvailableParams{
			ClientID: "test", MaxAttemptedBy: 10, MaxToLock: 10, Queue: want.queue,
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Jobs) != want.jobs {
			t.Errorf("the queue %q has %d jobs to do, want %d", want.queue, len(got.Jobs), want.jobs)
		}
	}
}
