package apply

import (
	"context"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
)

// allow reports with a Wait when the record may not be written to the binding now: the
// tracker asked to be left alone, writing is stopped, or the budget is spent. Intents
// are the record of what was spent, so the budget survives a restart.
func (s *session) allow(ctx context.Context, t *store.Tx) error {
	now := t.Now()
	why, err := t.MayWrite(ctx, s.b.ID, s.Record.ID)
	if err != nil {
		return err
	}
	if why != "" {
		return &binding.Wait{Binding: s.b.ID, Until: now.Add(time.Minute), Why: why}
	}
	row, err := t.Binding(ctx, s.b.ID)
	if err != nil {
		return err
	}
	if now.Before(row.NotBefore) {
		return &binding.Wait{Binding: s.b.ID, Until: row.NotBefore, Why: "rate limited"}
	}
	for _, w := range []struct {
		span time.Duration
		most int
		why  string
	}{
		{time.Minute, s.b.Limits.PerMinute, "write budget of the minute is spent"},
		{time.Hour, s.b.Limits.PerHour, "write budget of the hour is spent"},
	} {
		if w.most <= 0 {
			continue
		}
		n, oldest, err := t.Spent(ctx, s.b.ID, now.Add(-w.span))
		if err != nil {
			return err
		}
		if n >= w.most {
			return &binding.Wait{Binding: s.b.ID, Until: oldest.Add(w.span), Why: w.why}
		}
	}
	return nil
}
