package text

import (
	"slices"
	"strings"
)

// Merging puts a new text into a side without rewriting what did not change there. The
// text that the side has now is the source of all that the other side cannot say:
// colours, sizes of pictures, mentions, macros in Jira; the language of code, the
// alignment of tables, HTML in GitHub. (A symmetric lens, with the side's own text as its
// complement: https://dl.acm.org/doi/10.1145/1926385.1926428.)

// IntoWiki returns wiki markup that says what news says, as a change of mine. mine is the
// text that stands in Jira; theirs is what the register said when it and mine agreed, and
// news what it says now, both in Markdown. names are those of FromWikiNamed.
//
// What did not change keeps its source byte for byte. A picture or file that mine shows
// is never dropped: Jira Cloud deletes a file for good when the description that embeds
// it is replaced by one that does not
// (https://github.com/ankitpokhrel/jira-cli/issues/1005). It stays where it was if its
// text is gone.
func IntoWiki(mine, theirs, news string, names Names) string {
	if news == theirs || Same(news, mine, names) {
		return mine
	}
	m := wikiMerger(mine, unitsOf(readGFM(theirs)), unitsOf(readGFM(news)), names)
	plain := func() string { return ToWiki(news) }
	s := keepFiles(mine, m.merge(mine, plain))
	if !Same(news, s, names) {
		s = keepFiles(mine, m.alone(mine, plain))
	}
	return s
}

// IntoGFM returns Markdown that says what news says, as a change of mine. mine is the
// text of the register, theirs the text of Jira that both agreed on, and news the text
// that stands there now. What did not change keeps its source. The result is canonical
// if mine is.
func IntoGFM(mine, theirs, news string, names Names) string {
	if news == theirs {
		return mine
	}
	// A file that only Jira shows stays there alone: its text was taken out on purpose.
	if gone := unshown(theirs, mine); len(gone) > 0 {
		theirs, news = withoutFiles(theirs, gone), withoutFiles(news, gone)
	}
	if equal(mine, news, names) {
		return mine
	}
	m := gfmMerger(mine, unitsOf(readWikiNamed(theirs, names)), unitsOf(readWikiNamed(news, names)))
	plain := func() string { return FromWikiNamed(news, names) }
	s := Canonical(m.merge(mine, plain))
	if !equal(s, news, names) {
		s = Canonical(plain())
	}
	return s
}

// wikiMerger merges into wiki markup.
func wikiMerger(mine string, theirs, news []unit, names Names) *merger {
	return &merger{
		mine: splitWiki(mine, names), theirs: theirs, news: news, typed: true,
		write: func(outs []output, at int) string { return outs[at].wiki() },
		inner: func(src string, old, u unit, ok func(string) bool) string { return wikiInner(src, old, u, names, ok) },
		keys:  func(s string) []string { return keysOf(splitWiki(s, names).pieces) },
	}
}

// gfmMerger merges into Markdown.
func gfmMerger(mine string, theirs, news []unit) *merger {
	return &merger{
		mine: splitGFM(mine), theirs: theirs, news: news,
		write: gfmAt,
		inner: gfmInner,
		keys:  func(s string) []string { return keysOf(splitGFM(s).pieces) },
	}
}

// A merger holds what a merge works on.
type merger struct {
	mine         *sourceText
	theirs, news []unit
	typed        bool // the markup of mine shows the numbers of items as they are typed
	// write returns the unit of outs[at] in the markup of mine.
	write func(outs []output, at int) string
	// inner returns the source src, which said old, saying u, or "" if it cannot; ok
	// reports whether a source says u.
	inner func(src string, old, u unit, ok func(string) bool) string
	// keys returns what a text says, unit by unit.
	keys func(string) []string
}

// An output is a part of the result.
type output struct {
	unit
	src  string // "" if it is to be written
	was  string // the source of the piece of mine that it changes
	mine int    // the piece of mine that it is or changes, -1 if none
}

// merge returns the merged text: with changes inside of units if these say what they
// should, and without otherwise; plain is the text by conversion alone.
func (m *merger) merge(mine string, plain func() string) string {
	want := keysOfUnits(m.news)
	for _, deep := range []bool{true, false} {
		if s := m.assemble(m.outputs(deep)); same(m.keys(s), want) {
			return s
		}
	}
	return m.alone(mine, plain)
}

// alone returns the text by conversion alone, with the line ends of mine.
func (m *merger) alone(mine string, plain func() string) string {
	return strings.ReplaceAll(plain(), "\n", lineEnd(mine))
}

// outputs says what the result consists of, in order.
func (m *merger) outputs(deep bool) []output {
	mineKeys, theirKeys, newKeys := places(m.mine.pieces), placesOf(m.theirs), placesOf(m.news)
	var visible []int // the pieces that a reader sees
	for i, p := range m.mine.pieces {
		if p.key != "" {
			visible = append(visible, i)
		}
	}
	seen := make([]string, len(visible))
	for i, v := range visible {
		seen[i] = mineKeys[v]
	}
	toMine := pairUp(align(theirKeys, seen), theirKeys, seen)
	toNews := pairUp(align(theirKeys, newKeys), theirKeys, newKeys)
	mineOf, oldOf := make([]int, len(m.news)), make([]int, len(m.news))
	for i := range m.news {
		mineOf[i], oldOf[i] = -1, -1
	}
	taken := map[int]bool{}
	for t, n := range toNews {
		if n < 0 {
			continue
		}
		oldOf[n] = t
		if toMine[t] >= 0 {
			mineOf[n] = visible[toMine[t]]
			taken[mineOf[n]] = true
		}
	}
	// What mine has already said in the same words, though the other side did not know.
	for n := range m.news {
		for _, v := range visible {
			if mineOf[n] < 0 && !taken[v] && mineKeys[v] == newKeys[n] {
				mineOf[n], taken[v] = v, true
			}
		}
	}
	var out []output
	placed := -1 // the last piece of mine that was placed or passed
	hidden := func(to int) {
		for ; placed+1 < to; placed++ {
			if p := m.mine.pieces[placed+1]; p.key == "" {
				out = append(out, output{unit: p.unit, src: m.mine.src(p), mine: placed + 1})
			}
		}
	}
	for n, u := range m.news {
		at := mineOf[n]
		if at < 0 {
			out = append(out, output{unit: u, mine: -1})
			continue
		}
		hidden(at)
		placed = max(placed, at)
		o := output{unit: u, mine: at, src: m.mine.src(m.mine.pieces[at])}
		o.was = o.src
		switch {
		case mineKeys[at] == newKeys[n], oldOf[n] >= 0 && theirKeys[oldOf[n]] == newKeys[n]:
		case deep:
			old := m.mine.pieces[at].unit
			if oldOf[n] >= 0 {
				old = m.theirs[oldOf[n]]
			}
			o.src = m.changed(o.src, old, u)
		default:
			o.src = ""
		}
		out = append(out, o)
	}
	hidden(len(m.mine.pieces))
	return out
}

// changed returns the source src of a unit that said old, saying u, or "" if all of it
// must be written anew.
func (m *merger) changed(src string, old, u unit) string {
	ok := func(s string) bool {
		switch {
		case u.item():
			s = single(s)
		case panelTitle.MatchString(s):
			s += "\n{panel}"
		}
		keys := slices.DeleteFunc(m.keys(s), func(k string) bool { return k == "" })
		if u.item() {
			return len(keys) > 0 && saidBy(keys[len(keys)-1]) == saidBy(u.key)
		}
		return len(keys) == 1 && keys[0] == u.key
	}
	s := m.inner(src, old, u, ok)
	if s == "" || !ok(s) {
		return ""
	}
	if eol := lineEnd(src); eol != "\n" {
		s = strings.ReplaceAll(strings.ReplaceAll(s, eol, "\n"), "\n", eol)
	}
	return s
}

// single returns the source of an item as that of a list of its own.
func single(s string) string {
	if m := wikiMark.FindStringSubmatch(s); m != nil && len(m[2]) > 1 && strings.Trim(m[2], "*#-") == "" {
		return m[2][len(m[2])-1:] + s[len(m[1])+len(m[2]):]
	}
	m := gfmMark.FindStringSubmatch(s)
	if m == nil || m[1] == "" {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = outdent(l, len(m[1]))
	}
	return strings.Join(lines, "\n")
}

// glue returns what stands between two units that were not neighbours.
func glue(a, b unit) string {
	if a.item() && b.item() && a.list == b.list {
		return "\n"
	}
	return "\n\n"
}

// assemble joins outputs, with what stood between those that were neighbours before.
func (m *merger) assemble(outs []output) string {
	var b strings.Builder
	eol := lineEnd(strings.Join(m.mine.lines, ""))
	for i := range outs {
		o := &outs[i]
		if o.src == "" {
			o.src = strings.ReplaceAll(m.write(outs, i), "\n", eol)
		} else if o.item() {
			o.src = renumber(o.src, o.unit, m.typed && o.typed || i == 0 || !outs[i-1].item() || outs[i-1].list != o.list || len(outs[i-1].marks) < len(o.marks))
		}
		switch {
		case i == 0 && o.mine >= 0:
			b.WriteString(m.mine.gap(0, m.mine.pieces[0].from))
		case i == 0:
		case o.mine > 0 && outs[i-1].mine == o.mine-1:
			b.WriteString(m.mine.ending(o.mine-1) + m.mine.gap(m.mine.pieces[o.mine-1].to, m.mine.pieces[o.mine].from))
		default:
			b.WriteString(strings.ReplaceAll(glue(outs[i-1].unit, o.unit), "\n", eol))
		}
		b.WriteString(o.src)
	}
	if n := len(m.mine.pieces); n > 0 && len(outs) > 0 {
		b.WriteString(m.mine.ending(n-1) + m.mine.gap(m.mine.pieces[n-1].to, len(m.mine.lines)))
	}
	return b.String()
}

// ending returns the line end of a piece.
func (s *sourceText) ending(i int) string {
	last := s.lines[s.pieces[i].to-1]
	return last[len(trimEnd(last)):]
}

// lineEnd returns the line end that a text uses.
func lineEnd(s string) string {
	if strings.Contains(s, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

func keysOf(pieces []piece) []string {
	var out []string
	for _, p := range pieces {
		out = append(out, p.key)
	}
	return out
}

func keysOfUnits(units []unit) []string {
	var out []string
	for _, u := range units {
		out = append(out, u.key)
	}
	return out
}

func places(pieces []piece) []string {
	var out []string
	for _, p := range pieces {
		out = append(out, p.place())
	}
	return out
}

func placesOf(units []unit) []string {
	var out []string
	for _, u := range units {
		out = append(out, u.place())
	}
	return out
}

// same reports whether two texts say the same: what a reader does not see aside.
func same(got, want []string) bool {
	at := 0
	for _, k := range got {
		if k == "" {
			continue
		}
		for at < len(want) && want[at] == "" {
			at++
		}
		if at >= len(want) || want[at] != k {
			return false
		}
		at++
	}
	for at < len(want) && want[at] == "" {
		at++
	}
	return at >= len(want)
}
