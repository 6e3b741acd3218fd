package server

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
)

// eventsOnPage is how many events of a record's history one page shows.
const eventsOnPage = 50

// record shows a record under its number. Every other name redirects there.
func (h *handler) record(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	x, ok := h.named(w, r)
	if !ok {
		return
	}
	before, first, ok := before(r)
	if !ok {
		h.refused(w, r, http.StatusNotFound, codeQuery, "There is no such page", "before is the number of an entry of the log.")
		return
	}
	entry, err := h.o.Register.Entry(ctx, x)
	if err != nil {
		h.fail(w, err)
		return
	}
	history, err := h.o.Register.History(ctx, x.Record.ID, x.Record.Ref, before, eventsOnPage)
	broken, tampered := errors.AsType[*auditdb.FaultError](err)
	if err != nil && !tampered {
		h.fail(w, err)
		return
	}
	p := web.Record{Entry: entry, Asks: h.asks(r, x.Record), Issues: h.issues(entry), History: history, Newest: first}
	if tampered {
		p.Tampered = &broken.Seq
	}
	p.Sides = h.o.Register.Sides(entry)
	p.Groups = h.groups(entry, p.Sides, p.May("set"))
	p.Compact = r.URL.Query().Get("fields") == web.FieldsDiffering && len(p.Sides) > 0
	for _, c := range entry.Conflicts {
		s := web.Settled{Words: entry.Conflict(c), Opened: c.Opened, Closed: c.Closed, Policy: string(c.Conflict.Policy)}
		if c.Conflict.Winner != "" {
			s.Winner = entry.Names.Place(c.Conflict.Winner)
		}
		p.Settled = append(p.Settled, s)
	}
	h.page(w, r, x.Record.Ref, web.RecordPage(p))
}

// named returns the record that the address names by its number. It answers the request
// itself where there is none, or where the address has another name.
func (h *handler) named(w http.ResponseWriter, r *http.Request) (store.Row, bool) {
	name := r.PathValue("name")
	x, err := h.o.Register.Find(r.Context(), name)
	unknown, several := (*service.UnknownError)(nil), (*service.AmbiguousError)(nil)
	switch {
	case errors.As(err, &unknown):
		h.refused(w, r, http.StatusNotFound, codeUnknown, "There is no such record", unknown.Error()+".")
	case errors.As(err, &several):
		p := web.Several{Name: several.Name}
		for _, n := range several.Found {
			p.Found = append(p.Found, web.Found{Ref: n.Ref, Words: service.Words(n)})
		}
		h.pageAs(w, r, http.StatusMultipleChoices, h.inside(r, "Several records"), web.SeveralPage(p))
	case err != nil:
		h.fail(w, err)
	case x.Record.Ref != name:
		to := url.URL{Path: "/records/" + x.Record.Ref, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusFound)
	default:
		return x, true
	}
	return x, false
}

// before reads the parameter of that name: the number of an entry. Newest is true if there is
// none, which means the newest page; ok is false if it is not a number.
func before(r *http.Request) (n int64, newest, ok bool) {
	v := r.URL.Query()["before"]
	if len(v) == 0 {
		return service.Newest, true, true
	}
	n, err := strconv.ParseInt(v[0], 10, 64)
	return n, false, err == nil && n >= 0
}

// issues returns the issues of a record as its page shows them.
func (h *handler) issues(e service.Entry) []web.Issue {
	out := make([]web.Issue, len(e.Links))
	for i, l := range e.Links {
		out[i] = web.Issue{Key: l.Ref.Key, Binding: l.Binding, Role: l.Role, State: string(l.State), Gone: l.State == store.IssueOrphaned, Missing: l.Missing}
		if l.Issue != nil {
			out[i].Key, out[i].URL = l.Issue.Ref.Key, l.Issue.URL
		}
		if said, known := h.o.Register.Said(l); said != "" {
			out[i].Comment, out[i].Uncertain = markdown.Page(said), !known
		}
	}
	return out
}
