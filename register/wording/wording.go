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
	What string
	// Clear says that it is beyond doubt. What is in doubt is for a person to look at.
	Clear bool
}

func clear(what string) Finding { return Finding{what, true} }
func doubt(what string) Finding { return Finding{What: what} }

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
		return clear("holds no words: " + quote(texts(own)))
	case len(own) == 0:
		if what := empty(all, d); what != "" {
			return clear(what)
		}
		return fillers(all)
	}
	if f := repeats(all, own, d); f.What != "" {
		return f
	}
	if f := itself(all, d); f.What != "" {
		return f
	}
	if d.Refers {
		return unreadable(all)
	}
	return thin(all, own, d)
}

// thin judges how much a text says that is no reference.
func thin(all, own []word, d Demand) Finding {
	switch n := weight(all); {
	case d.Explains && strict(all, blame) && !beyond(all, blame):
		return doubt("hardly goes beyond a person's mistake: " + quote(of(all, blame)) + "; say why it could happen")
	case d.Explains && n < 2:
		return clear("says very little: " + quote(texts(among(all))))
	case d.Explains && n < Floor:
		return doubt("says very little: " + quote(texts(among(all))))
	case strict(all, evasion) && !beyond(all, evasion) && (d.Explains || n < Floor-1):
		return doubt("puts the answer off: " + quote(of(all, evasion)))
	case d.Acts && changesLittle(all, own):
		return doubt("changes little: " + quote(of(all, weak)))
	case !d.Short && n+references(all) < 2:
		return doubt("says very little: " + quote(texts(own)))
	default:
		return unreadable(all)
	}
}

// changesLittle reports whether an action is what people do to have done something, and
// hardly more.
func changesLittle(all, own []word) bool {
	few := len(without(own, marked(all, weak)))
	return strict(all, weak) && few < Floor || has(all, weak) && few < Floor/2
}

// references counts the numbers in a text: of issues, documents, findings.
func references(all []word) int {
	return len(different(all, func(w word) bool { return digits(strings.TrimLeft(w.text, "#")) }))
}

// unreadable doubts a text most of whose words nobody can pronounce.
func unreadable(all []word) Finding {
	odd := different(all, func(w word) bool { return jumble(w.text) })
	if n := len(different(all, func(w word) bool { return utf8.RuneCountInString(w.text) > 3 })); len(odd) == 0 || 2*len(odd) <= n {
		return Finding{}
	}
	return doubt("seems to hold no words: " + quote(texts(odd)))
}

// fillers doubts a reference in words that say nothing by themselves, "the team". One short
// word may be a name: IT.
func fillers(all []word) Finding {
	const short = 3
	ws := different(all, letters)
	if len(ws) == 0 || len(ws) == 1 && utf8.RuneCountInString(ws[0].text) <= short {
		return Finding{}
	}
	return doubt("names nothing: " + quote(texts(ws)))
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
		return (says(w) || w.place && d.Place) && (d.Refers || letters(w))
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

// strict reports whether a text has a phrase of a kind that says nothing wherever it stands.
func strict(all []word, k kind) bool {
	return slices.ContainsFunc(all, func(w word) bool { return w.kind == k && !w.alone })
}

// marked returns the words of a kind.
func marked(all []word, k kind) []word {
	return different(all, func(w word) bool { return w.kind == k })
}

// beyond reports whether a text goes on after a phrase of a kind: a clause of its own
// explains enough, all other clauses together do, or the text says what was missing.
func beyond(all []word, k kind) bool {
	lacks := slices.ContainsFunc(among(all), func(w word) bool { return known().negates[w.key] })
	if lacks && weight(all) >= Floor {
		return true
	}
	var others []word
	for rest := all; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(w word) bool { return w.clause != rest[0].clause })
		if n < 0 {
			n = len(rest)
		}
		if !strict(rest[:n], k) {
			others = append(others, rest[:n]...)
		}
		rest = rest[n:]
	}
	return weight(others) >= Floor
}

// placeholders reports whether most words are those of a text that stands for a text. One
// alone may be a name.
func placeholders(all []word) bool {
	n := len(of(all, placeholder))
	return n > 1 && 2*n > len(all)
}

// repeats says which other text a text repeats. An explanation repeats with one word more.
// Any other text may take up the other's words with one of its own, "Accounts removed", or
// turn them round, "Backups tested". A copy of a part is in doubt.
func repeats(all, own []word, d Demand) Finding {
	for _, b := range d.Beside {
		other := b.Text.words
		said := meaning(other, d)
		more := without(own, said)
		switch shared := len(own) - len(more); {
		case shared == 0, 2*shared < len(said):
		case d.Explains && len(more) <= 1,
			len(without(among(all), among(other))) == 0 && negations(all) == negations(other):
			return Finding{"repeats " + b.Name, 4*shared >= 3*len(said)}
		case d.Explains && weight(more) <= 2 && 4*shared >= 3*len(said) && len(said) >= Floor:
			return doubt("says little more than " + b.Name + ": " + quote(texts(more)))
		}
	}
	return Finding{}
}

// itself says how often a text says the same. What says enough the first time is a slip.
func itself(all []word, d Demand) Finding {
	compared := make([]string, len(all))
	for i, w := range all {
		compared[i] = w.key
	}
	unit := period(compared)
	n := len(all) / unit
	if d.Refers && n == 2 || d.Refers && digits(strings.Join(compared, "")) {
		return Finding{} // Baden-Baden, clause 8.8
	}
	enough := weight(all[:unit]) >= Floor
	switch n {
	case 1:
		return Finding{}
	case 2:
		return Finding{"says the same thing twice", !enough}
	default:
		return Finding{fmt.Sprintf("says the same thing %d times", n), !enough}
	}
}

// Renews reports whether a text says something that an earlier one did not: Floor different
// words of its own, or more new ones than old ones.
func (t Text) Renews(earlier Text) bool {
	own := meaning(t.words, Demand{})
	more := without(own, meaning(earlier.words, Demand{}))
	return len(more) >= Floor || 2*len(more) > len(own)
}

// Signature is the same for texts of the same words, in whatever order and form; "" for a
// text without words that say something.
func (t Text) Signature() string {
	var ks []string
	for _, w := range among(t.words) {
		ks = append(ks, w.key)
	}
	slices.Sort(ks)
	return strings.Join(ks, " ")
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
