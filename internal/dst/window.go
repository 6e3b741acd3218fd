package dst

import (
	"net/http"
	"slices"
	"strings"
)

// A window is the time between reading an issue and writing to it. What a person saves
// in it is overwritten: neither API has a precondition that would prevent it. Jira has a
// history, from which it is kept; GitHub's has no texts, and nothing shows it afterwards.
type window struct {
	side, issue string
	from, till  int64 // numbers of changes in the tracker's truth
}

// window remembers reads and, with a write that took effect, the window since the last
// one. Before is how far the logs were before the request.
func (w *world) window(a *actor, r *http.Request, before tide) {
	m := issuePath.FindStringSubmatch(r.URL.Path)
	if m == nil || strings.HasSuffix(r.URL.Path, "/comments") || strings.HasSuffix(r.URL.Path, "/comment") {
		return
	}
	x := window{side: tracker(r.URL.Host), issue: "acme/isms#" + m[1]}
	if x.side == jira {
		x.issue = m[1]
	}
	x.till = before.of(x.side)
	w.mu.Lock()
	defer w.mu.Unlock()
	key := a.name + " " + x.issue
	if r.Method == http.MethodGet {
		w.reads[key] = x.till
		return
	}
	x.from = w.reads[key]
	w.windows = append(w.windows, x)
}

// excused reports whether an edit fell into the window of a write to its issue in GitHub.
func (w *world) excused(e edit) bool {
	return e.side == github && w.overlooked(e.side, e.issue, e.seq)
}

// overlooked reports whether a change fell into the window of a write to its issue.
func (w *world) overlooked(side, issue string, seq int64) bool {
	return slices.ContainsFunc(w.windows, func(x window) bool {
		return x.side == side && x.issue == issue && seq > x.from && seq <= x.till
	})
}
