package server

import (
	"bytes"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/web"
)

// inside returns the frame of a page for who is signed in, or for everybody if nobody signs in.
func (h *handler) inside(r *http.Request, title string) web.Frame {
	return web.Frame{Title: title, You: you(r), Path: r.URL.Path, Display: display(r), Said: said(r.URL.Query())}
}

// said are the words for what was done before a page, "" for nothing that is known.
func said(q url.Values) string {
	did := q.Get("did")
	switch did {
	case "file":
		return "The record is filed."
	case "control":
		return "Done. The audit log has an entry of it."
	case "remind":
		return "The reminder is on its way; Who was told says to whom."
	case "resolve":
		return "The conflict is decided. The trackers are brought in step."
	}
	if s := saidOfView(did); s != "" {
		return s
	}
	k, err := service.AskNamed(did)
	switch {
	case err != nil:
		return ""
	case q.Has("held"):
		return "Noted: " + k.Label + ". The end of the record does not count yet; the record says what it needs."
	default:
		return "Done: " + k.Label + "."
	}
}

// outside returns the frame of a page for those who are not signed in.
func (h *handler) outside(r *http.Request, title string) web.Frame {
	return web.Frame{Title: title, Outside: true, Display: display(r), Narrow: true}
}

// page answers with a page for people inside.
func (h *handler) page(w http.ResponseWriter, r *http.Request, title string, content templ.Component) {
	h.pageAs(w, r, http.StatusOK, h.inside(r, title), content)
}

// pageAs renders the whole page before it sends anything.
func (h *handler) pageAs(w http.ResponseWriter, r *http.Request, status int, f web.Frame, content templ.Component) {
	h.render(w, r, status, web.Page(f), content)
}

// render renders a component around another one before it sends anything.
func (h *handler) render(w http.ResponseWriter, r *http.Request, status int, around, content templ.Component) {
	var b bytes.Buffer
	if err := around.Render(templ.WithChildren(r.Context(), content), &b); err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(untwisted(b.Bytes())); err != nil {
		h.o.Log.Debug("page", zap.Error(err))
	}
}

// fragment answers with a part of a page that a script of ours puts in its place.
func (h *handler) fragment(w http.ResponseWriter, r *http.Request, part templ.Component) {
	h.render(w, r, http.StatusOK, part, templ.NopComponent)
}

func (h *handler) fail(w http.ResponseWriter, err error) {
	h.o.Log.Error("page", zap.Error(err))
	http.Error(w, "the register cannot be read now; the daemon's log says why", http.StatusInternalServerError)
}
