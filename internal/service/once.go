package service

import (
	"context"
	"slices"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// repeated returns what came of the request of by, if it was done before. The error is store.ErrKeyUsed if another
// request was done under its key.
func repeated(ctx context.Context, t *store.Tx, by By) (out Acted, again bool, err error) {
	if by.Request == nil {
		return Acted{}, false, nil
	}
	id, err := t.RequestDone(ctx, *by.Request)
	if err != nil || id == "" {
		return Acted{}, false, err
	}
	row, err := t.Row(ctx, id)
	return Acted{Record: row.Record, Version: row.Version, Again: true}, true, err
}

// noteDone keeps the key of the request of by together with what was done, so that a crash leaves both or neither. What was
// refused keeps no key: corrected, it may be sent again under the same one.
func noteDone(ctx context.Context, t *store.Tx, by By, record string, refused error) error {
	if by.Request == nil || refused != nil {
		return nil
	}
	return t.NoteRequest(ctx, *by.Request, record)
}

// refusedBefore returns why a decision was refused that the record has taken in before: its repetition is no success.
func refusedBefore(r register.Record, c register.Command) (register.Refusal, bool) {
	j, ok := c.(register.Judge)
	if !ok {
		return register.Refusal{}, false
	}
	i := slices.IndexFunc(r.Approvals, func(a register.Approval) bool { return a.Event == j.Approval.Event && a.Refused != "" })
	if i < 0 {
		return register.Refusal{}, false
	}
	a := r.Approvals[i]
	return register.Refusal{What: a.Refused, Told: message.New(a.Told)}, true
}
