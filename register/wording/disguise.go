package wording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// joined returns the one word that is written in letters one by one, "t b d".
func (v vocabulary) joined(letters []word) (word, bool) {
	const most = 12
	if len(letters) < 2 || len(letters) > most || slices.ContainsFunc(letters, func(w word) bool { return utf8.RuneCountInString(w.text) > 1 }) {
		return word{}, false
	}
	if _, n := v.begin(letters); n > 0 {
		return word{}, false // "n a" stands in the data files as it is
	}
	w := word{text: strings.Join(texts(letters), "")}
	w.key = key(w.text)
	_, n := v.begin([]word{w})
	return w, n > 0
}

// figures writes the digits that stand for letters as those: "3rr0r".
var figures = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t") //nolint:gochecknoglobals // a constant

// spelt returns a word that is disguised with digits as the word of a phrase that it stands
// for, and any other word as it is.
func (v vocabulary) spell(w string) string {
	if !strings.ContainsAny(w, "013457") || digits(w) {
		return w
	}
	if plain := figures.Replace(w); v.spelt[key(plain)] {
		return plain
	}
	return w
}

// look lists letters that look like plain Latin ones
// (https://www.unicode.org/reports/tr39/#Confusable_Detection), as far as words are
// disguised with them.
var look = map[rune]rune{ //nolint:gochecknoglobals // a constant
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'н': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm',
	'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'т': 't', 'у': 'y', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'г': 'r', 'п': 'n', 'и': 'u',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ω': 'w',
	'Η': 'h', 'Ν': 'n', 'Υ': 'y', 'Ζ': 'z', // whose small letters look like others
	'ᴀ': 'a', 'ʙ': 'b', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ꜰ': 'f', 'ɢ': 'g', 'ʜ': 'h', 'ɪ': 'i', 'ᴊ': 'j', 'ᴋ': 'k', 'ʟ': 'l', 'ᴍ': 'm',
	'ɴ': 'n', 'ᴏ': 'o', 'ᴘ': 'p', 'ʀ': 'r', 'ꜱ': 's', 'ᴛ': 't', 'ᴜ': 'u', 'ᴠ': 'v', 'ᴡ': 'w', 'ʏ': 'y', 'ᴢ': 'z',
}

// alike returns the Latin letter that a rune looks like, 0 if it looks like none.
func alike(r rune) rune {
	if l, ok := look[r]; ok {
		return l
	}
	return look[unicode.ToLower(r)]
}

// mixed reports whether a word has letters of the Latin script and such as only look so.
// No language writes words like that; who wants to get past a list of words does.
func mixed(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) &&
		strings.ContainsFunc(w, func(r rune) bool { return alike(r) != 0 })
}

// latin returns a word with the letters that only look Latin as what they look like.
func latin(w string) string {
	return strings.Map(func(r rune) rune {
		if l := alike(r); l != 0 {
			return l
		}
		return r
	}, w)
}
