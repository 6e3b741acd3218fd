package apply

import (
	"context"
	"errors"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
)

// A ledger knows why a write may not be sent now. It is the store or a transaction of it.
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

// allow returns an error if the record may not be written to the binding now: the tracker
// asked for a pause, the brake stops writing, or the budget of the credential is spent. It is
// called twice: before the reads for a write, and in the transaction of the intent. The
// stored intents count against the budget, so that it survives a restart.
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

// queued turns a spentError into a Wait; it returns other errors as they are.
func (s *session) queued(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*spentError](err); ok {
		return s.wait(ctx, e)
	}
	return err
}

// wait puts a record that found the budget spent into the queue for it.
func (s *session) wait(ctx context.Context, e *spentError) error {
	now := s.Now()
	ats, err := s.Store.SpentAt(ctx, s.b.Credential.Bindings, now.Add(-e.Duration))
	if err != nil {
		return err
	}
	// There is room for one more as soon as only most-1 writes lie in the span.
	if over := len(ats) - e.most; over > 0 {
		ats = ats[over:]
	}
	if len(ats) == 0 {
		ats = []time.Time{now.Add(-e.Duration)} // a place came free meanwhile
	}
	return &binding.Wait{Binding: s.b.ID, Until: s.b.Credential.Queue(s.Record.ID, now, e.Duration, ats), Why: e.why}
}
