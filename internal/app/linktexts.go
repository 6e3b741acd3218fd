package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// linkTexts makes links of what the texts of records of an earlier version name, once and in
// the order of their numbers, so that of two records that were rejected as duplicates of each
// other the older one is linked. What is interrupted goes on at the next start.
func (a *App) linkTexts(ctx context.Context) error {
	people := People(a.Config)
	n, err := a.eachOnce(ctx, (*store.Tx).UnreadTexts, func(t *store.Tx, id string) (int, error) {
		return linkText(ctx, t, id, people)
	})
	if err != nil {
		return fmt.Errorf("link the records that name others: %w", err)
	}
	if n > 0 {
		a.Log.Info("what records name as another one became links", zap.Int("links", n))
	}
	return nil
}

// linkText makes the links of one record, with their entries in the log, and returns how many.
func linkText(ctx context.Context, t *store.Tx, id string, people map[string]register.Person) (int, error) {
	if err := t.TextsRead(ctx, id); err != nil {
		return 0, err
	}
	r, err := t.Record(ctx, id)
	if err != nil {
		return 0, err
	}
	names := register.References(strings.Join(register.LinkTexts(r), "\n"))
	if len(names) == 0 {
		return 0, nil
	}
	known, err := t.Existing(ctx, id, names)
	if err != nil {
		return 0, err
	}
	at := t.Now().UTC().Truncate(time.Millisecond)
	facts := register.LinkTheTexts(r, register.Context{At: at, People: people, Records: known})
	if len(facts) == 0 {
		return 0, nil
	}
	row, err := t.Acquire(ctx, id)
	if err != nil {
		return 0, err
	}
	return len(facts), t.SaveFacts(ctx, register.Replay(r, facts), row.Fence, facts, audit.TriggerStart)
}
