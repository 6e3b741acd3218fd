package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
)

// How much one page shows.
const (
	conflictsOnPage = 50
	asidesOnPage    = 50
)

// dashboard shows what is open, what stands still and what a person must decide. The register stood here
// in earlier versions: a link to a part of it leads to where that is now.
func (h *handler) dashboard(w http.ResponseWriter, r *http.Request) {
	if q := r.URL.Query(); len(q) > 0 && !q.Has("did") {
		to := url.URL{Path: "/register", RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
		return
	}
	p := web.Dashboard{Now: time.Now()}
	for _, load := range []func(context.Context, *web.Dashboard) error{h.summary, h.conflicts} {
		if err := load(r.Context(), &p); err != nil {
			h.fail(w, err)
			return
		}
	}
	h.page(w, r, "Dashboard", web.DashboardPage(p))
}

// summary loads the counts, and the condition of the trackers.
func (h *handler) summary(ctx context.Context, p *web.Dashboard) (err error) {
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
	p.Trackers = h.trackers(bindings, p.Now)
	return err
}

// conflicts loads the conflicts that a person must decide.
func (h *handler) conflicts(ctx context.Context, p *web.Dashboard) error {
	rows, _, err := h.o.Store.OpenConflicts(ctx, conflictsOnPage)
	if err != nil {
		return err
	}
	told, err := h.o.Register.ConflictWords(ctx, rows)
	if err != nil {
		return err
	}
	for i, c := range rows {
		p.Conflicts = append(p.Conflicts, web.Difference{Ref: c.Ref, Opened: c.Opened, Conflict: told[i]})
	}
	asides, n, err := h.o.Store.QuarantinedPage(ctx, asidesOnPage)
	for _, a := range asides {
		p.Asides = append(p.Asides, web.Aside{Key: a.Issue.Ref.Key, URL: a.Issue.URL, Binding: a.Binding, Why: a.Why})
	}
	p.Aside = n
	return err
}

// trackers returns the bindings with what a person must look after.
func (h *handler) trackers(read []store.Binding, now time.Time) []web.Tracker {
	requests, setup := h.o.Requests(), h.o.Setup()
	var out []web.Tracker
	for _, b := range unread(read, setup) {
		t := web.Tracker{ID: b.ID, Polled: b.Polled, Requests: requests[b.ID]}
		if len(b.Brakes) > 0 {
			t.Warnings = append(t.Warnings, "Writing is stopped.")
		}
		for _, s := range append([]string{h.late(b, now), b.Problem}, setup[b.ID]...) {
			if s != "" {
				t.Warnings = append(t.Warnings, s)
			}
		}
		out = append(out, t)
	}
	return out
}

// late says that a binding was not read in time, because of a full disk or a tracker that asks to wait, for
// instance; "" if it was.
func (h *handler) late(b store.Binding, now time.Time) string {
	switch {
	case b.Polled.IsZero() || h.o.PollEvery == 0 || now.Sub(b.Polled) < 3*h.o.PollEvery+time.Minute:
		return ""
	case now.Before(b.NotBefore):
		return "The tracker asks not to be read before " + web.When(b.NotBefore) + "."
	default:
		return "conformd has not read it since then; the log of the daemon says why."
	}
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
