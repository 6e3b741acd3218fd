package server

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/web"
)

// seated is who is signed in, in the context of a request.
type seated struct {
	who    access.Who
	signed signin.Signed
}

type seatedKey struct{}

// seat returns who is signed in and how, the zero value for nobody.
func seat(r *http.Request) seated {
	s, _ := r.Context().Value(seatedKey{}).(seated)
	return s
}

// you returns who is signed in, nil for nobody.
func you(r *http.Request) *access.Who {
	if s, ok := r.Context().Value(seatedKey{}).(seated); ok {
		return &s.who
	}
	return nil
}

// The problems of a request from somebody who may not send it.
const (
	codeSignIn    = "not-signed-in"
	codeDenied    = "role-missing"
	codeCross     = "cross-origin"
	codeTooManyUp = "too-many-pages"
	codeNoLog     = "log-not-written"
	codeUnknown   = "not-there"
)

// longestPage is how much of the path of a page stands in the log, in bytes.
const longestPage = 200

// guard lets people with one of the route's roles pass. The others are sent to the page to sign in
// or refused; a program that asks for JSON gets a problem.
func (h *handler) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, signed, ok := h.o.Desk.Who(r.Context())
		if !ok {
			h.toSignIn(w, r)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), seatedKey{}, seated{who, signed}))
		page := asRead(rt, r)
		if !who.Has(rt.roles...) {
			h.o.Desk.Denied(r.Context(), who, signed, page)
			h.refused(w, r, http.StatusForbidden, codeDenied, "Your roles do not open this page", "You are signed in as "+web.Roles(who.Roles)+". Ask the ISMS manager if you need another role.")
			return
		}
		if who.Has(access.Auditor) {
			switch err := h.o.Desk.Read(r.Context(), who, signed, page); {
			case errors.Is(err, signin.ErrTooMany):
				h.refused(w, r, http.StatusTooManyRequests, codeTooManyUp, "Too many pages", "Each page that an auditor reads is an entry of the audit log. Go on in ten minutes, or take an export: conformd audit export.")
				return
			case err != nil:
				h.o.Log.Error("the audit log could not be written", zap.Error(err))
				h.refused(w, r, http.StatusServiceUnavailable, codeNoLog, "The audit log cannot be written now", "Each page that an auditor reads is an entry of it. The log of the daemon says why it cannot be written.")
				return
			}
		}
		rt.serve(w, r)
	})
}

// toSignIn sends a person to the page to sign in, which sends them back.
func (h *handler) toSignIn(w http.ResponseWriter, r *http.Request) {
	if wantsJSON(r) {
		w.Header().Set("WWW-Authenticate", `Cookie realm="conformd"`)
		refuse(w, problem{"not signed in", http.StatusUnauthorized, "sign in at /sign-in", codeSignIn})
		return
	}
	if r.Method == http.MethodPost && h.again(w, r) {
		return
	}
	to := url.URL{Path: "/sign-in"}
	if r.Header.Get("HX-Request") != "" { // a part of a page: the whole page goes to sign in, and comes back
		if page, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			to.RawQuery = url.Values{"to": {access.Target(page.RequestURI())}}.Encode()
		}
		w.Header().Set("HX-Redirect", to.String())
		return
	}
	if target := access.Target(r.URL.RequestURI()); r.Method == http.MethodGet && target != "/" {
		to.RawQuery = url.Values{"to": {target}}.Encode()
	}
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// again shows a form that was sent without a session to its author, who can send it again once they have signed in. It reports
// whether there is one.
func (h *handler) again(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, mostAct)
	if r.ParseForm() != nil || len(r.PostForm) == 0 {
		return false
	}
	p := web.Again{Action: r.URL.RequestURI(), SignIn: "/sign-in?to=%2Fyou"}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, v := range r.PostForm[name] {
			if name != formProof {
				p.Values = append(p.Values, web.Hidden{Name: name, Value: v})
			}
		}
	}
	h.pageAs(w, r, http.StatusUnauthorized, h.outside(r, "Not signed in"), web.AgainPage(p))
	return true
}

// wantsJSON reports whether a program asks, which takes JSON and no page.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// refused answers that a request is not served, and why.
func (h *handler) refused(w http.ResponseWriter, r *http.Request, status int, code, what, why string) {
	if wantsJSON(r) {
		refuse(w, problem{what, status, why, code})
		return
	}
	f := h.inside(r, what)
	f.Narrow, f.Outside = true, f.You == nil && h.o.Desk != nil
	h.pageAs(w, r, status, f, web.RefusedPage(web.Refused{What: what, Why: why, Code: code}))
}

// crossOrigin answers a request that changes something and that another web page sent.
func (h *handler) crossOrigin(w http.ResponseWriter, r *http.Request) {
	h.o.Log.Warn("a request of another web page was refused", zap.String("path", r.Pattern))
	h.refused(w, r, http.StatusForbidden, codeCross, "Another web page sent this", "Nothing was changed. Open the pages of conformd by themselves and try again; a proxy must pass the headers Origin and Sec-Fetch-Site as they are.")
}
