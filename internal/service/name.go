package service

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// longest bounds the names that are read, in bytes.
const longest = 2000

// A meaning is one way to read a name: a number of the register, or the key of an issue.
type meaning struct {
	number string
	key    string
	host   string // of the address that the key comes from, "" if it comes from none
}

// String says what is looked for.
func (m meaning) String() string {
	switch {
	case m.key == "":
		return "the record " + m.number
	case m.host == "":
		return "the issue " + m.key
	default:
		return "the issue " + m.key + " at " + m.host
	}
}

// at reports whether an issue may be meant: it is at the host of the address, as far as
// its own address is known.
func (m meaning) at(is *connectors.Issue) bool {
	if m.host == "" || is == nil || is.URL == "" {
		return true
	}
	u, err := url.Parse(is.URL)
	return err != nil || bare(u.Host) == bare(m.host)
}

// bare returns a host without what does not tell sites apart: the names of an API and of
// its pages.
func bare(host string) string {
	host = strings.ToLower(host)
	return strings.TrimPrefix(strings.TrimPrefix(host, "www."), "api.")
}

var (
	number = regexp.MustCompile(`(?i)^[a-z][a-z0-9]*-\d{4}-\d{4,}$`)
	key    = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9_]*-\d+|[a-z0-9][a-z0-9-]*/[\w.-]+#\d+)$`)
	bareNo = regexp.MustCompile(`^#\d+$`)
	// inPath is an issue or a pull request in the path of an address: GitHub names it by its
	// repository.
	inPath = regexp.MustCompile(`(?i)(?:^|/)([a-z0-9][a-z0-9-]*/[\w.-]+)/(?:issues|pull)/(\d+)(?:/|$)`)
)

// read returns the ways to read a name, none if it has no form of a name.
func (r *Register) read(name string) []meaning {
	name = strings.Trim(strings.TrimSpace(name), "<>")
	switch {
	case name == "" || len(name) > longest:
		return nil
	case bareNo.MatchString(name):
		var out []meaning
		for _, repo := range r.Repos {
			out = append(out, meaning{key: repo + name})
		}
		return out
	case key.MatchString(name) && strings.Contains(name, "#"):
		return []meaning{{key: name}}
	case key.MatchString(name):
		return []meaning{{number: name}, {key: name}}
	case strings.Contains(name, "/"):
		return address(name)
	default:
		return []meaning{{number: name}}
	}
}

// address returns the ways to read an address, with or without its scheme.
func address(s string) []meaning {
	if rest, ok := strings.CutPrefix(s, "https:/"); ok { // a path that was cleaned has lost a slash
		s = "https://" + strings.TrimLeft(rest, "/")
	} else if rest, ok := strings.CutPrefix(s, "http:/"); ok {
		s = "http://" + strings.TrimLeft(rest, "/")
	}
	if !strings.Contains(s, "://") {
		if first, _, _ := strings.Cut(s, "/"); strings.ContainsAny(first, ".:") {
			s = "https://" + s
		}
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil
	}
	if m := inPath.FindStringSubmatch(u.Path); m != nil {
		return []meaning{{key: m[1] + "#" + m[2], host: u.Host}}
	}
	// Jira shows an issue on pages of its own and in boards: /browse/ISMS-3,
	// /projects/ISMS/issues/ISMS-3, ?selectedIssue=ISMS-3. The last one is the one on top.
	parts := strings.Split(u.Path, "/")
	slices.Reverse(parts)
	parts = append(u.Query()["selectedIssue"], parts...)
	for _, p := range parts {
		switch {
		case number.MatchString(p):
			return []meaning{{number: p}}
		case key.MatchString(p):
			return []meaning{{key: p, host: u.Host}}
		}
	}
	return nil
}
