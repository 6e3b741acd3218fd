package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/conformd/conformd/register"
)

// The table due says which records have a date that is still to be kept, so that a search by
// date reads no documents. The rows of a record follow from it alone (register.Due). They are
// written in the transaction that writes the record; the documents stay the truth, and whoever
// lists dates reads them from the records that the search found.

// A dueRow is one thing of a record that somebody is to do by a date.
type dueRow struct {
	item  string // what is due (register.DueItem.Key), or what is asked for; "" says that the record has no date
	date  string // 2006-01-02
	who   string // person of whom it is expected
	owner string // person who owns the record
}

// dueRows returns the rows of a record. An open record without the date of any milestone has
// a row without a date, so that it is found as well.
func dueRows(r register.Record) []dueRow {
	owner := r.Fields[register.FieldOwner]
	var out []dueRow
	if len(r.Dates) == 0 && !r.State.Ended() && !r.Kind().Evaluates() {
		out = append(out, dueRow{owner: owner})
	}
	// What is open and by when does not depend on the day; only whether it is missed does.
	for _, d := range register.Due(r, time.Time{}) {
		out = append(out, dueRow{d.Key(), d.Due, d.Who, owner})
	}
	for _, q := range register.Requests(r) {
		out = append(out, dueRow{q.Key + " asked", q.At.UTC().Format(time.DateOnly), "", owner}) // somebody is to decide now
	}
	slices.SortStableFunc(out, compareDue)
	return slices.CompactFunc(out, func(a, b dueRow) bool { return a.item == b.item })
}

const addDue = "INSERT INTO due (n, item, date, who, owner) SELECT n, $1, $2, $3, $4 FROM record WHERE id = $5"

// putDue brings the table in step with a record. Most changes of a record move no date, and
// then nothing is written.
func (t *Tx) putDue(ctx context.Context, r register.Record) error {
	was, err := collect(ctx, t, func(row scanner) (d dueRow, err error) {
		err = row.Scan(&d.item, &d.date, &d.who, &d.owner)
		return d, err
	}, "SELECT d.item, d.date, d.who, d.owner FROM record r JOIN due d ON d.n = r.n WHERE r.id = $1 ORDER BY d.item", r.ID)
	if err != nil {
		return err
	}
	now := dueRows(r)
	if slices.Equal(was, now) {
		return nil
	}
	if _, err := t.ExecContext(ctx, "DELETE FROM due WHERE n = (SELECT n FROM record WHERE id = $1)", r.ID); err != nil {
		return err
	}
	for _, d := range now {
		if _, err := t.ExecContext(ctx, addDue, d.item, d.date, d.who, d.owner, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// The searches answer with one row: of a large register tens of thousands of records are due
// soon, and a row of a result costs more than finding it.
const (
	dueUntil = "SELECT json_group_array(n) FROM due WHERE date <= $1"
	// duePerson finds what is expected of a person, and everything of the records that the
	// person owns.
	duePerson = "SELECT json_group_array(n) FROM (SELECT n FROM due WHERE owner = $1 AND date <= $2 UNION ALL SELECT n FROM due WHERE who = $1 AND date <= $2)"
)

// DueUntil finds the open records with a date on a day or before it, and the open records without
// any date. It returns the number that the table record gives each. With a person it finds only
// the records that the person owns and those with something that the person is to do; "" is
// everybody. It reads no documents.
func (s *Store) DueUntil(ctx context.Context, day, person string) ([]int64, error) {
	q, args := dueUntil, []any{day}
	if person != "" {
		q, args = duePerson, []any{person, day}
	}
	var list []byte
	if err := s.ro.QueryRowContext(ctx, q, args...).Scan(&list); err != nil {
		return nil, err
	}
	var found []int64
	if err := json.Unmarshal(list, &found); err != nil {
		return nil, err
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// foundTogether is how many records one query looks up, which bounds its parameter.
const foundTogether = 1000

// RecordsDue returns the records that DueUntil finds.
func (s *Store) RecordsDue(ctx context.Context, day, person string) ([]Row, error) {
	found, err := s.DueUntil(ctx, day, person)
	if err != nil {
		return nil, err
	}
	var out []Row
	for part := range slices.Chunk(found, foundTogether) {
		list, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		rows, err := collect(ctx, s.ro, scanRow, selectRow+"WHERE r.n IN (SELECT value FROM json_each($1))", string(list))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
