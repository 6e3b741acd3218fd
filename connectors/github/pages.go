package github

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/conformd/conformd/connectors"
)

// perPage is the most rows that GitHub gives at once.
const perPage = 100

// A row of a listing has an identity and a time of change.
type row[T any] interface {
	*T
	complete() bool
	key() (id string, updated time.Time)
}

// A page is what one request of a listing showed for the first time.
type page[T any] struct {
	rows []T
	at   time.Time // GitHub's clock
	last time.Time // change of the last row, also if it was seen before
	full bool      // the listing may go on
	// sound: nothing was skipped between this page and the one before.
	sound bool
}

// through is the time before which nothing is missing once this page was read; zero if
// that cannot be said.
func (p page[T]) through() time.Time {
	if !p.sound {
		return time.Time{}
	}
	return p.last.UTC()
}

// pages walks a listing by page numbers. Rows that disappear while it is walked
// (deleted, or moved to the end by a change) pull later rows forward across the
// page boundary; so each page overlaps the one before, and when the first row of
// a page is unknown the walk starts again. Every row is shown once for each
// version of it.
func pages[T any, P row[T]](ctx context.Context, c *Client, r request, query url.Values) iter.Seq2[page[T], error] {
	return func(yield func(page[T], error) bool) {
		seen := map[string]time.Time{}
		read, restarts := 0, 0 // how many rows from the start are known
		idle := 0              // pages without a new row
		for {
			rows, a, err := list[T, P](ctx, c, r, query, read)
			if err != nil {
				yield(page[T]{}, err)
				return
			}
			p := page[T]{at: a.date(), full: a.hasNext() || len(rows) >= perPage}
			anchored := read == 0
			for n := range rows {
				id, updated := P(&rows[n]).key()
				p.last = updated
				if t, known := seen[id]; known && t.Equal(updated) {
					anchored = anchored || n == 0
					continue
				}
				seen[id] = updated
				p.rows = append(p.rows, rows[n])
			}
			p.sound = anchored || len(rows) == 0
			if idle++; len(p.rows) > 0 {
				idle = 0
			}
			if !yield(p, nil) {
				return
			}
			switch size, offset := window(read); {
			case !p.sound:
				if restarts++; restarts > 20 {
					yield(page[T]{}, r.err(connectors.Unavailable, errors.New("the listing keeps changing")))
					return
				}
				read = 0
			case len(rows) < size && !a.hasNext():
				return
			case idle > mostIdle+2*len(seen)/perPage:
				yield(page[T]{}, r.err(connectors.Malformed, errors.New("the listing has no end")))
				return
			default:
				// Always onward, even if GitHub holds rows back.
				read = max(offset+len(rows), read+1)
			}
		}
	}
}

// mostIdle bounds how long a listing is followed that shows nothing new, beside
// what a walk from the start meets again.
const mostIdle = 50

// window returns the page size and the offset of the page that starts at or just
// before the last of the rows read so far. GitHub knows pages only by number, so
// the offset is a multiple of the size.
func window(read int) (size, offset int) {
	if read == 0 {
		return perPage, 0
	}
	before := (read - 1 + perPage - 1) / perPage // pages before this one
	if before == 0 {
		return 1, 0
	}
	size = (read - 1) / before
	return size, before * size
}

// list reads one page of a listing.
func list[T any, P row[T]](ctx context.Context, c *Client, r request, query url.Values, read int) ([]T, answer, error) {
	size, offset := window(read)
	q := maps.Clone(query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("per_page", strconv.Itoa(size))
	if offset > 0 {
		q.Set("page", strconv.Itoa(offset/size+1))
	}
	r.path += "?" + q.Encode()
	again := r.again && read == 0
	var before answer
	if again {
		var ok bool
		if before, ok = c.recall(r.op, r.path); ok {
			r.known = before.head.Get("ETag")
		}
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, a, err
	}
	if a.unchanged() {
		a = before.still(a)
	}
	var rows []T
	if err := json.Unmarshal(a.body, &rows); err != nil || rows == nil {
		return nil, a, r.garbage(a, err)
	}
	for n := range rows {
		if !P(&rows[n]).complete() {
			return nil, a, r.garbage(a, nil)
		}
	}
	if again {
		c.remember(r.op, r.path, a, len(rows) < size && !a.hasNext())
	}
	return rows, a, nil
}
