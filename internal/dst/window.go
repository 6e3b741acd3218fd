package dst

import (
	"net/http"
	"strings"
	"time"
)

// A window is the time between reading an issue of GitHub and writing to it. What a
// person saves in it is overwritten, and GitHub's API has neither a precondition
// that would prevent it nor a history of texts that would show it afterwards. Jira
// has a history; there nothing is excused.
type window struct {
	issue      string
	from, till time.Time
}

// window remembers reads and, with a write, the window since the last one.
func (w *world) window(a *actor, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/repos/acme/isms/issues/")
	if !ok || tracker(r.URL.Host) != "github" || strings.Contains(path, "/") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	key := a.name + " " + path
	switch r.Method {
	case http.MethodGet:
		w.reads[key] = time.Now()
	case http.MethodPatch:
		w.windows = append(w.windows, window{"acme/isms#" + path, w.reads[key], time.Now()})
	}
}

// excused reports whether an edit fell into the window of a write to its issue.
func (w *world) excused(e edit) bool {
	for _, x := range w.windows {
		if e.side == "github" && x.issue == e.issue && e.at.After(x.from) && e.at.Before(x.till) {
			return true
		}
	}
	return false
}
