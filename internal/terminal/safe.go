// Package terminal makes text safe to show on a terminal. Titles, names of people and
// names of files come from strangers: an escape sequence in one of them could clear
// the screen and write another verdict, and a bidirectional control could reverse a word.
// Both programs send everything that people read through a [Writer].
package terminal

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns s with \u{…} in place of every character that a terminal would act upon or
// not show: C0 and C1 controls and DEL (ECMA-48), all format characters (Unicode
// category Cf, with the bidirectional controls and the tags), the line and paragraph
// separators U+2028 and U+2029, and each byte that is not UTF-8. Line feeds and tabs
// stay, because they are the layout of a text of several lines. See [Line].
func Safe(s string) string { return escape(s, layout) }

// Line is [Safe] for a text that has one line: line feeds and tabs are shown as well,
// so that a title cannot add a line of its own to a table or a report.
func Line(s string) string { return escape(s, func(rune) bool { return false }) }

func layout(r rune) bool { return r == '\n' || r == '\t' }

// hidden reports whether a terminal acts upon r, or does not show it.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

func escape(s string, keep func(rune) bool) string {
	var b strings.Builder
	for from, at := 0, 0; ; {
		if at == len(s) {
			if from == 0 {
				return s
			}
			b.WriteString(s[from:])
			return b.String()
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		invalid := r == utf8.RuneError && size == 1
		if !invalid && (!hidden(r) || keep(r)) {
			at += size
			continue
		}
		if invalid {
			r = rune(s[at])
		}
		b.WriteString(s[from:at])
		b.WriteString(`\u{` + strconv.FormatInt(int64(r), 16) + `}`)
		at += size
		from = at
	}
}
