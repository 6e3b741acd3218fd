package config

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unknown returns the mistake for an unknown key, with the key that may be meant.
func unknown(name string, ms []member) (what, remedy string) {
	known := names(ms)
	what = "there is no such key here"
	if near, ok := nearest(name, known); ok {
		return what, "did you mean " + near + "?"
	}
	if slices.Contains(known, "repositories") && slices.Contains(names(members(typeOf[Site]())), name) {
		return what, "it belongs to the entry of trackers that the binding names"
	}
	for _, m := range ms {
		if m.typ.Kind() != reflect.Struct {
			continue
		}
		for _, inner := range members(m.typ) {
			if inner.name == name {
				return what, "it belongs under " + m.name
			}
		}
	}
	return what, "remove it, or use one of " + strings.Join(known, ", ")
}

// nearest returns the candidate that was most likely meant by name.
func nearest(name string, candidates []string) (string, bool) {
	if len(name) > 40 {
		return "", false
	}
	name = strings.ToLower(name)
	for _, c := range candidates {
		if min(len(name), len(c)) >= 3 && (strings.HasPrefix(name, c) || strings.HasPrefix(c, name)) {
			return c, true
		}
	}
	best, at := "", 1+max(1, len(name)/3)
	for _, c := range candidates {
		if d := distance(name, c); d < at {
			best, at = c, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, remove, change or swap with their
// neighbour between a and b (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j-1]+cost, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// alternatives lists values for people: "a, b or c".
func alternatives(values []string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	last := len(values) - 1
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// lower begins a sentence in lower case, unless it begins with the name of a tracker, and
// leaves out the full stop.
func lower(s string) string {
	s = strings.TrimSuffix(s, ".")
	for _, of := range trackers() {
		if strings.HasPrefix(s, of.name) {
			return s
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
