package wording

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

var (
	//go:embed english.txt
	english string
	//go:embed german.txt
	german string
	//go:embed others.txt
	others string
)

// A kind of word or phrase in the data files.
type kind string

// The kinds.
const (
	evasion     kind = "evasion"     // an answer that says nothing: "to be determined"
	blame       kind = "blame"       // a cause that stops at a person: "human error"
	filler      kind = "filler"      // a word that says nothing by itself: "the", "team"
	weak        kind = "weak"        // an action that changes nothing: "send a mail"
	placeholder kind = "placeholder" // a word of a text that stands for a text: "ipsum"
)

// A phrase is one or several words of a kind.
type phrase struct {
	kind  kind
	alone bool // it says nothing when it stands alone, and may say something between others
	place bool // it may be the name of a place or a system
	words []string
}

// A vocabulary is what the data files hold.
type vocabulary struct {
	phrases map[string][]phrase // by their first word, longest first
	fillers map[string]bool
	negates map[string]bool // words that turn a sentence round: "not", "without"
	leads   map[string]bool // words that lead to a reason: "because"
	// dense are the phrases of scripts without spaces between words, longest first.
	dense []string
	// spelt are the words of phrases that people disguise with digits: "3rror".
	spelt map[string]bool
}

var known = sync.OnceValue(func() vocabulary { //nolint:gochecknoglobals // a constant
	v := vocabulary{phrases: map[string][]phrase{}, fillers: map[string]bool{}, negates: map[string]bool{}, leads: map[string]bool{}, spelt: map[string]bool{}}
	for _, file := range []string{english, german, others} {
		section := ""
		for line := range strings.Lines(file) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			if line[0] == '[' {
				section = strings.Trim(line, "[]")
				continue
			}
			if dense(line) {
				v.dense = append(v.dense, line)
			}
			v.add(section, strings.Fields(key(line)))
		}
	}
	for _, ps := range v.phrases {
		slices.SortStableFunc(ps, func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	slices.SortStableFunc(v.dense, func(a, b string) int { return len(b) - len(a) })
	return v
})

// add adds a line of a section.
func (v vocabulary) add(section string, words []string) {
	first := words[0]
	p := phrase{words: words}
	switch section {
	case "no":
		v.negates[first] = true
		return
	case "why":
		v.leads[first] = true
		return
	case "place":
		p.kind, p.alone, p.place = evasion, true, true
	default:
		name, alone := strings.CutSuffix(section, " alone")
		p.kind, p.alone = kind(name), alone
	}
	v.phrases[first] = append(v.phrases[first], p)
	if p.kind != filler {
		for _, w := range words {
			v.spelt[w] = true
		}
	}
	if p.kind == filler {
		v.fillers[first] = true
	}
}

// covers returns how many of the first words are the phrase and the fillers between its
// words, 0 if they do not begin with it.
func (v vocabulary) covers(words []word, p phrase) int {
	const most = 5 // fillers between two words
	n := 0
	for i, k := range p.words {
		for skipped := 0; i > 0 && skipped < most && n < len(words) && words[n].key != k && v.fillers[words[n].key]; skipped++ {
			n++
		}
		if n == len(words) || words[n].key != k {
			return 0
		}
		n++
	}
	return n
}

// begin returns the longest phrase that words begin with and how many words it covers,
// 0 if there is none.
func (v vocabulary) begin(words []word) (phrase, int) {
	for _, p := range v.phrases[words[0].key] {
		if n := v.covers(words, p); n > 0 {
			return p, n
		}
	}
	return phrase{}, 0
}
