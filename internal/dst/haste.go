package dst

import (
	"fmt"
	"net/http"
	"regexp"
)

// issuePath finds the issue that a request is about.
var issuePath = regexp.MustCompile(`^/(?:repos/acme/isms/issues|rest/api/2/issue)/([A-Z0-9-]+)`)

// meanwhile has a person who has the issue of a request open save what they wrote.
func (w *world) meanwhile(r *http.Request) {
	m := issuePath.FindStringSubmatch(r.URL.Path)
	if m == nil || !w.draw(w.haste, Haste) {
		return
	}
	w.mu.Lock()
	w.hasty++
	p := &person{w: w, a: &actor{name: "hana"}, r: w.haste, turn: w.hasty}
	i := w.haste.IntN(len(headings()))
	w.mu.Unlock()
	t := p.token()
	var err error
	if tracker(r.URL.Host) == "github" {
		var n int
		if _, err = fmt.Sscan(m[1], &n); err != nil {
			panic(err)
		}
		err = p.section(w.trackers.GitHub.As("erik"), w.trackers.GitHub.Issue(n), headings()[i])
	} else {
		is, ok := w.trackers.Jira.Snapshot(m[1])
		if !ok {
			return
		}
		name := names()[i]
		if err = w.trackers.Jira.Person("olga").Edit(is.Key, map[string]any{name: "Because " + t + " was seen."}); err == nil {
			p.wrote("jira", is.ID, name, name, t)
		}
	}
	w.note(p.a.name, "writes %s into %s: %v", t, m[1], err == nil)
}
