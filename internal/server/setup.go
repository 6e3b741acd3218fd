package server

import (
	"errors"
	"net/http"

	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
)

// setupPage shows what a one-time link is for. Only its form uses the link: programs that look at
// links before people do use none up.
func (h *handler) setupPage(w http.ResponseWriter, r *http.Request) {
	h.showSetup(w, r, http.StatusOK, nil)
}

func (h *handler) showSetup(w http.ResponseWriter, r *http.Request, status int, why *signin.RefusedError) {
	token := r.PathValue("token")
	l, err := h.o.Desk.Link(r.Context(), token)
	if refused, ok := errors.AsType[*signin.RefusedError](err); ok {
		if _, _, in := h.o.Desk.Who(r.Context()); in && r.Method == http.MethodGet {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		h.notIn(w, r, refused, web.SignIn{To: "/"})
		return
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	person, _ := h.o.Desk.Person(l.Person)
	p := web.Setup{Token: token, ID: person.ID, Name: person.Name, Password: l.Purpose == store.ForPassword, Refusal: told(why)}
	h.pageAs(w, r, status, h.outside(r, "Welcome"), web.SetupPage(p))
}

// setup uses a one-time link.
func (h *handler) setup(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) {
		return
	}
	ctx, password := r.Context(), r.PostForm.Get("password")
	if again := r.PostForm.Get("again"); again != password {
		h.showSetup(w, r, http.StatusUnprocessableEntity, &signin.RefusedError{Code: signin.CodeWeak, What: "The two passwords differ", Remedy: "enter the same password twice"})
		return
	}
	id, err := h.o.Desk.UseLink(ctx, r.PathValue("token"), password)
	if err == nil {
		err = h.o.Desk.Enter(ctx, id, h.o.Desk.Now(), signin.ByLink)
	}
	refused, ok := errors.AsType[*signin.RefusedError](err)
	switch {
	case err == nil:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case ok && refused.Code == signin.CodeWeak:
		h.showSetup(w, r, http.StatusUnprocessableEntity, refused)
	default:
		h.notIn(w, r, err, web.SignIn{To: "/"})
	}
}
