package text

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"github.com/conformd/conformd/internal/markdown"
)

// readGFM reads GitHub-flavoured Markdown. Task list boxes stay text, so that
// they survive a tracker that has none.
func readGFM(s string) []block {
	root, src := markdown.Tree(Normalise(s))
	r := gfmReader{src: src}
	return tidyBlocks(referred(r.blocks(root)))
}

type gfmReader struct{ src []byte }

func (r gfmReader) blocks(parent ast.Node) []block {
	var out []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if b, ok := r.block(n); ok {
			out = append(out, b)
		}
	}
	return out
}

// block reads one block node; it is false for one that is not shown.
func (r gfmReader) block(n ast.Node) (block, bool) {
	switch n := n.(type) {
	case *ast.Heading:
		return block{kind: heading, level: n.Level, inl: r.inlines(n)}, true
	case *ast.Paragraph, *ast.TextBlock:
		return block{kind: para, inl: r.inlines(n)}, true
	case *ast.ThematicBreak:
		return block{kind: rule}, true
	case *ast.FencedCodeBlock:
		return fenced(string(n.Language(r.src)), r.lines(n)), true
	case *ast.CodeBlock:
		return block{kind: codeBlock, text: r.lines(n)}, true
	case *ast.Blockquote:
		return block{kind: quote, kids: r.blocks(n)}, true
	case *ast.List:
		return r.list(n), true
	case *ast.HTMLBlock:
		t := string(n.Lines().Value(r.src))
		if n.HasClosure() {
			t += string(n.ClosureLine.Value(r.src))
		}
		return htmlBlock(strings.TrimRight(t, "\n")), true
	case *east.Table:
		return r.table(n), true
	case *east.Footnote:
		return block{kind: footnote, text: string(n.Ref), kids: r.blocks(n)}, true
	}
	return block{}, false // a definition of links
}

// fenced returns a code block, or the Jira macro that the block stands for. A macro goes back to
// Jira only if it can do no harm there.
func fenced(lang, t string) block {
	if lang == "jira" && harmless(t) {
		if m := readWiki(t); len(m) == 1 && m[0].kind == macro && m[0].text == t {
			return m[0]
		}
	}
	return block{kind: codeBlock, lang: lang, text: t}
}

func (r gfmReader) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		b.Write(seg.Value(r.src))
	}
	return strings.TrimRight(b.String(), "\n")
}

func (r gfmReader) list(n *ast.List) block {
	l := block{kind: list, ordered: n.IsOrdered(), start: n.Start}
	for li := n.FirstChild(); li != nil; li = li.NextSibling() {
		l.items = append(l.items, item{kids: r.blocks(li)})
	}
	return l
}

func (r gfmReader) table(n *east.Table) block {
	b := block{kind: table}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]inline
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, r.inlines(c))
		}
		b.rows = append(b.rows, cells)
	}
	return b
}

func (r gfmReader) inlines(parent ast.Node) []inline { return pairTags(r.inlineNodes(parent)) }

func (r gfmReader) inlineNodes(parent ast.Node) []inline {
	var out []inline
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			out = append(out, inline{kind: plain, text: unescapeGFM(string(n.Segment.Value(r.src)))})
			if n.SoftLineBreak() || n.HardLineBreak() {
				out = append(out, inline{kind: brk})
			}
		case *ast.String:
			out = append(out, inline{kind: plain, text: string(n.Value)})
		case *ast.CodeSpan:
			out = append(out, inline{kind: code, text: r.code(n)})
		case *ast.Emphasis:
			k := em
			if n.Level == 2 {
				k = strong
			}
			out = append(out, inline{kind: k, kids: r.inlines(n)})
		case *east.Strikethrough:
			out = append(out, inline{kind: strike, kids: r.inlines(n)})
		case *ast.Link:
			out = append(out, inline{kind: link, url: unescapeGFM(string(n.Destination)), text: unescapeGFM(string(n.Title)), kids: r.inlines(n)})
		case *ast.Image:
			out = append(out, inline{kind: image, url: unescapeGFM(string(n.Destination)), text: plainText(r.inlines(n))})
		case *ast.AutoLink:
			out = append(out, autolink(string(n.Label(r.src))))
		case *ast.RawHTML:
			var b strings.Builder
			for i := range n.Segments.Len() {
				seg := n.Segments.At(i)
				b.Write(seg.Value(r.src))
			}
			out = append(out, inline{kind: tagged, text: b.String()})
		case *markdown.FootnoteRef:
			out = append(out, inline{kind: noteRef, text: n.Label})
		default:
			out = append(out, r.inlines(n)...)
		}
	}
	return out
}

// autolink returns an address of the web as such and one of mail as text.
func autolink(label string) inline {
	switch {
	case strings.Contains(label, "://"):
		return inline{kind: bare, url: label, text: label}
	case len(label) > 4 && strings.EqualFold(label[:4], "www."):
		return inline{kind: bare, url: "http://" + label, text: label}
	}
	if len(label) > 7 && strings.EqualFold(label[:7], "mailto:") {
		return inline{kind: link, url: label, kids: []inline{{kind: plain, text: label}}}
	}
	return inline{kind: plain, text: label}
}

func (r gfmReader) code(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(r.src))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// referred removes footnotes without a reference, which GitHub does not show.
func referred(in []block) []block {
	refs := map[string]bool{}
	walkInlines(in, func(x inline) {
		if x.kind == noteRef {
			refs[x.text] = true
		}
	})
	return dropNotes(in, refs)
}

func dropNotes(in []block, refs map[string]bool) []block {
	var out []block
	for _, b := range in {
		if b.kind == footnote && !refs[b.text] {
			continue
		}
		b.kids = dropNotes(b.kids, refs)
		for i := range b.items {
			b.items[i].kids = dropNotes(b.items[i].kids, refs)
		}
		out = append(out, b)
	}
	return out
}

// walkInlines calls f for all inlines of a document.
func walkInlines(in []block, f func(inline)) {
	var line func([]inline)
	line = func(in []inline) {
		for _, x := range in {
			f(x)
			line(x.kids)
		}
	}
	for _, b := range in {
		line(b.inl)
		for _, row := range b.rows {
			for _, c := range row {
				line(c)
			}
		}
		for _, it := range b.items {
			walkInlines(it.kids, f)
		}
		walkInlines(b.kids, f)
	}
}

// unescapeGFM resolves backslash escapes and entities.
func unescapeGFM(s string) string { return clean(markdown.Unescape(s)) }
