package server

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// filePage shows the form for a new record.
func (h *handler) filePage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !q.Has("kind") {
		q.Set("kind", string(register.Nonconformity))
	}
	h.showFiling(w, r, http.StatusOK, sent{values: q, key: rand.Text()})
}

// file files a record.
func (h *handler) file(w http.ResponseWriter, r *http.Request) {
	if !h.formOf(w, r, mostAct) {
		return
	}
	x := h.sent(r)
	if !h.known(w, r) {
		return
	}
	acted, err := h.acts(r).FileAsked(r.Context(), h.by(r, x), given(r.PostForm))
	if h.outcome(w, err, &x) {
		h.done(w, r, "", acted.Record.Ref, "file", false)
		return
	}
	if x.answered() {
		h.showFiling(w, r, x.status(), x)
	}
}

func (h *handler) showFiling(w http.ResponseWriter, r *http.Request, status int, x sent) {
	kind := register.Kind(x.values.Get("kind"))
	k := h.acts(r).FilingAsk(kind)
	p := web.Filing{Says: k.Says, Form: web.Form{
		Name: "file", Action: "/new", Submit: k.Label, Back: "/register", Inputs: inputs(k, x), Hidden: []web.Hidden{{Name: formKey, Value: x.key}},
	}}
	info, _ := register.Info(register.FieldKind)
	for _, name := range info.Enum {
		u := url.URL{Path: "/new", RawQuery: url.Values{"kind": {name}}.Encode()}
		p.Kinds = append(p.Kinds, web.Part{To: u.String(), Label: present.Words(name), Current: name == string(kind)})
	}
	if x.refused != nil {
		p.Refused = refusedBy(x.refused)
	}
	h.pageAs(w, r, status, h.inside(r, "File a record"), web.FilingPage(p))
}
