package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/conformd/conformd/sync/plan"
)

// AddEvent stores an event of a record, once, and reports whether it was new. React says
// that the comment it came in waits for a reaction.
func (t *Tx) AddEvent(ctx context.Context, recordID string, e plan.Event, react bool) (bool, error) {
	doc, err := encodeEvent(e)
	if err != nil {
		return false, err
	}
	waits := 0
	if react {
		waits = 1
	}
	res, err := t.ExecContext(ctx, "INSERT INTO event (id, record_id, at, doc, taken, react) VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (id) DO NOTHING",
		e.ID, recordID, millis(e.At), doc, waits)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Event returns a stored event by its id; known is false if there is none.
func (t *Tx) Event(ctx context.Context, id string) (e plan.Event, known bool, err error) {
	var doc string
	err = t.QueryRowContext(ctx, "SELECT doc FROM event WHERE id = $1", id).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	e, err = decodeEvent(doc)
	return e, err == nil, err
}

// OpenEvents returns the events of a record that were not taken in yet, oldest first.
func (t *Tx) OpenEvents(ctx context.Context, recordID string) ([]plan.Event, error) {
	return collect(ctx, t, func(row scanner) (plan.Event, error) {
		var doc string
		var react bool
		if err := row.Scan(&doc, &react); err != nil {
			return plan.Event{}, err
		}
		e, err := decodeEvent(doc)
		e.React = react
		return e, err
	}, "SELECT doc, react FROM event WHERE record_id = $1 AND taken = 0 ORDER BY at, id", recordID)
}

// TakeEvents stores what became of events. An event without a verdict stays open.
func (t *Tx) TakeEvents(ctx context.Context, vs []plan.Verdict) error {
	for _, v := range vs {
		if _, err := t.ExecContext(ctx, "UPDATE event SET taken = 1, told = $1 WHERE id = $2", v.Told, v.Event); err != nil {
			return err
		}
	}
	return nil
}

// Answers returns what people were told about what they commanded, newest first, at most
// limit; what counts was told nothing.
func (t *Tx) Answers(ctx context.Context, recordID string, limit int) ([]plan.Answer, error) {
	return collect(ctx, t, scanAnswer, "SELECT doc, told FROM event WHERE record_id = $1 AND taken = 1 ORDER BY at DESC, id DESC LIMIT $2", recordID, limit)
}

// Unreacted returns the events of a record that were taken in and whose comments wait
// for a reaction, oldest first.
func (t *Tx) Unreacted(ctx context.Context, recordID string) ([]plan.Answer, error) {
	return collect(ctx, t, scanAnswer, "SELECT doc, told FROM event WHERE record_id = $1 AND react = 1 AND taken = 1 ORDER BY at, id", recordID)
}

func scanAnswer(row scanner) (a plan.Answer, err error) {
	var doc string
	if err = row.Scan(&doc, &a.Told); err != nil {
		return a, err
	}
	a.Event, err = decodeEvent(doc)
	return a, err
}

// Reacted notes that the comments of events have their reaction, or need none any more.
func (t *Tx) Reacted(ctx context.Context, events []string) error {
	for _, id := range events {
		if _, err := t.ExecContext(ctx, "UPDATE event SET react = 0 WHERE id = $1", id); err != nil {
			return err
		}
	}
	return nil
}
