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
)

// A Demand is what is asked of a text.
type Demand struct {
	// Explains: the text says why something happened. It goes beyond a person who made a
	// mistake, and takes at least Floor different words of its own.
	Explains bool
	// Refers: the text may be a number, a name or an address alone, like a clause, a place or
	// a piece of evidence.
	Refers bool
	// Beside are the texts that it does not repeat.
	Beside []Beside
}

// A Beside is another text of the record.
type Beside struct {
	Name string // "the title"
	Text string
}

// Floor is how many different words with a meaning of their own an explanation has at
// least: "Nobody compares leavers with accounts" has four.
const Floor = 4

// Fault says what is wrong with a text, as the end of a sentence that begins with its
// name: "says nothing", "repeats the title". It is "" for a text that will do, and for an
// empty one, which is missing and not badly worded.
func Fault(text string, d Demand) string {
	all := split(text)
	if len(all) == 0 {
		if link.MatchString(text) && !d.Refers {
			return "is a link alone; say in words what is to be seen there"
		}
		return ""
	}
	own := meaning(all, d)
	switch {
	case !d.Refers && !slices.ContainsFunc(all, func(w word) bool { return !digits(w.text) }):
		return "holds numbers alone"
	case placeholders(all):
		return "is placeholder text"
	case len(own) > 0 && !slices.ContainsFunc(own, func(w string) bool { return !typed(w) }):
		return "holds no words: " + quote(own)
	case len(own) == 0:
		return empty(all, d)
	}
	if what := repeats(all, own, d); what != "" {
		return what
	}
	switch {
	case !d.Explains || len(own) >= Floor || !has(all, blame) && len(own)+len(single(all)) >= Floor:
		return ""
	case has(all, blame):
		return "hardly goes beyond a person's mistake: " + quote(of(all, blame)) + "; say why it could happen"
	default:
		return "says very little: " + quote(own)
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
func meaning(all []word, d Demand) []string {
	var out []string
	for _, w := range all {
		if w.kind != "" || digits(w.text) && !d.Refers || slices.Contains(out, w.text) {
			continue
		}
		out = append(out, w.text)
	}
	return out
}

// placeholders reports whether most words are those of a text that stands for a text.
func placeholders(all []word) bool {
	return 2*len(of(all, placeholder)) > len(all)
}

// repeats says what a text repeats: itself, or another text with at most one word more.
func repeats(all []word, own []string, d Demand) string {
	for _, b := range d.Beside {
		other := meaning(split(b.Text), d)
		more := slices.DeleteFunc(slices.Clone(own), func(w string) bool { return slices.Contains(other, w) })
		if len(more) <= 1 && len(more) < len(own) && 2*(len(own)-len(more)) >= len(other) {
			return "repeats " + b.Name
		}
	}
	if unit := period(all); unit < len(all) {
		return "says the same thing " + times(len(all)/unit)
	}
	return ""
}

// period returns after how many words a text begins again and says the same until its end,
// the number of its words if it does not.
func period(all []word) int {
	for unit := 1; unit <= len(all)/2; unit++ {
		if len(all)%unit != 0 {
			continue
		}
		same := true
		for i := unit; i < len(all) && same; i++ {
			same = all[i].text == all[i-unit].text
		}
		if same {
			return unit
		}
	}
	return len(all)
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprint(n, " times")
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

// single returns the different words that say nothing when they stand alone, and may say
// something between others: "the port is open".
func single(all []word) []string {
	return of(slices.DeleteFunc(slices.Clone(all), func(w word) bool { return !w.one }), evasion)
}

// quote quotes the first words.
func quote(words []string) string {
	const most = 6
	if len(words) > most {
		words = append(slices.Clone(words[:most]), "…")
	}
	return `"` + strings.Join(words, " ") + `"`
}
