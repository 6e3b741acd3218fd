package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/web"
)

const (
	linesOnPage = 200 // entries that a page of the log shows
	// mostLooked is how many entries a page looks through for those of a person or a verb, which no index
	// leads to. The next page goes on where it stopped, so that no page costs more in a longer log.
	mostLooked = 5000
)

// A logQuery says which entries of the log a page shows.
type logQuery struct {
	in          url.Values
	record      string // id of a record, "" for all
	person      string // id of an actor
	verb        audit.Verb
	from, until time.Time // zero for no bound; until is exclusive
	before      int64
}

// narrow reports whether the query leaves entries out.
func (q logQuery) narrow() bool {
	return q.record != "" || q.person != "" || q.verb != "" || !q.from.IsZero() || !q.until.IsZero()
}

// takes reports whether the query shows an entry, as far as no index decides it. An entry that was
// changed stands in every list: nobody can say whose it was.
func (q logQuery) takes(s auditdb.Seen) bool {
	return s.Fault != nil || (q.person == "" || s.Entry.Actor.ID == q.person) && (q.verb == "" || s.Entry.Verb == q.verb)
}

// logQuery reads a query from an address. The error is for people.
func (h *handler) logQuery(r *http.Request) (logQuery, error) {
	q := logQuery{in: r.URL.Query()}
	var ok bool
	if q.before, _, ok = before(r); !ok {
		return q, errors.New("before is the number of an entry of the log")
	}
	if name := q.in.Get("record"); name != "" {
		x, err := h.o.Register.Find(r.Context(), name)
		if err != nil {
			return q, fmt.Errorf("no record is called %q", name)
		}
		q.record = x.Record.ID
	}
	q.person, q.verb = q.in.Get("person"), audit.Verb(q.in.Get("verb"))
	if q.verb != "" && !slices.Contains(audit.Verbs(), q.verb) {
		return q, fmt.Errorf("no entry says %q", q.verb)
	}
	for name, day := range map[string]*time.Time{"from": &q.from, "until": &q.until} {
		if v := q.in.Get(name); v != "" {
			var err error
			if *day, err = time.Parse(time.DateOnly, v); err != nil {
				return q, fmt.Errorf("%s is no day: write 2026-12-31", name)
			}
		}
	}
	if !q.until.IsZero() {
		q.until = q.until.AddDate(0, 0, 1)
	}
	return q, nil
}

// A stretch is what one page of the log shows.
type stretch struct {
	seen   []auditdb.Seen // ascending
	older  int64          // the next page has the entries below this number, 0 after the last page
	looked int            // entries that were looked through
}

// stretch reads the newest entries that a query shows. It reads ranges of numbers alone: those of a
// record by its index, those of a time by looking for its ends.
func (h *handler) stretch(ctx context.Context, q logQuery, size int64) (s stretch, err error) {
	tx, low, high := h.o.Store.Reader(), int64(0), min(q.before, size)
	if !q.from.IsZero() {
		if low, err = auditdb.SizeAt(ctx, tx, q.from.Add(-time.Millisecond)); err != nil {
			return s, err
		}
	}
	if !q.until.IsZero() {
		end, err := auditdb.SizeAt(ctx, tx, q.until.Add(-time.Millisecond))
		if err != nil {
			return s, err
		}
		high = min(high, end)
	}
	for high > low && len(s.seen) < linesOnPage && s.looked < mostLooked {
		part, next, err := h.below(ctx, q.record, low, high)
		if err != nil {
			return s, err
		}
		s.looked += len(part)
		for _, e := range slices.Backward(part) {
			if len(s.seen) == linesOnPage {
				break
			}
			if high = e.Seq; q.takes(e) {
				s.seen = append(s.seen, e)
			}
		}
		if len(s.seen) < linesOnPage {
			high = next
		}
	}
	if high > low {
		s.older = high
	}
	slices.Reverse(s.seen)
	return s, nil
}

// below returns entries below a number, of a record or of all, and the number below which it is to go
// on: low or less when there are no more.
func (h *handler) below(ctx context.Context, record string, low, high int64) (part []auditdb.Seen, next int64, err error) {
	if record == "" {
		next = max(low, high-linesOnPage)
		part, err = auditdb.Look(ctx, h.o.Store.Reader(), next, high)
		return part, next, err
	}
	entries, err := h.o.Store.LookHistory(ctx, record, high, linesOnPage)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		if e.Seq >= low {
			part = append(part, e)
		}
	}
	if len(part) == linesOnPage {
		next = part[0].Seq
	}
	return part, next, nil
}

// logFilters are the fields of the form that narrows the log.
func (h *handler) logFilters(q logQuery) web.LogFilters {
	var verbs []string
	for _, v := range slices.Sorted(slices.Values(audit.Verbs())) {
		verbs = append(verbs, string(v))
	}
	said := func(verb string) string { return present.Words(strings.ReplaceAll(verb, ".", " ")) }
	return web.LogFilters{
		Record: q.in.Get("record"), From: q.in.Get("from"), Until: q.in.Get("until"),
		Person: choiceOf("person", "Person", "Any", h.peopleByName(), h.nameOf, q.person), Verb: choiceOf("verb", "What", "Any", verbs, said, string(q.verb)),
	}
}
