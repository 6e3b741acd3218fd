package text

import (
	"slices"
	"strings"
)

// A merger holds the input of a merge.
type merger struct {
	mine         *sourceText
	theirs, news []unit
	typed        bool // the markup of mine shows the numbers of items as they are typed
	// write returns the unit of outs[at] in the markup of mine.
	write func(outs []output, at int) string
	// inner edits src, which says old, so that it says u; it returns "" if it cannot. ok reports
	// whether a source says u.
	inner func(src string, old, u unit, ok func(string) bool) string
	// keys returns the meaning of a text, unit by unit, for comparing.
	keys func(string) []string
}

// An output is a part of the result.
type output struct {
	unit
	src  string // "" if it must be written anew
	was  string // the source of the piece of mine that it changes
	mine int    // the piece of mine that it keeps or changes, -1 if none
}

// merge returns the merged text. It changes units inside if the result then says what it should,
// and otherwise replaces whole units; plain is the text by conversion alone.
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

// outputs returns the parts of the result, in order.
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
	// News that mine already has in the same words, although the other side did not know it.
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

// changed edits src, the source of a unit that says old, so that it says u. It returns "" if the
// whole unit must be written anew.
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

// single returns the source of an item as a list with this one item.
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

// glue returns the separator between two units that were not neighbours before.
func glue(a, b unit) string {
	if a.item() && b.item() && a.list == b.list {
		return "\n"
	}
	return "\n\n"
}

// assemble joins outputs. Former neighbours keep the separator that they had.
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

// same reports whether two texts say the same to a reader, ignoring invisible parts.
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
