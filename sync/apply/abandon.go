package apply

import (
	"context"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

// Abandon settles a write without an outcome after a person has looked at the tracker;
// conformd then stops looking for it. The log says who decided it and why.
func Abandon(ctx context.Context, t *store.Tx, row store.Row, in store.Intent, by audit.Actor, reason string) error {
	t.Audit(audit.Entry{
		Verb: audit.WriteResolved, Actor: by,
		Origin:  audit.Origin{Binding: in.Binding, Issue: in.Ref.ID, Key: in.Ref.Key, Trigger: audit.TriggerManual},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: row.Record.ID, Ref: row.Record.Ref, Version: row.Version},
		Intent:  in.Seq, Request: request(in), Outcome: audit.Undeterminable, Reason: reason,
	})
	return t.CloseIntent(ctx, in.Seq)
}
