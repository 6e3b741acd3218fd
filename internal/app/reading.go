package app

import (
	"context"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// A Reading is what a program reads of the register for a person.
type Reading struct {
	Tool      string
	Arguments string // JSON
	Client    string // what the program calls itself
}

// NoteReading notes in the audit log what a program reads for a person at the terminal.
func (a *App) NoteReading(ctx context.Context, by service.By, r Reading) error {
	e := a.entry(audit.LogRead)
	e.Origin.Trigger = audit.TriggerManual
	e.Actor = audit.Actor{Kind: audit.Operator, ID: by.Person, Account: by.Account, How: audit.ByLocal}
	for _, v := range []struct{ field, value string }{{"client", r.Client}, {"tool", r.Tool}, {"arguments", r.Arguments}} {
		e.Changes = append(e.Changes, audit.FieldChange{Field: v.field, After: audit.NewText(v.value)})
	}
	return a.Store.Write(ctx, func(t *store.Tx) error {
		t.Audit(e)
		return nil
	})
}
