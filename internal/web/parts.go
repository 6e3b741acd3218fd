package web

import (
	"net/url"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
)

// asked names the rule that asks for a need, with its clause.
func asked(n present.Told) string {
	if n.Clause == "" {
		return n.Rule
	}
	return n.Rule + ", clause " + n.Clause
}

// told says a problem with what to do.
func told(p present.Problem) string {
	s := p.Where() + ": " + p.What
	if p.Remedy != "" {
		s += "; " + p.Remedy
	}
	return s
}

// verdict says whether a rule held.
func verdict(v audit.Verdict) string {
	s := "▲ " + v.Rule + " does not hold"
	if v.OK {
		s = "✓ " + v.Rule + " holds"
	}
	if v.Why != "" {
		s += ": " + v.Why
	}
	return s
}

// recordAt is the address of the page of a record.
func recordAt(ref string) string {
	u := url.URL{Path: "/records/" + ref}
	return u.String()
}

// remindAt is the address to which the people of a record are reminded.
func remindAt(ref string) string { return recordAt(ref) + "/remind" }

// address is a path with one parameter.
func address(path, name, value string) string {
	u := url.URL{Path: path, RawQuery: url.Values{name: {value}}.Encode()}
	return u.String()
}

// entryAt is the page of an entry of the log.
func entryAt(seq int64) string { return "/audit/" + number(seq) }

// auditWhat says what an entry is about, in words where there are some.
func auditWhat(l Line) string {
	if l.Told {
		return l.Event.What
	}
	return present.Words(strings.ReplaceAll(string(l.Verb), ".", " "))
}

// noLines says why a page of the log shows no entry.
func noLines(p Audit) string {
	switch {
	case p.Older != "":
		return "None of the entries that were looked through. Go on with the older ones."
	case p.Narrow:
		return "No entry fits. Leave a field of the form empty to see more."
	default:
		return "No entry was written yet."
	}
}

// oneLine writes keys, which stand one a line, for a field that has one line.
func oneLine(keys string) string { return strings.Join(strings.Fields(keys), " ") }
