package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// A Way is how somebody proved who they are.
type Way string

// The ways.
const (
	ByPassword Way = "password"
	ByLink     Way = "link"
	ByProvider Way = "provider"
)

// AccountPrefix is the beginning of the account of an identity in the audit log: that of the roster of people.
const AccountPrefix = "sign_in:"

// Account returns the account in the audit log of somebody who is one of people.
func (s Signed) Account() string {
	switch {
	case s.Token != "":
		return "token:" + s.Token
	case s.Issuer == access.Local:
		return access.Local + ":" + s.Subject
	}
	return AccountPrefix + s.Subject
}

// actorID returns the person id, or a name for somebody who is not one of people. Providers may take
// an e-mail address for the subject, so that it stands in the log as a commitment alone.
func actorID(w access.Who, id access.Identity) string {
	if w.Person != "" {
		return w.Person
	}
	sum := sha256.Sum256([]byte(id.Issuer + "\x00" + id.Subject))
	return AccountPrefix + hex.EncodeToString(sum[:8])
}

// Actor is who is signed in, as the log names them.
func Actor(w access.Who, s Signed) audit.Actor {
	a := audit.Actor{Kind: audit.Person, ID: actorID(w, s.Identity), How: audit.BySignIn}
	switch {
	case s.Token != "":
		a.How, a.Account = audit.ByAPI, s.Account()
	case w.Person != "":
		a.Account = s.Account()
	}
	return a
}

func aPerson(id string) audit.Subject {
	return audit.Subject{Type: audit.SubjectPerson, ID: id, Ref: id}
}

func ofPages(verb audit.Verb, w access.Who, s Signed, changes ...audit.FieldChange) audit.Entry {
	a := Actor(w, s)
	return audit.Entry{Verb: verb, Actor: a, Origin: audit.Origin{Trigger: audit.TriggerPage}, Subject: aPerson(a.ID), Changes: changes}
}

func opened(w access.Who, s Signed, way Way) audit.Entry {
	roles := make([]string, len(w.Roles))
	for i, r := range w.Roles {
		roles[i] = string(r)
	}
	e := ofPages(audit.SessionOpened, w, s,
		audit.FieldChange{Field: "roles", After: audit.NewText(strings.Join(roles, ", "))}, audit.FieldChange{Field: "way", After: audit.NewText(string(way))})
	if w.Person == "" {
		e.Changes = append(e.Changes, audit.FieldChange{Field: "subject", After: audit.Personal(s.Subject)}, audit.FieldChange{Field: "name", After: audit.Personal(s.Name)})
	}
	return e
}

func ended(w access.Who, s Signed) audit.Entry {
	return ofPages(audit.SessionEnded, w, s)
}

// subject names an identity that may open nothing: its subject is personal data.
func subject(id access.Identity) []audit.FieldChange {
	if id.Issuer == access.Local {
		return []audit.FieldChange{{Field: "person", After: audit.NewText(id.Subject)}}
	}
	return []audit.FieldChange{{Field: "subject", After: audit.Personal(id.Subject)}}
}

func (d *Desk) person(name string) []audit.FieldChange {
	if name = d.known(name); name == "" {
		return nil
	}
	return []audit.FieldChange{{Field: "person", After: audit.NewText(name)}}
}

// logRefused notes that somebody could not sign in, once in ten minutes for each reason and name.
func (d *Desk) logRefused(ctx context.Context, reason, name string, who []audit.FieldChange) {
	if first, _ := d.refused.pass(reason+" "+name, d.o.Now()); !first {
		return
	}
	d.o.Log.Warn("sign-in refused", zap.String("reason", reason))
	d.write(ctx, audit.Entry{
		Verb: audit.SessionRefused, Actor: audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, Origin: audit.Origin{Trigger: audit.TriggerPage},
		Reason: reason, Changes: who,
	})
}

// Denied notes that somebody asked for a page that their roles do not open, once in ten minutes for
// each person and page.
func (d *Desk) Denied(ctx context.Context, w access.Who, s Signed, page string) {
	if first, _ := d.denied.pass(actorID(w, s.Identity)+" "+page, d.o.Now()); !first {
		return
	}
	d.o.Log.Warn("page denied", zap.String("who", actorID(w, s.Identity)), zap.String("page", page))
	d.write(ctx, ofPages(audit.AccessDenied, w, s, audit.FieldChange{Field: "page", After: audit.NewText(page)}))
}

// mostRead is how many pages auditors read within ten minutes, all together.
const mostRead = 600

// ErrTooMany is the error of an auditor who reads more pages than the log is to hold.
var ErrTooMany = errors.New("too many pages within ten minutes")

// Read notes that an auditor reads a page, once in ten minutes for each session and page. The page
// may be shown only if there is no error.
func (d *Desk) Read(ctx context.Context, w access.Who, s Signed, page string) error {
	key := actorID(w, s.Identity) + " " + s.Token + " " + s.Opened.String() + " " + page
	first, full := d.read.pass(key, d.o.Now())
	switch {
	case full:
		return ErrTooMany
	case !first:
		return nil
	}
	e := ofPages(audit.PageRead, w, s, audit.FieldChange{Field: "page", After: audit.NewText(page)})
	err := d.o.Store.Write(ctx, func(t *store.Tx) error { t.Audit(e); return nil })
	if err != nil {
		d.read.again(key)
	}
	return err
}

// Exported notes that somebody takes the whole log away. It may be given out only if there is no error.
func (d *Desk) Exported(ctx context.Context, w access.Who, s Signed) error {
	e := ofPages(audit.ExportMade, w, s, audit.FieldChange{Field: "export", After: audit.NewText("the whole log, with the personal data beside it")})
	return d.o.Store.Write(ctx, func(t *store.Tx) error { t.Audit(e); return nil })
}

// write writes an entry about a request that is refused in any case.
func (d *Desk) write(ctx context.Context, e audit.Entry) {
	if err := d.o.Store.Write(ctx, func(t *store.Tx) error { t.Audit(e); return nil }); err != nil {
		d.o.Log.Error("the audit log could not be written", zap.String("verb", string(e.Verb)), zap.Error(err))
	}
}
