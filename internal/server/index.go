package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// How much one page shows.
const (
	rowsOnPage      = 200
	conflictsOnPage = 50
	asidesOnPage    = 50
)

// An item is one record as the list shows it.
type item struct {
	service.Entry
	Keys string
}

// A filter is a link to a part of the register.
type filter struct {
	Show    store.Show
	Label   string
	Count   int
	Current bool
}

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

	Filters []filter
	Records []item
	First   bool
	Next    string
}

func (h *handler) index(w http.ResponseWriter, r *http.Request) {
	p := indexPage{Now: time.Now(), Requests: h.o.Requests(), Setup: h.o.Setup(), First: r.URL.Query().Get("after") == ""}
	for _, load := range []func(context.Context, *indexPage) error{h.summary, h.conflicts, func(ctx context.Context, p *indexPage) error {
		return h.records(ctx, p, part(r.URL.Query().Get("show")), r.URL.Query().Get("after"))
	}} {
		if err := load(r.Context(), &p); err != nil {
			h.fail(w, err)
			return
		}
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

// records loads a stretch of a part of the register.
func (h *handler) records(ctx context.Context, p *indexPage, show store.Show, after string) error {
	page, err := h.o.Store.RecordsPage(ctx, show, after, rowsOnPage)
	if err != nil {
		return err
	}
	entries, err := h.o.Register.Entries(ctx, page.Rows)
	if err != nil {
		return err
	}
	for _, e := range entries {
		p.Records = append(p.Records, item{e, page.Keys[e.Record.ID]})
	}
	if page.More {
		p.Next = "/?" + url.Values{"show": {string(show)}, "after": {entries[len(entries)-1].Record.Ref}}.Encode()
	}
	p.Filters = filters(show, p.Counts)
	return nil
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

// part reads the parameter show. An unknown one shows every record.
func part(s string) store.Show {
	switch w := store.Show(s); w {
	case store.ShowHeld, store.ShowOpen, store.ShowClosed, store.ShowProblems:
		return w
	default:
		return store.ShowAll
	}
}

func filters(now store.Show, c present.Counts) []filter {
	out := []filter{
		{Show: store.ShowAll, Label: "All", Count: c.All},
		{Show: store.ShowHeld, Label: "Waiting for evidence", Count: c.Held},
		{Show: store.ShowProblems, Label: "With a problem", Count: c.Problems},
		{Show: store.ShowOpen, Label: "Open", Count: c.Open},
		{Show: store.ShowClosed, Label: "Ended", Count: c.Ended},
	}
	for i := range out {
		out[i].Current = out[i].Show == now
	}
	return out
}
