package store

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Recurred takes the closed records up again that facts of another record confirm to have come
// up again, in the transaction that stores those facts: neither is kept without the other. Each
// gets its review with its entries in the log, and is worked on anew.
func (t *Tx) Recurred(ctx context.Context, again register.Record, facts []register.Fact, now register.Context, p register.Policy, trigger audit.Trigger) error {
	for _, f := range facts {
		if f.Kind != register.FactRecurrence || f.Recurrence.State != register.RecurrenceConfirmed {
			continue
		}
		old, err := t.Acquire(ctx, f.Recurrence.To)
		if err != nil {
			return fmt.Errorf("record %s: %w", f.Recurrence.Ref, err)
		}
		came, err := register.Decide(old.Record, register.Recur{
			By: f.Author(), ID: again.ID, Ref: again.Ref, Reason: f.Recurrence.Reason,
		}, now, p)
		if err != nil {
			return err
		}
		if len(came) == 0 {
			continue
		}
		rec := register.Replay(old.Record, came)
		if err := t.SaveFacts(ctx, rec, old.Fence, came, trigger); err != nil {
			return err
		}
		if err := t.MarkDirty(ctx, rec.ID); err != nil {
			return err
		}
	}
	return nil
}
