package wording

import (
	"html"
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
	// Few texts have a link or markup, and to look for them takes long.
	if strings.Contains(text, "://") || strings.Contains(strings.ToLower(text), "www.") {
		text = link.ReplaceAllString(text, " ")
	}
	if strings.Contains(text, "<") {
		text = hidden.ReplaceAllString(text, "")
	}
	if strings.Contains(text, ":") {
		text = smileys.ReplaceAllString(text, " ")
	}
	if strings.Contains(text, "<") {
		text = breaks.ReplaceAllString(text, "\n")
	}
	text = html.UnescapeString(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
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

// between reports whether a rune stands between words.
func between(r rune) bool {
	if r < utf8.RuneSelf {
		return r != '#' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	return !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark)
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

// digits reports whether a word is a number alone.
func digits(w string) bool {
	return !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsNumber(r) })
}
