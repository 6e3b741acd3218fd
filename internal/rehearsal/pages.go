package rehearsal

import (
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// An issuePage is what a page of an issue shows: what is truly there, markers
// included.
type issuePage struct {
	Key, Title, State string
	Fields            [][2]string
	Comments          []string
}

const issueHTML = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Key}} {{.Title}} (simulated)</title></head>
<body>
<p>Simulated tracker: what the issue truly holds, markers included.</p>
<h1>{{.Key}} {{.Title}}</h1>
<p>State: <strong>{{.State}}</strong></p>
<dl>{{range .Fields}}<dt><strong>{{index . 0}}</strong></dt><dd><pre>{{index . 1}}</pre></dd>{{end}}</dl>
{{range .Comments}}<hr><pre>{{.}}</pre>{{end}}
</body>
</html>
`

// withPages serves a page for each issue beside the API, so that the links of a
// rehearsal lead somewhere.
func withPages(prefix string, find func(key string) (issuePage, bool), next http.Handler) http.Handler {
	page := template.Must(template.New("issue").Parse(issueHTML))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, ok := strings.CutPrefix(r.URL.Path, prefix)
		if !ok || r.Method != http.MethodGet || strings.Contains(key, "/") {
			next.ServeHTTP(w, r)
			return
		}
		is, ok := find(key)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		_ = page.Execute(w, is) // the reader is gone
	})
}

// githubPage finds an issue by its number.
func (w *World) githubPage(key string) (issuePage, bool) {
	n, err := strconv.Atoi(key)
	if err != nil {
		return issuePage{}, false
	}
	is := w.GitHub.Issue(n)
	if is.Number == 0 {
		return issuePage{}, false
	}
	p := issuePage{Key: "#" + key, Title: is.Title, State: strings.TrimSpace(is.State + " " + is.Reason)}
	p.Fields = [][2]string{{"Labels", strings.Join(is.Labels, ", ")}, {"Assignees", strings.Join(is.Assignees, ", ")}, {"Body", is.Body}}
	for _, c := range is.Comments {
		text := []string{c.Author + ":", c.Body}
		for _, r := range c.Reactions {
			text = append(text, "["+r.Content+" by "+r.By+"]")
		}
		p.Comments = append(p.Comments, strings.Join(text, "\n"))
	}
	return p, true
}

// jiraPage finds an issue by its key.
func (w *World) jiraPage(key string) (issuePage, bool) {
	is, ok := w.Jira.Snapshot(key)
	if !ok {
		return issuePage{}, false
	}
	p := issuePage{Key: is.Key, Title: is.Fields["summary"], State: strings.TrimSpace(is.Status + " " + is.Resolution), Comments: is.Comments}
	for _, f := range slices.Sorted(maps.Keys(is.Fields)) {
		if v := is.Fields[f]; v != "" && f != "summary" {
			p.Fields = append(p.Fields, [2]string{f, v})
		}
	}
	return p, true
}
