package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

// ReleaseBrake lets writing to a binding go on after a person has looked at why it
// was stopped, and says so in the audit log. It fails if the binding is not braked.
func (a *App) ReleaseBrake(ctx context.Context, binding, reason string) error {
	row, err := a.Store.Binding(ctx, binding)
	if err != nil {
		return err
	}
	if row.Brake == "" {
		return fmt.Errorf("writing to %s is not stopped", binding)
	}
	if reason == "" {
		return fmt.Errorf("writing to %s was stopped because %s: a reason to go on is needed", binding, row.Brake)
	}
	unlooked, err := a.Store.Unlooked(ctx, a.bindingIDs())
	if err != nil {
		return err
	}
	if len(unlooked) > 0 {
		return fmt.Errorf("a backup was restored, and %s was not looked at entirely since: start the daemon, or conformd run --once, and read conformd plan first",
			strings.Join(unlooked, ", "))
	}
	was := row.Brake
	row.Brake = ""
	return a.Store.Write(ctx, func(t *store.Tx) error {
		t.Audit(audit.Entry{
			Verb: audit.BrakeReleased, Actor: audit.Actor{Kind: audit.Operator, How: audit.ByLocal},
			Origin:  audit.Origin{Binding: binding, Trigger: audit.TriggerManual},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: binding, Ref: binding},
			Changes: []audit.FieldChange{{Field: "brake", Before: audit.NewText(was)}},
			Reason:  reason,
		})
		return t.PutBinding(ctx, row)
	})
}
