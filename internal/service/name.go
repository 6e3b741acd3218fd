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

// at reports whether the meaning may be this issue: the issue is at the host of the address,
// or its own address is unknown.
func (m meaning) at(is *connectors.Issue) bool {
	if m.host == "" || is == nil || is.URL == "" {
		return true
	}
	u, err := url.Parse(is.URL)
	return err != nil || bare(u.Host) == bare(m.host)
}

// bare returns a host without the prefixes that distinguish an API from its pages.
func bare(host string) string {
	host = strings.ToLower(host)
	return strings.TrimPrefix(strings.TrimPrefix(host, "www."), "api.")
}

var (
	number = regexp.MustCompile(`(?i)^[a-z][a-z0-9]*-\d{4}-\d{4,}$`)
	bareNo = regexp.MustCompile(`^#\d+$`)
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
	case r.isKey(name) && strings.Contains(name, "#"):
		return []meaning{{key: name}}
	case r.isKey(name):
		return []meaning{{number: name}, {key: name}}
	case strings.Contains(name, "/"):
		return r.address(name)
	default:
		return []meaning{{number: name}}
	}
}

// isKey reports whether a name has the form of the key of an issue.
func (r *Register) isKey(name string) bool {
	return slices.ContainsFunc(r.References, func(x connectors.References) bool { return x.Key(name) })
}

// address returns the ways to read an address, with or without its scheme.
func (r *Register) address(s string) []meaning {
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
	for _, x := range r.References {
		if key := x.Address(u); key != "" {
			return []meaning{{key: key, host: u.Host}}
		}
	}
	parts := strings.Split(u.Path, "/")
	if i := slices.IndexFunc(parts, number.MatchString); i >= 0 {
		return []meaning{{number: parts[i]}}
	}
	return nil
}
