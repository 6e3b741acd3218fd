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
	more int       // how many pages follow, 0 if the server does not say
	at   time.Time // GitHub's clock
	last time.Time // change of the last row, also if it was seen before
	full bool      // the listing may go on
	// sound: nothing was skipped between this page and the one before.
	sound bool
	// next is where the walk goes on after this page; end: nowhere, it was the last.
	next place
	end  bool
}

// A place is how far a listing was walked: the number of its rows from the start, and the
// last of them. The zero place is the start.
type place struct {
	read int
	last string // id of row number read, "" if it is not known
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
	return pagesFrom[T, P](ctx, c, r, query, place{})
}

// pagesFrom is pages from a place where an earlier walk was left. In a steady listing, which
// is in the order of ids, it steps back until it meets the last row that it knows or one
// before it, and does not start again.
func pagesFrom[T any, P row[T]](ctx context.Context, c *Client, r request, query url.Values, from place) iter.Seq2[page[T], error] {
	return func(yield func(page[T], error) bool) {
		seen := map[string]time.Time{}
		read, restarts := from.read, 0 // how many rows from the start are known
		last := from.last
		idle := 0 // pages without a new row
		longest, most := 0, perPage
		for {
			rows, a, err := list[T, P](ctx, c, r, query, read, most)
			if err != nil {
				yield(page[T]{}, err)
				return
			}
			p := page[T]{at: a.date(), more: a.following(), full: a.hasNext() || len(rows) >= perPage}
			size, offset := window(read, most)
			anchored := offset == read
			for n := range rows {
				id, updated := P(&rows[n]).key()
				p.last = updated
				anchored = anchored || last != "" && (id == last || r.steady && n == 0 && olderID(id, last))
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
			// A server may give fewer rows at once than it is asked for. Its pages then
			// begin at multiples of its own size.
			if longest = max(longest, len(rows)); len(rows) > 0 && len(rows) < size && a.hasNext() {
				most = longest
				c.capped(most)
			}
			if p.end = p.sound && len(rows) < size && !a.hasNext(); p.sound {
				// Always onward, even if GitHub holds rows back.
				p.next = place{read: max(offset+len(rows), read+1)}
				if offset+len(rows) == p.next.read {
					p.next.last, _ = P(&rows[len(rows)-1]).key()
				}
			}
			switch {
			case !r.steady:
			case p.sound:
				restarts = 0
			default:
				p.next = place{max(0, read-most<<restarts), last}
			}
			if !yield(p, nil) {
				return
			}
			switch {
			case !p.sound:
				if restarts++; restarts > 20 {
					yield(page[T]{}, r.err(connectors.Unavailable, errors.New("the listing keeps changing")))
					return
				}
			case p.end:
				return
			case idle > mostIdle+2*len(seen)/most:
				yield(page[T]{}, r.err(connectors.Malformed, errors.New("the listing has no end")))
				return
			}
			read, last = p.next.read, p.next.last
		}
	}
}

// olderID reports whether an id was given before another one.
func olderID(id, than string) bool {
	return len(id) < len(than) || len(id) == len(than) && id < than
}

// mostIdle bounds how long a listing is followed that shows nothing new, beside
// what a walk from the start meets again.
const mostIdle = 50

// window returns the size, at most most, and the offset of the next page when so many rows
// are read. GitHub knows pages only by number, so the offset is a multiple of the size. Of
// the pages that begin at or before the last of the rows it takes the one that reaches
// furthest. Where the pages are so small that none of these shows anything new, it is the
// one behind the rows.
func window(read, most int) (size, offset int) {
	if read == 0 {
		return most, 0
	}
	reach := read
	for n := most; n > 1; n-- {
		if at := (read - 1) / n * n; at+n > reach {
			size, offset, reach = n, at, at+n
		}
	}
	if size > 0 {
		return size, offset
	}
	for size = most; read%size != 0; {
		size--
	}
	return size, read
}

// list reads one page of a listing.
func list[T any, P row[T]](ctx context.Context, c *Client, r request, query url.Values, read, most int) ([]T, answer, error) {
	size, offset := window(read, most)
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
		c.remember(r.op, r.path, a, r.newest || !a.hasNext() && !c.full(len(rows), size))
	}
	return rows, a, nil
}
