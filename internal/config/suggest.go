package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// unknown says that no key is called name, and which one may be meant.
func unknown(name string, ms []member) (what, cure string) {
	known := names(ms)
	what = "there is no such key here"
	if near, ok := nearest(name, known); ok {
		return what, "did you mean " + near + "?"
	}
	for _, m := range ms {
		for _, inner := range members(m.typ) {
			if inner.name == name {
				return what, "it belongs under " + m.name
			}
		}
	}
	return what, "remove it, or use one of " + strings.Join(known, ", ")
}

// nearest returns the candidate that name is most likely a slip of the pen for.
func nearest(name string, candidates []string) (string, bool) {
	if len(name) > 40 {
		return "", false
	}
	best, at := "", 1+max(1, len(name)/3)
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), c); d < at {
			best, at = c, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, remove or change between a and b
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// alternatives lists values for people: "a, b or c".
func alternatives(values []string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	last := len(values) - 1
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// lower begins a sentence in lower case, unless it begins with a name, and
// leaves out the full stop.
func lower(s string) string {
	s = strings.TrimSuffix(s, ".")
	first, _, _ := strings.Cut(s, " ")
	if first != "Jira:" && first != "GitHub:" && !strings.HasPrefix(s, "Jira ") && !strings.HasPrefix(s, "GitHub") {
		r, n := utf8.DecodeRuneInString(s)
		s = string(unicode.ToLower(r)) + s[n:]
	}
	return s
}
