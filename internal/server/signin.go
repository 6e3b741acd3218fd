package server

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/web"
)

// mostForm is the longest form, in bytes.
const mostForm = 8 << 10

// signInPage shows the ways in. Who is signed in goes on.
func (h *handler) signInPage(w http.ResponseWriter, r *http.Request) {
	to := access.Target(r.URL.Query().Get("to"))
	if _, _, ok := h.o.Desk.Who(r.Context()); ok {
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // access.Target returns our own paths alone
		return
	}
	h.showSignIn(w, r, http.StatusOK, web.SignIn{To: to})
}

func (h *handler) showSignIn(w http.ResponseWriter, r *http.Request, status int, p web.SignIn) {
	var err error
	if p.Passwords, err = h.o.Desk.HasPasswords(r.Context()); err != nil {
		h.fail(w, err)
		return
	}
	p.Provider = h.o.Desk.Provider() != nil
	h.pageAs(w, r, status, h.outside(r, "Sign in"), web.SignInPage(p))
}

// form reads a short form.
func (h *handler) form(w http.ResponseWriter, r *http.Request) bool {
	return h.formOf(w, r, mostForm)
}

// formOf reads the form of a request. It answers the request itself if the form is too long.
func (h *handler) formOf(w http.ResponseWriter, r *http.Request, most int64) bool {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	err := r.ParseForm()
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		h.refused(w, r, http.StatusRequestEntityTooLarge, codeTooLarge, "This form is too long", fmt.Sprintf("It may have %d bytes. Nothing was done.", most))
		return false
	}
	if err != nil {
		h.refused(w, r, http.StatusBadRequest, codeForm, "This form cannot be read", "Open the page again and send it once more.")
		return false
	}
	return true
}

// signIn signs in with an account and a password of conformd.
func (h *handler) signIn(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) {
		return
	}
	ctx, to, name := r.Context(), access.Target(r.PostForm.Get("to")), r.PostForm.Get("account")
	id, err := h.o.Desk.Password(ctx, name, r.PostForm.Get("password"))
	if err == nil {
		err = h.o.Desk.Enter(ctx, id, h.o.Desk.Now(), signin.ByPassword)
	}
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // access.Target returns our own paths alone
		return
	}
	h.notIn(w, r, err, web.SignIn{To: to, Name: name})
}

// notIn answers somebody who could not sign in.
func (h *handler) notIn(w http.ResponseWriter, r *http.Request, err error, p web.SignIn) {
	refused, ok := errors.AsType[*signin.RefusedError](err)
	if !ok {
		h.fail(w, err)
		return
	}
	p.Refusal = told(refused)
	h.showSignIn(w, r, refusedStatus(refused), p)
}

// told is a refusal as a page says it, nil for none.
func told(e *signin.RefusedError) *web.Refusal {
	if e == nil {
		return nil
	}
	return &web.Refusal{What: e.What, Remedy: e.Remedy}
}

// refusedStatus is the HTTP status of a refusal.
func refusedStatus(e *signin.RefusedError) int {
	switch e.Code {
	case signin.CodeLocked, signin.CodeBusy:
		return http.StatusTooManyRequests
	case signin.CodeUnreachable:
		return http.StatusBadGateway
	case signin.CodeUnknown, signin.CodeEnded, signin.CodeProvider:
		return http.StatusForbidden
	case signin.CodeState, signin.CodeToken:
		return http.StatusBadRequest
	case signin.CodeLink:
		return http.StatusGone
	}
	return http.StatusUnprocessableEntity
}

// toProvider sends a person to the OpenID Connect provider.
func (h *handler) toProvider(w http.ResponseWriter, r *http.Request) {
	p := h.o.Desk.Provider()
	if p == nil {
		http.NotFound(w, r)
		return
	}
	flow, address, err := p.Begin(r.Context(), r.URL.Query().Get("to"), r.URL.Query().Has("again"))
	if err == nil {
		err = h.o.Desk.KeepFlow(w, flow)
	}
	if err != nil {
		h.notIn(w, r, err, web.SignIn{To: access.Target(r.URL.Query().Get("to"))})
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // the address of the configured provider
}

// fromProvider takes the answer of the provider.
func (h *handler) fromProvider(w http.ResponseWriter, r *http.Request) {
	p := h.o.Desk.Provider()
	if p == nil {
		http.NotFound(w, r)
		return
	}
	flow, err := h.o.Desk.TakeFlow(w, r)
	to := access.Target(flow.Target)
	if err == nil {
		var id access.Identity
		var at time.Time
		if id, at, err = p.Finish(r.Context(), flow, r.URL.Query()); err == nil {
			err = h.o.Desk.Enter(r.Context(), id, at, signin.ByProvider)
		}
	}
	if err != nil {
		h.notIn(w, r, err, web.SignIn{To: to})
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// signOut ends the session.
func (h *handler) signOut(w http.ResponseWriter, r *http.Request) {
	if err := h.o.Desk.Leave(r.Context()); err != nil {
		h.fail(w, err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
