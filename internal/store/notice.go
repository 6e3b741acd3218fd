package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Told says that a person is told of a date, once.
type Told struct {
	Record string // id
	Item   string // register.DueItem.Key
	Due    string
	Stage  string
	Person string
}

// A MessageState is what became of a message.
type MessageState string

// The states of a message. A message of unknown fate is not sent again: it may have arrived.
const (
	MessageWaiting MessageState = "waiting"
	MessageSending MessageState = "sending"
	MessageSent    MessageState = "sent"
	MessageFailed  MessageState = "failed"
	MessageUnknown MessageState = "unknown"
)

// A Message is what a person is told on one day of their dates, or of one record because somebody asked for it.
type Message struct {
	ID       int64        `json:"id"`
	Day      string       `json:"day"`
	Person   string       `json:"person"`
	About    string       `json:"about,omitempty"` // id of the record of a reminder
	Channel  string       `json:"channel"`
	Subject  string       `json:"subject"`
	Body     string       `json:"text"`
	State    MessageState `json:"state"`
	Attempts int          `json:"attempts"`
	Next     time.Time    `json:"next,omitzero"`
	Problem  string       `json:"problem,omitempty"`
	Changed  time.Time    `json:"changed"`
}

const selectMessage = "SELECT id, day, person, about, channel, subject, body, state, attempts, next, problem, changed FROM message "

func scanMessage(row scanner) (m Message, err error) {
	var next, changed int64
	err = row.Scan(&m.ID, &m.Day, &m.Person, &m.About, &m.Channel, &m.Subject, &m.Body, &m.State, &m.Attempts, &next, &m.Problem, &changed)
	m.Next, m.Changed = fromMillis(next), fromMillis(changed)
	return m, err
}

// AddMessage adds a message that waits, with the dates that it tells. It returns false, and adds
// nothing, if the person has a message of that day, or a reminder of that record.
func (t *Tx) AddMessage(ctx context.Context, m Message, told []Told) (added bool, err error) {
	var id int64 // of no earlier message, also of one that was pruned
	if err := t.QueryRowContext(ctx, "SELECT 1 + max(coalesce((SELECT max(id) FROM message), 0), coalesce((SELECT max(message) FROM notice), 0))").Scan(&id); err != nil {
		return false, err
	}
	res, err := t.ExecContext(ctx, `INSERT INTO message (id, day, person, about, channel, subject, body, state, changed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (day, person, about) DO NOTHING`, id, m.Day, m.Person, m.About, m.Channel, m.Subject, m.Body, MessageWaiting, millis(t.now))
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	for _, x := range told {
		if _, err := t.ExecContext(ctx, "INSERT INTO notice (record_id, item, due, stage, person, message) VALUES ($1, $2, $3, $4, $5, $6)",
			x.Record, x.Item, x.Due, x.Stage, x.Person, id); err != nil {
			return false, fmt.Errorf("what %s is told: %w", x.Person, err)
		}
	}
	return true, nil
}

// LastReminder returns when people were last reminded of a record; zero for never. A reminder that was not accepted is none.
func (t *Tx) LastReminder(ctx context.Context, record string) (time.Time, error) {
	var ms int64
	err := t.QueryRowContext(ctx, "SELECT coalesce(max(changed), 0) FROM message WHERE about = $1 AND about <> '' AND state <> 'failed'", record).Scan(&ms)
	return fromMillis(ms), err
}

// SetMessage writes what became of a message. What a message told that failed was not told.
func (t *Tx) SetMessage(ctx context.Context, m Message) error {
	if _, err := t.ExecContext(ctx, "UPDATE message SET state = $1, attempts = $2, next = $3, problem = $4, changed = $5 WHERE id = $6",
		m.State, m.Attempts, millis(m.Next), m.Problem, millis(t.now), m.ID); err != nil {
		return err
	}
	if m.State != MessageFailed {
		return nil
	}
	_, err := t.ExecContext(ctx, "DELETE FROM notice WHERE message = $1", m.ID)
	return err
}

// DatesTold says in words what a message tells, in the order of the dates: "NC-2026-0007
// implementation 2026-11-20 missed".
func (t *Tx) DatesTold(ctx context.Context, message int64) ([]string, error) {
	return t.texts(ctx, `SELECT r.ref || ' ' || n.item || ' ' || n.due || ' ' || n.stage FROM notice n JOIN record r ON r.id = n.record_id
WHERE n.message = $1 ORDER BY n.due, r.ref, n.item`, message)
}

// OpenMessages returns the messages that wait for an attempt or are under way.
func (s *Store) OpenMessages(ctx context.Context) ([]Message, error) {
	return collect(ctx, s.ro, scanMessage, selectMessage+"WHERE state IN ('waiting', 'sending') ORDER BY next, id")
}

// Messages returns the newest messages, the newest first; person "" is everybody.
func (s *Store) Messages(ctx context.Context, person string, most int) ([]Message, error) {
	return collect(ctx, s.ro, scanMessage, selectMessage+"WHERE ($1 = '' OR person = $1) ORDER BY changed DESC, id DESC LIMIT $2", person, most)
}

// Told returns what people were told of the dates of some records.
func (s *Store) Told(ctx context.Context, records []string) ([]Told, error) {
	var out []Told
	for part := range slices.Chunk(records, foundTogether) {
		list, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		told, err := collect(ctx, s.ro, func(row scanner) (x Told, err error) {
			err = row.Scan(&x.Record, &x.Item, &x.Due, &x.Stage, &x.Person)
			return x, err
		}, "SELECT record_id, item, due, stage, person FROM notice WHERE record_id IN (SELECT value FROM json_each($1))", string(list))
		if err != nil {
			return nil, err
		}
		out = append(out, told...)
	}
	return out, nil
}

// LastRestored returns when a backup was last restored; zero for never.
func (s *Store) LastRestored(ctx context.Context) (time.Time, error) {
	var ms int64
	err := s.ro.QueryRowContext(ctx, "SELECT coalesce(max(at), 0) FROM restored").Scan(&ms)
	return fromMillis(ms), err
}
