package server

import (
	"errors"
	"net/http"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// reminders are the roles that remind people of a record.
func reminders() []access.Role { return []access.Role{access.ISMSManager} }

// reminding reports whether who is signed in may remind people, and whether they could only if there were a way to tell them.
func (h *handler) reminding(r *http.Request) (may, unreachable bool) {
	who := you(r)
	if h.o.Control == nil || who == nil || who.Person == "" || !who.Has(reminders()...) {
		return false, false
	}
	tells := h.o.Control.Tells()
	return tells, !tells
}

// remind asks the people of a record to act on it now.
func (h *handler) remind(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) || !h.known(w, r) {
		return
	}
	row, err := h.o.Store.Record(r.Context(), r.PathValue("ref"))
	if errors.Is(err, store.ErrNotFound) {
		h.refused(w, r, http.StatusNotFound, codeNone, "There is no record "+r.PathValue("ref"), "Nobody was reminded. Open the page of violations again.")
		return
	}
	if err == nil {
		err = h.o.Control.Remind(r.Context(), h.actor(r), row)
	}
	no, unreminded := errors.AsType[*UnremindedError](err)
	switch {
	case unreminded:
		h.refused(w, r, http.StatusConflict, codeNone, "Nobody was reminded: "+no.What, no.Remedy)
	case err != nil:
		h.fail(w, err)
	default:
		h.done(w, r, r.PostForm.Get(formBack), row.Record.Ref, "remind", false)
	}
}
