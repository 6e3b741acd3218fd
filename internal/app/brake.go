package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// ReleaseBrake lets writing to a binding go on after a person has looked at why it was
// stopped, and says so in the audit log. What stands there leaves, and nothing else:
// what is planned later is judged anew. If list is not empty it must be the digest of
// what stands there, so that a person releases what they have read. It fails if the
// binding is not braked.
func (a *App) ReleaseBrake(ctx context.Context, binding, reason, list string) (plan.Load, error) {
	row, err := a.Store.Binding(ctx, binding)
	if err != nil {
		return plan.Load{}, err
	}
	if len(row.Brakes) == 0 {
		return plan.Load{}, fmt.Errorf("writing to %s is not stopped", binding)
	}
	if reason == "" {
		return plan.Load{}, fmt.Errorf("writing to %s was stopped because %s: a reason to go on is needed", binding, row.Stopped())
	}
	unlooked, err := a.Store.Unlooked(ctx, a.bindingIDs())
	if err != nil {
		return plan.Load{}, err
	}
	if len(unlooked) > 0 {
		return plan.Load{}, fmt.Errorf("a backup was restored, and %s have not been read completely since: start the daemon, or conformd run --once, and read conformd plan first",
			strings.Join(unlooked, ", "))
	}
	var load plan.Load
	err = a.Store.Write(ctx, func(t *store.Tx) (err error) {
		standing, err := t.Standing(ctx, binding)
		if err != nil {
			return err
		}
		if now := store.ListDigest(standing); list != "" && list != now {
			return fmt.Errorf("what stands before %s is another list now (%s): look at it again with conformd brake list", binding, now)
		}
		if load, err = t.Release(ctx, binding); err != nil {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.BrakeReleased, Actor: audit.Actor{Kind: audit.Operator, How: audit.ByLocal},
			Origin:  audit.Origin{Binding: binding, Trigger: audit.TriggerManual},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: binding, Ref: binding},
			Changes: []audit.FieldChange{{Field: "brake", Before: audit.NewText(row.Stopped())}},
			Reason:  reason,
		})
		return nil
	})
	return load, err
}
