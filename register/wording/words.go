package wording

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A phrase is one or several words of a kind.
type phrase struct {
	kind  kind
	words []string
}

// longestFirst sorts phrases so that "to be determined" is found before "to".
func longestFirst(ps []phrase) {
	slices.SortStableFunc(ps, func(a, b phrase) int { return len(b.words) - len(a.words) })
}

// A word of a text.
type word struct {
	text string // as it is compared: composed, in lower case, in one script
	kind kind   // of the phrase that it is part of, "" for a word that says something
	one  bool   // it is the whole phrase
}

// link matches an address of the web.
var link = regexp.MustCompile(`(?i)\b(https?://|www\.)[\pL\pN\[]\S*`)

// split returns the words of a text, each with the kind of the phrase that it is part of.
// Markup, punctuation and links are left out.
func split(text string) []word {
	text = norm.NFKC.String(link.ReplaceAllString(text, " "))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1 // it shows nothing: a soft hyphen, a zero-width space
		}
		return unicode.ToLower(r)
	}, text)
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark) })
	words = slices.Collect(unspaced(words))
	disguised := slices.ContainsFunc(words, mixed)
	out := make([]word, len(words))
	for i, w := range words {
		if disguised {
			w = latin(w)
		}
		out[i].text = w
	}
	for i := 0; i < len(out); {
		p := phraseAt(out[i:])
		for j := range p.words {
			out[i+j].kind, out[i+j].one = p.kind, len(p.words) == 1
		}
		i += max(1, len(p.words))
	}
	return out
}

// unspaced cuts what is written without spaces between words into pieces of two letters,
// about the length of a word in Chinese and Japanese.
func unspaced(words []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, w := range words {
			letters := []rune(w)
			if !unicode.In(letters[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
				letters = nil
				if !yield(w) {
					return
				}
			}
			for piece := range slices.Chunk(letters, 2) {
				if !yield(string(piece)) {
					return
				}
			}
		}
	}
}

// phraseAt returns the longest phrase that words begin with, none if there is none.
func phraseAt(words []word) phrase {
	for _, p := range phrases()[words[0].text] {
		if begins(words, p.words) {
			return p
		}
	}
	return phrase{}
}

func begins(words []word, phrase []string) bool {
	if len(phrase) > len(words) {
		return false
	}
	for i, p := range phrase {
		if words[i].text != p {
			return false
		}
	}
	return true
}

// look lists letters of other scripts that look like Latin ones
// (https://www.unicode.org/reports/tr39/#Confusable_Detection), as far as words are
// disguised with them.
var look = map[rune]rune{ //nolint:gochecknoglobals // a constant
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'н': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm',
	'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'т': 't', 'у': 'y', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'г': 'r', 'п': 'n', 'и': 'u',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ω': 'w',
}

// mixed reports whether a word has letters of the Latin script and such as only look so.
// No language writes words like that; who wants to get past a list of words does.
func mixed(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) &&
		strings.ContainsFunc(w, func(r rune) bool { return look[r] != 0 })
}

// latin returns a word with the letters that only look Latin as what they look like.
func latin(w string) string {
	return strings.Map(func(r rune) rune {
		if l, ok := look[r]; ok {
			return l
		}
		return r
	}, w)
}

// digits reports whether a word is a number alone.
func digits(w string) bool {
	return !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsNumber(r) })
}

// runs are what fingers type that lie on the keyboard.
var runs = []string{"qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm"} //nolint:gochecknoglobals // a constant

// typed reports whether a word of four letters or more is a run of keys or one key, and
// no word: "asdf", "xxxx".
func typed(w string) bool {
	letters := []rune(w)
	return len(letters) >= 4 && (strings.Trim(w, string(letters[0])) == "" ||
		slices.ContainsFunc(runs, func(r string) bool { return strings.Contains(r, w) }))
}
