package dst

import (
	"net/http"
	"slices"
	"strings"
)

// A window is the time between reading an issue of GitHub and writing to it. What a
// person saves in it is overwritten, and GitHub's API has neither a precondition
// that would prevent it nor a history of texts that would show it afterwards. Jira
// has a history; there nothing is excused.
type window struct {
	issue      string
	from, till int64 // numbers of changes in GitHub's truth
}

// window remembers reads and, with a write that took effect, the window since the last
// one. Before is the number of the last change before the request.
func (w *world) window(a *actor, r *http.Request, before int64) {
	path, ok := strings.CutPrefix(r.URL.Path, "/repos/acme/isms/issues/")
	if !ok || tracker(r.URL.Host) != "github" || strings.Contains(path, "/") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	key := a.name + " " + path
	switch r.Method {
	case http.MethodGet:
		w.reads[key] = before
	case http.MethodPatch:
		w.windows = append(w.windows, window{"acme/isms#" + path, w.reads[key], before})
	}
}

// excused reports whether an edit fell into the window of a write to its issue.
func (w *world) excused(e edit) bool {
	return e.side == "github" && slices.ContainsFunc(w.windows, func(x window) bool {
		return x.issue == e.issue && e.seq > x.from && e.seq <= x.till
	})
}
