package register

import (
	"slices"
	"strings"
	"unicode"
)

// The values of a measure, a control check or an objective also stand in its issues, a line for each period, where
// people type them. The register writes the lines of its own values, and reads what people type:
//
//	2026-Q3: 97 → 98 (≥ 95 % ✓); two tests were counted twice
//	2026-Q2: 96 (≥ 95 % ✓)
//
// The last value of a line counts, the ones before it were corrected. What stands in brackets is the target and whether
// the value meets it; the register writes it and does not read it. The reason comes last.

// A ValueLine is one line of the values of a record, as a person or the register wrote it.
type ValueLine struct {
	Period string // as Period.String names it; "" if the line names none
	Value  string // as written: "97", "97 %", "passed"
	Note   string // the reason, "" if there is none
	Text   string // the whole line, without the mark of a list
}

// Derived reports whether a field has no value of its own in Record.Fields: the register writes it from the rest of the record.
func Derived(f Field) bool {
	switch f {
	case FieldRef, FieldMissing, FieldValues, FieldValue:
		return true
	default:
		return false
	}
}

// How much of the values stands in an issue; the register has all.
const (
	mostLines     = 50  // periods
	mostCorrected = 4   // values of one period
	mostNote      = 160 // characters of a reason
	mostTyped     = 60  // characters of a value that a person types
)

// Values returns the lines of the values of r, the latest period first. The lines in beside, which are for periods without
// a value, stand among them.
func Values(r Record, beside ...ValueLine) string {
	type line struct {
		of   Period
		text string // of a line beside
		name string // of the period of a value
	}
	var lines []line
	seen := map[string]bool{}
	for _, m := range r.Measurements {
		p, err := ParsePeriod(m.Period)
		if err == nil && !m.Missed() && !seen[m.Period] {
			seen[m.Period] = true
			lines = append(lines, line{of: p, name: m.Period})
		}
	}
	latest := func(a, b line) int { return b.of.From.Compare(a.of.From) }
	slices.SortStableFunc(lines, latest)
	lines = lines[:min(len(lines), mostLines)]
	for _, l := range beside {
		p, _ := ParsePeriod(l.Period)
		lines = append(lines, line{of: p, text: l.Text})
	}
	slices.SortStableFunc(lines, latest)
	var out []string
	for _, l := range lines {
		if l.name != "" {
			l.text = valueLine(r, l.name)
		}
		out = append(out, "- "+l.text)
	}
	return strings.Join(out, "\n")
}

// LatestValue returns the line of the latest period that has a value, "" for none.
func LatestValue(r Record) string {
	m, ok := Latest(r)
	if !ok {
		return ""
	}
	return valueLine(r, m.Period)
}

// valueLine is the line of a period that has a value.
func valueLine(r Record, period string) string {
	var values []string
	var counts Measurement
	for _, m := range r.Measurements {
		if m.Period == period && !m.Missed() {
			values, counts = append(values, m.Value), m
		}
	}
	values = slices.Compact(values)
	if n := len(values) - mostCorrected; n > 0 {
		values = append([]string{"…"}, values[n:]...)
	}
	met := "✗"
	if counts.Met {
		met = "✓"
	}
	s := period + ": " + strings.Join(values, " → ") + " (" + counts.Target + " " + met + ")"
	if note := shownNote(counts.Note); note != "" {
		s += "; " + note
	}
	return s
}

// shownNote is a reason as the line of its value shows it: one line without the signs that are markup in a tracker, or
// that mention people and issues there.
func shownNote(s string) string {
	plain := func(c rune) rune {
		if strings.ContainsRune("<>`*_[]{}|\\~#@!", c) {
			return -1
		}
		return c
	}
	s = strings.Join(strings.Fields(strings.Map(plain, s)), " ")
	if r := []rune(s); len(r) > mostNote {
		return strings.TrimRight(string(r[:mostNote-1]), " ") + "…"
	}
	return s
}

// ReadValues reads lines of values. Unread are the lines that are none: each names its period and a value.
func ReadValues(text string) (lines []ValueLine, unread []string) {
	for one := range strings.Lines(text) {
		one = bareLine(one)
		switch l, ok := readValue(one); {
		case one == "":
		case ok && l.Period != "":
			lines = append(lines, l)
		default:
			unread = append(unread, one)
		}
	}
	return lines, unread
}

// ReadValue reads the one line of a short field, which may name no period.
func ReadValue(text string) (lines []ValueLine, unread []string) {
	one := bareLine(strings.Join(strings.Fields(text), " "))
	l, ok := readValue(one)
	switch {
	case one == "":
		return nil, nil
	case !ok:
		return nil, []string{one}
	default:
		return []ValueLine{l}, nil
	}
}

// bareLine is a line without the mark of a list, and without the signs by which a tracker escapes others.
func bareLine(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, `\`, ""))
	for _, mark := range []string{"- ", "* ", "+ "} {
		s = strings.TrimSpace(strings.TrimPrefix(s, mark))
	}
	return s
}

// readValue reads one line; ok is false if it has no value.
func readValue(one string) (l ValueLine, ok bool) {
	l.Text = one
	rest := one
	if i := strings.IndexFunc(one, func(c rune) bool { return c == ':' || c == '=' || unicode.IsSpace(c) }); i > 0 {
		if p, err := ParsePeriod(one[:i]); err == nil {
			l.Period, rest = p.String(), strings.TrimLeft(one[i:], ":= \t")
		}
	}
	rest, l.Note = cutReason(rest)
	rest, _, _ = strings.Cut(rest, "(")
	for _, arrow := range []string{"→", "->"} {
		if i := strings.LastIndex(rest, arrow); i >= 0 {
			rest = rest[i+len(arrow):]
		}
	}
	l.Value = strings.TrimSpace(rest)
	return l, l.Value != "" && len([]rune(l.Value)) <= mostTyped
}

// cutReason parts a value from its reason, in English or German.
func cutReason(s string) (value, reason string) {
	at, after := len(s), len(s)
	for _, sign := range []string{";", " because ", " weil ", " — ", " – "} {
		if i := strings.Index(s, sign); i >= 0 && i < at {
			at, after = i, i+len(sign)
		}
	}
	return strings.TrimSpace(s[:at]), strings.TrimSpace(s[after:])
}

// Says reports whether two lines say the same.
func (l ValueLine) Says(o ValueLine) bool {
	return l.Period == o.Period && l.Value == o.Value && sameNote(l.Note, o.Note)
}

// Holds reports whether the register has what a line says: the value that counts for its period, and the reason if the line
// names one.
func Holds(r Record, l ValueLine) bool {
	m, has := Measured(r, l.Period)
	if !has || l.Note != "" && !sameNote(l.Note, m.Note) {
		return false
	}
	if t, err := ParseTarget(m.Target); err == nil {
		if v, err := t.Read(l.Value); err == nil {
			return v == m.Value
		}
	}
	return l.Value == m.Value
}

// sameNote compares a reason on a line with that of the register by its letters and digits: a tracker has its own spelling
// of the signs.
func sameNote(shown, note string) bool {
	letters := func(s string) string {
		return strings.Map(func(c rune) rune {
			if unicode.IsLetter(c) || unicode.IsDigit(c) {
				return unicode.ToLower(c)
			}
			return -1
		}, s)
	}
	return letters(shown) == letters(note) || letters(shown) == letters(shownNote(note))
}
