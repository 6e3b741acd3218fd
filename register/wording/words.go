package wording

import (
	"html"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A word of a text.
type word struct {
	text   string // as it is quoted: composed, in lower case, in one script
	key    string // as it is compared, see key
	clause int    // the number of the clause that it stands in
	phrase        // that it is part of; the zero phrase for a word that says something
}

// link matches an address of the web.
var link = regexp.MustCompile(`(?i)\b(https?://|www\.)[\pL\pN\[]\S*`)

// Markup that a reader does not see, and what stands for it in the text that he sees.
var (
	hidden = regexp.MustCompile(`(?is)<!--.*?-->|</?(b|i|u|s|em|strong|del|ins|mark|small|sub|sup|span|font|code|kbd|wbr)(\s[^<>]*)?/?>`)
	breaks = regexp.MustCompile(`(?is)</?(br|p|div|hr|li|ul|ol)(\s[^<>]*)?/?>`)
	// marks also takes "not" out of "isn't".
	marks = strings.NewReplacer("*", "", "`", "", "~", "", "n't", " not", "n’t", " not", "N'T", " not", "N’T", " not") //nolint:gochecknoglobals // a constant
)

// seen returns a text as people see it: without links, markup and characters that show
// nothing.
func seen(text string) string {
	text = hidden.ReplaceAllString(link.ReplaceAllString(text, " "), "")
	text = html.UnescapeString(breaks.ReplaceAllString(text, "\n"))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Inherited):
			return -1 // a soft hyphen, a zero-width space, a stroke through the letter before
		case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			return ' ' // counts as a letter and shows as a space
		default:
			return r
		}
	}, marks.Replace(norm.NFKC.String(text)))
}

// ends matches what stands between two clauses.
var ends = regexp.MustCompile(`[.;:,!?()\n–—]+|\s-+\s`)

// split returns the words of a text, each with the phrase that it is part of.
func split(text string) []word {
	var out []word
	for i, clause := range ends.Split(seen(text), -1) {
		for w := range unspaced(strings.FieldsFunc(clause, between)) {
			if w = number(w); w != "" {
				out = append(out, word{text: w, clause: i})
			}
		}
	}
	disguised := slices.ContainsFunc(out, func(w word) bool { return mixed(w.text) })
	v, leads := known(), 0
	for i := range out {
		w := &out[i]
		if disguised {
			w.text = latin(w.text)
		}
		w.text = strings.ToLower(w.text)
		w.key = key(w.text)
		if v.leads[w.key] {
			leads++
		}
		w.clause += leads
	}
	for i := 0; i < len(out); {
		p, n := v.begin(out[i:])
		for j := range n {
			out[i+j].phrase = p
		}
		i += max(1, n)
	}
	return out
}

// between reports whether a rune stands between words.
func between(r rune) bool {
	return r != '#' && !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark)
}

// number returns a word with its "#" if it is the number of an issue, "#41", and without
// if it is not.
func number(w string) string {
	w = strings.TrimRight(w, "#")
	if bare := strings.TrimLeft(w, "#"); !digits(bare) {
		return bare
	}
	return w
}

// plain writes letters without their marks, and German ones alike with and without dots.
var plain = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ß", "ss") //nolint:gochecknoglobals // a constant

// key returns words as they are compared: without marks on the letters and without the
// endings that English and German words take most.
func key(words string) string {
	words = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Inherited, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(words)))
	out := strings.Fields(plain.Replace(words))
	for i, w := range out {
		out[i] = stem(w)
	}
	return strings.Join(out, " ")
}

// stem takes endings off a word as long as four letters stay.
func stem(w string) string {
	for _, end := range []string{"es", "en", "em", "e", "s", "n"} {
		if s, ok := strings.CutSuffix(w, end); ok && len(s) >= 4 {
			return stem(s)
		}
	}
	return w
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

// digits reports whether a word is a number alone.
func digits(w string) bool {
	return !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsNumber(r) })
}

// runs are what fingers type that lie on the keyboard.
var runs = []string{ //nolint:gochecknoglobals // a constant
	"qwertyuiop", "qwertzuiopü", "asdfghjklöä", "zxcvbnm", "yxcvbnm",
	"poiuytrewq", "üpoiuztrewq", "äölkjhgfdsa", "mnbvcxz", "mnbvcxy",
}

// keys reports whether words are no words but runs of keys of three letters or more or one
// key over and over, and more than an abbreviation: "asdf jkl", "sdfsdf", "xxxx".
func keys(words []string) bool {
	n := 0
	for _, w := range words {
		letters := []rune(strings.TrimFunc(w, unicode.IsNumber))
		unit := letters[:period(letters)]
		run := len(unit) == 1 || len(unit) >= 3 && slices.ContainsFunc(runs, func(r string) bool { return strings.Contains(r, string(unit)) })
		if len(letters) < 3 || !run {
			return false
		}
		n += len(letters)
	}
	return n >= 4
}

// period returns after how many elements s begins again and says the same until its end,
// their number if it does not. It counts for each element how many of the first ones the
// elements before it repeat (Knuth, Morris and Pratt), for texts may be long.
func period[E comparable](s []E) int {
	same := make([]int, len(s)+1)
	for i, n := 1, 0; i < len(s); i++ {
		for n > 0 && s[i] != s[n] {
			n = same[n]
		}
		if s[i] == s[n] {
			n++
		}
		same[i+1] = n
	}
	if unit := len(s) - same[len(s)]; 2*unit <= len(s) {
		return unit
	}
	return len(s)
}
