package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// How much one page shows.
const (
	rowsOnPage      = 200
	conflictsOnPage = 50
	asidesOnPage    = 50
)

// An item is one record as the list shows it.
type item struct {
	register.Record
	Problem string
	Keys    string
	Missing []missing
}

// A filter is a link to a part of the register.
type filter struct {
	Show    store.Show
	Label   string
	Count   int
	Current bool
}

func (h *handler) index(w http.ResponseWriter, r *http.Request) {
	ctx, db := r.Context(), h.o.Store
	show, after := part(r.URL.Query().Get("show")), r.URL.Query().Get("after")
	page, err := db.RecordsPage(ctx, show, after, rowsOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	counts, err := db.Counts(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	bindings, err := db.Bindings(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	setup, now := h.o.Setup(), time.Now()
	bindings = unread(bindings, setup)
	conflicts, differing, err := db.OpenConflicts(ctx, conflictsOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	asides, aside, err := db.Asides(ctx, asidesOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	items := make([]item, 0, len(page.Rows))
	for _, x := range page.Rows {
		items = append(items, item{x.Record, x.Problem, page.Keys[x.Record.ID], h.missing(x.Record)})
	}
	next := ""
	if page.More {
		next = "/?" + url.Values{"show": {string(show)}, "after": {items[len(items)-1].Ref}}.Encode()
	}
	h.page(w, "index.html", map[string]any{
		"Records": items, "Filters": filters(show, counts), "Counts": named(counts), "Next": next, "First": after == "",
		"Bindings": h.trackers(bindings, now), "Conflicts": conflicts, "Differing": differing, "Asides": asides, "Aside": aside,
		"Requests": h.o.Requests(), "Setup": setup, "Now": now,
	})
}

// A tracker is one binding as the page shows it.
type tracker struct {
	store.Binding
	Late string // that it was not read in time, "" if it was
}

// trackers says of each binding whether it is read as often as it should be. Whatever
// the reason is, a full disk or a tracker that asks to wait, the page must not look
// as if all were well.
func (h *handler) trackers(bs []store.Binding, now time.Time) []tracker {
	out := make([]tracker, 0, len(bs))
	for _, b := range bs {
		t := tracker{Binding: b}
		switch {
		case b.Polled.IsZero() || h.o.PollEvery == 0 || now.Sub(b.Polled) < 3*h.o.PollEvery+time.Minute:
		case now.Before(b.NotBefore):
			t.Late = "It is not read until " + when(b.NotBefore) + ", as it asks."
		default:
			t.Late = "Nothing was read since then; the log of the daemon says why."
		}
		out = append(out, t)
	}
	return out
}

// unread adds the bindings that were asked and not read yet: they have no row in the
// store, and they are those that a person must look after.
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

// named gives the counts the keys that a template can name.
func named(counts map[store.Show]int) map[string]int {
	out := map[string]int{}
	for w, n := range counts {
		out[string(w)] = n
	}
	return out
}

// part reads the parameter show; whatever is no part of the register shows all.
func part(s string) store.Show {
	switch w := store.Show(s); w {
	case store.ShowHeld, store.ShowOpen, store.ShowClosed:
		return w
	default:
		return store.ShowAll
	}
}

func filters(now store.Show, counts map[store.Show]int) []filter {
	out := []filter{{Show: store.ShowAll, Label: "All"}, {Show: store.ShowHeld, Label: "Held"}, {Show: store.ShowOpen, Label: "Open"}, {Show: store.ShowClosed, Label: "Closed"}}
	for i := range out {
		out[i].Count, out[i].Current = counts[out[i].Show], out[i].Show == now
	}
	return out
}
