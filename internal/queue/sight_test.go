package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
)

func (b *fixture) Sight(_ context.Context, binding, issueID, key string) error {
	b.sights <- binding + " " + issueID + " " + key
	b.mu.Lock()
	sight := b.sight
	b.mu.Unlock()
	if sight == nil {
		return nil
	}
	return sight(key)
}

// ask asks for issues to be read, in one transaction.
func (b *fixture) ask(keys ...string) {
	b.Helper()
	b.write(func(t *store.Tx) error {
		for _, key := range keys {
			if err := b.q.Sight(b.Context(), t.SQL(), "github", "id-"+key, key); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *fixture) sighted(want string) {
	b.Helper()
	select {
	case got := <-b.sights:
		if got != want {
			b.Errorf("read %q, want %q", got, want)
		}
	case <-time.After(patience):
		b.Fatalf("%q not read within %s", want, patience)
	}
}

// Many hints at an issue whose read waits lead to one read; a hint that comes while the
// issue is being read leads to another, because that read may have been too early.
func TestSightings(t *testing.T) { eachEngine(t, testSightings) }

func testSightings(t *testing.T, b *fixture) {
	t.Helper()
	b.bindings = []string{"github"}
	began, goOn := make(chan struct{}), make(chan struct{})
	b.sight = func(key string) error {
		if key == "slow" {
			began <- struct{}{}
			<-goOn
		}
		return nil
	}
	b.start()
	b.ask("slow", "slow", "slow")
	b.sighted("github id-slow slow")
	<-began
	b.ask("slow", "slow")
	goOn <- struct{}{}
	b.sighted("github id-slow slow")
	<-began
	goOn <- struct{}{}
	b.ask("last")
	b.sighted("github id-last last")
}

// An issue that cannot be read, or whose read panics, is not read again: its binding is
// polled a while later, and others are read meanwhile.
func TestFailedSighting(t *testing.T) { eachEngine(t, testFailedSighting) }

func testFailedSighting(t *testing.T, b *fixture) {
	t.Helper()
	b.bindings = []string{"github"}
	b.sight = func(key string) error {
		switch key {
		case "fails":
			return errors.New("HTTP 502")
		case "panics":
			panic("index out of range")
		}
		return nil
	}
	b.start()
	b.polled("github")
	for _, key := range []string{"fails", "panics", "works"} {
		b.ask(key)
		b.sighted("github id-" + key + " " + key)
	}
	if !b.river {
		return // the other engine keeps no jobs
	}
	b.eventually("one later poll", func() bool {
		return b.jobs("poll", `"asked":true`) == 1 && b.jobs("sight", "fails") == 0
	})
}

// More sightings than may wait become one poll, so that a flood of hints cannot fill the
// queue.
func TestSightingsBecomeOnePoll(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	b.bindings = []string{"github"}
	hold := make(chan struct{})
	t.Cleanup(func() { b.stop() })
	t.Cleanup(func() { close(hold) })
	b.sight = func(string) error { <-hold; return nil }
	b.start()
	b.polled("github")
	var keys []string
	for n := range 1000 {
		keys = append(keys, fmt.Sprint(n))
	}
	b.ask(keys...)
	if n := b.jobs("sight", ""); n < 100 || n > 300 {
		t.Errorf("%d sightings wait, want about 200", n)
	}
	if n := b.jobs("poll", `"asked":true`); n != 1 {
		t.Errorf("%d later polls wait, want 1", n)
	}
}

// A poll that is asked for at a time takes place then.
func TestPollAt(t *testing.T) { eachEngine(t, testPollAt) }

func testPollAt(t *testing.T, b *fixture) {
	t.Helper()
	b.bindings = []string{"github"}
	b.start()
	b.polled("github")
	b.eventually("the first poll has ended", func() bool { return !b.river || b.jobs("poll", "") == 0 })
	asked := time.Now()
	at := asked.Add(300 * time.Millisecond)
	for range 5 {
		b.write(func(t *store.Tx) error { return b.q.Poll(b.Context(), t.SQL(), "github", at) })
	}
	b.polled("github")
	if took := time.Since(asked); took < 250*time.Millisecond {
		t.Errorf("polled after %s, want 300ms", took)
	}
	select {
	case <-b.polls:
		t.Error("polled twice, want once")
	case <-time.After(500 * time.Millisecond):
	}
}

// jobs counts the live jobs of a kind whose arguments hold a text.
func (b *fixture) jobs(kind, args string) int {
	b.Helper()
	var n int
	err := b.store.DB().QueryRowContext(b.Context(), `SELECT count(*) FROM river_job
WHERE kind = $1 AND state IN ('available', 'scheduled', 'retryable', 'running') AND instr(json(args), $2) > 0`, kind, args).Scan(&n)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b *fixture) eventually(what string, ok func() bool) {
	b.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			b.Fatalf("%s did not come about within %s", what, patience)
		}
	}
}
