package jira

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// issueKey matches the key of an issue, however people spell it.
var issueKey = regexp.MustCompile(`(?i)^[a-z][a-z0-9_]*-\d+$`)

// References returns the forms in which people name an issue of Jira: its key, or the
// address of a page of the issue or of a board: /browse/ISMS-3,
// /projects/ISMS/issues/ISMS-3, ?selectedIssue=ISMS-3. The last one is the one on top.
func References() connectors.References {
	return connectors.References{Key: issueKey.MatchString, Address: func(u *url.URL) string {
		parts := strings.Split(u.Path, "/")
		slices.Reverse(parts)
		for _, p := range append(u.Query()["selectedIssue"], parts...) {
			if issueKey.MatchString(p) {
				return p
			}
		}
		return ""
	}}
}
