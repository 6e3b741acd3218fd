package dst

import (
	"io"
	"net/http"
	"regexp"
	"strings"
)

// What is counted of pages after the first of a listing. A run of many simulations fails
// if none of a kind was ever asked for.
const (
	laterIssuesJira     = "later page of a search in jira"
	searchDataCenter    = "page of a search in jira data center"
	laterIssuesGitHub   = "later page of issues in github"
	laterFeedGitHub     = "later page of all comments in github"
	laterCommentsGitHub = "later page of an issue's comments in github"
)

func laterPages() []string {
	return []string{laterIssuesJira, laterIssuesGitHub, laterFeedGitHub, laterCommentsGitHub}
}

// issueComments matches the comments of one issue of GitHub.
var issueComments = regexp.MustCompile(`/issues/\d+/comments$`)

// laterPage returns the listing of which r asks for a later page, "" if r asks for a first
// page or for something else. All searches of Data Center count: it goes on by time, in
// searches of their own.
// GitHub counts pages; the connector asks for the rest of a listing by time, too, as a
// listing of its own that is no later page.
func laterPage(r *http.Request) string {
	later := r.Method == http.MethodGet && r.URL.Query().Has("page")
	switch p := r.URL.Path; {
	case strings.HasSuffix(p, "/search/jql") && (r.URL.Query().Has("nextPageToken") || strings.Contains(bodyOf(r), `"nextPageToken":"`)):
		return laterIssuesJira
	case strings.HasSuffix(p, "/rest/api/2/search"):
		return searchDataCenter
	case later && strings.HasSuffix(p, "/issues"):
		return laterIssuesGitHub
	case later && strings.HasSuffix(p, "/issues/comments"):
		return laterFeedGitHub
	case later && issueComments.MatchString(p):
		return laterCommentsGitHub
	}
	return ""
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
