package dst

import (
	"io"
	"net/http"
	"strings"
)

// laterIssuesJira counts pages after the first of a search in Jira. A run of many
// simulations fails if none was ever asked for.
const laterIssuesJira = "later page of a search in jira"

// isLaterPage reports whether r asks Jira's search for a page after the first.
func isLaterPage(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/search/jql") &&
		(r.URL.Query().Has("nextPageToken") || strings.Contains(bodyOf(r), `"nextPageToken":"`))
}

// bodyOf reads a fresh copy of the body of r, because the first one has been sent.
func bodyOf(r *http.Request) string {
	if r.GetBody == nil {
		return ""
	}
	b, err := r.GetBody()
	if err != nil {
		return ""
	}
	defer func() { _ = b.Close() }()
	text, err := io.ReadAll(b)
	if err != nil {
		return ""
	}
	return string(text)
}
