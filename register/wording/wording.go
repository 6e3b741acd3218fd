// Package wording judges whether a text says something: whether it answers the question
// that it stands under, in words of its own. It judges neither style nor truth.
//
// What people write when they must fill a field and have nothing to say is in data files:
// English and German as completely as we know them, other languages as far as companies write
// them most. For all languages holds what asks for no list: repetition, placeholders, keys in
// a row, the number of different words.
package wording

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register/message"
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
	// Acts: the text is what is to be done. It changes more than what people are told.
	Acts bool
	// Short: one word may be enough, as in a title.
	Short bool
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

// A Finding is what is wrong with a text. The zero Finding is nothing.
type Finding struct {
	// What is the end of a sentence that begins with the name of the text: "says nothing",
	// "repeats the title". It quotes the words at fault.
	What *message.Message
	// Clear says that it is beyond doubt. What is in doubt is for a person to look at.
	Clear bool
}

func clear(what string, args ...any) Finding { return Finding{message.New(what, args...), true} }
func doubt(what string, args ...any) Finding { return Finding{What: message.New(what, args...)} }

// Judge says what is wrong with a text. An empty text has nothing wrong with it: it is
// missing, and not badly worded.
func (t Text) Judge(d Demand) Finding {
	all := t.words
	if len(all) == 0 {
		if t.link && !d.Refers {
			return clear("is a link alone; say in words what is to be seen there")
		}
		return Finding{}
	}
	own := meaning(all, d)
	switch {
	case !d.Refers && !slices.ContainsFunc(all, func(w word) bool { return !digits(strings.TrimLeft(w.text, "#")) }):
		return clear("holds numbers alone")
	case placeholders(all):
		return clear("is placeholder text")
	case len(own) > 0 && keys(texts(own)):
		return clear("holds no words: {{.Words}}", "Words", quoted(texts(own)))
	case len(own) == 0:
		if f := empty(all, d); f.What != nil {
			return f
		}
		return fillers(all)
	}
	if f := repeats(all, own, d); f.What != nil {
		return f
	}
	if f := itself(all, d); f.What != nil {
		return f
	}
	if d.Refers {
		return unreadable(all)
	}
	return thin(all, own, d)
}

// meaning returns the different words that say something, in the order of the text.
func meaning(all []word, d Demand) []word {
	return different(all, func(w word) bool {
		return (says(w) || w.place && d.Place) && (d.Refers || letters(w))
	})
}

// among returns the different words that say something among others.
func among(all []word) []word {
	return different(all, func(w word) bool {
		return (says(w) || w.alone && !known().fillers[w.key]) && letters(w)
	})
}

// says reports whether a word says something by itself.
func says(w word) bool { return w.kind == "" || w.kind == placeholder || w.kind == weak }

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
func quoted(words []string) message.Quote {
	const most = 6
	if len(words) > most {
		words = append(slices.Clone(words[:most]), "…")
	}
	return message.Quote(strings.Join(words, " "))
}
