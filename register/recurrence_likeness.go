package register

import (
	"cmp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register/wording"
)

// A Likeness is what a record is found by when candidates are looked for: one pair, or two
// words, in common make a record worth a look.
type Likeness struct {
	Pairs []string // a requirement with the cause category, or with a part of the scope
	Words []string
}

// LikenessOf returns what r is compared by. A text of so few words that no other one overlaps with it is not compared.
func LikenessOf(r Record) Likeness {
	out := Likeness{Pairs: pairsOf(r), Words: wordsOf(r)}
	if max(len(out.Words), len(textWords(r.Fields[FieldProblem]))) <= wording.Floor {
		out.Words = nil
	}
	return out
}

// keptWords is how many words of a text a closed record is found by. Long words are rare ones.
const keptWords = 8

// KeptLikeness returns what a closed record is found by; nothing for any other record. It
// depends on r alone.
func KeptLikeness(r Record) Likeness {
	if r.State != Closed || r.Kind() != Nonconformity {
		return Likeness{}
	}
	out := Likeness{Pairs: pairsOf(r)}
	for _, f := range []Field{FieldProblem, FieldRootCause} {
		words := slices.Clone(textWords(r.Fields[f]))
		slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
		out.Words = append(out.Words, words[:min(len(words), keptWords)]...)
	}
	slices.Sort(out.Words)
	out.Words = slices.Compact(out.Words)
	return out
}

func pairsOf(r Record) []string {
	var out []string
	for _, q := range requirementsOf(r) {
		if c := r.Fields[FieldCategory]; c != "" {
			out = append(out, q+" category "+c)
		}
		for _, part := range members(r.Fields[FieldScope]) {
			out = append(out, q+" scope "+strings.ToLower(part))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wordsOf returns the words of the problem and the root cause of r that say something, sorted.
func wordsOf(r Record) []string {
	return textWords(r.Fields[FieldProblem] + "\n\n" + r.Fields[FieldRootCause])
}

var texted memo[[]string] //nolint:gochecknoglobals // the same for the same texts

func textWords(text string) []string {
	if !stated(text) {
		return nil
	}
	return texted.get(text, func() []string {
		words := wording.Read(text).Words()
		slices.Sort(words)
		return words
	})
}
