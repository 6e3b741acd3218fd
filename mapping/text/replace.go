package text

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// Replace edits src, a part of a description at GitHub, so that it says news, a text in canonical
// form: Canonical of the result is news. Unchanged lines keep their bytes, their line ends
// included. HTML comments, which Canonical removes, stay in the result, because templates and
// other bots keep notes in them.
func Replace(src, news string) string {
	theirs := Canonical(src)
	if theirs == news {
		return src
	}
	r := replacer{lines: cutLines(src, false), theirs: splitLines(theirs), news: splitLines(news), eol: lineEnd(src)}
	r.pairUp()
	for _, try := range []func() string{
		func() string { return r.assemble(true, true) },
		func() string { return r.assemble(false, true) },
		func() string { return r.assemble(false, false) },
	} {
		if s := try(); Canonical(s) == news {
			return s
		}
	}
	return strings.ReplaceAll(news, "\n", r.eol)
}

// splitLines cuts a text into lines; an empty text has none.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

type replacer struct {
	lines        []string // of the source, with their ends
	theirs, news []string // of the canonical forms, without
	eol          string
	source       []int // for each line of theirs, the line of the source that it stands for, or -1
	old          []int // for each line of news, its former line in theirs, or -1
	same         []bool
	shown        map[int]bool // the lines of the source that stand in its canonical form
}

// pairUp pairs the lines of the source with their canonical form. Before Canonical a line may
// have a comment in it, or text that would trigger an action at GitHub.
func (r *replacer) pairUp() {
	plain := make([]string, len(r.lines))
	for i, l := range r.lines {
		plain[i] = lineKey(trimEnd(l))
	}
	keys := make([]string, len(r.theirs))
	for i, l := range r.theirs {
		keys[i] = lineKey(l)
	}
	r.source = pairUp(align(keys, plain), keys, plain)
	r.shown = map[int]bool{}
	for _, s := range r.source {
		r.shown[s] = true
	}
	pairs := align(r.theirs, r.news)
	all := pairUp(pairs, r.theirs, r.news)
	r.old, r.same = make([]int, len(r.news)), make([]bool, len(r.news))
	for i := range r.old {
		r.old[i] = -1
	}
	for i, n := range all {
		if n >= 0 {
			r.old[n], r.same[n] = i, pairs[i] == n
		}
	}
}

// lineKey is the form in which the lines of a source are compared with those of its
// canonical form.
func lineKey(s string) string { return Normalise(markdown.Wake(stripComments(s))) }

// assemble returns the source with its lines replaced: with the comments inside of lines
// that changed (deep), and with the lines that Canonical leaves out (hidden).
func (r *replacer) assemble(deep, hidden bool) string {
	var out []string
	placed := -1
	pass := func(to int) {
		for ; placed+1 < to; placed++ {
			if hidden && !r.shown[placed+1] {
				out = append(out, r.lines[placed+1])
			}
		}
	}
	if len(r.theirs) == 0 { // the source has only hidden lines: write below them
		n := len(r.lines)
		for n > 0 && strings.TrimSpace(r.lines[n-1]) == "" {
			n--
		}
		pass(n)
	}
	for n, l := range r.news {
		src := -1
		if r.old[n] >= 0 {
			src = r.source[r.old[n]]
		}
		if src < 0 {
			out = append(out, l+r.eol)
			continue
		}
		pass(src)
		placed = max(placed, src)
		switch {
		case r.same[n]:
			out = append(out, r.lines[src])
			continue
		case deep:
			raw := trimEnd(r.lines[src])
			l = restore(raw, l, comments(raw), func(s string) bool { return lineKey(s) == lineKey(l) })
		}
		out = append(out, l+r.eol)
	}
	pass(len(r.lines))
	return r.join(out)
}

// join joins lines, each but the last with a line end, and the last as in the source.
func (r *replacer) join(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		text := trimEnd(l)
		end := l[len(text):]
		switch {
		case i < len(lines)-1 && end == "":
			end = r.eol
		case i == len(lines)-1 && (len(r.lines) == 0 || trimEnd(r.lines[len(r.lines)-1]) == r.lines[len(r.lines)-1]):
			end = ""
		}
		b.WriteString(text + end)
	}
	return b.String()
}

// comments returns the comments of a line.
func comments(s string) []special {
	var out []special
	for _, sp := range markdown.Parse(s).Spans() {
		if sp.Kind == markdown.Comment {
			out = append(out, commentSpecial(s, sp.Start, sp.End))
		}
	}
	return out
}

// commentSpecial returns a comment with the space behind it that goes with it.
func commentSpecial(s string, from, to int) special {
	if strings.HasSuffix(s[:from], " ") && strings.HasPrefix(s[to:], " ") {
		to++
	}
	return special{from: from, to: to}
}
