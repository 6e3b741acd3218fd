package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// A register that is new beside issues of conformd's making has lost its data (a volume, a
// wrong data_dir), or another conformd runs on these trackers. So before anything is taken
// into a new register, each tracker is asked once what conformd's account created there. If
// it holds such issues, the register goes the way of a restored one, see verify.go, and
// writing stays stopped until a person has looked.

// greet asks the trackers, if the register is new, what conformd made there before. One
// that refuses the credential holds up its own first scan alone: a person must mend that.
// One that is out of order holds up all, so that numbers are kept and nothing is filed
// twice; it is asked again within seconds.
func (g *Ingester) greet(ctx context.Context, first string) error {
	end, err := g.greeting.Take(ctx, "")
	if err != nil {
		return err
	}
	defer end()
	fresh, err := g.Store.New(ctx)
	if err != nil || !fresh {
		return err
	}
	made := map[string][]connectors.Made{}
	asked := 0
	var at []string
	for _, b := range g.Bindings {
		known, err := g.Store.OwnListing(ctx, b.ID)
		if err != nil {
			return err
		}
		if !known.At.IsZero() {
			continue
		}
		row, err := g.Store.Binding(ctx, b.ID)
		if err != nil {
			return err
		}
		if err := binding.Held(row, g.Now()); err != nil {
			return err
		}
		asked++
		if made[b.ID], err = b.Tracker.Created(ctx, time.Time{}); err != nil {
			delete(made, b.ID)
			if b.ID != first && slices.Contains([]connectors.Kind{connectors.Unauthenticated, connectors.Denied, connectors.NotFound, connectors.Gone}, connectors.KindOf(err)) {
				g.Log.Warn("a tracker did not say whether it holds issues that conformd made", zap.String("binding", b.ID), zap.Error(err))
				continue
			}
			err = binding.Answered(ctx, g.Store, g.Now(), b, err)
			return fmt.Errorf("the register is new, and %s must first say whether it holds issues that conformd made: %w", b.ID, err)
		}
		if n := here(made[b.ID]); n > 0 {
			at = append(at, fmt.Sprintf("%d in %s", n, b.ID))
		}
	}
	if asked == 0 {
		return nil
	}
	return g.Store.Write(ctx, func(t *store.Tx) error {
		if len(at) > 0 {
			if err := g.rewind(ctx, t, at, marked(made)); err != nil {
				return err
			}
			if err := met(ctx, t, made); err != nil {
				return err
			}
		}
		for id, all := range made {
			if err := t.PutOwn(ctx, id, all, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// here counts the issues that live in the binding that was asked.
func here(made []connectors.Made) (n int) {
	for _, m := range made {
		if !m.Elsewhere {
			n++
		}
	}
	return n
}

// marked returns the ids of the installations that made the issues here, in order.
func marked(made map[string][]connectors.Made) (ids []string) {
	for _, all := range made {
		for _, m := range all {
			if !m.Elsewhere && m.Installation != "" && !slices.Contains(ids, m.Installation) {
				ids = append(ids, m.Installation)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// met notes which installations made the issues: the brake of the new register stands for
// them, and releasing it decides about them.
func met(ctx context.Context, t *store.Tx, made map[string][]connectors.Made) error {
	for id, all := range made {
		for _, m := range all {
			if m.Elsewhere {
				continue
			}
			if _, _, err := t.MeetInstallation(ctx, store.Other{ID: m.Installation, Binding: id, Issue: m.Ref.Key}); err != nil {
				return err
			}
		}
	}
	return nil
}

// rewind stops writing everywhere, and has everything read before anything is taken in.
func (g *Ingester) rewind(ctx context.Context, t *store.Tx, at, ids []string) error {
	by := ""
	if len(ids) > 0 {
		by = " with the mark of installation " + strings.Join(ids, " and ") + ", not of this one, " + g.Store.Installation()
	}
	why := "this register is new, and the trackers hold issues that conformd made (" + strings.Join(at, ", ") + ")" + by +
		": if another conformd works there, stop this one; if the data directory is the wrong one or was lost, correct data_dir or restore the backup; else release, and the issues are taken over"
	all, err := t.Rewind(ctx, binding.IDs(g.Bindings), store.BrakeNew, why)
	if err != nil {
		return err
	}
	g.Log.Error("writing stopped", zap.Strings("bindings", all), zap.String("brake", why))
	for _, id := range all {
		t.Audit(history.Engaged(id, audit.TriggerPoll, why))
	}
	return nil
}
