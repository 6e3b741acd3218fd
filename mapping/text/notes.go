package text

import (
	"regexp"
	"strings"
)

// noteMark matches a reference to a footnote in wiki markup.
var noteMark = regexp.MustCompile(`\[\^([^\]\[\s^]+)\]`)

// noteStart matches the beginning of a line that may be a footnote.
var noteStart = regexp.MustCompile(`^\\?\[\\?\^[^\]\[\s^]+\]: `)

// notes finds the footnotes of a text that came from GitHub: a paragraph that begins
// with "[^label]: " and a "[^label]" elsewhere. In Jira both are text.
func notes(in []block) []block {
	defined, used := map[string]bool{}, map[string]bool{}
	for _, b := range in {
		if label := noteLabel(b); label != "" {
			defined[label] = true
		}
	}
	if len(defined) == 0 {
		return in
	}
	walkInlines(in, func(x inline) {
		if x.kind != plain {
			return
		}
		for _, at := range noteMark.FindAllStringSubmatchIndex(x.text, -1) {
			label := x.text[at[2]:at[3]]
			if at[0] > 0 || !strings.HasPrefix(x.text[at[1]:], ": ") {
				used[label] = true
			}
		}
	})
	seen := map[string]bool{}
	var out []block
	for _, b := range in {
		label := noteLabel(b)
		if label == "" || !used[label] || seen[label] {
			more := b.kids
			if b.kind == para {
				b.kids = nil
				out = append(append(out, b), more...)
			} else {
				out = append(out, b)
			}
			continue
		}
		seen[label] = true
		first := block{kind: para, inl: append([]inline{{kind: plain, text: b.inl[0].text[len("[^]: ")+len(label):]}}, b.inl[1:]...)}
		out = append(out, block{kind: footnote, text: label, kids: append([]block{first}, b.kids...), from: b.from, to: b.to})
	}
	if len(seen) == 0 {
		return out
	}
	return tidyBlocks(mapText(out, func(s string) []inline { return splitRefs(s, seen) }))
}

// asParagraphs returns a footnote as text, as it stands in Jira.
func asParagraphs(b block) []block {
	first := block{kind: para, inl: append([]inline{{kind: plain, text: "[^" + b.text + "]: "}}, b.kids[0].inl...)}
	return append([]block{first}, b.kids[1:]...)
}

// noteLabel returns the label of the footnote that a paragraph may be, or "".
func noteLabel(b block) string {
	if b.kind != para || len(b.inl) == 0 || b.inl[0].kind != plain {
		return ""
	}
	m := noteMark.FindStringSubmatchIndex(b.inl[0].text)
	if m == nil || m[0] > 0 || !strings.HasPrefix(b.inl[0].text[m[1]:], ": ") {
		return ""
	}
	return b.inl[0].text[m[2]:m[3]]
}

// splitRefs cuts a text at references to known footnotes.
func splitRefs(s string, known map[string]bool) []inline {
	var out []inline
	at := 0
	for _, m := range noteMark.FindAllStringSubmatchIndex(s, -1) {
		if label := s[m[2]:m[3]]; known[label] {
			out = append(out, inline{kind: plain, text: s[at:m[0]]}, inline{kind: noteRef, text: label})
			at = m[1]
		}
	}
	return append(out, inline{kind: plain, text: s[at:]})
}

// mapText returns a document with every stretch of text replaced.
func mapText(in []block, f func(string) []inline) []block {
	var line func([]inline) []inline
	line = func(in []inline) []inline {
		var out []inline
		for _, x := range in {
			if x.kind == plain {
				out = append(out, f(x.text)...)
				continue
			}
			x.kids = line(x.kids)
			out = append(out, x)
		}
		return out
	}
	var out []block
	for _, b := range in {
		b.inl = line(b.inl)
		b.kids = mapText(b.kids, f)
		for i, row := range b.rows {
			for j, c := range row {
				b.rows[i][j] = line(c)
			}
		}
		for i := range b.items {
			b.items[i].kids = mapText(b.items[i].kids, f)
		}
		out = append(out, b)
	}
	return out
}
