package server

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

//go:embed pages/*.html pages/style.css
var files embed.FS

type pages struct{ t *template.Template }

func parsePages() pages {
	t := template.New("").Funcs(template.FuncMap{
		"when": func(t time.Time) string {
			if t.IsZero() {
				return "never"
			}
			return t.UTC().Format("2006-01-02 15:04:05 UTC")
		},
		"field": func(r register.Record, f string) string { return r.Fields[register.Field(f)] },
	})
	return pages{template.Must(t.ParseFS(files, "pages/*.html"))}
}

// A row is one record as the list shows it.
type row struct {
	Record  register.Record
	Problem string
	Links   []store.Link
}

func (h *handler) index(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	records, err := h.o.Store.Records(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	bindings, err := h.o.Store.Bindings(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	conflicts, err := h.o.Store.Conflicts(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	keys, err := h.o.Store.Keys(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	type item struct {
		register.Record
		Problem string
		Keys    string
	}
	var items []item
	held := 0
	for _, x := range records {
		if x.Record.Requested.Ended() {
			held++
		}
		items = append(items, item{x.Record, x.Problem, keys[x.Record.ID]})
	}
	open := 0
	for _, c := range conflicts {
		if c.Closed.IsZero() {
			open++
		}
	}
	h.page(w, "index.html", map[string]any{
		"Records": items, "Bindings": bindings, "Held": held, "Conflicts": open, "Requests": h.o.Requests(), "Setup": h.o.Setup(), "Now": time.Now(),
	})
}

func (h *handler) record(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	x, err := h.o.Store.Record(ctx, r.PathValue("ref"))
	if errors.Is(err, store.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	links, err := h.o.Store.Links(ctx, x.Record.ID)
	if err != nil {
		h.fail(w, err)
		return
	}
	type field struct {
		Label, Value string
	}
	var fields []field
	for _, info := range register.Fields() {
		if v := x.Record.Fields[info.Field]; v != "" {
			fields = append(fields, field{info.Label, v})
		}
	}
	h.page(w, "record.html", map[string]any{"Row": row{x.Record, x.Problem, links}, "Fields": fields})
}

// log shows the newest entries of the audit log as they are stored.
func (h *handler) log(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	const newest = 200
	db := h.o.Store.Reader()
	checkpoint, err := audit.CurrentCheckpoint(ctx, db)
	if err != nil {
		h.fail(w, err)
		return
	}
	size, err := h.o.Store.LogSize(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	type line struct {
		Seq  int64
		Leaf string
	}
	var lines []line
	for e, err := range audit.Read(ctx, db, max(0, size-newest), -1) {
		if err != nil {
			h.fail(w, err)
			return
		}
		lines = append(lines, line{e.Seq, string(e.Leaf)})
	}
	h.page(w, "audit.html", map[string]any{"Lines": lines, "Checkpoint": string(checkpoint), "Key": h.o.Public})
}

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
