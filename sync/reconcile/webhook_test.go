package reconcile_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/conformd/conformd/connectors/simkit"
)

// listen has both trackers deliver webhooks to conformd. The listener outlives a
// restart of conformd, as a reverse proxy would.
func (w *world) listen() {
	w.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{binding}", func(rw http.ResponseWriter, r *http.Request) {
		if w.app == nil {
			http.Error(rw, "conformd is not running", http.StatusBadGateway)
			return
		}
		w.app.Inbox(nil).ServeHTTP(rw, r)
	})
	srv := httptest.NewServer(mux)
	w.Cleanup(srv.Close)
	w.daemon()
	w.must(w.trackers.Webhooks(w.Context(), srv.URL))
	w.settle()
}

func (w *world) courier(name string) *simkit.Courier {
	if name == "jira" {
		return w.trackers.Jira.Courier()
	}
	return w.trackers.GitHub.Courier()
}

func (w *world) webhook(tracker string, a []string) {
	w.Helper()
	c := w.courier(tracker)
	n := 1
	if len(a) > 1 {
		var err error
		n, err = strconv.Atoi(a[1])
		w.must(err)
	}
	switch a[0] {
	case "lose":
		c.Lose(n)
	case "duplicate":
		c.Duplicate(n)
	case "hold":
		c.Hold()
	case "release":
		c.Release(false)
	case "reverse":
		c.Release(true)
	default:
		w.fail("unknown verb webhook %q", a[0])
	}
}

// settle waits until every delivery that is not held was answered.
func (w *world) settle() {
	w.Helper()
	for _, n := range []string{"jira", "github"} {
		w.must(w.courier(n).Wait(w.Context()))
	}
}

// work has conformd work on what is waiting, without looking at the trackers' listings.
func (w *world) work() {
	w.Helper()
	w.settle()
	w.forgetRequests()
	_, err := w.daemon().Reconciler.Drain(context.WithoutCancel(w.Context()), 4)
	w.must(err)
	w.settle()
}

func (w *world) forgetRequests() {
	w.trackers.Jira.Faults().ResetCount()
	w.trackers.GitHub.Faults().ResetCount()
}
