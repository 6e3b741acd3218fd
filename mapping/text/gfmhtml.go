package text

import (
	"html"
	"regexp"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// tagName reads the name of a tag and whether it ends an element.
var tagName = regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9-]*)`)

// attribute matches one attribute of a tag.
var attribute = regexp.MustCompile(`(?s)[\s"'/]([a-zA-Z_:][a-zA-Z0-9:._-]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>` + "`" + `]+)`)

// phrases returns the kind of an HTML element for which both markups have a mark.
func phrases(name string) (inlineKind, bool) {
	switch name {
	case "b", "strong":
		return strong, true
	case "i", "em":
		return em, true
	case "s", "del", "strike":
		return strike, true
	case "ins", "u":
		return ins, true
	case "sup":
		return sup, true
	case "sub":
		return sub, true
	case "code", "tt":
		return code, true
	case "a":
		return link, true
	}
	return plain, false
}

func readTag(tag string) (name string, end bool) {
	m := tagName.FindStringSubmatch(tag)
	if m == nil {
		return "", false
	}
	return strings.ToLower(m[2]), m[1] != ""
}

// attr returns the value of an attribute of a tag, "" if it has none.
func attr(tag, name string) string {
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		if strings.EqualFold(m[1], name) {
			return clean(html.UnescapeString(strings.Trim(m[2], `"'`)))
		}
	}
	return ""
}

// pairTags turns the tags for which both markups have a mark into spans, pictures and breaks. It
// keeps other tags and removes comments.
func pairTags(in []inline) []inline { return pair(in, false) }

// pair is pairTags; in a block of raw HTML (raw) a <br> stays a tag, because the lines
// of the source are no lines of the text.
func pair(in []inline, raw bool) []inline {
	var out []inline
	ends := map[string][]int{} // where elements end, by name
	for i, x := range in {
		if name, end := readTag(x.text); x.kind == tagged && end {
			ends[name] = append(ends[name], i)
		}
	}
	for i := 0; i < len(in); i++ {
		x := in[i]
		if x.kind != tagged {
			out = append(out, x)
			continue
		}
		name, end := readTag(x.text)
		kind, ok := phrases(name)
		for len(ends[name]) > 0 && ends[name][0] <= i {
			ends[name] = ends[name][1:]
		}
		switch {
		case strings.HasPrefix(x.text, "<!--"):
		case name == "br" && !raw:
			out = append(out, inline{kind: brk})
		case name == "img" && attr(x.text, "src") != "":
			out = append(out, inline{kind: image, url: attr(x.text, "src"), text: attr(x.text, "alt")})
		case ok && !end && len(ends[name]) > 0 && (kind != link || attr(x.text, "href") != ""):
			at := ends[name][0]
			s := inline{kind: kind, kids: pair(in[i+1:at], raw)}
			switch kind {
			case link:
				s.url, s.text = attr(x.text, "href"), attr(x.text, "title")
			case code:
				s = inline{kind: code, text: plainText(s.kids)}
			default:
			}
			out = append(out, s)
			i = at
		default:
			x.text = squeeze(x.text)
			out = append(out, x)
		}
	}
	return out
}

// preformatted matches text that HTML shows as it is typed.
var preformatted = regexp.MustCompile(`(?is)^\s*<pre(?:\s[^>]*)?>\s*(?:<code(?:\s+class="language-([^"]*)"|\s[^>]*)?>)?([^<]*)(?:</code>\s*)?</pre>\s*$`)

// htmlBlock reads a block of raw HTML. Pictures, links and words alone are a
// paragraph; preformatted text is code.
func htmlBlock(src string) block {
	if m := preformatted.FindStringSubmatch(src); m != nil {
		return block{kind: codeBlock, lang: m[1], text: html.UnescapeString(m[2])}
	}
	var in []inline
	at := 0
	words := func(s string) {
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				in = append(in, inline{kind: brk})
			}
			in = append(in, inline{kind: plain, text: clean(html.UnescapeString(l))})
		}
	}
	for _, t := range markdown.Tags(src) {
		words(src[at:t.Start])
		in = append(in, inline{kind: tagged, text: src[t.Start:t.End]})
		at = t.End
	}
	words(src[at:])
	return asHTML(pair(in, true))
}

// asHTML returns a block of raw HTML if GitHub would read in as one, and otherwise a
// paragraph.
func asHTML(in []inline) block {
	tags := false
	for _, x := range in {
		tags = tags || x.kind == tagged
	}
	if b := (block{kind: rawHTML, inl: trimLine(tidyInlines(in, 0))}); tags && isHTML(writeHTML(b.inl)) {
		return b
	}
	for i, x := range in {
		if name, _ := readTag(x.text); x.kind == tagged && name == "br" {
			in[i] = inline{kind: brk}
		}
	}
	return block{kind: para, inl: in}
}

// isHTML reports whether a text is one block of raw HTML.
func isHTML(s string) bool {
	b := markdown.Parse(s).Blocks()
	return len(b) == 1 && b[0].Kind == markdown.HTML && !b[0].Unclosed
}

// writeHTML writes inlines as HTML, a line break as the end of a line.
func writeHTML(in []inline) string {
	var b strings.Builder
	for _, x := range in {
		switch x.kind {
		case plain:
			b.WriteString(escapeHTML(x.text))
		case tagged:
			b.WriteString(x.text)
		case brk:
			b.WriteByte('\n')
		case code:
			b.WriteString("<code>" + escapeHTML(x.text) + "</code>")
		case bare:
			b.WriteString(`<a href="` + attrHTML(x.url) + `">` + escapeHTML(x.text) + "</a>")
		case link:
			b.WriteString(`<a href="` + attrHTML(x.url) + `"`)
			if x.text != "" {
				b.WriteString(` title="` + attrHTML(x.text) + `"`)
			}
			b.WriteString(">" + writeHTML(x.kids) + "</a>")
		case image:
			b.WriteString("<img")
			if x.text != "" {
				b.WriteString(` alt="` + attrHTML(x.text) + `"`)
			}
			b.WriteString(` src="` + attrHTML(x.url) + `">`)
		case noteRef:
			b.WriteString(escapeHTML("[^" + x.text + "]"))
		default:
			tag := elements(x.kind)
			b.WriteString("<" + tag + ">" + writeHTML(x.kids) + "</" + tag + ">")
		}
	}
	return b.String()
}

// elements names the element of a span.
func elements(k inlineKind) string {
	return [...]string{"b", "i", "s", "ins", "sup", "sub"}[k-strong]
}

func escapeHTML(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch {
		case s[i] == '<':
			b.WriteString("&lt;")
		case s[i] == '&' && entity(s[i:]) > 0:
			b.WriteString("&amp;")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func attrHTML(s string) string { return strings.ReplaceAll(escapeHTML(s), `"`, "&quot;") }
