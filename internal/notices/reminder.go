package notices

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// remindAgain is how long nobody can be reminded of a record again.
const remindAgain = 24 * time.Hour

// A Reminder asks the people of a record to act on it now.
type Reminder struct {
	By      audit.Actor
	Trigger audit.Trigger
	Row     store.Row
	// Needs are what the record needs, which the message says.
	Needs []present.Told
}

// An UnremindedError says why nobody was reminded, and what helps.
type UnremindedError struct{ What, Remedy string }

// Error says why.
func (e *UnremindedError) Error() string { return e.What }

// Remind adds a message to each person of whom something is expected. It is sent as every other message is, and does not wait for the
// hours in which people are told of their dates. The error is an *UnremindedError if nobody can be reminded.
func (t *Teller) Remind(ctx context.Context, x Reminder) ([]store.Telling, error) {
	at, rec := t.Now(), x.Row.Record
	names, err := t.Names(ctx)
	if err != nil {
		return nil, err
	}
	if rec.State.Ended() {
		return nil, &UnremindedError{rec.Ref + " is at its end, so nobody is expected to act on it", "reopen it first, if something is left to do"}
	}
	day := at.In(t.Hours.Zone).Format(time.DateOnly)
	var out []store.Telling
	var messages []store.Message
	var reached, unreached []string
	for _, p := range t.Rules.reminded(rec, at) {
		c, ok := t.Channel(p)
		if !ok {
			unreached = append(unreached, names.Person(p))
			continue
		}
		m := x.message(t.Languages[p], day, p, t.dates(rec, at, p), names, t.Link)
		messages = append(messages, store.Message{Day: day, Person: p, About: rec.ID, Channel: c.Name(), Subject: m.Subject, Body: m.Text})
		out = append(out, store.Telling{Record: rec.ID, Person: p, Channel: c.Name(), State: store.MessageWaiting, At: at})
		reached = append(reached, p+" by "+c.Name())
	}
	if len(out) == 0 {
		return nil, &UnremindedError{"no message reaches " + cmp.Or(present.Join(unreached), "anybody"), "add people[].email and notices.mail, or notices.webhook"}
	}
	err = t.Store.Write(ctx, func(tx *store.Tx) error {
		last, err := tx.LastReminder(ctx, rec.ID)
		if err != nil {
			return err
		}
		if at.Sub(last) < remindAgain {
			return &UnremindedError{
				fmt.Sprintf("the last reminder of %s went out on %s", rec.Ref, last.In(t.Hours.Zone).Format("2006-01-02 at 15:04 MST")),
				"the next one can go out a day after it; until then, ask the person another way",
			}
		}
		stage := "asked for by " + cmp.Or(x.By.ID, x.By.Account) + " at " + at.UTC().Format(time.RFC3339)
		for _, m := range messages {
			added, err := tx.AddMessage(ctx, m, []store.Told{{Record: rec.ID, Item: "reminder", Due: day, Stage: stage, Person: m.Person}})
			if err != nil {
				return err
			}
			if !added {
				return &UnremindedError{"the reminder of " + rec.Ref + " of today was not accepted", "conformd notices list says why; correct that, and remind tomorrow"}
			}
		}
		tx.Audit(audit.Entry{
			Verb: audit.NoticeAsked, Actor: x.By, Origin: audit.Origin{Trigger: x.Trigger},
			Subject: audit.Subject{Type: audit.SubjectRecord, ID: rec.ID, Ref: rec.Ref, Version: x.Row.Version}, Reason: strings.Join(reached, ", "),
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// reminded are the people of whom something is expected next: of the date that comes first, or of the record.
func (r Rules) reminded(rec register.Record, at time.Time) []string {
	for _, d := range register.Due(rec, at) {
		return r.expected(rec, d)
	}
	return r.expected(rec, register.DueItem{})
}

// dates are the dates of a record that are expected of a person, the earliest first.
func (t *Teller) dates(rec register.Record, at time.Time, person string) []register.DueItem {
	return slices.DeleteFunc(register.Due(rec, at), func(d register.DueItem) bool { return !slices.Contains(t.Rules.expected(rec, d), person) })
}

// message is the reminder as a person reads it.
func (x Reminder) message(l *catalogue.Language, day, person string, dates []register.DueItem, names present.Names, link string) Message {
	rec := x.Row.Record
	title := rec.Fields[register.FieldTitle]
	m := Message{Person: person, Subject: l.New("conformd: a reminder of {{.Ref}}", "Ref", rec.Ref)}
	out := present.ReminderLines(l, rec.Ref, title, x.By.ID, names)
	if len(dates) > 0 {
		out = append(out, "")
	}
	for _, d := range dates[:min(len(dates), mostNews)] {
		out = append(out, present.NoticeLine(l, rec.Ref, title, d, day, names))
	}
	if len(x.Needs) > 0 {
		out = append(out, "", l.Say(message.New("What it needs:")))
	}
	for _, n := range x.Needs[:min(len(x.Needs), mostNews)] {
		out = append(out, present.NeedLine(l, n))
	}
	out = append(out, "", l.New("All of it: conformd register show {{.Ref}}", "Ref", rec.Ref))
	if link != "" {
		out = append(out, strings.TrimSuffix(link, "/")+"/records/"+rec.Ref)
	}
	m.Text = strings.Join(out, "\n")
	return m
}
