package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// The parts of the inbox, by their names in the address.
const (
	inboxTriage      = "triage"
	inboxProposals   = "proposals"
	inboxRecurrences = "recurrences"
	inboxConflicts   = "conflicts"
)

// inboxParts lists the parts of the inbox: what is easily lost comes first.
func inboxParts() []string {
	return []string{inboxConflicts, inboxProposals, inboxRecurrences, inboxTriage}
}

// mostInInbox is how far the inbox counts.
const mostInInbox = 1000

// decisionOf is the decision that a part of the inbox is about.
func decisionOf(part string) store.Decision {
	return map[string]store.Decision{inboxTriage: store.DecideTriage, inboxProposals: store.DecideProposal, inboxRecurrences: store.DecideRecurrence}[part]
}

// inbox shows one thing that waits for a decision.
func (h *handler) inbox(w http.ResponseWriter, r *http.Request) {
	ctx, in := r.Context(), r.URL.Query()
	p := web.Inbox{Part: in.Get("part")}
	for _, name := range inboxParts() {
		n, err := h.waiting(ctx, name)
		if err != nil {
			h.fail(w, err)
			return
		}
		if p.Part == "" && n > 0 {
			p.Part = name
		}
		p.Parts = append(p.Parts, web.Part{To: inboxAt(name, ""), Label: fmt.Sprintf("%s (%d)", web.InboxWords(name), n)})
	}
	if p.Part == "" {
		p.Part = inboxTriage
	}
	for i, name := range inboxParts() {
		p.Parts[i].Current = name == p.Part
	}
	var err error
	switch {
	case p.Part == inboxConflicts:
		err = h.nextConflict(r, &p)
	case decisionOf(p.Part) != "":
		err = h.nextRecord(r, &p)
	default:
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such part of the inbox", "Begin with /inbox.")
		return
	}
	if errors.Is(err, service.ErrCursor) {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such place in the inbox", "Begin with /inbox.")
		return
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	h.page(w, r, "Inbox", web.InboxPage(p))
}

func inboxAt(part, after string) string {
	q := url.Values{"part": {part}}
	if after != "" {
		q.Set("after", after)
	}
	u := url.URL{Path: "/inbox", RawQuery: q.Encode()}
	return u.String()
}

// waiting counts what waits in a part of the inbox, up to mostInInbox.
func (h *handler) waiting(ctx context.Context, part string) (int, error) {
	if part == inboxConflicts {
		_, n, err := h.o.Store.OpenConflicts(ctx, 0)
		return n, err
	}
	return h.o.Register.Size(ctx, service.ListQuery{Waits: []store.Decision{decisionOf(part)}}, mostInInbox)
}

// nextRecord loads the next record of a part of the inbox.
func (h *handler) nextRecord(r *http.Request, p *web.Inbox) error {
	after := r.URL.Query().Get("after")
	page, err := h.o.Register.Browse(r.Context(), service.ListQuery{Waits: []store.Decision{decisionOf(p.Part)}}, after, 1)
	if err != nil || len(page.Entries) == 0 {
		return err
	}
	e := page.Entries[0]
	if page.Next != "" {
		p.Skip = inboxAt(p.Part, page.Next)
	}
	here := inboxAt(p.Part, after)
	form := func(name string, values url.Values) (web.Form, error) {
		k, err := h.acts(r).AskOf(e.Record, name, given(values))
		f := h.actForm(r, e.Record, k, sent{values: values, version: e.Version, key: rand.Text(), back: here})
		f.Back = "" // the way on is to skip it
		return f, err
	}
	p.Item = &web.InboxItem{Entry: e}
	switch p.Part {
	case inboxTriage:
		p.Item.May = h.may(r, e.Record, "triage")
		f, err := form("triage", nil)
		p.Item.Forms = append(p.Item.Forms, web.Decision{Form: f})
		reject := url.URL{Path: "/records/" + e.Record.Ref + "/acts/reject", RawQuery: url.Values{formBack: {here}}.Encode()}
		p.Item.Reject = reject.String()
		return err
	case inboxRecurrences:
		p.Item.May = h.may(r, e.Record, "recurrence")
		for _, c := range e.Record.Recurrences {
			if c.State == register.RecurrenceProposed {
				f, err := form("recurrence", url.Values{"of": {c.Ref}})
				if err != nil {
					return err
				}
				p.Item.Forms = append(p.Item.Forms, web.Decision{Says: "May be " + c.Ref + " again: " + c.Why, Other: c.Ref, Form: without(f, "of", "answer"), Choices: []web.DecisionChoice{
					{Label: "It is " + c.Ref + " again", Name: "answer", Value: "again"}, {Label: "It is another matter", Name: "answer", Value: "other"},
				}})
			}
		}
		return nil
	default:
		return h.proposals(r, e, form, p.Item)
	}
}

// proposals adds a form for each proposal of a record.
func (h *handler) proposals(r *http.Request, e service.Entry, form func(string, url.Values) (web.Form, error), item *web.InboxItem) error {
	item.May = h.may(r, e.Record, "keep")
	for _, x := range e.View.Waiting {
		f, err := form("keep", url.Values{"field": {about(x)}})
		if err != nil {
			return err
		}
		take := url.URL{Path: "/records/" + e.Record.Ref + "/acts/take"}
		d := web.Decision{Says: x.Changes(), Proposal: &x, Form: without(f, "field")}
		if x.Take != "" {
			d.Choices = append(d.Choices, web.DecisionChoice{Label: "Take " + cmp.Or(x.Value, "it"), Action: take.String()})
		}
		d.Choices = append(d.Choices, web.DecisionChoice{Label: "Keep " + cmp.Or(x.Now, "what the register has"), Action: f.Action})
		item.Forms = append(item.Forms, d)
	}
	return nil
}

// about names what a proposal is about as an act does.
func about(x present.Proposal) string {
	if m, ok := register.MilestoneOfChange(string(x.Field)); ok {
		return string(m)
	}
	if x.Excepts() {
		return string(register.FieldState)
	}
	return string(x.Field)
}

// without hides inputs that are settled by what is shown beside the form.
func without(f web.Form, names ...string) web.Form {
	var shown []web.Input
	for _, i := range f.Inputs {
		switch {
		case !slices.Contains(names, i.Name):
			shown = append(shown, i)
		case i.Given != "":
			f.Hidden = append(f.Hidden, web.Hidden{Name: i.Name, Value: i.Given})
		}
	}
	f.Inputs = shown
	return f
}

// may reports whether a person may do something to a record.
func (h *handler) may(r *http.Request, rec register.Record, name string) bool {
	return slices.ContainsFunc(h.asks(r, rec), func(k service.Ask) bool { return k.Name == name })
}

// person is the id of who is signed in, "" for somebody who is not one of people.
func (h *handler) person(r *http.Request) string {
	if who := you(r); who != nil {
		return who.Person
	}
	return ""
}

// nextConflict loads an open conflict, the newest first.
func (h *handler) nextConflict(r *http.Request, p *web.Inbox) error {
	n := 0
	if s := r.URL.Query().Get("after"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 0 || n > mostInInbox {
			return service.ErrCursor
		}
	}
	rows, _, err := h.o.Store.OpenConflicts(r.Context(), n+2)
	if err != nil || len(rows) <= n {
		return err
	}
	if len(rows) > n+1 {
		p.Skip = inboxAt(p.Part, strconv.Itoa(n+1))
	}
	c := rows[n]
	row, err := h.o.Store.Record(r.Context(), c.Ref)
	if err != nil {
		return err
	}
	e, err := h.o.Register.Entry(r.Context(), row)
	if err != nil {
		return err
	}
	p.Item = &web.InboxItem{Entry: e, May: h.person(r) != "" && h.acts(r).HasToDoWith(e.Record, h.person(r))}
	f := h.conflictForm(e, c, sent{version: row.Version, key: rand.Text(), back: inboxAt(p.Part, r.URL.Query().Get("after"))})
	p.Item.Conflict = &f
	return nil
}
