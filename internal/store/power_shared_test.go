package store_test

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

var errGivenUp = errors.New("given up on purpose")

// givenUp changes something and fails: nothing of it may stay.
func (l *life) givenUp() change {
	return func(t *store.Tx, next *book) error {
		for _, id := range slices.Sorted(maps.Keys(next.Records)) {
			if err := t.MarkDirty(l.Context(), id); err != nil {
				return err
			}
		}
		audited(t, next, l.entry(audit.SyncProblem, "jira", "jira"))
		if _, err := t.Flush(l.Context()); err != nil {
			return err
		}
		return errGivenUp
	}
}

func (l *life) giveUp() error {
	l.Helper()
	err := l.write(l.givenUp())
	if errors.Is(err, errGivenUp) {
		return nil
	}
	if err == nil {
		l.Error("a write that fails was acknowledged")
	}
	return err
}

// together does several changes in one commit: they arrive while the committer is
// busy with another. A change that fails is alone in that.
func (l *life) together(changes ...change) error {
	l.Helper()
	l.now = l.now.Add(time.Second)
	next := l.acked.clone()
	errs := make([]error, len(changes))
	gate := make(chan struct{})
	var wg sync.WaitGroup
	busy := make(chan error, 1)
	wg.Go(func() {
		busy <- l.store.Write(l.Context(), func(*store.Tx) error { <-gate; return nil })
	})
	synctest.Wait()
	for i, fn := range changes {
		wg.Go(func() {
			errs[i] = l.store.Write(l.Context(), func(t *store.Tx) error {
				n := next.clone()
				err := fn(t, n)
				if err == nil {
					next = n
				}
				return err
			})
		})
		synctest.Wait()
	}
	close(gate)
	wg.Wait()
	var shared error
	for _, err := range errs {
		if !errors.Is(err, errGivenUp) {
			shared = errors.Join(shared, err)
		}
	}
	l.answered(shared, next)
	return errors.Join(<-busy, shared)
}
