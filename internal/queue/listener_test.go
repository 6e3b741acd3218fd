package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/riverqueue/river/riverdriver"

	"github.com/conformd/conformd/internal/queue"
)

const topic = "river_insert"

// An ear is a listener that waits, and what it heard.
type ear struct {
	*testing.T
	driver riverdriver.Driver[*sql.Tx]
	db     *sql.DB
	heard  chan string
}

// listening runs a test in simulated time, in which an ear listens to a topic.
func listening(t *testing.T, test func(*testing.T, *ear)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, true)
		e := &ear{T: t, driver: queue.NewDriver(b.store.DB()), db: b.store.DB(), heard: make(chan string, 10)}
		l := e.driver.GetListener(&riverdriver.GetListenenerParams{})
		e.notify("before", e.commit)
		if err := errors.Join(l.Connect(t.Context()), l.Listen(t.Context(), topic)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				n, err := l.WaitForNotification(ctx)
				if err != nil {
					if ctx.Err() == nil {
						t.Errorf("WaitForNotification() = %v, want a notification", err)
					}
					return
				}
				e.heard <- n.Payload
			}
		}()
		synctest.Wait()
		test(t, e)
		cancel()
		<-done
	})
}

func (e *ear) commit(tx *sql.Tx) error   { return tx.Commit() }
func (e *ear) rollback(tx *sql.Tx) error { return tx.Rollback() }

// notify writes a notification as River does, in a transaction of its caller.
func (e *ear) notify(payload string, end func(*sql.Tx) error) {
	e.Helper()
	tx, err := e.db.BeginTx(e.Context(), nil)
	if err != nil {
		e.Fatal(err)
	}
	err = e.driver.UnwrapExecutor(tx).NotifyMany(e.Context(), &riverdriver.NotifyManyParams{Topic: topic, Payload: []string{payload}})
	time.Sleep(time.Minute) // longer than the listener rests without a bell
	if err := errors.Join(err, end(tx)); err != nil {
		e.Fatal(err)
	}
}

// hear waits for a notification and returns how long it took.
func (e *ear) hear(want string) time.Duration {
	e.Helper()
	began := time.Now()
	select {
	case got := <-e.heard:
		if got != want {
			e.Errorf("heard %q, want %q", got, want)
		}
	case <-time.After(time.Hour):
		e.Fatalf("did not hear %q", want)
	}
	return time.Since(began)
}

// A commit of this process is heard at once, however long its transaction was.
func TestListenerHearsCommit(t *testing.T) {
	listening(t, func(t *testing.T, e *ear) {
		for _, payload := range []string{"one", "two"} {
			e.notify(payload, e.commit)
			if waited := e.hear(payload); waited != 0 {
				t.Errorf("%q was heard %s after its commit, want at once", payload, waited)
			}
		}
	})
}

// River writes within transactions of its own, too.
func TestListenerHearsRiver(t *testing.T) {
	listening(t, func(t *testing.T, e *ear) {
		say := func(x riverdriver.Executor, payload string) {
			t.Helper()
			if err := x.NotifyMany(t.Context(), &riverdriver.NotifyManyParams{Topic: topic, Payload: []string{payload}}); err != nil {
				t.Fatal(err)
			}
		}
		say(e.driver.GetExecutor(), "plain")
		if waited := e.hear("plain"); waited != 0 {
			t.Errorf("heard after %s, want at once", waited)
		}
		tx, err := e.driver.GetExecutor().Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		within, err := tx.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		say(within, "nested")
		if err := errors.Join(within.Commit(t.Context()), tx.Commit(t.Context())); err != nil {
			t.Fatal(err)
		}
		if waited := e.hear("nested"); waited != 0 {
			t.Errorf("heard after %s, want at once", waited)
		}
	})
}

// What was rolled back is never heard.
func TestListenerHearsNoRollback(t *testing.T) {
	listening(t, func(_ *testing.T, e *ear) {
		e.notify("rolled back", e.rollback)
		e.notify("committed", e.commit)
		e.hear("committed")
	})
}

// While nothing rings, the listener leaves the database alone, and then finds what another
// program wrote.
func TestListenerAsksRarely(t *testing.T) {
	listening(t, func(t *testing.T, e *ear) {
		time.Sleep(queue.AskAnyway / 2)
		if _, err := e.db.ExecContext(t.Context(), "INSERT INTO river_notification (topic, payload) VALUES ($1, 'silent')", topic); err != nil {
			t.Fatal(err)
		}
		if waited := e.hear("silent"); waited != queue.AskAnyway/2 {
			t.Errorf("heard after %s, want with the next regular query, %s later", waited, queue.AskAnyway/2)
		}
	})
}

// A listener hears nothing of topics for which nobody asked.
func TestListenerMindsTopics(t *testing.T) {
	listening(t, func(t *testing.T, e *ear) {
		if _, err := e.db.ExecContext(t.Context(), "INSERT INTO river_notification (topic, payload) VALUES ('other', 'else')"); err != nil {
			t.Fatal(err)
		}
		e.notify("ours", e.commit)
		e.hear("ours")
	})
}
