package signin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// NewCalendar makes the secret token with which a calendar program reads what a person is to do. An
// earlier token of the person ends.
func (d *Desk) NewCalendar(ctx context.Context, w access.Who, s Signed) (token string, err error) {
	if w.Person == "" {
		return "", errors.New("only people of the register have a calendar")
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	token = hex.EncodeToString(secret)
	return token, d.o.Store.Write(ctx, func(t *store.Tx) error {
		t.Audit(ofPages(audit.AccountInvited, w, s, audit.FieldChange{Field: "purpose", After: audit.NewText("calendar")}))
		return t.PutCalendarAddress(ctx, w.Person, digest(token))
	})
}

// Calendar returns the person to whom the token of a calendar belongs, and whether there is one who
// has access still.
func (d *Desk) Calendar(ctx context.Context, token string) (person string, ok bool, err error) {
	person, err = d.o.Store.CalendarAddress(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	p, known := d.Person(person)
	return person, err == nil && known && !p.Over(d.o.Now()), err
}
