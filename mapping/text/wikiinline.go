package text

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/conformd/conformd/internal/markdown"
)

// spanChars are the characters that Jira puts around a phrase.
const spanChars = "*_-+^~"

func spanKind(c byte) inlineKind {
	return [...]inlineKind{strong, em, strike, ins, sup, sub}[strings.IndexByte(spanChars, c)]
}

// Names returns the name of the person who has an account, and whether it knows one.
type Names func(accountID string) (name string, ok bool)

// wikiInlines reads one line.
func wikiInlines(s string, depth int, names Names) []inline {
	return (&wikiReader{s: s, depth: depth, names: names}).read()
}

// inside reads the text of a phrase, or of a link.
func (r *wikiReader) inside(s string, link bool) []inline {
	return (&wikiReader{s: s, depth: r.depth + 1, names: r.names, linked: r.linked || link}).read()
}

func (r *wikiReader) read() []inline {
	for r.i < len(r.s) {
		r.step()
	}
	r.flush()
	return r.out
}

type wikiReader struct {
	s      string
	i      int
	depth  int
	names  Names
	linked bool // inside the text of a link, where an address is text
	out    []inline
	text   strings.Builder
	closed [256]bool // characters that are known to have no partner further on
}

func (r *wikiReader) flush() {
	if r.text.Len() > 0 {
		r.out = append(r.out, splitTags(r.text.String())...)
		r.text.Reset()
	}
}

// splitTags finds the HTML tags that came from GitHub: they have a tagMark behind their "<".
func splitTags(s string) []inline {
	var out []inline
	text := func(t string) {
		if t != "" {
			out = append(out, inline{kind: plain, text: t})
		}
	}
	for {
		i := strings.Index(s, "<"+tagMark)
		if i < 0 {
			break
		}
		t := s[i+1+len(tagMark):]
		if n := strings.IndexByte(t, '<'); n >= 0 {
			t = t[:n]
		}
		t = "<" + t[:min(len(t), 2048)]
		found := markdown.Tags(t)
		if len(found) == 0 || found[0].Start > 0 || found[0].Kind != markdown.Tag {
			text(s[:i+1])
			s = s[i+1+len(tagMark):]
			continue
		}
		text(s[:i])
		out = append(out, inline{kind: tagged, text: t[:found[0].End]})
		s = s[i+len(tagMark)+found[0].End:]
	}
	text(s)
	return out
}

func (r *wikiReader) add(x inline, n int) {
	r.flush()
	r.out = append(r.out, x)
	r.i += n
}

func (r *wikiReader) lit(s string, n int) {
	r.text.WriteString(s)
	r.i += n
}

func (r *wikiReader) prev() rune { return lastRune(r.s[:r.i]) }

// step reads what stands at r.i.
func (r *wikiReader) step() {
	s := r.s[r.i:]
	switch c := s[0]; {
	case c == '\\':
		r.backslash(s)
	case c == '&':
		n := max(entity(s), 1)
		r.lit(clean(html.UnescapeString(s[:n])), n)
	case c == '{':
		r.brace(s)
	case c == '[':
		if n := linkEnd(s); n > 0 {
			if r.link(s[1:n-1], n) {
				return
			}
		}
		r.lit("[", 1)
	case c == '!' && !isAlnum(r.prev()):
		if n := imageEnd(s); n > 0 && r.image(s[1:n-1], n) {
			return
		}
		r.lit("!", 1)
	case (c == 'h' || c == 'f' || c == 'w') && !r.linked && !isWord(r.prev()):
		n := bareEnd(s)
		if n == 0 {
			r.lit(s[:1], 1)
			return
		}
		r.add(autolink(s[:n]), n)
	case strings.HasPrefix(s, "??") && !isAlnum(r.prev()):
		if n := strings.Index(s[2:], "??"); n > 0 && r.depth < 8 {
			r.add(inline{kind: em, kids: r.inside(s[2:2+n], false)}, n+4)
			return
		}
		r.lit("??", 2)
	case strings.IndexByte(spanChars, c) >= 0 && !isAlnum(r.prev()) && r.prev() != rune(c):
		if n := r.spanEnd(s, c); n > 0 && r.depth < 8 {
			r.add(inline{kind: spanKind(c), kids: r.inside(s[1:n], false)}, n+1)
			return
		}
		r.lit(s[:1], 1)
	default:
		_, n := utf8.DecodeRuneInString(s)
		r.lit(s[:n], n)
	}
}

func (r *wikiReader) backslash(s string) {
	switch {
	case strings.HasPrefix(s, `\\`):
		n := 2
		if strings.HasPrefix(s, `\\ `) {
			n = 3
		}
		r.add(inline{kind: brk}, n)
	case len(s) > 1 && isPunct(rune(s[1])):
		r.lit(s[1:2], 2)
	default:
		r.lit(`\`, 1)
	}
}

// brace reads "{{code}}", "{*}bold{*}" and the macros that stand in a line, of
// which only the content is kept.
func (r *wikiReader) brace(s string) {
	if strings.HasPrefix(s, "{{") {
		if n := monoEnd(s); n > 0 {
			r.add(inline{kind: code, text: unescapeWiki(s[2 : n-2])}, n)
			return
		}
		r.lit("{{", 2)
		return
	}
	if len(s) > 3 && s[2] == '}' && strings.IndexByte(spanChars, s[1]) >= 0 {
		if n := strings.Index(s[3:], s[:3]); n > 0 && r.depth < 8 {
			r.add(inline{kind: spanKind(s[1]), kids: r.inside(s[3:3+n], false)}, n+6)
			return
		}
	}
	if name, _, n := tag(s); n > 0 && (name == "color" || name == "anchor") {
		r.flush()
		r.i += n
		return
	}
	r.lit("{", 1)
}

// spanEnd returns the place of the c that ends the phrase s starts with, or 0.
func (r *wikiReader) spanEnd(s string, c byte) int {
	if r.closed[c] || len(s) < 3 || isSpace(firstRune(s[1:])) || s[1] == c {
		return 0
	}
	for i := 1; i < len(s); {
		switch {
		case s[i] == '\\':
			i += 2
		case strings.HasPrefix(s[i:], "{{"):
			i += max(monoEnd(s[i:]), 2)
		case s[i] == '[':
			i += max(linkEnd(s[i:]), 1)
		case s[i] == c && i > 1:
			if !isSpace(lastRune(s[:i])) && (i+1 == len(s) || s[i+1] != c && !isAlnum(firstRune(s[i+1:]))) {
				return i
			}
			i++
		default:
			i++
		}
	}
	r.closed[c] = true
	return 0
}

// linkEnd returns the length of the "[...]" that s starts with, or 0.
func linkEnd(s string) int {
	for i := 1; i < min(len(s), 2048); i++ {
		switch s[i] {
		case '\\':
			i++
		case ']':
			if i == 1 {
				return 0
			}
			return i + 1
		case '\n':
			return 0
		}
	}
	return 0
}

// imageEnd returns the length of the "!...!" that s starts with, or 0. What stands
// between the marks is an address or the name of a file, which may have spaces.
func imageEnd(s string) int {
	if len(s) < 4 || isSpace(firstRune(s[1:])) || s[1] == '!' {
		return 0
	}
	n := strings.IndexAny(s[1:], "!\n")
	if n < 1 || s[1+n] != '!' || strings.ContainsAny(s[1:1+n], `\{}[]*`) {
		return 0
	}
	name, _, _ := strings.Cut(s[1:1+n], "|")
	if !strings.Contains(name, "://") && !fileName.MatchString(name) {
		return 0
	}
	return n + 2
}

// fileName matches the name of a file with its extension.
var fileName = regexp.MustCompile(`^[^\pZ\pC](?:.*[^\pZ.])?\.[A-Za-z0-9]{1,5}$`)

// link reads what stands between brackets; it reports false if that is no link.
func (r *wikiReader) link(in string, n int) bool {
	label, addr, tip := "", in, ""
	if i := barAt(in); i >= 0 {
		label, addr = in[:i], in[i+1:]
		if j := barAt(addr); j >= 0 {
			addr, tip = addr[:j], addr[j+1:]
		}
	}
	addr = strings.TrimSpace(addr)
	switch {
	case strings.HasPrefix(addr, "~"):
		return r.mention(strings.TrimPrefix(addr[1:], "accountid:"), n)
	case strings.HasPrefix(addr, "^") && len(addr) > 1:
		r.lit(fileShown(plainText(r.inside(label, true)), addr[1:]), n)
		return true
	}
	if _, ok := address(addr); !ok {
		return false
	}
	if strings.HasPrefix(tip, "smart-") { // "smart-link", "smart-card": how Jira Cloud shows it
		tip = ""
	}
	x := inline{kind: link, url: addr, text: unescapeWiki(tip)}
	if label != "" {
		x.kids = r.inside(label, true)
	} else if mail, ok := strings.CutPrefix(addr, "mailto:"); ok {
		r.lit(mail, n)
		return true
	}
	r.add(x, n)
	return true
}

// fileShown returns the text that stands for an attached file at GitHub.
func fileShown(label, name string) string {
	if label = strings.TrimSpace(label); label == "" || label == name {
		return name
	}
	return label + " (" + name + ")"
}

// mention reads a person: by name, if it is known.
func (r *wikiReader) mention(who string, n int) bool {
	if who == "" {
		return false
	}
	if r.names != nil {
		if name, ok := r.names(who); ok && strings.TrimSpace(name) != "" {
			r.lit(Line(name), n)
			return true
		}
	}
	r.lit("@"+who, n)
	return true
}

// barAt returns the place of the first bar that is not escaped and not inside a
// picture, or -1.
func barAt(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '!':
			i += max(imageEnd(s[i:])-1, 0)
		case '|':
			return i
		}
	}
	return -1
}

// image reads the text between exclamation marks. The name of an attachment becomes text,
// because other trackers do not have the attachment.
func (r *wikiReader) image(in string, n int) bool {
	addr, attrs, _ := strings.Cut(in, "|")
	alt := ""
	for a := range strings.SplitSeq(attrs, ",") {
		if k, v, ok := strings.Cut(a, "="); ok && strings.TrimSpace(k) == "alt" {
			alt = strings.Trim(v, `"`)
		}
	}
	if _, ok := address(addr); ok {
		r.add(inline{kind: image, url: addr, text: alt}, n)
		return true
	}
	r.lit("(image: "+addr+")", n)
	return true
}

// longestAddress bounds what is read as one address.
const longestAddress = 1 << 12

// bareEnd returns the length of the address at the start of s, or 0. The address is the part that
// GitHub links, up to a character that begins other markup in Jira.
func bareEnd(s string) int {
	if s = s[:min(len(s), longestAddress)]; markdown.Autolink(s[:min(len(s), 16)]) == 0 && len(s) > 4 && !strings.EqualFold(s[:4], "www.") {
		return 0
	}
	n := strings.IndexFunc(s, func(r rune) bool {
		return isSpace(r) || r < 0x80 && strings.ContainsRune(`<>|"[]{}\^`+"`", r) || r == 0xFFFD
	})
	if n < 0 {
		n = len(s)
	}
	n = markdown.Autolink(s[:n])
	return len(strings.TrimRight(s[:n], "-+"))
}

// unescapeWiki resolves backslash escapes and entities.
func unescapeWiki(s string) string { return unescapeGFM(s) }
