package github

import (
	"net/url"
	"regexp"

	"github.com/conformd/conformd/connectors"
)

var (
	issueKey = regexp.MustCompile(`(?i)^[a-z0-9][a-z0-9-]*/[\w.-]+#\d+$`)
	// inPath is an issue or a pull request in the path of an address.
	inPath = regexp.MustCompile(`(?i)(?:^|/)([a-z0-9][a-z0-9-]*/[\w.-]+)/(?:issues|pull)/(\d+)(?:/|$)`)
)

// References returns the forms in which people name an issue of GitHub: acme/isms#17, or the
// address of its page.
func References() connectors.References {
	return connectors.References{Key: issueKey.MatchString, Address: func(u *url.URL) string {
		m := inPath.FindStringSubmatch(u.Path)
		if m == nil {
			return ""
		}
		return m[1] + "#" + m[2]
	}}
}
