package server

import (
	"database/sql"
	"errors"
	"net/http"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
)

// The audit log at /audit/ is a log of C2SP tlog-tiles for who is signed in: /audit/checkpoint and
// /audit/tile/…. The page of the log reads it to check the log, and so can other people's tools.

// checkpoint serves the signed checkpoint of now.
func (h *handler) checkpoint(w http.ResponseWriter, r *http.Request) {
	msg, err := auditdb.CurrentCheckpoint(r.Context(), h.o.Store.Reader())
	if errors.Is(err, sql.ErrNoRows) {
		http.Error(w, "the log is empty", http.StatusNotFound)
		return
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	h.send(w, msg)
}

// tile serves a tile of hashes or a bundle of entries. A browser may keep what never changes and says
// nothing: full tiles of hashes. Entries are texts of the register, which stay on no disk.
func (h *handler) tile(w http.ResponseWriter, r *http.Request) {
	p, err := export.Publish(r.Context(), h.o.Store.Reader(), "tile/"+r.PathValue("path"))
	if errors.Is(err, export.ErrNotPublished) {
		http.Error(w, "the log has no such tile", http.StatusNotFound)
		return
	}
	if err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if p.Final {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	h.send(w, p.Data)
}

func (h *handler) send(w http.ResponseWriter, data []byte) {
	if _, err := w.Write(data); err != nil { //nolint:gosec // pages are made by html/template, which escapes; everything else is a file
		h.o.Log.Debug("log", zap.Error(err))
	}
}

// tilesRoute is the pattern of all tiles.
const tilesRoute = "/audit/tile/{path...}"

// asRead is how the reading of a page stands in the log. Who checks the log reads thousands of tiles,
// which are one reading.
func asRead(rt route, r *http.Request) string {
	if rt.pattern == tilesRoute {
		return r.Method + " /audit/tile/"
	}
	page := r.Method + " " + r.URL.Path
	return page[:min(len(page), longestPage)]
}
