package wording

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register/message"
)

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
			return Finding{message.New(`repeats "{{.Field}}"`, "Field", message.Term(b.Name)), 4*shared >= 3*len(said)}
		case d.Explains && weight(more) <= 2 && 4*shared >= 3*len(said) && len(said) >= Floor:
			return doubt(`says little more than "{{.Field}}": {{.Words}}`, "Field", message.Term(b.Name), "Words", quoted(texts(more)))
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
		return Finding{message.New("says the same thing twice"), !enough}
	default:
		return Finding{message.New("says the same thing {{.Times}} times", "Times", n), !enough}
	}
}

// Renews reports whether a text says something that an earlier one did not: Floor different
// words of its own, or more new ones than old ones.
func (t Text) Renews(earlier Text) bool {
	own := meaning(t.words, Demand{})
	more := without(own, meaning(earlier.words, Demand{}))
	return len(more) >= Floor || 2*len(more) > len(own)
}

// Words returns the different words of a text that say something, as they are compared.
func (t Text) Words() []string {
	var out []string
	for _, w := range meaning(t.words, Demand{}) {
		out = append(out, w.key)
	}
	return out
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
