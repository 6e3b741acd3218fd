package reconcile

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/store"
)

// A record on which an attempt fails, because of a mistake in conformd or because the
// store refused something, holds up nothing but itself: it says why it is stuck, and is
// tried again later and later.

// The first and the longest wait after a failed attempt.
const (
	stuckWait = 15 * time.Second
	stuckMost = 10 * time.Minute
)

// setbacks counts the attempts on each record that failed in a row. The zero value is
// ready.
type setbacks struct {
	mu sync.Mutex
	n  map[string]int
}

// next counts one more failure and returns how long to wait.
func (s *setbacks) next(id string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == nil {
		s.n = map[string]int{}
	}
	d := stuckMost
	if n := s.n[id]; n < 6 {
		d = min(stuckMost, stuckWait<<n)
	}
	s.n[id]++
	return d
}

func (s *setbacks) clear(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.n, id)
}

// once is iterateOnce, with a panic as its error.
func (k *attempt) once(ctx context.Context, id string) (n next, err error) {
	defer k.r.caught(id, &err)
	return k.iterateOnce(ctx, id)
}

// caught turns a panic of the work on a record into an error.
func (r *Reconciler) caught(id string, err *error) {
	if what := recover(); what != nil {
		r.Log.Error("panic", zap.String("nonconformity", id), zap.Any("what", what), zap.ByteString("stack", debug.Stack()))
		*err = fmt.Errorf("a mistake in conformd: %v", what)
	}
}

// stuck notes with the record why the attempt failed, in a transaction of its own: that
// of the attempt may be what failed. An error means that not even this could be stored.
func (k *attempt) stuck(ctx context.Context, id string, cause error) (Done, error) {
	if ctx.Err() != nil || errors.Is(cause, store.ErrNotFound) {
		return Done{}, cause
	}
	k.r.Log.Error("record failed", zap.String("nonconformity", id), zap.Error(cause))
	d := Done{Wake: k.r.Now().Add(k.r.failed.next(id))}
	err := k.r.Store.Write(ctx, func(t *store.Tx) error {
		return t.Stuck(ctx, id, d.Wake, "conformd could not work on this record: "+cause.Error())
	})
	if err != nil {
		return Done{}, errors.Join(cause, err)
	}
	return d, nil
}
