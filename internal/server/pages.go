package server

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
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
		"count":    present.Count,
		"entries":  entryLinks,
		"more":     func(seqs []int64) int { _, n := present.Shown(seqs); return n },
		"words":    service.Words,
		"person":   present.Names.Person,
		"humanly":  present.Words,
		"evOf":     present.EvidenceOf,
		"list":     func(s []string) string { return strings.Join(s, ", ") },
		"look":     func() string { return present.Look },
		"decision": present.Decision,
		"covered":  present.Covered,
		"counts":   func(a register.Approval, r register.Record) bool { ok, _ := present.Stands(a, r); return ok },
		"stands":   func(a register.Approval, r register.Record) string { _, says := present.Stands(a, r); return says },
		"decide":   func() string { return present.Decide },
		"stamp":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"field":    func(r register.Record, f string) string { return r.Fields[register.Field(f)] },
		"isCode":   func(p present.Part) bool { return p.Mark == present.Code },
		"roles":    roleWords,
		"isName":   func(p present.Part) bool { return p.Mark == present.Name },
	})
	return pages{template.Must(t.ParseFS(files, "pages/*.html"))}
}

// A frame is what surrounds the content of a page.
type frame struct {
	Title   string
	You     *access.Who // nil if nobody signs in, or nobody has yet
	Outside bool        // a page for those who are not signed in, without links to the others
}

func (h *handler) page(w http.ResponseWriter, r *http.Request, title, name string, data any) {
	h.pageAs(w, http.StatusOK, frame{Title: title, You: you(r)}, name, data)
}

// pageAs renders the whole page before it sends anything.
func (h *handler) pageAs(w http.ResponseWriter, status int, f frame, name string, data any) {
	var b bytes.Buffer
	err := h.pages.t.ExecuteTemplate(&b, "head", f)
	if err == nil {
		err = h.pages.t.ExecuteTemplate(&b, name, data)
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		h.o.Log.Debug("page", zap.Error(err))
	}
}

func (h *handler) fail(w http.ResponseWriter, err error) {
	h.o.Log.Error("page", zap.Error(err))
	http.Error(w, "the register cannot be read now; the daemon's log says why", http.StatusInternalServerError)
}
