package apply

import (
	"context"
	"time"

	"github.com/conformd/conformd/internal/store"
)

// allow reports with a Wait when a write to b is not allowed now: the tracker
// asked to be left alone, writing is braked, or the budget is spent. Intents are
// the record of what was spent, so the budget survives a restart.
func allow(ctx context.Context, t *store.Tx, b *Binding, row store.Binding) error {
	now := t.Now()
	if row.Brake != "" {
		return &Wait{b.ID, now.Add(time.Minute), "writing is stopped: " + row.Brake}
	}
	if now.Before(row.NotBefore) {
		return &Wait{b.ID, row.NotBefore, "rate limited"}
	}
	for _, w := range []struct {
		span time.Duration
		most int
		why  string
	}{
		{time.Minute, b.Limits.PerMinute, "write budget of the minute is spent"},
		{time.Hour, b.Limits.PerHour, "write budget of the hour is spent"},
	} {
		if w.most <= 0 {
			continue
		}
		n, oldest, err := t.Spent(ctx, b.ID, now.Add(-w.span))
		if err != nil {
			return err
		}
		if n >= w.most {
			return &Wait{b.ID, oldest.Add(w.span), w.why}
		}
	}
	return nil
}
