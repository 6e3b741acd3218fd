package notices

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Channel carries messages to people. Send returns nil if the message was accepted, and an
// error that wraps ErrRefused or ErrUnknown where one of the two is known.
type Channel interface {
	Name() string
	// Reaches reports whether the channel has an address for a person.
	Reaches(person string) bool
	Send(ctx context.Context, m Message) error
}

var (
	// ErrRefused says that another attempt would be refused as well.
	ErrRefused = errors.New("refused")
	// ErrUnknown says that the message may have arrived although no answer came.
	ErrUnknown = errors.New("no answer")
)

// Hours are the hours of a working day in which people are told.
type Hours struct {
	From, Until time.Duration // since midnight
	Zone        *time.Location
	Calendar    register.Calendar
}

// open returns the day of a moment, and whether people are told at it.
func (h Hours) open(at time.Time) (day string, open bool) {
	at = at.In(h.Zone)
	clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	return at.Format(time.DateOnly), !h.Calendar.Off(at) && clock >= h.From && clock < h.Until
}

// A Teller composes one message a day and person, and sends it.
type Teller struct {
	Store    Store
	Rules    Rules
	Hours    Hours
	Channels []Channel // the first that reaches a person is used
	Bindings []string
	Names    func(ctx context.Context) (present.Names, error)
	Link     string // address of the pages
	// Languages are those of people, by id; English for others.
	Languages map[string]*catalogue.Language
	Origin    string // name of the log, for the ids of messages
	Now       func() time.Time
	Log       *zap.Logger

	composed string // day
}

// Store is what a Teller needs of the register.
type Store interface {
	RecordsDue(ctx context.Context, day, person string) ([]store.Row, error)
	Told(ctx context.Context, records []string) ([]store.Told, error)
	OpenMessages(ctx context.Context) ([]store.Message, error)
	LastRestored(ctx context.Context) (time.Time, error)
	Unverified(ctx context.Context, bindings []string) ([]string, error)
	Write(ctx context.Context, do func(*store.Tx) error) error
}

// Begin settles what an earlier run left: a message that was being sent when conformd ended
// may have arrived, and is not sent again.
func (t *Teller) Begin(ctx context.Context) error {
	open, err := t.Store.OpenMessages(ctx)
	if err != nil {
		return err
	}
	for _, m := range open {
		if m.State != store.MessageSending {
			continue
		}
		m.State, m.Problem = store.MessageUnknown, "conformd ended while it was sent"
		if err := t.settle(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// Tell composes the messages of the day, if it is time to, and sends those that wait. Outside the hours it sends
// reminders alone. It tells nobody anything while the register may be older than the trackers, after a restore.
func (t *Teller) Tell(ctx context.Context) error {
	day, open := t.Hours.open(t.Now())
	behind, err := t.Store.Unverified(ctx, t.Bindings)
	if err != nil || len(behind) > 0 {
		return err
	}
	if open && t.composed != day {
		if err := t.compose(ctx, day); err != nil {
			return err
		}
		t.composed = day
	}
	return t.send(ctx, open)
}

// Digests returns what would be told on a day, without those who have a message of that day.
func (t *Teller) Digests(ctx context.Context, at time.Time) ([]Digest, error) {
	day := at.In(t.Hours.Zone)
	today := day.Format(time.DateOnly)
	restored, err := t.Store.LastRestored(ctx)
	if err != nil {
		return nil, err
	}
	since := "" // what was told until then may be missing from the backup
	if !restored.IsZero() {
		since = restored.In(t.Hours.Zone).Format(time.DateOnly)
	}
	rows, err := t.Store.RecordsDue(ctx, day.AddDate(0, 0, t.Rules.horizon()).Format(time.DateOnly), "")
	if err != nil {
		return nil, err
	}
	told, err := t.told(ctx, rows)
	if err != nil {
		return nil, err
	}
	return t.Rules.digests(rows, at, today, func(n News) bool { return n.Day <= since || told[n.told()] }), nil
}

// told returns what people were told of the dates of some records.
func (t *Teller) told(ctx context.Context, rows []store.Row) (map[store.Told]bool, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Record.ID
	}
	all, err := t.Store.Told(ctx, ids)
	if err != nil {
		return nil, err
	}
	told := map[store.Told]bool{}
	for _, x := range all {
		told[x] = true
	}
	return told, nil
}

// Channel returns the channel by which a person is told, false if there is none.
func (t *Teller) Channel(person string) (Channel, bool) {
	for _, c := range t.Channels {
		if c.Reaches(person) {
			return c, true
		}
	}
	return nil, false
}

// Message returns a digest as the person reads it.
func (t *Teller) Message(ctx context.Context, d Digest) (Message, error) {
	names, err := t.Names(ctx)
	if err != nil {
		return Message{}, err
	}
	return d.Message(t.Languages[d.Person], names, t.Link), nil
}

func (t *Teller) compose(ctx context.Context, day string) error {
	all, err := t.Digests(ctx, t.Now())
	if err != nil {
		return err
	}
	for _, d := range all {
		c, ok := t.Channel(d.Person)
		if !ok {
			t.Log.Warn("nobody can be told: the person has no address", zap.String("person", d.Person), zap.Int("dates", len(d.News)))
			continue
		}
		m, err := t.Message(ctx, d)
		if err != nil {
			return err
		}
		var told []store.Told
		for _, n := range d.News {
			told = append(told, n.told())
		}
		err = t.Store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.AddMessage(ctx, store.Message{Day: day, Person: d.Person, Channel: c.Name(), Subject: m.Subject, Body: m.Text}, told)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mostAttempts take about two hours. What the message tells is news again afterwards.
const mostAttempts = 8

// wait is the time between two attempts: 1, 2, 4 … minutes.
func wait(attempts int) time.Duration { return time.Minute << min(attempts-1, 10) }

// send sends the messages that wait; reminders alone, if it is not the time for others.
func (t *Teller) send(ctx context.Context, others bool) error {
	open, err := t.Store.OpenMessages(ctx)
	if err != nil {
		return err
	}
	for _, m := range open {
		if m.State != store.MessageWaiting || m.Next.After(t.Now()) || m.About == "" && !others {
			continue
		}
		i := slices.IndexFunc(t.Channels, func(c Channel) bool { return c.Name() == m.Channel && c.Reaches(m.Person) })
		if i < 0 {
			m.State, m.Problem = store.MessageFailed, "no "+m.Channel+" reaches "+m.Person+" any more"
			if err := t.settle(ctx, m); err != nil {
				return err
			}
			continue
		}
		m.State, m.Attempts = store.MessageSending, m.Attempts+1
		if err := t.Store.Write(ctx, func(tx *store.Tx) error { return tx.SetMessage(ctx, m) }); err != nil {
			return err
		}
		sent := t.Channels[i].Send(ctx, Message{ID: fmt.Sprintf("%d.%s.%s", m.ID, m.Day, t.Origin), Person: m.Person, Subject: m.Subject, Text: m.Body})
		if err := t.settle(context.WithoutCancel(ctx), t.outcome(m, sent)); err != nil {
			return err
		}
	}
	return nil
}

// outcome says what became of an attempt.
func (t *Teller) outcome(m store.Message, err error) store.Message {
	if err == nil {
		m.State, m.Problem = store.MessageSent, ""
		return m
	}
	m.Problem = err.Error()
	switch {
	case errors.Is(err, ErrUnknown):
		m.State = store.MessageUnknown
	case errors.Is(err, ErrRefused), m.Attempts >= mostAttempts:
		m.State = store.MessageFailed
	default:
		m.State, m.Next = store.MessageWaiting, t.Now().Add(wait(m.Attempts))
	}
	return m
}

// settle writes what became of a message, and an entry of the log at its end.
func (t *Teller) settle(ctx context.Context, m store.Message) error {
	verb, ended := map[store.MessageState]audit.Verb{
		store.MessageSent: audit.NoticeSent, store.MessageFailed: audit.NoticeFailed, store.MessageUnknown: audit.NoticeUnknown,
	}[m.State]
	if m.State != store.MessageSent {
		t.Log.Warn("a message was not sent", zap.String("person", m.Person), zap.String("channel", m.Channel), zap.String("state", string(m.State)), zap.String("problem", m.Problem))
	}
	return t.Store.Write(ctx, func(tx *store.Tx) error {
		if ended {
			dates, err := tx.DatesTold(ctx, m.ID)
			if err != nil {
				return err
			}
			tx.Audit(audit.Entry{
				Verb: verb, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Trigger: audit.TriggerClock},
				Subject: audit.Subject{Type: audit.SubjectPerson, ID: m.Person}, Reason: m.Channel + ": " + present.List(dates, mostNews),
			})
		}
		return tx.SetMessage(ctx, m)
	})
}
