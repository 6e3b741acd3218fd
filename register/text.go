package register

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// noResponse is what GitHub's issue forms write for a question left empty.
const noResponse = "_No response_"

// normal returns the words of s in lower case, without punctuation and markup, so
// that texts can be compared for what they say.
func normal(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, c := range s {
		if !wordly(c) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// empty reports whether s holds no words, or only the mark of an unanswered
// question.
func empty(s string) bool {
	return !strings.ContainsFunc(s, wordly) || len(s) <= len(noResponse)+8 && strings.TrimSpace(s) == noResponse
}

// wordly reports whether a rune belongs to a word.
func wordly(c rune) bool {
	if c < utf8.RuneSelf {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	return unicode.In(c, unicode.Letter, unicode.Number, unicode.Mark)
}

// evasions are answers that say nothing, normalised.
func evasions() []string {
	return []string{
		"n a", "na", "nil", "none", "no", "yes", "nothing", "not applicable", "no response",
		"tbd", "tba", "tbc", "todo", "to do", "to be determined", "to be defined", "to be confirmed",
		"unknown", "not known", "unclear", "pending", "see above", "see below", "same as above", "x", "xx", "xxx",
	}
}

// blames are causes that stop at a person and leave open why it could happen,
// normalised.
func blames() []string {
	return []string{
		"human error", "user error", "operator error", "employee error", "human mistake", "mistake",
		"carelessness", "negligence", "inattention", "oversight", "forgotten", "forgot",
	}
}

// stated reports whether s says something: it is neither empty nor an evasion.
func stated(s string) bool {
	const longest = 20 // letters: no evasion has more
	letters := 0
	for _, c := range s {
		if wordly(c) {
			letters++
		}
		if letters > longest {
			return true
		}
	}
	return !empty(s) && !slices.Contains(evasions(), normal(s))
}

// date reads a date as the register writes it, 2006-01-02, in UTC.
func date(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	return t, err == nil
}

// quote shortens s for a sentence and puts it in quotation marks.
func quote(s string) string { return `"` + brief(s) + `"` }

// brief shortens s for a sentence.
func brief(s string) string {
	const most = 40
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
