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
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// How much the dashboard shows.
const (
	conflictsOnPage = 50
	asidesOnPage    = 50
	recordsOfTask   = 5
	datesOnPage     = 8
	mostLate        = 10_000
)

// dashboard shows what waits for the person, what is due and how the register stands. The register stood here
// in earlier versions: a link to a part of it leads to where that is now.
func (h *handler) dashboard(w http.ResponseWriter, r *http.Request) {
	if q := r.URL.Query(); len(q) > 0 && !q.Has("did") {
		to := url.URL{Path: "/register", RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
		return
	}
	p := web.Dashboard{Now: time.Now(), Figures: h.figures.show(r.Context(), h)}
	tasks := func(ctx context.Context, p *web.Dashboard) error { return h.tasks(ctx, h.person(r), p) }
	for _, load := range []func(context.Context, *web.Dashboard) error{h.summary, h.conflicts, tasks, h.dates} {
		if err := load(r.Context(), &p); err != nil {
			h.fail(w, err)
			return
		}
	}
	f := h.inside(r, "Dashboard")
	h.pageAs(w, r, http.StatusOK, f, web.DashboardPage(p, f.Display))
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
	if p.Trackers, err = h.trackers(ctx, p.Now); err != nil {
		return err
	}
	p.Health, err = h.health(ctx, p.Trackers, p.Counts.Conflicts, len(p.Stops), p.Now)
	return err
}

// conflicts loads the conflicts that a person must decide, and the issues of no record.
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
	p.Asides, p.Aside, err = h.asides(ctx)
	return err
}

// asides returns the first issues that are quarantined, and how many there are.
func (h *handler) asides(ctx context.Context) (out []web.Aside, all int, err error) {
	rows, all, err := h.o.Store.QuarantinedPage(ctx, asidesOnPage)
	for _, a := range rows {
		out = append(out, web.Aside{Key: a.Issue.Ref.Key, URL: a.Issue.URL, Binding: a.Binding, Why: a.Why})
	}
	return out, all, err
}

// tasks loads what waits for a person.
func (h *handler) tasks(ctx context.Context, person string, p *web.Dashboard) error {
	_, p.Person = h.o.Register.People[person]
	list, err := h.o.Register.Tasks(ctx, person, recordsOfTask)
	if err != nil {
		return err
	}
	for _, t := range list {
		words := taskWords()[t.Kind]
		n := present.Count(t.Count, words.one, words.many)
		if t.Beyond {
			n = "at least " + n
		}
		g := web.TaskGroup{Sign: words.sign, Says: n, To: words.to}
		for _, r := range t.Records {
			row := web.TaskRow{Ref: r.Ref, Title: r.Title, Grade: r.Grade, What: r.What}
			if r.Due != "" {
				row.What += ", due " + r.Due
			}
			g.Rows = append(g.Rows, row)
		}
		p.Tasks = append(p.Tasks, g)
	}
	return nil
}

// A taskWord is how the dashboard tells a task.
type taskWord struct{ sign, one, many, to string }

func taskWords() map[service.TaskKind]taskWord {
	return map[service.TaskKind]taskWord{
		service.TaskLate:       {"▲", "date of yours was missed", "dates of yours were missed", ""},
		service.TaskConflict:   {"⇄", "conflict", "conflicts", "/inbox?part=conflicts"},
		service.TaskReview:     {"◐", "review of effectiveness", "reviews of effectiveness", "/register?state=verifying&sort=recorded"},
		service.TaskPlan:       {"◐", "plan to approve", "plans to approve", "/register?state=planning&sort=recorded"},
		service.TaskProposal:   {"◇", "record with a proposal", "records with a proposal", "/inbox?part=proposals"},
		service.TaskRecurrence: {"◇", "record that may have come up again", "records that may have come up again", "/inbox?part=recurrences"},
		service.TaskTriage:     {"○", "record to triage", "records to triage", "/inbox?part=triage"},
	}
}

// dates loads the next dates of the open records.
func (h *handler) dates(ctx context.Context, p *web.Dashboard) error {
	page, err := h.o.Register.Overview(ctx, service.ListQuery{Open: true, Sort: "due"}, "", datesOnPage)
	if err != nil {
		return err
	}
	for _, l := range page.Lines {
		if d := l.Due; d.Due != "" {
			p.Due = append(p.Due, web.DueRow{Ref: l.Ref, Title: l.Fields[register.FieldTitle], What: d.What(), Who: l.DueBy, Due: d.Due, Missed: d.Missed})
		}
	}
	p.Late, err = h.o.Register.Size(ctx, service.ListQuery{Late: true}, mostLate)
	return err
}

// healthStrip answers the line of the dashboard that keeps itself fresh.
func (h *handler) healthStrip(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	counts, err := h.o.Register.Counts(r.Context())
	var stops []service.Stop
	if err == nil {
		stops, err = h.o.Register.Stops(r.Context())
	}
	var trackers []web.Tracker
	if err == nil {
		trackers, err = h.trackers(r.Context(), now)
	}
	var x web.Health
	if err == nil {
		x, err = h.health(r.Context(), trackers, counts.Conflicts, len(stops), now)
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	h.fragment(w, r, web.HealthStrip(x))
}

// health sums up the trackers.
func (h *handler) health(ctx context.Context, trackers []web.Tracker, conflicts, stopped int, now time.Time) (web.Health, error) {
	x := web.Health{Now: now, Bindings: len(trackers), Conflicts: conflicts, Stopped: stopped}
	for i, t := range trackers {
		if i == 0 || t.Polled.Before(x.Read) {
			x.Read = t.Polled
		}
		if len(t.Warnings) > 0 {
			x.Troubled++
		}
	}
	var err error
	x.Entries, err = h.o.Store.LogSize(ctx)
	return x, err
}

// trackers returns the bindings with what a person must look after.
func (h *handler) trackers(ctx context.Context, now time.Time) ([]web.Tracker, error) {
	read, err := h.o.Store.Bindings(ctx)
	if err != nil {
		return nil, err
	}
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
	return out, nil
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
	slices.SortStableFunc(out, func(a, b store.Binding) int { return strings.Compare(a.ID, b.ID) })
	return out
}
