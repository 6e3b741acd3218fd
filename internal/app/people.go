package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// terminal is the place of an account of the operating system in a roster.
const terminal = "terminal"

// provider is the place of an identity of the OpenID Connect provider in a roster. No tracker has
// such an id.
const provider = "sign_in"

// roster returns who the people of a configuration are, without their names.
func roster(c *config.Config) register.Roster {
	out := register.Roster{}
	for _, p := range c.People {
		q := register.RosterPerson{Roles: p.Roles, Accounts: map[string]register.RosterAccount{}}
		for _, a := range p.Accounts {
			account := register.RosterAccount{ID: a.ID}
			if a.ID == "" {
				account.Name = strings.ToLower(a.Login)
			}
			q.Accounts[a.Site] = account
		}
		if p.OSUser != "" {
			q.Accounts[terminal] = register.RosterAccount{Name: p.OSUser}
		}
		if p.SignIn.Subject != "" {
			q.Accounts[provider] = register.RosterAccount{ID: p.SignIn.Subject}
		}
		out[p.ID] = q
	}
	return out
}

// changesInEntry is how many changes of people stand in one entry: some 150 bytes each,
// and an entry has 65535 (audit.MaxEntry).
const changesInEntry = 200

// adoptPeople notes in the log how the people of the configuration differ from those of
// the last start. It needs no decision: the configuration says who the people are.
func (a *App) adoptPeople(ctx context.Context, t *store.Tx, actor audit.Actor, trigger audit.Trigger) error {
	now := roster(a.Config)
	doc := now.Encode()
	sum := sha256.Sum256(doc)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	last, err := t.LastPeople(ctx)
	if err != nil || last.Digest == digest {
		return err
	}
	before, reason := register.Roster{}, "the first people, as configured"
	if last.Number > 0 {
		reason = "people in the configuration have changed since the last start"
		if before, err = register.ReadRoster([]byte(last.Document)); err != nil {
			return err
		}
	}
	entry := func(ds []register.Difference, number int64) audit.Entry {
		return audit.Entry{
			Verb: audit.PeopleAdopted, Actor: actor, Origin: audit.Origin{Trigger: trigger}, Subject: a.subject(number), Reason: reason,
			Changes: append([]audit.FieldChange{{Field: "people.differences", After: audit.NewText(words(ds))}}, changes("", ds)...),
		}
	}
	ds := before.Differences(now)
	for len(ds) > changesInEntry {
		t.Audit(entry(ds[:changesInEntry], last.Number+1))
		ds = ds[changesInEntry:]
	}
	_, err = t.AdoptPeople(ctx, store.Adopted{Document: string(doc), Digest: digest, Author: actor.ID, Reason: reason}, func(v store.Adopted) audit.Entry {
		return entry(ds, v.Number)
	})
	return err
}
