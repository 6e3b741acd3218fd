// Package server answers HTTP: webhook deliveries for trackers on one listener, health
// and plain pages for people on another. It changes nothing itself; what programs send with a
// token is handed to the register.
package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/signin"
)

// Options say what the pages show, and to whom.
type Options struct {
	Store    Store
	Register *service.Register // answers the questions about the register
	Log      *zap.Logger
	Public   string                     // public key of the audit log
	Requests func() map[string]int64    // requests to each binding since the start
	Setup    func() map[string][]string // what is wrong with the set-up of each binding
	// Policy says in words why the configured policy is not in force; nil means no notice.
	Policy func(context.Context) []string
	// PollEvery is how often trackers are read; 0 if they need not be.
	PollEvery time.Duration
	// Hosts are the host names that the pages answer to.
	Hosts Hosts
	// HooksAt is the address for webhooks, for the answer to a tracker that delivers to the
	// pages; "" if conformd takes no webhooks.
	HooksAt string
	// Desk signs people in; nil lets everybody who reaches the pages read them.
	Desk *signin.Desk
	// Acts changes the register for who is signed in; nil lets nobody act.
	Acts *service.Acts
	// Control stops and releases writing, and adopts policies.
	Control Control
	// PublicURL is the address under which people open the pages, "" for that of the listener.
	PublicURL string
	// Interface serves programs.
	Interface Interface
	// Scratch is the directory for files that live as long as a request. They hold personal data.
	Scratch string
	// Measurements take values of programs; without a token none are taken.
	Measurements Measurements
}

type handler struct {
	o       Options
	figures recent
	// The exports of the log, the reports, which read the whole log, and the files of lists that are being made.
	exporting, reporting, files slots
	// misdelivery makes the log say only once that a tracker delivers to the wrong listener.
	misdelivery sync.Once
}

// Pages returns the server for people, with limits on everything a client can make long.
func Pages(o Options) *http.Server {
	h := &handler{o: o, exporting: make(slots, 1), reporting: make(slots, 1), files: make(slots, filesAtOnce)}
	return &http.Server{
		Handler:           secure(pagePolicy, o.Hosts.only(straight(h.mux()))),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       30 * time.Second, // twice as long as a page that stays open waits
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          zap.NewStdLog(o.Log),
	}
}

// What a browser may do with an answer: of the pages, load their own files and send forms back; of the
// listener of webhooks, nothing.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	hookPolicy = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)

// secure sets the headers by which a browser shows an answer as the policy says, and keeps it to itself.
func secure(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

func live(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready says whether the register can be read. A tracker that is down does not
// make the daemon unready: the register must stay readable.
func (h *handler) ready(w http.ResponseWriter, r *http.Request) {
	if err := h.o.Store.Ping(r.Context()); err != nil {
		h.o.Log.Error("not ready", zap.Error(err))
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "the store cannot be read"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
