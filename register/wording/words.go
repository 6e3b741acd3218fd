package wording

import (
	"html"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// smileys are what GitHub shows as pictures.
	smileys = regexp.MustCompile(`:(\+1|-1|100|thumbsup|thumbsdown|ok_hand|white_check_mark|heavy_check_mark|ballot_box_with_check|rocket|tada|shrug|eyes|clap|pray|see_no_evil|man_shrugging|woman_shrugging):`)
	breaks  = regexp.MustCompile(`(?is)</?(br|p|div|hr|li|ul|ol)(\s[^<>]*)?/?>`)
	// marks also takes "not" out of "isn't".
	marks = strings.NewReplacer("*", "", "`", "", "~", "", "n't", " not", "n’t", " not", "N'T", " not", "N’T", " not") //nolint:gochecknoglobals // a constant
)

// seen returns a text as people see it: without links, markup and characters that show
// nothing.
func seen(text string) string {
	text = hidden.ReplaceAllString(link.ReplaceAllString(text, " "), "")
	text = smileys.ReplaceAllString(text, " ")
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
	v, leads := known(), 0
	disguised := slices.ContainsFunc(out, func(w word) bool { return mixed(w.text) })
	for i := range out {
		w := &out[i]
		if disguised {
			w.text = latin(w.text)
		}
		w.text = v.spell(strings.ToLower(w.text))
		w.key = key(w.text)
		if v.leads[w.key] {
			leads++
		}
		w.clause += leads
	}
	if w, ok := v.joined(out); ok {
		out = []word{w}
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
var plain = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ß", "ss", "ı", "i", "ς", "σ") //nolint:gochecknoglobals // a constant

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

// jumble reports whether nobody could pronounce a word: it has no vowel, or five consonants
// in a row that no word of English or German has. Short words may be abbreviations.
func jumble(w string) bool {
	const short, most = 5, 5
	n, vowels, run, longest := 0, 0, 0, 0
	for _, r := range strings.NewReplacer("sch", "s", "ch", "c", "ck", "k", "tz", "z", "ng", "n", "th", "t", "ph", "p", "gh", "g").Replace(w) {
		if !unicode.Is(unicode.Latin, r) {
			return false
		}
		n++
		run++
		if strings.ContainsRune("aeiouyäöüáàâãåéèêëíìîïóòôõøúùûæœışı", r) {
			vowels++
			run = 0
		}
		longest = max(longest, run)
	}
	return utf8.RuneCountInString(w) >= short && n > 3 && (vowels == 0 || longest >= most)
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
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "abcdefghijklmnopqrstuvwxyz", "йцукенгшщзх", "фывапролджэ", "azertyuiop", "qsdfghjklm",
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
