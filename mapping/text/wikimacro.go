package text

import (
	"strings"
)

// A found is a block macro and where it ends, 0 if there is none.
type found struct {
	blocks []block
	end    int
}

// macro returns the first block macro that begins before end, and where.
func (r *wikiBlockReader) macro(end int) (int, found) {
	if r.depth > deepestWiki {
		return 0, found{}
	}
	for i := r.i; i < end; {
		switch {
		case r.s[i] == '\\':
			i += 2
		case strings.HasPrefix(r.s[i:], "{{"):
			i += max(monoEnd(r.s[i:]), 2)
		case r.s[i] == '{':
			if m := r.macroAt(i); m.end > 0 {
				return i, m
			}
			i++
		default:
			i++
		}
	}
	return 0, found{}
}

// panel reads a panel tag on a line of its own; it is false if line is no such tag, or the tag has
// no partner.
func (r *wikiBlockReader) panel(line string, end int) bool {
	name, params, n := "", "", 0
	if line[0] == '{' {
		name, params, n = tag(line)
	}
	if name != "panel" || n != len(line) {
		return false
	}
	b := block{kind: panelTag}
	if r.inPanel {
		r.inPanel = false
	} else {
		shut := shutAt(r.s, min(end, len(r.s)), "{panel}")
		if shut < 0 || r.s[shut-1] != '\n' || shut+len("{panel}") < len(r.s) && r.s[shut+len("{panel}")] != '\n' || r.open {
			return false // part of a list, or of a line
		}
		r.inPanel = true
		if t := param(params, "title"); t != "" {
			b.inl = tidyLine([]inline{{kind: strong, kids: r.inlines(t)}}, true)
		}
	}
	from := r.line
	r.skip(end + 1)
	r.add(b, from)
	r.open = false
	return true
}

// monoEnd returns the length of the "{{code}}" at the start of s, or 0. A longer text than any
// code in a line does not count: this bound keeps the reader fast.
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

// macroAt reads the block macro that starts at i.
func (r *wikiBlockReader) macroAt(i int) found {
	s := r.s
	name, params, n := tag(s[i:])
	if n == 0 {
		return found{}
	}
	from := i + n
	shut := "{" + name + "}"
	switch name {
	case "code", "noformat":
		end := strings.Index(s[from:], shut)
		if end < 0 {
			return found{}
		}
		lang := ""
		if name == "code" {
			lang = codeLang(params)
		}
		t := strings.Trim(loudCode(name, s[from:from+end]), "\n")
		return found{[]block{{kind: codeBlock, lang: lang, text: t}}, from + end + len(shut)}
	case "quote", "panel":
		end := shutAt(s, from, shut)
		if end < 0 {
			return found{}
		}
		inner := wikiBlockReader{s: s[from:end], names: r.names, depth: r.depth + 1}
		kids := inner.read()
		if name == "quote" {
			kids = []block{{kind: quote, kids: kids}}
		} else if t := param(params, "title"); t != "" {
			kids = append([]block{{kind: para, inl: []inline{{kind: strong, kids: r.inlines(t)}}}}, kids...)
		}
		return found{kids, end + len(shut)}
	case "color", "anchor":
		return found{}
	}
	if i > 0 && s[i-1] != '\n' { // other macros count as blocks only on lines of their own
		return found{}
	}
	if end := strings.Index(s[from:], shut); end >= 0 {
		end += from + len(shut)
		if end == len(s) || s[end] == '\n' {
			return found{[]block{{kind: macro, text: s[i:end]}}, end}
		}
	}
	if from == len(s) || s[from] == '\n' {
		return found{[]block{{kind: macro, text: s[i:from]}}, from}
	}
	return found{}
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
			if n := verbatimEnd(s[i:]); n > 0 {
				i += n
				continue
			}
		}
		i++
	}
	return -1
}

// verbatimEnd returns the length of the code that s starts with, in a block or in a
// line, or 0.
func verbatimEnd(s string) int {
	if strings.HasPrefix(s, "{{") {
		return max(monoEnd(s), 2)
	}
	name, _, n := tag(s)
	if name != "code" && name != "noformat" {
		return 0
	}
	end := strings.Index(s[n:], "{"+name+"}")
	if end < 0 {
		return 0
	}
	return n + end + len(name) + 2
}
