package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// mostAct is the longest form of an act, in bytes: a record has long texts.
const mostAct = 256 << 10

// The values of a form that are no input of an act.
const (
	formVersion = "version" // of the record that the person saw
	formKey     = "key"     // makes a repetition harmless
	formBack    = "back"    // page to go to afterwards
	formProof   = "password"
)

// The problems of an act.
const (
	codeNone  = "not-found"
	codeStale = "changed-meanwhile"
)

// actPage shows the form of an act.
func (h *handler) actPage(w http.ResponseWriter, r *http.Request) {
	row, k, ok := h.asked(w, r, given(r.URL.Query()))
	if !ok {
		return
	}
	h.showAct(w, r, http.StatusOK, row, k, sent{values: r.URL.Query(), version: row.Version, key: rand.Text(), back: r.URL.Query().Get(formBack)})
}

// acts returns what changes the register for who is signed in. A role that decides counts as far as the session has it: a
// password of conformd, for one, proves no membership in a group of the organisation.
func (h *handler) acts(r *http.Request) *service.Acts {
	who := you(r)
	if who == nil {
		return h.o.Acts
	}
	return h.o.Acts.As(who.Person, func(role string) bool { return who.Has(access.Role(role)) })
}

// asks are what the person who looks at a record may do to it.
func (h *handler) asks(r *http.Request, rec register.Record) []service.Ask {
	person := h.person(r)
	if h.o.Acts == nil || person == "" {
		return nil
	}
	return h.acts(r).Asks(rec, person)
}

// A sent is a form as a person sent it.
type sent struct {
	values  url.Values
	version int64
	key     string
	back    string
	invalid *service.InvalidError
	refused *service.RefusedError
	stale   *service.StaleError
	// unproven says that a proof of identity is needed, and fault why the one that was given is none.
	unproven bool
	fault    string
}

// given are the inputs of an act among the values of a form.
func given(v url.Values) map[string]string {
	out := map[string]string{}
	for name, values := range v {
		switch name {
		case formVersion, formKey, formBack, formProof:
		default:
			out[name] = strings.Join(values, "\n")
		}
	}
	return out
}

// asked returns the record and the act that an address names. It answers the request itself where there is none.
func (h *handler) asked(w http.ResponseWriter, r *http.Request, in map[string]string) (store.Row, service.Ask, bool) {
	row, ok := h.numbered(w, r)
	if !ok {
		return row, service.Ask{}, false
	}
	k, err := h.acts(r).AskOf(row.Record, r.PathValue("act"), in)
	if err != nil {
		h.refused(w, r, http.StatusNotFound, codeNone, "There is no such act", "Open the page of the record again.")
		return row, k, false
	}
	return row, k, true
}

// numbered returns the record whose number an address has. It answers the request itself where there is none.
func (h *handler) numbered(w http.ResponseWriter, r *http.Request) (store.Row, bool) {
	row, err := h.o.Store.Record(r.Context(), r.PathValue("ref"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		h.refused(w, r, http.StatusNotFound, codeNone, "There is no record "+r.PathValue("ref"), "Look for it in the register.")
	case err != nil:
		h.fail(w, err)
	}
	return row, err == nil
}

// act does what a person asks of a record.
func (h *handler) act(w http.ResponseWriter, r *http.Request) {
	if !h.formOf(w, r, mostAct) {
		return
	}
	x := h.sent(r)
	row, k, ok := h.asked(w, r, given(r.PostForm))
	if !ok || !h.own(w, r, row.Record, k) {
		return
	}
	if k.Approves && !h.proven(r, &x) {
		h.showAct(w, r, http.StatusForbidden, row, k, x)
		return
	}
	acted, err := h.acts(r).Ask(r.Context(), row.Record.ID, h.once(r, x), k.Name, given(r.PostForm))
	if errors.Is(err, service.ErrForeign) { // it became somebody else's while the form was on its way
		h.foreign(w, r, row.Record)
		return
	}
	if h.outcome(w, err, &x) {
		h.done(w, r, x.back, row.Record.Ref, k.Name, acted.Record.Requested.Ended())
		return
	}
	if x.answered() {
		h.showAct(w, r, x.status(), row, k, x)
	}
}

// sent reads a form.
func (h *handler) sent(r *http.Request) sent {
	version, err := strconv.ParseInt(r.PostForm.Get(formVersion), 10, 64)
	if err != nil {
		version = 0
	}
	return sent{values: r.PostForm, version: version, key: r.PostForm.Get(formKey), back: r.PostForm.Get(formBack)}
}

// by is who acts, by a session.
func (h *handler) by(r *http.Request, x sent) service.By {
	s := seat(r)
	return service.By{Person: s.who.Person, Account: s.signed.Account(), How: register.BySignIn, Key: keyOf(x.key), Saw: x.version}
}

// once is by for a form that does one thing, however often its button is pressed. A form with other values is another one: who
// goes back and changes a text sees that the record changed since.
func (h *handler) once(r *http.Request, x sent) service.By {
	by := h.by(r, x)
	if by.Key == "" {
		return by
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q", r.URL.Path, by.Key, given(x.values))) // a map is printed in the order of its keys
	digest := hex.EncodeToString(sum[:])
	by.Request = &store.Request{Person: by.Person, Key: "form/" + digest, Digest: digest}
	return by
}

// longestKey bounds the key of a form, in bytes. The pages make shorter ones.
const longestKey = 64

func keyOf(s string) string {
	if len(s) > longestKey {
		return ""
	}
	return s
}

// own reports whether the record is one that the person may change. It answers the request itself if not.
func (h *handler) own(w http.ResponseWriter, r *http.Request, rec register.Record, k service.Ask) bool {
	if !h.known(w, r) {
		return false
	}
	s := seat(r)
	if k.Act == "" && !h.acts(r).HasToDoWith(rec, s.who.Person) {
		h.foreign(w, r, rec)
		return false
	}
	return true
}

// foreign answers a person who has nothing to do with a record.
func (h *handler) foreign(w http.ResponseWriter, r *http.Request, rec register.Record) {
	s := seat(r)
	h.o.Desk.Denied(r.Context(), s.who, s.signed, r.Method+" "+r.URL.Path)
	h.refused(w, r, http.StatusForbidden, codeDenied, "This record is not one of yours", "Its owner, those who work on it, who reported it, and people with a role change it. Ask its owner: "+h.nameOf(rec.Fields[register.FieldOwner])+".")
}

// known reports whether who is signed in is one of people. It answers the request itself if not.
func (h *handler) known(w http.ResponseWriter, r *http.Request) bool {
	if h.person(r) != "" {
		return true
	}
	h.refused(w, r, http.StatusForbidden, codeDenied, "You are not one of the people of the register", "Ask the ISMS manager to add you to people; then you can act.")
	return false
}

// proven reports whether the person proved a short time ago who they are, or does so with this form.
func (h *handler) proven(r *http.Request, x *sent) bool {
	s := seat(r)
	if h.o.Desk.Fresh(s.signed) {
		return true
	}
	password := r.PostForm.Get(formProof)
	x.unproven = true
	if password == "" {
		return false
	}
	err := h.o.Desk.Prove(r.Context(), s.signed, password)
	if refused, ok := errors.AsType[*signin.RefusedError](err); ok {
		x.fault = refused.What
		return false
	}
	if err != nil {
		x.fault = "The password cannot be checked now; try again in a minute"
		return false
	}
	x.unproven = false
	return true
}

// outcome sorts what came of an act into x, and reports whether it was done. It answers the request itself where nothing
// can be said about the form.
func (h *handler) outcome(w http.ResponseWriter, err error, x *sent) bool {
	switch {
	case err == nil:
		return true
	case errors.As(err, &x.refused):
		x.key = rand.Text() // what was refused may be asked again when something else has changed
	case errors.As(err, &x.invalid), errors.As(err, &x.stale):
	case errors.Is(err, context.Canceled):
	default:
		h.fail(w, err)
	}
	return false
}

// answered reports whether the form is shown again with what is wrong.
func (x sent) answered() bool { return x.invalid != nil || x.refused != nil || x.stale != nil }

func (x sent) status() int {
	if x.stale != nil {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// done sends a person on after an act. Held says that it asked for the end of a record, which does not count yet.
func (h *handler) done(w http.ResponseWriter, r *http.Request, back, ref, name string, held bool) {
	to := url.URL{Path: "/records/" + ref}
	if back != "" {
		if u, err := url.Parse(access.Target(back)); err == nil {
			to = *u
		}
	}
	q := to.Query()
	q.Set("did", name)
	if held {
		q.Set("held", "1")
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusSeeOther) //nolint:gosec // a path of our own pages
}

// showAct shows the form of an act with what was given, and what is wrong with it.
func (h *handler) showAct(w http.ResponseWriter, r *http.Request, status int, row store.Row, k service.Ask, x sent) {
	rec := row.Record
	p := web.Act{
		Ref: rec.Ref, Title: rec.Fields[register.FieldTitle], Standing: present.Standing(rec.State, rec.Requested), Label: k.Label, Says: k.Says,
		Form: h.actForm(r, rec, k, x),
	}
	if x.refused != nil {
		p.Refused = refusedBy(x.refused)
	}
	if x.stale != nil {
		events, err := h.since(r.Context(), rec, x.stale)
		if err != nil {
			h.fail(w, err)
			return
		}
		p.Stale = &web.Stale{Saw: x.stale.Saw, Now: x.stale.Now, Events: events}
	}
	h.pageAs(w, r, status, h.inside(r, k.Label+" · "+rec.Ref), web.ActPage(p))
}

func refusedBy(e *service.RefusedError) *web.NotCounted {
	return &web.NotCounted{What: e.Error(), Remedy: e.Refusal.Message().String()}
}

// actForm is the form of an act with what was given.
func (h *handler) actForm(r *http.Request, rec register.Record, k service.Ask, x sent) web.Form {
	address := url.URL{Path: "/records/" + rec.Ref + "/acts/" + k.Name}
	f := web.Form{Name: k.Name, Action: address.String(), Submit: k.Label, Back: x.back, Inputs: inputs(k, x)}
	if f.Back == "" {
		u := url.URL{Path: "/records/" + rec.Ref}
		f.Back = u.String()
	}
	version := x.version
	if x.stale != nil {
		version = x.stale.Now
	}
	f.Hidden = []web.Hidden{{Name: formVersion, Value: strconv.FormatInt(version, 10)}, {Name: formKey, Value: x.key}}
	if x.back != "" {
		f.Hidden = append(f.Hidden, web.Hidden{Name: formBack, Value: x.back})
	}
	if s := seat(r); k.Approves {
		f.Proof = h.proof(s.signed, x)
	}
	return f
}

// proof says which proof of identity a decision asks for.
func (h *handler) proof(s signin.Signed, x sent) web.Proof {
	if h.o.Desk.Fresh(s) && !x.unproven {
		return web.Proof{}
	}
	p := web.Proof{Needed: true, Fault: x.fault, Password: s.Issuer == access.Local}
	if !p.Password && h.o.Desk.Provider() != nil {
		p.Provider = "/sign-in/provider?again&to=%2Fyou"
	}
	return p
}

// inputs are the inputs of an act with what was given. The field whose value is set is not chosen again.
func inputs(k service.Ask, x sent) []web.Input {
	var out []web.Input
	for _, i := range k.Inputs {
		in := web.Input{Input: i, Given: i.Value}
		if v, ok := x.values[i.Name]; ok {
			in.Given = strings.Join(v, "\n")
		}
		if x.invalid != nil {
			for _, f := range x.invalid.Faults {
				if f.Input == i.Name {
					in.Fault = &f
				}
			}
		}
		out = append(out, in)
	}
	return out
}

// mostSince is how many events a person is shown of what happened since they saw a record.
const mostSince = 20

// since returns what happened to a record after the version that a person saw.
func (h *handler) since(ctx context.Context, rec register.Record, x *service.StaleError) ([]present.Event, error) {
	last, err := h.o.Register.LastEntry(ctx, rec.ID, x.Saw)
	if err != nil {
		return nil, err
	}
	page, err := h.o.Register.History(ctx, rec.ID, rec.Ref, service.Newest, mostSince)
	var out []present.Event
	for _, e := range page.Events {
		if e.Entries[0] > last {
			out = append(out, e)
		}
	}
	return out, err
}
