package wording

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scripts are those that write without spaces between words.
var scripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar} //nolint:gochecknoglobals // a constant

// dense reports whether a text begins in a script that writes without spaces.
func dense(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= utf8.RuneSelf && unicode.In(r, scripts...)
}

// unspaced cuts what is written without spaces between words into the phrases of the data
// files and, between them, into pieces of two letters, about the length of a word in Chinese
// and Japanese.
func unspaced(words []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, w := range words {
			if !dense(w) {
				if !yield(w) {
					return
				}
				continue
			}
			for _, piece := range pieces(w) {
				if !yield(piece) {
					return
				}
			}
		}
	}
}

func pieces(w string) []string {
	var out []string
	var open []rune
	flush := func() {
		for piece := range slices.Chunk(open, 2) {
			out = append(out, string(piece))
		}
		open = open[:0]
	}
	for len(w) > 0 {
		if i := slices.IndexFunc(known().dense, func(p string) bool { return strings.HasPrefix(w, p) }); i >= 0 {
			flush()
			out = append(out, known().dense[i])
			w = w[len(known().dense[i]):]
			continue
		}
		r, n := utf8.DecodeRuneInString(w)
		open = append(open, r)
		w = w[n:]
	}
	flush()
	return out
}
