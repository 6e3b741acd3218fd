package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// ReleaseBrake allows writing to a binding again after a person has looked at why it was
// stopped, and notes it in the audit log. Only the changes that wait there now are written;
// the brake weighs later ones anew. If list is not empty it must be the digest of the
// changes that wait there, so that a person releases what they have read. It fails if the
// brake does not hold the binding.
func (a *App) ReleaseBrake(ctx context.Context, binding, reason, list string) (plan.Load, error) {
	return a.ReleaseBrakeAs(ctx, a.operator(), audit.TriggerManual, binding, reason, list)
}

// ReleaseBrakeAs is ReleaseBrake for somebody who is not at the terminal.
func (a *App) ReleaseBrakeAs(ctx context.Context, by audit.Actor, trigger audit.Trigger, binding, reason, list string) (plan.Load, error) {
	row, err := a.Store.Binding(ctx, binding)
	if err != nil {
		return plan.Load{}, err
	}
	if len(row.Brakes) == 0 {
		return plan.Load{}, fmt.Errorf("writing to %s is not stopped", binding)
	}
	if reason == "" {
		return plan.Load{}, fmt.Errorf("a reason to go on is needed: writing to %s is stopped because %s", binding, row.Stopped())
	}
	unlooked, err := a.Store.Unverified(ctx, a.bindingIDs())
	if err != nil {
		return plan.Load{}, err
	}
	if len(unlooked) > 0 {
		return plan.Load{}, fmt.Errorf("the register was restored or began anew, and %s have not been read completely since: start the daemon, or conformd run --once, and read conformd plan first",
			strings.Join(unlooked, ", "))
	}
	var load plan.Load
	err = a.Store.Write(ctx, func(t *store.Tx) (err error) {
		standing, err := t.Standing(ctx, binding)
		if err != nil {
			return err
		}
		if now := store.ListDigest(standing); list != "" && list != now {
			return fmt.Errorf("the changes that wait at %s are not those of list %s any more; their list is %s", binding, list, now)
		}
		changes := []audit.FieldChange{{Field: "brake", Before: audit.NewText(row.Stopped())}}
		on, err := t.Brakes(ctx, binding)
		if err != nil {
			return err
		}
		if store.ForOthers(on) {
			taken, err := t.TakeOver(ctx)
			if err != nil {
				return err
			}
			if len(taken) > 0 {
				changes = append(changes, audit.FieldChange{Field: "installation", After: audit.NewText(strings.Join(taken, ", "))})
			}
		}
		if load, err = t.Release(ctx, binding); err != nil {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.BrakeReleased, Actor: by,
			Origin:  audit.Origin{Binding: binding, Trigger: trigger},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: binding, Ref: binding},
			Changes: changes,
			Reason:  reason,
		})
		return nil
	})
	return load, err
}

// PauseWriting stops writing to a binding until a person releases it; conformd reads on.
func (a *App) PauseWriting(ctx context.Context, by audit.Actor, binding, reason string) error {
	why := "a person paused it: " + reason
	return a.Store.Write(ctx, func(t *store.Tx) error {
		fresh, err := t.Engage(ctx, binding, store.BrakePaused, why)
		if err != nil || !fresh {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.BrakeEngaged, Actor: by, Origin: audit.Origin{Binding: binding, Trigger: audit.TriggerPage},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: binding, Ref: binding}, Reason: why,
		})
		return nil
	})
}

// operator is the person who decides at the terminal, as the log names them.
func (a *App) operator() audit.Actor {
	o := a.Operator
	o.Kind, o.How = audit.Operator, audit.ByLocal
	return o
}
