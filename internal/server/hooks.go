package server

import (
	"net/http"
	"time"

	"go.uber.org/zap"
)

// The most open connections of each listener. Trackers use few connections. A browser keeps six, and a page that stays open uses one of
// them every 15 seconds: there is room for those of 170 people. A connection takes at most 48 KiB of buffers and header.
const (
	HookConnections = 128
	PageConnections = 1024
)

// Hooks returns the server for webhooks. Strangers reach it, so it takes deliveries, answers
// whether the process is alive, and shows nothing of the register. A body that does not
// arrive within ten seconds ends its connection.
func Hooks(deliveries http.Handler, log *zap.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/{binding}", deliveries)
	mux.HandleFunc("GET /livez", live)
	return &http.Server{
		Handler:           secure(hookPolicy, mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          zap.NewStdLog(log),
	}
}

// misdelivered answers a webhook that arrives at the listener of the pages, which took
// webhooks in earlier versions. The tracker shows the failure and this answer; the log names
// it, too.
func (h *handler) misdelivered(w http.ResponseWriter, _ *http.Request) {
	where := "no binding takes webhooks"
	if h.o.HooksAt != "" {
		where = "webhooks are taken on the listener of webhooks.listen (" + h.o.HooksAt + ")"
	}
	h.misdelivery.Do(func() {
		h.o.Log.Error("a webhook arrived at the listener of the pages and was refused; point the proxy to webhooks.listen",
			zap.String("webhooks", h.o.HooksAt))
	})
	w.Header().Set("Connection", "close")
	http.Error(w, "not here: "+where, http.StatusGone)
}
