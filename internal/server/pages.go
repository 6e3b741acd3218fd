package server

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"go.uber.org/zap"

	"github.com/conformd/conformd/register"
)

//go:embed pages/*.html pages/style.css
var files embed.FS

type pages struct{ t *template.Template }

func parsePages() pages {
	t := template.New("").Funcs(template.FuncMap{
		"when":     when,
		"standing": standing,
		"web":      web,
		"label":    label,
		"count":    count,
		"field":    func(r register.Record, f string) string { return r.Fields[register.Field(f)] },
	})
	return pages{template.Must(t.ParseFS(files, "pages/*.html"))}
}

// page renders a page whole before anything of it is sent.
func (h *handler) page(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := h.pages.t.ExecuteTemplate(&b, name, data); err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := b.WriteTo(w); err != nil {
		h.o.Log.Debug("page", zap.Error(err))
	}
}

func (h *handler) fail(w http.ResponseWriter, err error) {
	h.o.Log.Error("page", zap.Error(err))
	http.Error(w, "the register cannot be read now; the daemon's log says why", http.StatusInternalServerError)
}
