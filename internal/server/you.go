package server

import (
	"net/http"
	"strings"

	"github.com/conformd/conformd/internal/web"
)

func (h *handler) you(w http.ResponseWriter, r *http.Request) {
	h.showYou(w, r, http.StatusOK, web.You{})
}

// showYou shows the page with what p has beyond what every request finds.
func (h *handler) showYou(w http.ResponseWriter, r *http.Request, status int, p web.You) {
	s := seat(r)
	p.Who, p.At, p.Writes = s.who, s.signed.At, s.who.Person != "" && s.who.Has(writers()...)
	if p.At.IsZero() { // the provider does not tell when they proved it
		p.At = s.signed.Opened
	}
	if err := h.tokens(r.Context(), s, &p.Tokens); err != nil {
		h.fail(w, err)
		return
	}
	h.pageAs(w, r, status, h.inside(r, "You"), web.YouPage(p))
}

// newCalendar makes a secret address for a calendar program and shows it once.
func (h *handler) newCalendar(w http.ResponseWriter, r *http.Request) {
	s := seat(r)
	if s.who.Person == "" {
		h.refused(w, r, http.StatusForbidden, codeDenied, "You have no calendar", "Only people of the register have dates of their own.")
		return
	}
	token, err := h.o.Desk.NewCalendar(r.Context(), s.who, s.signed)
	if err != nil {
		h.fail(w, err)
		return
	}
	base := strings.TrimSuffix(h.o.PublicURL, "/")
	if base == "" {
		base = "http://" + r.Host
	}
	h.showYou(w, r, http.StatusOK, web.You{Calendar: base + "/calendar/" + token + "/" + s.who.Person + ".ics"})
}

// secretCalendar serves what one person is to do, to a program that has the secret address.
func (h *handler) secretCalendar(w http.ResponseWriter, r *http.Request) {
	person, ok, err := h.o.Desk.Calendar(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		h.fail(w, err)
	case !ok || r.PathValue("file") != person+".ics":
		http.Error(w, "there is no calendar at this address; make a new one in the pages, under your name", http.StatusNotFound)
	default:
		h.calendarOf(w, r, person)
	}
}
