package wording

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// thin judges how much a text says that is no reference.
func thin(all, own []word, d Demand) Finding {
	switch n := weight(all); {
	case d.Explains && strict(all, blame) && !beyond(all, blame):
		return doubt("hardly goes beyond a person's mistake: {{.Words}}; say why it could happen", "Words", quoted(of(all, blame)))
	case d.Explains && n < 2:
		return clear("says very little: {{.Words}}", "Words", quoted(texts(among(all))))
	case d.Explains && n < Floor:
		return doubt("says very little: {{.Words}}", "Words", quoted(texts(among(all))))
	case strict(all, evasion) && !beyond(all, evasion) && (d.Explains || n < Floor-1):
		return doubt("puts the answer off: {{.Words}}", "Words", quoted(of(all, evasion)))
	case d.Acts && changesLittle(all, own):
		return doubt("changes little: {{.Words}}", "Words", quoted(of(all, weak)))
	case !d.Short && n+references(all) < 2:
		return doubt("says very little: {{.Words}}", "Words", quoted(texts(own)))
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
	return doubt("seems to hold no words: {{.Words}}", "Words", quoted(texts(odd)))
}

// fillers doubts a reference in words that say nothing by themselves, "the team". One short
// word may be a name: IT.
func fillers(all []word) Finding {
	const short = 3
	ws := different(all, letters)
	if len(ws) == 0 || len(ws) == 1 && utf8.RuneCountInString(ws[0].text) <= short {
		return Finding{}
	}
	return doubt("names nothing: {{.Words}}", "Words", quoted(texts(ws)))
}

// empty says what is wrong with a text none of whose words says anything.
func empty(all []word, d Demand) Finding {
	switch {
	case d.Explains && has(all, blame):
		return clear("stops at a person: {{.Words}}; say why it could happen", "Words", quoted(of(all, blame)))
	case has(all, evasion), has(all, blame):
		return clear("says nothing: {{.Words}}", "Words", quoted(append(of(all, evasion), of(all, blame)...)))
	case d.Refers:
		return Finding{}
	default:
		return clear("says nothing")
	}
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
