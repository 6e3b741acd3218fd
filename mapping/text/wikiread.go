package text

import (
	"strings"
)

// readWiki reads Jira wiki markup.
func readWiki(s string) []block { return tidyBlocks(wikiBlocks(Normalise(s), 0)) }

// wikiBlocks reads the block macros of s and, between them, its lines.
func wikiBlocks(s string, depth int) []block {
	var out []block
	rest, i := 0, 0
	flush := func(to int) {
		out = append(out, wikiLines(s[rest:to])...)
	}
	for i < len(s) {
		switch {
		case s[i] == '\\':
			i += 2
			continue
		case strings.HasPrefix(s[i:], "{{"):
			if n := monoEnd(s[i:]); n > 0 {
				i += n
				continue
			}
			i += 2
			continue
		case s[i] != '{':
			i++
			continue
		}
		m, ok := macroAt(s, i, depth)
		if !ok {
			i++
			continue
		}
		flush(i)
		out = append(out, m.blocks...)
		i = m.end
		rest = i
	}
	if rest < len(s) {
		flush(len(s))
	}
	return out
}

// monoEnd returns the length of the "{{code}}" that s starts with, or 0. What is
// longer than any code in a line is none: the bound keeps the reader fast.
func monoEnd(s string) int {
	for i := 2; i < min(len(s), 1024) && s[i] != '\n'; i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if i > 2 && strings.HasPrefix(s[i:], "}}") {
			return i + 2
		}
	}
	return 0
}

// A found is a block macro and where it ends.
type found struct {
	blocks []block
	end    int
}

// macroAt reads the block macro that starts at s[i].
func macroAt(s string, i, depth int) (found, bool) {
	name, params, n := tag(s[i:])
	if n == 0 || depth > 8 {
		return found{}, false
	}
	from := i + n
	shut := "{" + name + "}"
	switch name {
	case "code", "noformat":
		end := strings.Index(s[from:], shut)
		if end < 0 {
			return found{}, false
		}
		lang := ""
		if name == "code" {
			lang = codeLang(params)
		}
		t := strings.Trim(s[from:from+end], "\n")
		return found{[]block{{kind: codeBlock, lang: lang, text: t}}, from + end + len(shut)}, true
	case "quote", "panel":
		end := shutAt(s, from, shut)
		if end < 0 {
			return found{}, false
		}
		kids := wikiBlocks(s[from:end], depth+1)
		if name == "quote" {
			kids = []block{{kind: quote, kids: kids}}
		} else if t := param(params, "title"); t != "" {
			kids = append([]block{{kind: para, inl: []inline{{kind: strong, kids: wikiInlines(t, 0)}}}}, kids...)
		}
		return found{kids, end + len(shut)}, true
	case "color", "anchor":
		return found{}, false
	}
	if i > 0 && s[i-1] != '\n' { // other macros count as blocks only on lines of their own
		return found{}, false
	}
	if end := strings.Index(s[from:], shut); end >= 0 {
		end += from + len(shut)
		if end == len(s) || s[end] == '\n' {
			return found{[]block{{kind: macro, text: s[i:end]}}, end}, true
		}
	}
	if from == len(s) || s[from] == '\n' {
		return found{[]block{{kind: macro, text: s[i:from]}}, from}, true
	}
	return found{}, false
}

// tag reads "{name}" or "{name:params}".
func tag(s string) (name, params string, n int) {
	end := strings.IndexAny(s[1:], "}\n{")
	if end < 1 || s[1+end] != '}' {
		return "", "", 0
	}
	name, params, _ = strings.Cut(s[1:1+end], ":")
	for i, r := range name {
		if (r >= 0x80 || !isAlnum(r)) && (i <= 0 || r != '-') {
			return "", "", 0
		}
	}
	if name == "" {
		return "", "", 0
	}
	return name, params, end + 2
}

// shutAt finds shut in s at or after from, outside of code.
func shutAt(s string, from int, shut string) int {
	if !strings.Contains(s[from:], shut) {
		return -1
	}
	for i := from; i < len(s); {
		switch {
		case s[i] == '\\':
			i += 2
			continue
		case strings.HasPrefix(s[i:], shut):
			return i
		case s[i] == '{':
			name, _, n := tag(s[i:])
			if name == "code" || name == "noformat" {
				if end := strings.Index(s[i+n:], "{"+name+"}"); end >= 0 {
					i += n + end + len(name) + 2
					continue
				}
			}
			if strings.HasPrefix(s[i:], "{{") {
				i += max(monoEnd(s[i:]), 2)
				continue
			}
		}
		i++
	}
	return -1
}

// codeLang returns the language among the parameters of {code}: "go",
// "title=x|java" or "language=go".
func codeLang(params string) string {
	if l := param(params, "language"); l != "" {
		return l
	}
	for p := range strings.SplitSeq(params, "|") {
		if !strings.Contains(p, "=") {
			return p
		}
	}
	return ""
}

func param(params, key string) string {
	for p := range strings.SplitSeq(params, "|") {
		if k, v, ok := strings.Cut(p, "="); ok && k == key {
			return v
		}
	}
	return ""
}

// wikiLines reads text without block macros.
func wikiLines(s string) []block {
	var out []block
	open := false // whether a line continues the last block
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		last := len(out) - 1
		switch {
		case line == "":
			open = false
		case len(line) > 3 && line[0] == 'h' && '1' <= line[1] && line[1] <= '6' && line[2:4] == ". ":
			out = append(out, block{kind: heading, level: int(line[1] - '0'), inl: wikiInlines(line[4:], 0)})
			open = false
		case strings.HasPrefix(line, "bq. "):
			out = append(out, block{kind: quote, kids: []block{{kind: para, inl: wikiInlines(line[4:], 0)}}})
			open = false
		case len(line) >= 4 && strings.Trim(line, "-") == "":
			out = append(out, block{kind: rule})
			open = false
		case line[0] == '|':
			row := wikiRow(line)
			if open && out[last].kind == table {
				out[last].rows = append(out[last].rows, row)
			} else {
				out = append(out, block{kind: table, rows: [][][]inline{row}})
			}
			open = true
		case bullet(line) != "":
			mark := bullet(line)
			in := wikiInlines(strings.TrimSpace(line[len(mark):]), 0)
			if open && out[last].kind == list && addItem(&out[last], mark, in) {
				continue
			}
			b := block{kind: list, ordered: mark[0] == '#'}
			addItem(&b, mark, in)
			out = append(out, b)
			open = true
		case open && out[last].kind == para:
			out[last].inl = append(append(out[last].inl, inline{kind: brk}), wikiInlines(line, 0)...)
		case open && out[last].kind == list:
			it := lastItem(&out[last])
			it.inl = append(append(it.inl, inline{kind: brk}), wikiInlines(line, 0)...)
		default:
			out = append(out, block{kind: para, inl: wikiInlines(line, 0)})
			open = true
		}
	}
	return out
}

// bullet returns the bullets of a list line, "*" or "##" or "*#", or "".
func bullet(line string) string {
	n := 0
	for n < len(line) && strings.IndexByte("*#-", line[n]) >= 0 {
		n++
	}
	if n == 0 || n > 12 || n == len(line) || line[n] != ' ' {
		return ""
	}
	return line[:n]
}

// addItem adds an item to a list whose bullets mark begins with; it reports
// false if the list is of the other sort.
func addItem(l *block, mark string, in []inline) bool {
	if l.ordered != (mark[0] == '#') {
		return false
	}
	if len(mark) == 1 {
		l.items = append(l.items, item{inl: in})
		return true
	}
	if len(l.items) == 0 {
		l.items = append(l.items, item{})
	}
	it := &l.items[len(l.items)-1]
	if n := len(it.sub); n > 0 && addItem(&it.sub[n-1], mark[1:], in) {
		return true
	}
	b := block{kind: list, ordered: mark[1] == '#'}
	addItem(&b, mark[1:], in)
	it.sub = append(it.sub, b)
	return true
}

func lastItem(l *block) *item {
	it := &l.items[len(l.items)-1]
	if n := len(it.sub); n > 0 {
		return lastItem(&it.sub[n-1])
	}
	return it
}

// wikiRow cuts "||a||b||" or "|a|b|" into cells.
func wikiRow(line string) [][]inline {
	var cells [][]inline
	line = strings.TrimLeft(line, "|")
	start := 0
	for i := 0; i < len(line); {
		switch {
		case line[i] == '\\':
			i += 2
		case strings.HasPrefix(line[i:], "{{"):
			i += max(monoEnd(line[i:]), 2)
		case line[i] == '[':
			i += max(linkEnd(line[i:]), 1)
		case line[i] == '!':
			i += max(imageEnd(line[i:]), 1)
		case line[i] == '|':
			cells = append(cells, wikiInlines(strings.TrimSpace(line[start:i]), 0))
			i++
			if i < len(line) && line[i] == '|' {
				i++
			}
			start = i
		default:
			i++
		}
	}
	if start < len(line) {
		cells = append(cells, wikiInlines(strings.TrimSpace(line[start:]), 0))
	}
	return cells
}
