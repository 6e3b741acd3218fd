package server

import (
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/web"
)

// static serves what the pages load. The address names the content, so that a browser keeps it.
func (h *handler) static(w http.ResponseWriter, r *http.Request) {
	f, ok := web.Files()[r.URL.Path]
	if !ok {
		http.Error(w, "there is no such file; load the page again", http.StatusNotFound)
		return
	}
	data := f.Data
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		data = f.Gzip
	}
	if _, err := w.Write(data); err != nil {
		h.o.Log.Debug("static", zap.Error(err))
	}
}
