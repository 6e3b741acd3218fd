package text

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// tidyLine tidies the text of a paragraph, an item, a cell or (without breaks) a heading.
func tidyLine(in []inline, breaks bool) []inline {
	in = tidyInlines(in, 0)
	if !breaks {
		for i := range in {
			if in[i].kind == brk {
				in[i] = inline{kind: plain, text: " "}
			}
		}
		in = tidyInlines(in, 0)
	}
	return trimLine(in)
}

// trimLine drops space at both ends and around breaks, and doubled breaks.
func trimLine(in []inline) []inline {
	var out []inline
	for i, x := range in {
		if x.kind == plain {
			if i == 0 || in[i-1].kind == brk {
				x.text = strings.TrimLeft(x.text, " ")
			}
			if i == len(in)-1 || in[i+1].kind == brk {
				x.text = strings.TrimRight(x.text, " ")
			}
			if x.text == "" {
				continue
			}
		}
		if x.kind == brk && (len(out) == 0 || out[len(out)-1].kind == brk) {
			continue
		}
		out = append(out, x)
	}
	for len(out) > 0 && out[len(out)-1].kind == brk {
		out = out[:len(out)-1]
	}
	return out
}

// tidyInlines merges neighbours, moves space and breaks out of spans, drops what
// is empty and spans within spans of the same kind (seen has a bit for each kind
// that surrounds in).
func tidyInlines(in []inline, seen int) []inline {
	t := tidier{seen: seen}
	t.all(join(in))
	t.flush()
	return t.out
}

// join merges neighbouring spans of one kind.
func join(in []inline) []inline {
	var out []inline
	for i := 0; i < len(in); i++ {
		x := in[i]
		for j := i + 1; j < len(in) && x.kind.span() && in[j].kind == x.kind; j++ {
			if j == i+1 {
				x.kids = slices.Clone(x.kids)
			}
			x.kids = append(x.kids, in[j].kids...)
		}
		for i+1 < len(in) && x.kind.span() && in[i+1].kind == x.kind {
			i++
		}
		out = append(out, x)
	}
	return out
}

type tidier struct {
	seen int
	out  []inline
	text strings.Builder // text that may go on
}

func (t *tidier) flush() {
	if t.text.Len() > 0 {
		t.out = append(t.out, inline{kind: plain, text: awake(squeeze(t.text.String()))})
		t.text.Reset()
	}
}

// awake undoes markdown.Calm, because the model of a document holds the plain words. FromWiki
// applies Calm again.
func awake(s string) string {
	if !strings.Contains(s, joiner) {
		return s
	}
	return markdown.Wake(s)
}

func (t *tidier) all(in []inline) {
	for _, x := range in {
		switch {
		case x.kind == plain:
			t.text.WriteString(x.text)
		case x.kind == code:
			if x.text = strings.TrimSpace(squeeze(x.text)); x.text != "" {
				t.add(x)
			}
		case x.kind == link, x.kind == bare, x.kind == image:
			if t.seen&(1<<link) != 0 && x.kind != image { // a link in a link
				t.all(shown(x))
				continue
			}
			for _, y := range tidyAddress(x, t.seen) {
				t.add(y)
			}
		case x.kind == brk, x.kind == tagged, x.kind == noteRef:
			t.add(x)
		case t.seen&(1<<x.kind) != 0:
			t.all(x.kids)
		default:
			for _, y := range tidySpan(x, t.seen) {
				t.add(y)
			}
		}
	}
}

// shown returns the inlines that a link shows.
func shown(x inline) []inline {
	if x.kind == bare {
		return []inline{{kind: plain, text: x.text}}
	}
	return x.kids
}

// add appends an inline that is already tidy.
func (t *tidier) add(x inline) {
	if x.kind == plain {
		t.text.WriteString(x.text)
		return
	}
	t.flush()
	if n := len(t.out); n > 0 && x.kind.span() && t.out[n-1].kind == x.kind {
		t.out[n-1].kids = tidyInlines(append(slices.Clone(t.out[n-1].kids), x.kids...), t.seen|1<<x.kind)
		return
	}
	if n := len(t.out); n > 0 && x.kind == code && t.out[n-1].kind == code {
		t.out[n-1].text += x.text // Markdown has no mark between two pieces of code
		return
	}
	t.out = append(t.out, x)
}

// tidySpan splits a span at its breaks, since Jira's do not cross lines.
func tidySpan(x inline, seen int) []inline {
	kids := tidyInlines(x.kids, seen|1<<x.kind)
	var out, part []inline
	flush := func() {
		lead, trail := false, false
		if n := len(part); n > 0 && part[0].kind == plain {
			t := strings.TrimLeft(part[0].text, " ")
			lead, part[0].text = t != part[0].text, t
		}
		if n := len(part); n > 0 && part[n-1].kind == plain {
			t := strings.TrimRight(part[n-1].text, " ")
			trail, part[n-1].text = t != part[n-1].text, t
		}
		part = slices.DeleteFunc(part, func(y inline) bool { return y.kind == plain && y.text == "" })
		if lead {
			out = append(out, inline{kind: plain, text: " "})
		}
		if len(part) > 0 {
			out = append(out, inline{kind: x.kind, kids: part})
		}
		if trail {
			out = append(out, inline{kind: plain, text: " "})
		}
		part = nil
	}
	for _, k := range kids {
		if k.kind == brk {
			flush()
			out = append(out, k)
			continue
		}
		part = append(part, k)
	}
	flush()
	return out
}

// squeeze makes every run of blanks one space, as both markups show it.
func squeeze(s string) string {
	if !strings.ContainsAny(s, " \t\n") {
		return s
	}
	var b strings.Builder
	gap := false
	for _, r := range s {
		if r == ' ' || r == '\t' || r == '\n' {
			gap = true
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	if gap {
		b.WriteByte(' ')
	}
	return b.String()
}
