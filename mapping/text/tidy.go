package text

import (
	"slices"
	"strings"
)

// tidyBlocks brings a document to the form that both markups can say.
func tidyBlocks(in []block) []block {
	var out []block
	for _, b := range in {
		switch b.kind {
		case para:
			b.inl = tidyLine(b.inl, true)
			if len(b.inl) == 0 {
				continue
			}
		case heading:
			b.inl = tidyLine(b.inl, false)
			if len(b.inl) == 0 {
				continue
			}
		case list:
			b.items = tidyItems(b.items)
			if len(b.items) == 0 {
				continue
			}
			if n := len(out); n > 0 && out[n-1].kind == list && out[n-1].ordered == b.ordered {
				out[n-1].items = append(out[n-1].items, b.items...)
				continue
			}
		case codeBlock, macro:
			b.text = strings.TrimRight(strings.Trim(Normalise(b.text), "\n"), " \t\n")
			if strings.TrimSpace(b.text) == "" {
				continue
			}
			b.lang = tidyLang(b.lang)
		case quote:
			b.kids = tidyBlocks(flatten(b.kids))
			if len(b.kids) == 0 {
				continue
			}
		case table:
			if b.rows = tidyRows(b.rows); len(b.rows) == 0 {
				continue
			}
		case rule:
		}
		out = append(out, b)
	}
	return out
}

// flatten takes quotes out of quotes, which Jira cannot nest.
func flatten(in []block) []block {
	var out []block
	for _, b := range in {
		if b.kind == quote {
			out = append(out, flatten(b.kids)...)
		} else {
			out = append(out, b)
		}
	}
	return out
}

func tidyLang(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r < 0x80 && isAlnum(r) || strings.ContainsRune("+#.-_", r) {
			return r
		}
		return -1
	}, s))
}

func tidyItems(in []item) []item {
	var out []item
	for _, it := range in {
		it.inl = tidyLine(it.inl, true)
		it.sub = tidyBlocks(it.sub)
		switch {
		case len(it.inl) > 0:
			out = append(out, it)
		case len(it.sub) > 0: // an item without a line of its own
			for _, s := range it.sub {
				out = append(out, s.items...)
			}
		}
	}
	return out
}

func tidyRows(in [][][]inline) [][][]inline {
	var out [][][]inline
	width := 0
	for _, row := range in {
		cells, some := make([][]inline, len(row)), false
		for i, c := range row {
			cells[i] = tidyLine(c, true)
			some = some || len(cells[i]) > 0
		}
		if some {
			out = append(out, cells)
			width = max(width, len(cells))
		}
	}
	for i := range out {
		for len(out[i]) < width {
			out[i] = append(out[i], nil)
		}
	}
	return out
}

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
	for _, x := range in {
		if n := len(out); n > 0 && x.kind.span() && out[n-1].kind == x.kind {
			out[n-1].kids = append(slices.Clip(out[n-1].kids), x.kids...)
			continue
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
		t.out = append(t.out, inline{kind: plain, text: calm(squeeze(t.text.String()))})
		t.text.Reset()
	}
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
			for _, y := range tidyAddress(x) {
				t.add(y)
			}
		case x.kind == brk:
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

// add appends what is tidy already.
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

// tidyAddress makes the address of a link or image one that both markups accept,
// or turns it into text.
func tidyAddress(x inline) []inline {
	label := strings.TrimSpace(squeeze(x.text))
	u, ok := address(x.url)
	switch {
	case x.kind == bare && !ok:
		return []inline{{kind: plain, text: calm(squeeze(x.url))}}
	case x.kind == bare:
		return []inline{{kind: bare, url: u}}
	case !ok && label == "":
		return []inline{{kind: plain, text: calm(squeeze(x.url))}}
	case !ok && x.url == "":
		return []inline{{kind: plain, text: calm(label)}}
	case !ok:
		return []inline{{kind: plain, text: calm(squeeze(label + " (" + x.url + ")"))}}
	case x.kind == image:
		label = strings.TrimSpace(squeeze(strings.Map(func(r rune) rune {
			if strings.ContainsRune("|!,=[]\\{}*_~`<>&@", r) {
				return ' '
			}
			return r
		}, label)))
		return []inline{{kind: image, url: strings.NewReplacer("!", "%21", ",", "%2C").Replace(u), text: label}}
	case label == "" || label == x.url || label == u:
		return []inline{{kind: bare, url: u}}
	}
	return []inline{{kind: link, url: u, text: calm(label)}}
}

// address returns u in a spelling that needs no escape in either markup. Only
// addresses of the web and of mail are addresses here: a script is text.
func address(u string) (string, bool) {
	u = strings.TrimSpace(u)
	low := strings.ToLower(u)
	rest := ""
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(low, scheme) {
			rest = u[len(scheme):]
			u = scheme + rest
		}
	}
	if rest == "" {
		return "", false
	}
	var b strings.Builder
	for _, r := range u {
		switch {
		case r <= ' ' || r == 0x7f || strings.ContainsRune("|[]{}<>\\^\"`()*", r):
			b.WriteString("%" + hex(byte(r>>4)) + hex(byte(r&15)))
		case isSpace(r) || r == 0xFFFD:
			return "", false
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

func hex(b byte) string { return "0123456789ABCDEF"[b : b+1] }

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
