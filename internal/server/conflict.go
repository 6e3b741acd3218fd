package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// The values of the form of a conflict.
const (
	conflictTake   = "take" // the place whose value stands, "" for a value of its own
	conflictValue  = "value"
	conflictReason = "reason"
)

// resolve decides a conflict.
func (h *handler) resolve(w http.ResponseWriter, r *http.Request) {
	if !h.formOf(w, r, mostAct) {
		return
	}
	x := h.sent(r)
	row, ok := h.numbered(w, r)
	if !ok {
		return
	}
	e, err := h.o.Register.Entry(r.Context(), row)
	if err != nil {
		h.fail(w, err)
		return
	}
	if !h.own(w, r, row.Record, service.Ask{}) {
		return
	}
	f := register.Field(r.PathValue("field"))
	i := slices.IndexFunc(e.Open(), func(c store.ConflictRow) bool { return c.Conflict.Field == f })
	if i < 0 {
		h.refused(w, r, http.StatusConflict, codeStale, "This conflict is decided already", "Open the page of the record to see how.")
		return
	}
	value := x.values.Get(conflictValue) // it stands in the form beside the places, too
	if x.values.Get(conflictTake) == "" {
		value, err = h.o.Acts.Typed(f, value)
	}
	if err == nil {
		_, err = h.acts(r).Resolve(r.Context(), row.Record.ID, h.by(r, x), service.Choice{Field: f, Take: x.values.Get(conflictTake), Value: value, Reason: x.values.Get(conflictReason)}, h.o.Register.Profiles)
	}
	if h.outcome(w, err, &x) {
		h.done(w, r, x.back, row.Record.Ref, "resolve", false)
		return
	}
	if !x.answered() {
		return
	}
	p := web.ConflictAct{Ref: row.Record.Ref, Title: row.Record.Fields[register.FieldTitle], Form: h.conflictForm(e, e.Open()[i], x)}
	switch {
	case x.refused != nil:
		p.Refused = refusedBy(x.refused)
	case x.stale != nil:
		events, err := h.since(r.Context(), row.Record, x.stale)
		if err != nil {
			h.fail(w, err)
			return
		}
		p.Stale = &web.Stale{Saw: x.stale.Saw, Now: x.stale.Now, Events: events}
	default:
		p.Refused = &web.NotCounted{What: x.invalid.Error()}
	}
	h.pageAs(w, r, x.status(), h.inside(r, "Conflict · "+row.Record.Ref), web.ConflictActPage(p))
}

// conflictForm is the form that decides a conflict.
func (h *handler) conflictForm(e service.Entry, c store.ConflictRow, x sent) web.ConflictForm {
	words := e.Conflict(c)
	at := url.URL{Path: "/records/" + e.Record.Ref + "/conflicts/" + string(c.Conflict.Field)}
	f := web.ConflictForm{
		Action: at.String(), Label: words.Label, Opened: c.Opened, Take: x.values.Get(conflictTake), Value: x.values.Get(conflictValue), Reason: x.values.Get(conflictReason),
	}
	for i, v := range c.Conflict.Values {
		f.Choices = append(f.Choices, web.ConflictChoice{Take: v.Place, Place: words.Values[i].Place, Text: words.Values[i].Text})
	}
	if f.Value == "" && len(c.Conflict.Values) > 0 {
		f.Value = words.Values[len(words.Values)-1].Text
	}
	version := x.version
	if x.stale != nil {
		version = x.stale.Now
	}
	f.Hidden = []web.Hidden{{Name: formVersion, Value: strconv.FormatInt(version, 10)}, {Name: formKey, Value: x.key}, {Name: formBack, Value: x.back}}
	return f
}
