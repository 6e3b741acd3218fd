package wording

import (
	_ "embed"
	"strings"
	"sync"
)

var (
	//go:embed english.txt
	english string
	//go:embed german.txt
	german string
)

// A kind of word or phrase in the data files.
type kind string

// The kinds.
const (
	evasion     kind = "evasion"     // an answer that says nothing: "to be determined"
	blame       kind = "blame"       // a cause that stops at a person: "human error"
	filler      kind = "filler"      // a word that says nothing by itself: "the", "team"
	placeholder kind = "placeholder" // a word of a text that stands for a text: "ipsum"
)

// phrases are the phrases of the data files by their first word, longest first.
var phrases = sync.OnceValue(func() map[string][]phrase { //nolint:gochecknoglobals // a constant
	out := map[string][]phrase{}
	for _, file := range []string{english, german} {
		k := kind("")
		for line := range strings.Lines(file) {
			line = strings.TrimSpace(line)
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				k = kind(strings.Trim(line, "[]"))
			default:
				p := phrase{k, strings.Fields(line)}
				first := p.words[0]
				out[first] = append(out[first], p)
			}
		}
	}
	for _, ps := range out {
		longestFirst(ps)
	}
	return out
})
