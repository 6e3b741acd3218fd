package text

import (
	"regexp"
	"strconv"
	"strings"
)

// A unit is a part of a text that is merged as a whole: a block, or one item of a list
// without the lists in it.
type unit struct {
	blocks []block // its content; of an item, without the lists in it
	key    string  // its meaning, in the form for comparing units; "" if a reader sees nothing
	marks  string  // item: the bullets of the lists that it stands in, as in wiki markup: "*#"
	number int     // item of an ordered list: its number
	typed  bool    // item of a list that does not begin with 1, or one below it
	list   int     // item: which list of the text it stands in
}

func (u unit) item() bool { return u.marks != "" }

// unitsOf cuts a document into units.
func unitsOf(blocks []block) []unit {
	var out []unit
	for i, b := range blocks {
		if b.kind == list {
			out = append(out, itemUnits(b, "", i, b.ordered && b.start != 1)...)
			continue
		}
		out = append(out, unit{blocks: []block{b}, key: blockKey(b)})
	}
	return out
}

func itemUnits(l block, marks string, id int, typed bool) []unit {
	marks += bulletOf(l)
	var out []unit
	for i, it := range l.items {
		own := it.kids
		for n, k := range it.kids {
			if k.kind == list {
				own = it.kids[:n]
				break
			}
		}
		u := unit{blocks: own, marks: marks, number: l.start + i, typed: typed, list: id}
		u.key = u.itemKey()
		out = append(out, u)
		for _, k := range it.kids[len(own):] {
			out = append(out, itemUnits(k, marks, id, typed)...)
		}
	}
	return out
}

func bulletOf(l block) string {
	if l.ordered {
		return "#"
	}
	return "*"
}

// itemKey is the key of an item. It includes the number only if the number is typed.
func (u unit) itemKey() string {
	said := blockKey(block{kind: list, items: []item{{kids: u.blocks}}})
	if u.typed && len(u.marks) == 1 {
		return strconv.Itoa(u.number) + " " + said
	}
	return u.marks + " " + said
}

// place returns the key by which a unit is found again: without a number.
func (u unit) place() string {
	if u.typed && len(u.marks) == 1 {
		return u.marks + " " + saidBy(u.key)
	}
	return u.key
}

// saidBy returns the part of the key of an item that does not depend on its place.
func saidBy(key string) string {
	_, said, _ := strings.Cut(key, " ")
	return said
}

// blockKey returns the meaning of blocks in terms that both markups have: wiki markup, after one
// conversion through Markdown.
func blockKey(blocks ...block) string {
	var out []block
	for _, b := range blocks {
		if b.kind == footnote { // alone it would refer to nothing
			out = append(out, asParagraphs(b)...)
			continue
		}
		out = append(out, b)
	}
	return writeWiki(readGFM(writeGFM(out)))
}

// wiki returns a unit in wiki markup.
func (u unit) wiki() string {
	if !u.item() {
		return writeWiki(u.blocks)
	}
	marks, first := u.marks, u.marks+" "
	if u.typed {
		if marks = marks[1:]; marks == "" {
			first = strconv.Itoa(u.number) + ". "
		} else {
			first = marks + " "
		}
	}
	return wikiItem(u.blocks, first, marks)
}

// gfmAt returns the unit of outs[at] in Markdown. An item gets the depth and the mark of its
// neighbours.
func gfmAt(outs []output, at int) string {
	u := outs[at].unit
	if !u.item() {
		return writeGFM(u.blocks)
	}
	mark, pad := "-", ""
	if strings.HasSuffix(u.marks, "#") {
		mark = "."
	}
	if like := gfmMark.FindStringSubmatch(brother(outs, at)); like != nil {
		pad, mark = like[1], like[2][len(like[2])-1:]
	} else if above := gfmMark.FindString(parent(outs, at)); above != "" {
		pad = strings.Repeat(" ", len(above))
	}
	if strings.HasSuffix(u.marks, "#") {
		mark = strconv.Itoa(u.number) + mark
	}
	return indent(gfmItem(u.blocks), pad+mark+" ", pad+strings.Repeat(" ", len(mark)+1))
}

// brother returns the source of an item of the same list: the one that outs[at] was, or
// one beside it; "" if there is none.
func brother(outs []output, at int) string {
	u := outs[at].unit
	if outs[at].was != "" {
		return outs[at].was
	}
	for _, step := range []int{-1, 1} {
		for i := at + step; i >= 0 && i < len(outs); i += step {
			o := outs[i]
			if !o.item() || o.list != u.list || len(o.marks) < len(u.marks) {
				break
			}
			if o.marks == u.marks && o.src+o.was != "" {
				if o.src != "" {
					return o.src
				}
				return o.was
			}
		}
	}
	return ""
}

// parent returns the source of the item that outs[at] stands in, "" if none.
func parent(outs []output, at int) string {
	for i := at - 1; i >= 0 && outs[i].item() && outs[i].list == outs[at].list; i-- {
		if len(outs[i].marks) < len(outs[at].marks) {
			return outs[i].src
		}
	}
	return ""
}

// typedNumber matches the number of an item, in either markup.
var typedNumber = regexp.MustCompile(`^([ \t]*)(\d{1,9})([.)] )`)

// renumber gives the source of an item its number if that decides what a reader sees
// (counts): in the first item of a list, and where numbers are typed.
func renumber(src string, u unit, counts bool) string {
	m := typedNumber.FindStringSubmatch(src)
	if m == nil || !counts || !strings.HasSuffix(u.marks, "#") {
		return src
	}
	n := strconv.Itoa(u.number)
	if n == m[2] {
		return src
	}
	head, rest, more := strings.Cut(src, "\n")
	head = m[1] + n + m[3] + head[len(m[0]):]
	if !more {
		return head
	}
	lines := strings.Split(rest, "\n")
	for i, l := range lines { // what follows stands under the text
		switch d := len(n) - len(m[2]); {
		case d > 0 && strings.TrimSpace(l) != "" && strings.HasPrefix(l, " "):
			lines[i] = strings.Repeat(" ", d) + l
		case d < 0:
			lines[i] = strings.TrimPrefix(l, strings.Repeat(" ", -d))
		}
	}
	return head + "\n" + strings.Join(lines, "\n")
}
