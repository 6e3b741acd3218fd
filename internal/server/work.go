package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

const (
	// dueOnPage is how many dates one page lists.
	dueOnPage = 200
	// violationsOnPage is how many records one page of violations lists.
	violationsOnPage = 50
)

// whose is the choice of a person in a list.
func (h *handler) whose(chosen string) web.Choice {
	return choiceOf("person", "Whose", "Everybody", h.peopleByName(), h.nameOf, chosen)
}

// spans are the spans of time of which actions are listed, in days; 0 is all time.
func spans() []struct{ days, label string } {
	return []struct{ days, label string }{{"30", "30 days"}, {"7", "7 days"}, {"90", "90 days"}, {"all", "all time"}}
}

// actions lists what is to do, with its dates.
func (h *handler) actions(w http.ResponseWriter, r *http.Request) {
	in := r.URL.Query()
	now := h.now()
	q := service.DueQuery{At: now, Person: in.Get("person")}
	if _, known := h.o.Register.People[q.Person]; q.Person != "" && !known {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such person", "Choose one of the list.")
		return
	}
	span := web.Choice{Name: "within", Label: "Due within"}
	days, known := 30, false
	for _, s := range spans() {
		chosen := in.Get("within") == s.days || in.Get("within") == "" && s.days == "30"
		known = known || chosen
		span.Options = append(span.Options, web.Option{Value: s.days, Label: s.label, Chosen: chosen})
		if chosen {
			days = map[string]int{"7": 7, "30": 30, "90": 90}[s.days]
		}
	}
	if !known {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", "It is due within 7, 30 or 90 days, or all time.")
		return
	}
	if days > 0 {
		q.Until = now.UTC().AddDate(0, 0, days).Format(time.DateOnly)
	}
	list, err := h.o.Register.Due(r.Context(), q)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := web.Actions{Choices: []web.Choice{h.whose(q.Person), span}, Count: len(list.Items), Person: q.Person, Undated: len(list.Undated)}
	for i, d := range list.Items {
		if i == dueOnPage {
			break
		}
		p.Items = append(p.Items, web.ActionDue{Due: d, WhoName: cmp.Or(h.nameOf(d.Who), h.o.Register.Expected(d.DueItem)), OwnerName: h.nameOf(d.Owner)})
	}
	h.page(w, r, "Actions", web.ActionsPage(p))
}

// violations lists what records need, by who is to give it.
func (h *handler) violations(w http.ResponseWriter, r *http.Request) {
	in := r.URL.Query()
	q := service.ListQuery{Owner: in.Get("person"), Sort: "owner"}
	show := cmp.Or(in.Get("show"), "held")
	switch show {
	case "held":
		q.Held = true
	case "late":
		q.Late = true
	case "open":
		q.Open = true
	default:
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", "Violations are shown of records that are held, late or open.")
		return
	}
	page, err := h.o.Register.Needed(r.Context(), q, in.Get("after"), violationsOnPage)
	if errors.Is(err, service.ErrCursor) {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", "Begin with the first page of it.")
		return
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	at := func(show, after string) string {
		v := url.Values{"show": {show}}
		if q.Owner != "" {
			v.Set("person", q.Owner)
		}
		if after != "" {
			v.Set("after", after)
		}
		return address("/violations", v)
	}
	p := web.Violations{Show: show, Choices: []web.Choice{h.whose(q.Owner)}, Count: page.Count, First: in.Get("after") == ""}
	for _, s := range []string{"held", "late", "open"} {
		p.Parts = append(p.Parts, web.Part{To: at(s, ""), Label: web.ViolationPart(s), Current: s == show})
	}
	if page.Next != "" {
		p.Next = at(show, page.Next)
	}
	for _, e := range page.Entries {
		if len(e.View.Needs) == 0 {
			continue
		}
		owner := cmp.Or(e.Names.Person(e.Record.Fields[register.FieldOwner]), "Nobody")
		if n := len(p.Owners); n == 0 || p.Owners[n-1].Name != owner {
			p.Owners = append(p.Owners, web.ViolationsOf{Name: owner})
		}
		of := &p.Owners[len(p.Owners)-1]
		of.Entries = append(of.Entries, e)
	}
	p.Reminds, p.Unreachable = h.reminding(r)
	p.Here = at(show, in.Get("after"))
	if p.Told, err = h.whoWasTold(r.Context(), page.Entries); err != nil {
		h.fail(w, err)
		return
	}
	h.page(w, r, "Violations", web.ViolationsPage(p))
}

// whoWasTold says by record how people know what it needs.
func (h *handler) whoWasTold(ctx context.Context, entries []service.Entry) (map[string]web.Told, error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.Record.ID
	}
	messages, comments, err := h.o.Store.Tellings(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]web.Told{}
	for _, m := range messages {
		t := out[m.Record]
		t.Messages = append(t.Messages, web.Message{Who: h.nameOf(m.Person), How: messageWords(m)})
		out[m.Record] = t
	}
	for _, c := range comments {
		t := out[c.Record]
		t.Issues = append(t.Issues, c.Key)
		out[c.Record] = t
	}
	return out, nil
}

// messageWords says how a person was told, and whether the message arrived.
func messageWords(m store.Telling) string {
	at := web.When(m.At)
	switch m.State {
	case store.MessageSent:
		return "by " + m.Channel + ", " + at
	case store.MessageUnknown:
		return "by " + m.Channel + ", " + at + "; no answer came, it may have arrived"
	case store.MessageFailed:
		return "not told: the " + m.Channel + " of " + at + " was not accepted"
	default:
		return "the " + m.Channel + " is on its way"
	}
}
