package text

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// readGFM reads GitHub-flavoured Markdown. Task list boxes stay text, so that
// they survive a tracker that has none.
func readGFM(s string) []block {
	src := []byte(guardNotes(Normalise(s)))
	r := gfmReader{src: src}
	return tidyBlocks(r.blocks(gfm.Parse(gtext.NewReader(src))))
}

// gfm is the parser of all texts: it keeps nothing of them, and setting it up takes
// longer than a sentence.
var gfm = goldmark.New( //nolint:gochecknoglobals // does not change
	goldmark.WithExtensions(extension.Table, extension.Strikethrough),
	goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(addresses{}, 999))),
).Parser()

// addresses reads addresses of the web that stand without brackets, by the same
// rule as in wiki markup. Goldmark's own extension also looks for mail addresses
// and takes time that grows with the square of the text.
type addresses struct{}

// Trigger names the characters an address may stand behind; a space is also the
// start of a line.
func (addresses) Trigger() []byte { return []byte{' ', '*', '_', '~', '('} }

// Parse reads one address.
func (addresses) Parse(parent ast.Node, in gtext.Reader, pc parser.Context) ast.Node {
	if pc.IsInLinkLabel() {
		return nil
	}
	line, seg := in.PeekLine()
	skip := 0
	if strings.IndexByte(" *_~(", line[0]) >= 0 {
		skip = 1
	}
	if rest := line[skip:]; !bytes.HasPrefix(rest, []byte("http://")) && !bytes.HasPrefix(rest, []byte("https://")) {
		return nil
	}
	n := bareEnd(string(line[skip:]))
	if n == 0 {
		return nil
	}
	if skip == 1 {
		ast.MergeOrAppendTextSegment(parent, seg.WithStop(seg.Start+1))
	}
	in.Advance(skip + n)
	return ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(gtext.NewSegment(seg.Start+skip, seg.Start+skip+n)))
}

// guardNotes keeps footnotes from being read as link definitions, which would
// make their text vanish.
func guardNotes(s string) string {
	if !strings.Contains(s, "[^") {
		return s
	}
	var b strings.Builder
	for _, l := range Lines(s) {
		line := s[l.Start:l.End]
		t := strings.TrimLeft(line, " ")
		if n := len(line) - len(t); !l.Code && n <= 3 && strings.HasPrefix(t, "[^") {
			line = line[:n] + `\` + t
		}
		b.WriteString(line)
	}
	return b.String()
}

type gfmReader struct{ src []byte }

func (r gfmReader) blocks(parent ast.Node) []block {
	var out []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, r.block(n)...)
	}
	return out
}

// block reads one block node, which may be several blocks of ours.
func (r gfmReader) block(n ast.Node) []block {
	switch n := n.(type) {
	case *ast.Heading:
		return []block{{kind: heading, level: n.Level, inl: r.inlines(n)}}
	case *ast.Paragraph, *ast.TextBlock:
		return []block{{kind: para, inl: r.inlines(n)}}
	case *ast.ThematicBreak:
		return []block{{kind: rule}}
	case *ast.FencedCodeBlock:
		return []block{fenced(string(n.Language(r.src)), r.lines(n))}
	case *ast.CodeBlock:
		return []block{{kind: codeBlock, text: r.lines(n)}}
	case *ast.Blockquote:
		return []block{{kind: quote, kids: r.blocks(n)}}
	case *ast.List:
		return r.list(n)
	case *ast.HTMLBlock:
		t := r.lines(n)
		if n.HasClosure() {
			t += "\n" + string(n.ClosureLine.Value(r.src))
		}
		return []block{{kind: para, inl: literal(dropComments(t))}}
	case *east.Table:
		return []block{r.table(n)}
	}
	return r.blocks(n)
}

// fenced returns a code block, or the Jira macro that travelled as one. A macro
// goes back to Jira as it came only if it is one macro and mentions nobody.
func fenced(lang, t string) block {
	if lang == "jira" && !strings.Contains(t, "[~") {
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

// list returns a list, cut wherever an item holds a block that no Jira list can
// hold, with that block in between.
func (r gfmReader) list(n *ast.List) []block {
	var out []block
	cur := block{kind: list, ordered: n.IsOrdered()}
	for li := n.FirstChild(); li != nil; li = li.NextSibling() {
		var it item
		for c := li.FirstChild(); c != nil; c = c.NextSibling() {
			switch c.(type) {
			case *ast.Paragraph, *ast.TextBlock:
				if len(it.sub) == 0 {
					if len(it.inl) > 0 {
						it.inl = append(it.inl, inline{kind: brk})
					}
					it.inl = append(it.inl, r.inlines(c)...)
					continue
				}
			}
			for _, b := range r.block(c) {
				if b.kind == list {
					it.sub = append(it.sub, b)
					continue
				}
				cur.items = append(cur.items, it)
				out = append(out, cur, b)
				cur, it = block{kind: list, ordered: n.IsOrdered()}, item{}
			}
		}
		cur.items = append(cur.items, it)
	}
	return append(out, cur)
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

func (r gfmReader) inlines(parent ast.Node) []inline {
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
			out = append(out, inline{kind: link, url: unescapeGFM(string(n.Destination)), text: plainText(r.inlines(n))})
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
			out = append(out, inline{kind: plain, text: b.String(), url: "html"})
		default:
			out = append(out, r.inlines(n)...)
		}
	}
	return pairTags(out)
}

// autolink returns an address of the web as such and one of mail as text.
func autolink(label string) inline {
	if strings.Contains(label, "://") {
		return inline{kind: bare, url: label}
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
	s := b.String()
	if _, ok := n.Parent().(*east.TableCell); ok {
		s = strings.ReplaceAll(s, `\|`, "|")
	}
	return s
}

// pairTags makes spans of the few HTML tags that Jira has a markup for. Other
// tags stay as text, comments go.
func pairTags(in []inline) []inline {
	kinds := map[string]inlineKind{"ins": ins, "sup": sup, "sub": sub}
	alone := map[string]bool{} // tags without an end
	var out []inline
	for i := 0; i < len(in); i++ {
		x := in[i]
		if x.kind != plain || x.url == "" {
			out = append(out, x)
			continue
		}
		tag := strings.ToLower(strings.Trim(x.text, "<> /"))
		k, ok := kinds[tag]
		end := -1
		if ok && !alone[tag] && !strings.HasPrefix(x.text, "</") {
			for j := i + 1; j < len(in) && end < 0; j++ {
				if in[j].url == "html" && strings.EqualFold(in[j].text, "</"+tag+">") {
					end = j
				}
			}
			alone[tag] = end < 0
		}
		switch {
		case end >= 0:
			out = append(out, inline{kind: k, kids: pairTags(in[i+1 : end])})
			i = end
		case tag == "br":
			out = append(out, inline{kind: brk})
		case strings.HasPrefix(x.text, "<!--"):
		default:
			out = append(out, inline{kind: plain, text: x.text})
		}
	}
	return out
}

// literal returns text that may have several lines.
func literal(s string) []inline {
	var out []inline
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			out = append(out, inline{kind: brk})
		}
		out = append(out, inline{kind: plain, text: l})
	}
	return out
}

func dropComments(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "<!--")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		_, after, ok := strings.Cut(s[i:], "-->")
		if !ok {
			s = ""
			break
		}
		s = after
	}
	return b.String() + s
}

// unescapeGFM resolves backslash escapes and entities.
func unescapeGFM(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\\' && i+1 < len(s) && isPunct(rune(s[i+1])):
			b.WriteByte(s[i+1])
			i += 2
		case s[i] == '&':
			n := entity(s[i:])
			if n == 0 {
				n = 1
			}
			b.WriteString(clean(html.UnescapeString(s[i : i+n])))
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// entity returns the length of the character reference that s starts with, or 0.
func entity(s string) int {
	end := strings.IndexByte(s[:min(len(s), 34)], ';')
	if end < 2 || s[0] != '&' {
		return 0
	}
	for i, r := range s[1:end] {
		if (r >= 0x80 || !isAlnum(r)) && (i != 0 || r != '#' || end <= 2) {
			return 0
		}
	}
	if html.UnescapeString(s[:end+1]) == s[:end+1] {
		return 0
	}
	return end + 1
}
