package service

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/conformd/conformd/internal/store"
)

// mostCounted is how many records that wait for a decision are counted.
const mostCounted = 10_000

// A Stretch says where a part of a list is.
type Stretch struct {
	Next string // cursor of the stretch after it; "" if there is none
	// Count is how many records the whole list has. Beyond says that it has more than those: not all were counted.
	Count  int
	Beyond bool
}

// A ListPage is a stretch of a list.
type ListPage struct {
	Stretch

	Entries []Entry
	Keys    map[string]string // issues of each record, by its id, joined for people
}

// A LinePage is a stretch of a list with the lines of its records.
type LinePage struct {
	Stretch

	Lines []Line
}

// ErrCursor says that a cursor is none of this list.
var ErrCursor = errors.New("the place in the list cannot be read; begin with the first page of it")

// Browse returns a stretch of a list, at most limit records from a cursor on; "" is the beginning.
// A stretch begins after the record that was the last one of the stretch before, wherever that
// record is now: no record is shown twice or left out because of others that changed.
func (r *Register) Browse(ctx context.Context, q ListQuery, cursor string, limit int) (ListPage, error) {
	stops, err := r.stopsOf(ctx)
	if err != nil {
		return ListPage{}, err
	}
	return r.stretch(ctx, q, cursor, limit, func(ctx context.Context, row store.Row, _ store.Surrounding) (Entry, error) {
		return r.entry(ctx, row, stops[row.Record.Ref], nil)
	})
}

// find returns the numbers of the records in a stretch of a list.
func (r *Register) find(ctx context.Context, q ListQuery, cursor string, limit int) (store.Found, Stretch, error) {
	b := q.browse(r.now())
	b.Limit, b.Total = limit, true
	var err error
	if b.After, err = position(cursor); err != nil {
		return store.Found{}, Stretch{}, err
	}
	found, err := r.Store.Numbered(ctx, b)
	at := Stretch{Count: found.Total, Beyond: found.Beyond}
	if found.More {
		at.Next = cursorAt(found.Last)
	}
	return found, at, err
}

// stretch returns a stretch of a list, with what entry says of its records.
func (r *Register) stretch(ctx context.Context, q ListQuery, cursor string, limit int, entry func(context.Context, store.Row, store.Surrounding) (Entry, error)) (ListPage, error) {
	found, at, err := r.find(ctx, q, cursor, limit)
	if err != nil {
		return ListPage{}, err
	}
	rows, err := r.Store.Rows(ctx, found.Numbers)
	if err != nil {
		return ListPage{}, err
	}
	out := ListPage{Stretch: at, Entries: make([]Entry, len(rows)), Keys: map[string]string{}}
	around, err := r.Store.Surroundings(ctx, idsOf(rows))
	if err != nil {
		return out, err
	}
	for i, row := range rows {
		x := around[row.Record.ID]
		out.Keys[row.Record.ID] = x.Keys()
		if out.Entries[i], err = entry(ctx, row, x); err != nil {
			return out, err
		}
	}
	return out, nil
}

// counted is how many records a list has, and whether it has more than those.
func (r *Register) counted(ctx context.Context, b store.Browse) (n int, beyond bool, err error) {
	n, err = r.Store.Count(ctx, b, mostCounted+1)
	return min(n, mostCounted), n > mostCounted, err
}

func idsOf(rows []store.Row) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Record.ID
	}
	return ids
}

// Size returns how many records a list has, at most most.
func (r *Register) Size(ctx context.Context, q ListQuery, most int) (int, error) {
	return r.Store.Count(ctx, q.browse(r.now()), most)
}

// cursorAt is the cursor of what follows a position. It holds no more than the page has shown.
func cursorAt(p store.Position) string {
	text, err := json.Marshal([2]string{p.Key, p.Ref})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func position(cursor string) (store.Position, error) {
	if cursor == "" {
		return store.Position{}, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return store.Position{}, ErrCursor
	}
	var p []string
	if err := json.Unmarshal(text, &p); err != nil || len(p) != 2 || p[1] == "" {
		return store.Position{}, ErrCursor
	}
	return store.Position{Key: p[0], Ref: p[1]}, nil
}
