// Package wording judges whether a text says something: whether it answers the question
// that it stands under, in words of its own. It judges neither style nor truth.
//
// What people write when they must fill a field and have nothing to say is in two files,
// for English and German. A text in another language is judged by what holds for all:
// repetition, placeholders, the number of its words.
package wording

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Demand is what is asked of a text.
type Demand struct {
	// Explains: the text says why something happened. It goes beyond a person who made a
	// mistake, and takes at least Floor different words of its own.
	Explains bool
	// Refers: the text may be a number, a name or an address alone, like a clause, a place or
	// a piece of evidence.
	Refers bool
	// Place: the text may be the name of a place or a system, like "Test" or "E-mail".
	Place bool
	// Beside are the texts that it does not repeat.
	Beside []Beside
}

// A Beside is another text of the record.
type Beside struct {
	Name string // "the title"
	Text Text
}

// A Text is a text as it was read. It is read once, to be judged and to be held against
// others. The zero Text is empty.
type Text struct {
	words []word
	link  bool
}

// Read reads a text.
func Read(text string) Text { return Text{split(text), link.MatchString(text)} }

// Floor is how much an explanation says at least, counted in different words with a meaning
// of their own, see weight: "The process has no owner" has four.
const Floor = 4

// Fault says what is wrong with a text, as the end of a sentence that begins with its
// name: "says nothing", "repeats the title". It is "" for a text that will do, and for an
// empty one, which is missing and not badly worded.
func (t Text) Fault(d Demand) string {
	all := t.words
	if len(all) == 0 {
		if t.link && !d.Refers {
			return "is a link alone; say in words what is to be seen there"
		}
		return ""
	}
	own := meaning(all, d)
	switch {
	case !d.Refers && !slices.ContainsFunc(all, func(w word) bool { return !digits(strings.TrimLeft(w.text, "#")) }):
		return "holds numbers alone"
	case placeholders(all):
		return "is placeholder text"
	case len(own) > 0 && keys(texts(own)):
		return "holds no words: " + quote(texts(own))
	case len(own) == 0:
		return empty(all, d)
	}
	if what := repeats(all, own, d); what != "" {
		return what
	}
	switch {
	case !d.Explains:
		return ""
	case strict(all) && !beyond(all):
		return "hardly goes beyond a person's mistake: " + quote(of(all, blame)) + "; say why it could happen"
	case weight(all) < Floor:
		return "says very little: " + quote(texts(among(all)))
	default:
		return ""
	}
}

// empty says what is wrong with a text none of whose words says anything.
func empty(all []word, d Demand) string {
	switch {
	case d.Explains && has(all, blame):
		return "stops at a person: " + quote(of(all, blame)) + "; say why it could happen"
	case has(all, evasion), has(all, blame):
		return "says nothing: " + quote(append(of(all, evasion), of(all, blame)...))
	case d.Refers:
		return ""
	default:
		return "says nothing"
	}
}

// meaning returns the different words that say something, in the order of the text.
func meaning(all []word, d Demand) []word {
	return different(all, func(w word) bool {
		return (w.kind == "" || w.kind == placeholder || w.place && d.Place) && (d.Refers || letters(w))
	})
}

// weight counts the different words that say something, be it only among others. Two count
// twice: a negation, which says what there should have been, and a long word, which is often
// several in German.
func weight(all []word) int {
	const long = 15
	n := 0
	for _, w := range among(all) {
		if known().negates[w.key] || utf8.RuneCountInString(w.text) >= long {
			n++
		}
		n++
	}
	return n
}

// among returns the different words that say something among others.
func among(all []word) []word {
	return different(all, func(w word) bool {
		return (w.kind == "" || w.kind == placeholder || w.alone && !known().fillers[w.key]) && letters(w)
	})
}

// letters reports whether a word is neither a number nor one letter.
func letters(w word) bool { return !digits(w.text) && len(w.text) > 1 }

// different returns the words that are wanted, each once.
func different(all []word, wanted func(word) bool) []word {
	var out []word
	seen := map[string]bool{}
	for _, w := range all {
		if !seen[w.key] && wanted(w) {
			seen[w.key] = true
			out = append(out, w)
		}
	}
	return out
}

// strict reports whether a text blames a person beyond doubt.
func strict(all []word) bool {
	return slices.ContainsFunc(all, func(w word) bool { return w.kind == blame && !w.alone })
}

// beyond reports whether a text that blames a person goes on: a clause of its own explains
// enough, or the text says what was missing.
func beyond(all []word) bool {
	lacks := slices.ContainsFunc(among(all), func(w word) bool { return known().negates[w.key] })
	if lacks && weight(all) >= Floor {
		return true
	}
	for rest := all; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(w word) bool { return w.clause != rest[0].clause })
		if n < 0 {
			n = len(rest)
		}
		if !strict(rest[:n]) && weight(rest[:n]) >= Floor {
			return true
		}
		rest = rest[n:]
	}
	return false
}

// placeholders reports whether most words are those of a text that stands for a text. One
// alone may be a name.
func placeholders(all []word) bool {
	n := len(of(all, placeholder))
	return n > 1 && 2*n > len(all)
}

// repeats says what a text repeats: itself, or another text. An explanation repeats with one
// word more. Any other text may take up the other's words with one of its own, "Accounts
// removed", or turn them round, "Backups tested".
func repeats(all, own []word, d Demand) string {
	for _, b := range d.Beside {
		other := b.Text.words
		said := meaning(other, d)
		more := without(own, said)
		switch shared := len(own) - len(more); {
		case shared == 0, 2*shared < len(said):
		case d.Explains && len(more) <= 1,
			len(without(among(all), among(other))) == 0 && negations(all) == negations(other):
			return "repeats " + b.Name
		}
	}
	compared := make([]string, len(all))
	for i, w := range all {
		compared[i] = w.key
	}
	n := len(all) / period(compared)
	if d.Refers && n == 2 || d.Refers && digits(strings.Join(compared, "")) {
		return "" // Baden-Baden, clause 8.8
	}
	switch n {
	case 1:
		return ""
	case 2:
		return "says the same thing twice"
	default:
		return fmt.Sprintf("says the same thing %d times", n)
	}
}

// negations counts the different words that turn a sentence round.
func negations(all []word) int {
	return len(slices.DeleteFunc(among(all), func(w word) bool { return !known().negates[w.key] }))
}

// without returns the words that others do not hold, in whatever form.
func without(words, others []word) []word {
	held := map[string]bool{}
	for _, w := range others {
		held[w.key] = true
	}
	return slices.DeleteFunc(slices.Clone(words), func(w word) bool { return held[w.key] })
}

func has(all []word, k kind) bool { return len(of(all, k)) > 0 }

// of returns the different words of a kind.
func of(all []word, k kind) []string {
	var out []string
	for _, w := range all {
		if w.kind == k && !slices.Contains(out, w.text) {
			out = append(out, w.text)
		}
	}
	return out
}

func texts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// quote quotes the first words.
func quote(words []string) string {
	const most = 6
	if len(words) > most {
		words = append(slices.Clone(words[:most]), "…")
	}
	return `"` + strings.Join(words, " ") + `"`
}
