package server

import (
	"net/http"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/web"
)

// The cookies in which a browser keeps how a person wants the pages to be.
const (
	themeCookie     = "conformd-theme"
	shortcutsCookie = "conformd-shortcuts"
	displayFor      = 365 * 24 * 60 * 60 // seconds
	shortcutsOff    = "off"
)

// display reads how a person wants the pages to be.
func display(r *http.Request) web.Display {
	var d web.Display
	if c, err := r.Cookie(themeCookie); err == nil {
		d.Theme = web.ThemeOf(c.Value)
	}
	if c, err := r.Cookie(shortcutsCookie); err == nil {
		d.NoShortcuts = c.Value == shortcutsOff
	}
	return d
}

// help shows the keys and the choices of the display.
func (h *handler) help(w http.ResponseWriter, r *http.Request) {
	f := h.inside(r, "Help")
	h.pageAs(w, r, http.StatusOK, f, web.HelpPage(f.Display))
}

// keepDisplay has the browser keep how a person wants the pages to be. It changes nothing of the register.
func (h *handler) keepDisplay(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) {
		return
	}
	keep := func(name, value string) {
		//nolint:gosec // it says how pages look, also over plain HTTP on this machine
		c := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: displayFor, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode}
		if value == "" {
			c.MaxAge = -1
		}
		http.SetCookie(w, &c)
	}
	keep(themeCookie, string(web.ThemeOf(r.PostForm.Get("theme"))))
	shortcuts := ""
	if r.PostForm.Get("shortcuts") == shortcutsOff {
		shortcuts = shortcutsOff
	}
	keep(shortcutsCookie, shortcuts)
	http.Redirect(w, r, access.Target(r.PostForm.Get("to")), http.StatusSeeOther) //nolint:gosec // access.Target returns our own paths alone
}
