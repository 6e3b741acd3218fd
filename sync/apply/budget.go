package apply

import (
	"context"
	"errors"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
)

// A ledger says what stands in the way of a write: the store, or a transaction of it.
type ledger interface {
	Binding(ctx context.Context, id string) (store.Binding, error)
	MayWrite(ctx context.Context, binding, recordID string) (why string, err error)
	Spent(ctx context.Context, bindings []string, since time.Time) (int, error)
}

// A span is a part of the write budget.
type span struct {
	time.Duration
	most int
	why  string
}

func (s *session) spans() []span {
	l := s.b.Credential.Limits
	return []span{
		{time.Minute, l.PerMinute, "write budget of the minute is spent"},
		{time.Hour, l.PerHour, "write budget of the hour is spent"},
	}
}

// allow reports with a Wait when the record may not be written to the binding now: the
// tracker asked to be left alone, writing is stopped, or the budget of the credential is
// spent. It is asked twice: before anything is read for a write, and in the transaction
// of the intent. Intents are the record of what was spent, so the budget survives a
// restart.
func (s *session) allow(ctx context.Context, l ledger) error {
	now := s.Now()
	why, err := l.MayWrite(ctx, s.b.ID, s.Record.ID)
	if err != nil {
		return err
	}
	if why != "" {
		return &binding.Wait{Binding: s.b.ID, Until: now.Add(time.Minute), Why: why}
	}
	row, err := l.Binding(ctx, s.b.ID)
	if err != nil {
		return err
	}
	if err := binding.Held(row, now); err != nil {
		return err
	}
	for _, w := range s.spans() {
		if w.most <= 0 {
			continue
		}
		n, err := l.Spent(ctx, s.b.Credential.Bindings, now.Add(-w.Duration))
		if err != nil {
			return err
		}
		if n >= w.most {
			return &spentError{w}
		}
	}
	return nil
}

// A spentError says that a part of the write budget is spent.
type spentError struct{ span }

func (e *spentError) Error() string { return e.why }

// queued turns a spent budget into the Wait that it means; other errors stay what they
// are.
func (s *session) queued(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*spentError](err); ok {
		return s.wait(ctx, e)
	}
	return err
}

// wait gives a record that found the budget spent a place in the queue for it.
func (s *session) wait(ctx context.Context, e *spentError) error {
	now := s.Now()
	ats, err := s.Store.SpentAt(ctx, s.b.Credential.Bindings, now.Add(-e.Duration))
	if err != nil {
		return err
	}
	// Only when all but most-1 of them are past is there room for one more.
	if over := len(ats) - e.most; over > 0 {
		ats = ats[over:]
	}
	if len(ats) == 0 {
		ats = []time.Time{now.Add(-e.Duration)} // a place came free meanwhile
	}
	return &binding.Wait{Binding: s.b.ID, Until: s.b.Credential.Queue(s.Record.ID, now, e.Duration, ats), Why: e.why}
}
