package register

import (
	"slices"
	"strings"
	"unicode"
)

// A record names the standards that it concerns by ids without an edition, "iso9001", because editions
// change and what was not fulfilled does not. An older edition that conformd knows keeps an id of its
// own: "iso27701-2019". ISO/IEC 27001 has the edition of the register.

const iso27001 = "iso27001"

// StandardIDs are the ids that a record may name, in the order of [Standards].
func StandardIDs() []string {
	var out []string
	for _, s := range allStandards() {
		switch {
		case !slices.Contains(out, s.Family):
			out = append(out, s.Family)
		case s.Family != iso27001:
			out = append(out, s.ID)
		}
	}
	return out
}

// StandardNamed returns the id of the standard that somebody names: "ISO 9001", "iso9001:2015", "DIN
// EN ISO 9001" and "9001" are iso9001. Case, blanks and punctuation make no difference.
func StandardNamed(name string) (id string, ok bool) {
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	for _, publisher := range []string{"din", "bs", "en", "iso", "iec"} { // in the order in which they stand
		word = strings.TrimPrefix(word, publisher)
	}
	for i, s := range allStandards() {
		year := strings.TrimPrefix(s.ID, s.Family+"-")
		older := slices.ContainsFunc(allStandards()[:i], func(o Standard) bool { return o.Family == s.Family })
		for _, n := range s.names {
			switch {
			case word == n && !older, word == n+year && (!older || s.Family == iso27001):
				return s.Family, true
			case word == n+year:
				return s.ID, true
			}
		}
	}
	return "", false
}

// StandardName returns how people write a standard of a record: "ISO 9001" for iso9001, and what is no
// known id as it is.
func StandardName(id string) string {
	if s, ok := standardOf(id); ok {
		return s.Name
	}
	for _, s := range allStandards() {
		if s.Family == id {
			name, _, _ := strings.Cut(s.Name, ":")
			return name
		}
	}
	return id
}

// Concerned returns the standards that a record names, in the order of [Standards]. A record that
// names none concerns ISO/IEC 27001 alone.
func Concerned(r Record, ed Edition) []Standard {
	named := members(r.Fields[FieldStandards])
	if len(named) == 0 {
		named = []string{iso27001}
	}
	var out []Standard
	for _, s := range allStandards() {
		taken := slices.ContainsFunc(out, func(o Standard) bool { return o.Family == s.Family })
		switch {
		case s.Family == iso27001:
			if !taken && slices.Contains(named, iso27001) {
				out = append(out, edition(ed))
			}
		case slices.Contains(named, s.ID), !taken && slices.Contains(named, s.Family) && s.newest():
			out = append(out, s)
		}
	}
	return out
}

// newest reports whether no newer edition of s is known.
func (s Standard) newest() bool {
	first := slices.IndexFunc(allStandards(), func(o Standard) bool { return o.Family == s.Family })
	return allStandards()[first].ID == s.ID
}

// edition returns ISO/IEC 27001 in an edition. What is not Valid is read as the newest.
func edition(ed Edition) Standard {
	if !ed.Valid() {
		ed = Edition2022
	}
	s, _ := standardOf(string(ed))
	return s
}

// Clauses returns the clause that a requirement key is for a record: "10.2 b2", and where the record
// names standards the clause of each that has one: "ISO/IEC 27001:2022 10.2 b2; ISO 9001:2015 10.2.1 b2".
func Clauses(key string, r Record, ed Edition) string {
	if r.Fields[FieldStandards] == "" {
		return Clause(key, ed)
	}
	var out []string
	for _, s := range Concerned(r, ed) {
		if c := s.Clause(key); c.Label != "" {
			out = append(out, s.Name+" "+c.Marked())
		}
	}
	return strings.Join(out, "; ")
}

// Concerns reports whether a record concerns a standard, whichever edition of it.
func (r Record) Concerns(id string) bool {
	named := members(r.Fields[FieldStandards])
	if len(named) == 0 {
		return id == iso27001
	}
	return slices.ContainsFunc(named, func(n string) bool { return n == id || strings.HasPrefix(n, id+"-") })
}
