package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// togetherAt is the address of the pages on which one act is asked of several records.
const togetherAt = "/register/acts"

// The values of the form for several records that are no input of its act.
const (
	formRef     = "ref"
	formDo      = "do"      // the act, and of a value the field: "set:owner"
	formPreview = "preview" // shows what would come of it
	formSaw     = "saw"     // a record with the version that was shown, "NC-2026-0007 12"
)

const (
	// mostReason bounds what is typed for several records, which is part of an address until it is done. In bytes.
	mostReason = 2000
	// mostWait bounds how long several records are worked on, within what the listener gives to an answer.
	mostWait = 45 * time.Second
)

// A together is what a person asks of several records.
type together struct {
	rows    []store.Row
	records []register.Record
	do      string
	ask     service.Ask
	given   map[string]string
	values  url.Values
	back    string
}

// asksTogether shows the pages on which a person chooses an act for the records that the address names, and sees what would come of it.
func (h *handler) asksTogether(w http.ResponseWriter, r *http.Request) {
	x, ok := h.several(w, r, r.URL.Query(), r.URL.Query()[formRef])
	switch {
	case !ok:
	case x.do == "":
		h.together(w, r, http.StatusOK, "Several records", h.choosing(r, x))
	case r.URL.Query().Has(formPreview):
		h.preview(w, r, http.StatusOK, x, sent{key: rand.Text()})
	default:
		h.together(w, r, http.StatusOK, x.title(), h.filling(x, nil))
	}
}

// together answers with a page of an act on several records.
func (h *handler) together(w http.ResponseWriter, r *http.Request, status int, title string, p web.Together) {
	h.pageAs(w, r, status, h.inside(r, title), web.TogetherPage(p))
}

// several reads the act and the records of a request. If one of them is not valid, it answers the request itself.
func (h *handler) several(w http.ResponseWriter, r *http.Request, in url.Values, refs []string) (together, bool) {
	x := together{do: in.Get(formDo), values: in, given: map[string]string{}, back: in.Get(formBack)}
	if !h.known(w, r) {
		return x, false
	}
	refs = slices.Compact(slices.Sorted(slices.Values(refs)))
	switch {
	case len(refs) == 0:
		h.refused(w, r, http.StatusUnprocessableEntity, codeNone, "No record is chosen", "Go back to the register, and choose records there with the boxes before their numbers.")
		return x, false
	case len(refs) > service.MostTogether:
		h.refused(w, r, http.StatusUnprocessableEntity, codeNone, fmt.Sprintf("%d records are too many at once", len(refs)), fmt.Sprintf("Nothing was done. Choose at most %d at a time.", service.MostTogether))
		return x, false
	}
	for _, ref := range refs {
		row, err := h.o.Store.Record(r.Context(), ref)
		if errors.Is(err, store.ErrNotFound) {
			h.refused(w, r, http.StatusNotFound, codeNone, "There is no record "+ref, "Nothing was done. Choose the records in the register again.")
			return x, false
		}
		if err != nil {
			h.fail(w, err)
			return x, false
		}
		x.rows, x.records = append(x.rows, row), append(x.records, row.Record)
	}
	if x.do == "" {
		return x, true
	}
	name, field, _ := strings.Cut(x.do, ":")
	if field != "" {
		x.given["field"] = field
	}
	var err error
	x.ask, err = h.acts(r).AskTogether(x.records, name, x.given)
	fits := err == nil && (field == "" || slices.ContainsFunc(x.ask.Inputs[0].Options, func(o service.Option) bool { return o.Value == field }))
	if !fits {
		h.refused(w, r, http.StatusNotFound, codeNone, "This cannot be asked of several records", "Choose what to do on the page before.")
		return x, false
	}
	for _, i := range x.ask.Inputs {
		if v := strings.Join(in[i.Name], "\n"); v != "" && i.Name != "field" {
			x.given[i.Name] = v
		}
	}
	return x, true
}

// title is what is done, in words.
func (x together) title() string {
	if f := x.given["field"]; f != "" {
		for _, o := range x.ask.Inputs[0].Options {
			if o.Value == f {
				return "Set: " + o.Label
			}
		}
	}
	return x.ask.Label
}

// carried are the values that go on to the next page. Refs are the records that go with it.
func (x together) carried(refs []string) []web.Hidden {
	var out []web.Hidden
	for _, ref := range refs {
		out = append(out, web.Hidden{Name: formRef, Value: ref})
	}
	if x.do != "" {
		out = append(out, web.Hidden{Name: formDo, Value: x.do})
	}
	if x.back != "" {
		out = append(out, web.Hidden{Name: formBack, Value: x.back})
	}
	return out
}

func (x together) refs() []string {
	out := make([]string, len(x.rows))
	for i, row := range x.rows {
		out[i] = row.Record.Ref
	}
	return out
}

// at is the address of the page for some records, with what was typed.
func (x together) at(refs []string, preview bool) string {
	q := url.Values{}
	for _, v := range x.carried(refs) {
		q.Add(v.Name, v.Value)
	}
	for name, v := range x.given {
		if name != "field" {
			q.Set(name, v)
		}
	}
	if preview {
		q.Set(formPreview, "1")
	}
	return address(togetherAt, q)
}

// page is what the pages have in common.
func (x together) page() web.Together {
	p := web.Together{Title: "Several records", Back: safeBack(x.back)}
	for _, row := range x.rows {
		p.Records = append(p.Records, web.Found{Ref: row.Record.Ref, Words: row.Record.Fields[register.FieldTitle]})
	}
	return p
}

// safeBack is the page of the register to which a person goes back.
func safeBack(back string) string {
	if strings.HasPrefix(back, "/register?") {
		return back
	}
	return "/register"
}

// choosing is the page on which a person chooses an act.
func (h *handler) choosing(r *http.Request, x together) web.Together {
	p := x.page()
	choice := service.Input{Name: formDo, Label: "What to do", Type: register.TypeEnum, Needed: true}
	for _, k := range h.acts(r).AsksTogether(x.records) {
		if k.Inputs[0].Name != "field" {
			choice.Options = append(choice.Options, service.Option{Value: k.Name, Label: k.Label})
			continue
		}
		for _, o := range k.Inputs[0].Options {
			choice.Options = append(choice.Options, service.Option{Value: k.Name + ":" + o.Value, Label: "Set: " + o.Label})
		}
	}
	p.Form = &web.Form{Name: "together", Action: togetherAt, Get: true, Submit: "Go on", Back: p.Back, Hidden: x.carried(x.refs()), Inputs: []web.Input{{Input: choice, Given: choice.Options[0].Value}}}
	return p
}

// filling is the page on which a person says what the act needs.
func (h *handler) filling(x together, invalid *service.InvalidError) web.Together {
	p := x.page()
	p.Title, p.Says = x.title(), x.ask.Says
	k := x.ask
	k.Inputs = slices.DeleteFunc(slices.Clone(k.Inputs), func(i service.Input) bool { return i.Name == "field" })
	p.Form = &web.Form{
		Name: "together", Action: togetherAt, Get: true, Submit: "See what would change", Back: p.Back,
		Hidden: append(x.carried(x.refs()), web.Hidden{Name: formPreview, Value: "1"}), Inputs: inputs(k, sent{values: x.values, invalid: invalid}),
	}
	return p
}

// tooLong returns what is wrong with the length of what was typed.
func (x together) tooLong() *service.InvalidError {
	var faults []service.InputFault
	for _, i := range x.ask.Inputs {
		if n := len(x.given[i.Name]); n > mostReason {
			faults = append(faults, service.InputFault{Input: i.Name, What: fmt.Sprintf("%s has %d bytes", i.Label, n), Remedy: fmt.Sprintf("it may have %d for several records at once", mostReason)})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &service.InvalidError{Faults: faults}
}

// preview shows what would come of an act, record by record.
func (h *handler) preview(w http.ResponseWriter, r *http.Request, status int, x together, s sent) {
	if invalid := x.tooLong(); invalid != nil {
		h.together(w, r, http.StatusUnprocessableEntity, x.title(), h.filling(x, invalid))
		return
	}
	members := make([]service.Member, len(x.rows))
	for i, row := range x.rows {
		members[i] = service.Member{ID: row.Record.ID, Ref: row.Record.Ref}
	}
	results, err := h.acts(r).Together(r.Context(), h.by(r, sent{}), members, service.Together{Name: x.ask.Name, Given: x.given, Rehearsed: true})
	if err != nil {
		h.fail(w, err)
		return
	}
	if !slices.ContainsFunc(results, func(o service.Result) bool { return o.Invalid == nil }) {
		h.together(w, r, http.StatusUnprocessableEntity, x.title(), h.filling(x, results[0].Invalid))
		return
	}
	p, err := h.told(r.Context(), x, results, false)
	if err != nil {
		h.fail(w, err)
		return
	}
	var doable []string
	f := &web.Form{Name: "together", Action: togetherAt, Back: x.at(x.refs(), false)}
	for _, o := range results {
		if o.Fate == service.FateDone {
			doable = append(doable, o.Ref)
			f.Hidden = append(f.Hidden, web.Hidden{Name: formSaw, Value: o.Ref + " " + strconv.FormatInt(o.Version, 10)})
		}
	}
	if len(doable) > 0 {
		f.Submit = "Change " + present.Count(len(doable), "record", "records")
		f.Hidden = append(f.Hidden, x.carried(nil)...)
		for _, i := range x.ask.Inputs {
			if v, given := x.given[i.Name]; given && i.Name != "field" {
				f.Hidden = append(f.Hidden, web.Hidden{Name: i.Name, Value: v})
			}
		}
		f.Hidden = append(f.Hidden, web.Hidden{Name: formKey, Value: s.key})
		if x.ask.Approves {
			f.Proof = h.proof(seat(r).signed, s)
		}
		p.Form = f
	}
	p.Change = f.Back
	h.together(w, r, status, x.title(), p)
}

// actTogether does an act to several records, and says for each what came of it.
func (h *handler) actTogether(w http.ResponseWriter, r *http.Request) {
	if !h.formOf(w, r, mostAct) {
		return
	}
	s := h.sent(r)
	saw := map[string]int64{}
	var refs []string
	for _, v := range r.PostForm[formSaw] {
		ref, version, _ := strings.Cut(v, " ")
		n, err := strconv.ParseInt(version, 10, 64)
		if err != nil || n <= 0 {
			h.refused(w, r, http.StatusBadRequest, codeForm, "This form cannot be read", "Nothing was done. Open the page before again, and send it once more.")
			return
		}
		saw[ref], refs = n, append(refs, ref)
	}
	x, ok := h.several(w, r, r.PostForm, refs)
	if !ok {
		return
	}
	if x.do == "" {
		h.refused(w, r, http.StatusNotFound, codeNone, "This cannot be asked of several records", "Choose what to do on the page before.")
		return
	}
	if x.ask.Approves && !h.proven(r, &s) {
		h.preview(w, r, http.StatusForbidden, x, s)
		return
	}
	members := make([]service.Member, len(x.rows))
	for i, row := range x.rows {
		members[i] = service.Member{ID: row.Record.ID, Ref: row.Record.Ref, Saw: saw[row.Record.Ref]}
	}
	// What is begun is brought to its end, whether or not the person waits for the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), mostWait)
	defer cancel()
	results, err := h.acts(r).Together(ctx, h.by(r, s), members, service.Together{Name: x.ask.Name, Given: x.given})
	if err != nil {
		h.fail(w, err)
		return
	}
	for _, o := range results {
		if o.Fate == service.FateForeign {
			s := seat(r)
			h.o.Desk.Denied(ctx, s.who, s.signed, r.Method+" "+r.URL.Path+" "+o.Ref)
		}
	}
	p, err := h.told(ctx, x, results, true)
	if err != nil {
		h.fail(w, err)
		return
	}
	h.together(w, r, http.StatusOK, x.title(), p)
}

// told is the page that says what came, or would come, of an act.
func (h *handler) told(ctx context.Context, x together, results []service.Result, done bool) (web.Together, error) {
	names, err := h.o.Register.Names(ctx)
	if err != nil {
		return web.Together{}, err
	}
	p := x.page()
	p.Title, p.Says, p.Done, p.Records = x.title(), x.ask.Says, done, nil
	var again []string
	titles := map[string]string{}
	for _, r := range x.records {
		titles[r.Ref] = r.Fields[register.FieldTitle]
	}
	for _, fate := range []service.Fate{service.FateDone, service.FateSame, service.FateRefused, service.FateForeign, service.FateStale, service.FateFailed} {
		g := web.TogetherFate{Heading: fateWords(fate, done)}
		for _, o := range results {
			if o.Fate != fate {
				continue
			}
			row := web.TogetherRow{Ref: o.Ref, Title: titles[o.Ref], Why: o.Why, Remedy: o.Remedy}
			if fate == service.FateFailed {
				h.o.Log.Error("an act of several records", zap.String("record", o.Ref), zap.Error(o.Err))
				row.Why, row.Remedy = "the register could not be written", "the daemon's log says why; try it again"
			}
			if fate == service.FateStale || fate == service.FateFailed {
				again = append(again, o.Ref)
			}
			for _, c := range o.Changes {
				from, to := c.From, c.To
				if c.Field != "" {
					from, to = names.Value(c.Field, from), names.Value(c.Field, to)
				}
				row.Changes = append(row.Changes, web.TogetherChange{Label: c.Label, From: from, To: to, Waits: c.Waits})
			}
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			p.Fates = append(p.Fates, g)
		}
	}
	if done && len(again) > 0 {
		p.Again = x.at(again, true)
	}
	return p, nil
}

// fateWords is the heading over the records with a fate.
func fateWords(f service.Fate, done bool) string {
	switch {
	case f == service.FateDone && done:
		return "✓ Done"
	case f == service.FateDone:
		return "→ These would change"
	case f == service.FateSame:
		return "= These are so already"
	case f == service.FateRefused && done:
		return "▲ Refused"
	case f == service.FateRefused:
		return "▲ These would be refused and are left out"
	case f == service.FateForeign:
		return "▲ These are not yours"
	case f == service.FateStale:
		return "⇄ Changed meanwhile, and not touched"
	default:
		return "▲ Not done"
	}
}
