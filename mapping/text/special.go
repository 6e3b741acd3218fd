package text

import (
	"regexp"
	"slices"
	"sort"
	"strings"
)

// A special is a stretch of a source that conversion would write differently: a mention, a
// colour, a picture with its size.
type special struct {
	from, to int    // its place in the source
	shown    string // the stretch as conversion writes it, "" if it writes nothing
	shut     int    // for an opening tag: the number of its closing special, 0 if none
	shuts    bool   // it is a closing special
}

// token matches a word, a run of blanks, an escaped or any other single character.
var token = regexp.MustCompile(`[\pL\pN]+|[ \t]+|\r?\n|\\[!-/:-@\[-` + "`" + `{-~]|&#?[A-Za-z0-9]{2,31};|(?s:.)`)

// tokens cuts a text into tokens.
func tokens(s string) []string { return token.FindAllString(s, -1) }

// A slot is a token of a source, or a token of what a special shows.
type slot struct {
	key     string
	raw     string // as it stands in the source
	special int    // the special it belongs to, or -1
}

// restore returns plain, the converted new text, with those specials from the source of the old
// text whose text is still there. ok reports whether a result says what it should.
func restore(src, plain string, found []special, ok func(string) bool) string {
	var slots []slot
	at := 0
	first := make([]int, len(found)) // the first slot at or behind a special
	for i, s := range found {
		if s.from < at {
			continue
		}
		slots = appendSlots(slots, src[at:s.from], -1)
		first[i] = len(slots)
		slots = appendSlots(slots, s.shown, i)
		at = s.to
	}
	slots = appendSlots(slots, src[at:], -1)
	words := tokens(plain)
	starts := make([]int, len(words)+1)
	for i, w := range words {
		starts[i+1] = starts[i] + len(w)
	}
	mine, news := make([]string, len(slots)), make([]string, len(words))
	for i, s := range slots {
		mine[i] = s.key
	}
	for i, w := range words {
		news[i] = tokenKey(w)
	}
	p := placer{src: src, found: found, first: first, slots: slots, pairs: align(mine, news), starts: starts}
	groups := p.style(words)
	for i := range found {
		if g := p.place(i); len(g) > 0 {
			groups = append(groups, g)
		}
	}
	if s := apply(plain, groups); ok(s) {
		return s
	}
	var fine [][]edit // not all can be put back together: those that can
	for _, g := range groups {
		if try := append(slices.Clip(fine), g); ok(apply(plain, try)) {
			fine = try
		}
	}
	return apply(plain, fine)
}

func appendSlots(slots []slot, s string, special int) []slot {
	for _, t := range tokens(s) {
		slots = append(slots, slot{tokenKey(t), t, special})
	}
	return slots
}

// tokenKey is the form in which tokens are compared: an escaped character is that
// character, and blanks of all sorts are the same.
func tokenKey(t string) string {
	switch {
	case len(t) == 2 && t[0] == '\\':
		return t[1:]
	case len(t) > 2 && t[0] == '&':
		t = unescapeGFM(t)
	}
	switch {
	case t == "\u00a0" || strings.Trim(t, " \t") == "":
		return " "
	case t == "\r\n":
		return "\n"
	}
	return t
}

// An edit replaces a stretch of a text.
type edit struct {
	from, to int
	with     string
}

// apply makes edits in a text; of two that overlap the first counts.
func apply(s string, groups [][]edit) string {
	var edits []edit
	for _, g := range groups {
		edits = append(edits, g...)
	}
	sort.SliceStable(edits, func(i, j int) bool {
		if edits[i].from != edits[j].from {
			return edits[i].from < edits[j].from
		}
		return edits[i].to < edits[j].to // an insertion goes before a replacement
	})
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.from < at {
			continue
		}
		b.WriteString(s[at:e.from])
		b.WriteString(e.with)
		at = e.to
	}
	b.WriteString(s[at:])
	return b.String()
}

// A placer finds where the specials of a source belong in a new text.
type placer struct {
	src    string
	found  []special
	first  []int // the first slot of each special, or behind it
	slots  []slot
	pairs  []int // the token of the new text that goes with each slot, -1 if none
	starts []int // where the tokens of the new text begin
}

// place returns the edits that put a special back, none if its text is gone.
func (p *placer) place(i int) []edit {
	s := p.found[i]
	raw := p.src[s.from:s.to]
	at := p.first[i]
	switch {
	case s.shuts:
		return nil
	case s.shut > 0: // the two tags go around the text between them
		to := p.first[s.shut]
		lo, hi := p.within(at, to)
		if lo < 0 {
			return nil
		}
		// A word at the edge that changed is still between the tags if what stands outside
		// of them did not.
		if p.pairs[at] < 0 && (at == 0 || p.pairs[at-1] >= 0) {
			lo = 0
			if at > 0 {
				lo = p.pairs[at-1] + 1
			}
		}
		if p.pairs[to-1] < 0 && (to == len(p.slots) || p.pairs[to] >= 0) {
			hi = len(p.starts) - 2
			if to < len(p.slots) {
				hi = p.pairs[to] - 1
			}
		}
		end := p.found[s.shut]
		return []edit{{p.starts[lo], p.starts[lo], raw}, {p.starts[hi+1], p.starts[hi+1], p.src[end.from:end.to]}}
	case s.shown == "":
		if at > 0 && p.pairs[at-1] >= 0 {
			to := p.starts[p.pairs[at-1]+1]
			return []edit{{to, to, raw}}
		}
		if at < len(p.slots) && p.pairs[at] >= 0 {
			to := p.starts[p.pairs[at]]
			return []edit{{to, to, raw}}
		}
		return nil
	}
	end := at
	for end < len(p.slots) && p.slots[end].special == i {
		end++
	}
	for j := at; j < end; j++ { // all of it, in one piece
		if p.pairs[j] < 0 || j > at && p.pairs[j] != p.pairs[j-1]+1 {
			return nil
		}
	}
	if at == end {
		return nil
	}
	return []edit{{p.starts[p.pairs[at]], p.starts[p.pairs[end-1]+1], raw}}
}

// style returns the edits that give unchanged words the spelling of the source: its escapes,
// entities and blanks.
func (p *placer) style(words []string) [][]edit {
	var all []edit
	for i, s := range p.slots {
		if j := p.pairs[i]; s.special < 0 && j >= 0 && words[j] != s.raw {
			all = append(all, edit{p.starts[j], p.starts[j+1], s.raw})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return [][]edit{all}
}

// within returns the first and the last token of the new text that goes with a word
// among the slots from to to.
func (p *placer) within(from, to int) (lo, hi int) {
	lo, hi = -1, -1
	for j := from; j < to; j++ {
		if p.pairs[j] < 0 || strings.TrimSpace(p.slots[j].key) == "" {
			continue
		}
		if lo < 0 {
			lo = p.pairs[j]
		}
		hi = p.pairs[j]
	}
	return lo, hi
}
