package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// How much one page shows.
const (
	conflictsOnPage = 50
	asidesOnPage    = 50
)

// A difference is an open conflict as the list shows it.
type difference struct {
	Ref      string
	Opened   time.Time
	Conflict present.Conflict
}

// An indexPage is what the first page shows.
type indexPage struct {
	Now      time.Time
	Counts   present.Counts
	Stops    []service.Stop
	Trackers []tracker
	Requests map[string]int64
	Setup    map[string][]string
	Policy   []string // why the configured policy is not in force

	Conflicts []difference // the newest
	Asides    []store.Quarantined
	Aside     int // how many issues are quarantined

	List list
}

func (h *handler) index(w http.ResponseWriter, r *http.Request) {
	p := indexPage{Now: time.Now(), Requests: h.o.Requests(), Setup: h.o.Setup()}
	for _, load := range []func(context.Context, *indexPage) error{h.summary, h.conflicts} {
		if err := load(r.Context(), &p); err != nil {
			h.fail(w, err)
			return
		}
	}
	var ok bool
	if p.List, ok = h.list(w, r, p.Counts); !ok {
		return
	}
	h.page(w, r, "Register", "index.html", p)
}

// summary loads the counts, and the condition of the trackers.
func (h *handler) summary(ctx context.Context, p *indexPage) (err error) {
	if p.Counts, err = h.o.Register.Counts(ctx); err != nil {
		return err
	}
	if p.Stops, err = h.o.Register.Stops(ctx); err != nil {
		return err
	}
	if h.o.Policy != nil {
		p.Policy = h.o.Policy(ctx)
	}
	bindings, err := h.o.Store.Bindings(ctx)
	p.Trackers = h.trackers(unread(bindings, p.Setup), p.Now)
	return err
}

// conflicts loads the conflicts that a person must decide.
func (h *handler) conflicts(ctx context.Context, p *indexPage) error {
	rows, _, err := h.o.Store.OpenConflicts(ctx, conflictsOnPage)
	if err != nil {
		return err
	}
	told, err := h.o.Register.ConflictWords(ctx, rows)
	if err != nil {
		return err
	}
	for i, c := range rows {
		p.Conflicts = append(p.Conflicts, difference{c.Ref, c.Opened, told[i]})
	}
	p.Asides, p.Aside, err = h.o.Store.QuarantinedPage(ctx, asidesOnPage)
	return err
}

// A tracker is one binding as the page shows it.
type tracker struct {
	store.Binding
	Late string // a sentence if it was not read in time, else ""
}

// trackers returns the bindings with a note on those that were not read in time, because of a
// full disk or a tracker that asks to wait, for instance: the page must not hide that.
func (h *handler) trackers(bs []store.Binding, now time.Time) []tracker {
	out := make([]tracker, 0, len(bs))
	for _, b := range bs {
		t := tracker{Binding: b}
		switch {
		case b.Polled.IsZero() || h.o.PollEvery == 0 || now.Sub(b.Polled) < 3*h.o.PollEvery+time.Minute:
		case now.Before(b.NotBefore):
			t.Late = "The tracker asks not to be read before " + when(b.NotBefore) + "."
		default:
			t.Late = "conformd has not read it since then; the log of the daemon says why."
		}
		out = append(out, t)
	}
	return out
}

// unread adds the bindings that were never read although conformd asked their tracker. They
// have no row in the store, and a person must look after them.
func unread(read []store.Binding, setup map[string][]string) []store.Binding {
	out := slices.Clone(read)
	for id := range setup {
		if !slices.ContainsFunc(read, func(b store.Binding) bool { return b.ID == id }) {
			out = append(out, store.Binding{ID: id})
		}
	}
	slices.SortFunc(out, func(a, b store.Binding) int { return strings.Compare(a.ID, b.ID) })
	return out
}
