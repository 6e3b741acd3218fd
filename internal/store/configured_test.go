package store_test

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func TestConfigured(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	b.write(func(tx *store.Tx) error {
		return tx.PutBoundIssue(t.Context(), store.BoundIssue{Binding: "gh", Ref: connectors.Ref{ID: "7"}, RecordID: rec.ID, State: store.IssueBound, Base: plan.Base{
			register.FieldTitle: {Side: "t", Register: "t"}, register.FieldRootCause: {Side: "c", Register: "c"},
		}})
	})
	for _, step := range []struct {
		name, with, cause string
		changed           bool
		fields            int // still agreed on
	}{
		{"the first time", "a", "Root cause", true, 2},
		{"again", "a", "Root cause", false, 2},
		{"something else changed", "b", "Root cause", true, 2},
		{"the place of a field changed", "c", "Cause", true, 1},
	} {
		b.write(func(tx *store.Tx) error {
			row, err := tx.Acquire(t.Context(), rec.ID)
			if err != nil {
				return err
			}
			changed, err := tx.Configured(t.Context(), step.with, []store.Place{
				{Binding: "gh", Field: register.FieldTitle, As: "title"}, {Binding: "gh", Field: register.FieldRootCause, As: step.cause},
			})
			if err != nil {
				return err
			}
			now, err := tx.Acquire(t.Context(), rec.ID)
			if changed != step.changed || now.Generation-row.Generation != map[bool]int64{true: 1}[step.changed] {
				t.Errorf("%s: changed %v, wanted %d more, want %v", step.name, changed, now.Generation-row.Generation, step.changed)
			}
			if err != nil {
				return err
			}
			l, err := tx.BoundIssueOf(t.Context(), "gh", connectors.Ref{ID: "7"})
			if len(l.Base) != step.fields {
				t.Errorf("%s: %d fields are agreed on, want %d", step.name, len(l.Base), step.fields)
			}
			return err
		})
	}
}
