package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// joiner stands behind a character that would otherwise trigger something at GitHub. It is
// invisible.
const joiner = "\u200b"

// Calm returns a text that reads the same and triggers nothing at GitHub: it holds no
// mention, no reference to an issue, no closing keyword, and no command for a bot.
//
// A zero-width space goes behind the @ of a mention, the # and the "GH-" of a
// reference, and the slash of a word that begins a line. The address of an issue,
// pull request, discussion or commit keeps its text and becomes a link through
// redirect.github.com, which GitHub does not treat as a reference. See "Autolinked
// references and URLs" and "Linking a pull request to an issue" at
// https://docs.github.com. Code is left alone.
func Calm(s string) string {
	if !mayDisturb(s) {
		return s
	}
	d := Parse(s)
	spans := d.Spans()
	c := calmer{src: s, labels: ranges{all: d.labels}, raw: ranges{all: d.raw}}
	at := 0
	for _, sp := range spans {
		c.words(at, sp.Start)
		piece := s[sp.Start:sp.End]
		switch sp.Kind {
		case Address:
			u := piece
			if u[0] == '<' {
				u = u[1 : len(u)-1]
			}
			if c.labels.holds(sp.Start) {
				piece = u // GitHub makes no link inside the text of a link
			} else {
				piece = c.detour(piece, u, sp.End)
			}
		case Target, Tag:
			piece = redirect(piece)
		case CodeSpan, CodeText, Comment:
		}
		c.b.WriteString(piece)
		at = sp.End
	}
	c.words(at, len(s))
	return c.b.String()
}

// Wake undoes Calm, for a reader that looks for names and numbers.
func Wake(s string) string {
	if !strings.Contains(s, joiner) && !strings.Contains(s, redirectHost) {
		return s
	}
	s = detoured.ReplaceAllStringFunc(s, func(m string) string {
		if u := strings.ReplaceAll(Unescape(detoured.FindStringSubmatch(m)[1]), joiner, ""); detour(u) == m {
			return u
		}
		return m
	})
	s = joined.ReplaceAllString(s, "$1$2")
	return strings.ReplaceAll(s, "://"+redirectHost, "://github.com")
}

const redirectHost = "redirect.github.com"

var (
	// reference matches an address that GitHub takes for a reference.
	reference = regexp.MustCompile(`(?i)(https?://)(?:www\.)?github\.com(/(?:[\w.-]+/[\w.-]+/(?:issues|pulls?|discussions|commits?)|orgs/[\w.-]+/discussions)/[0-9a-f]+)`)
	detoured  = regexp.MustCompile(`\[((?:\\.|[^\[\]\\\s])+)\]\((https?://redirect\.github\.com/[^()\s]+)\)`)
	joined    = regexp.MustCompile(`([@#/]|(?i:GH)\\?-)` + joiner + `(\w)`)
)

// mayDisturb finds quickly whether a text may have to be changed.
func mayDisturb(s string) bool {
	address := false
	for i := range len(s) {
		next := byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch s[i] {
		case '@', '&':
			return true
		case '#':
			if digit(next) {
				return true
			}
		case '-':
			if digit(next) && i > 1 && (s[i-1]|0x20 == 'h' || s[i-1] == '\\') {
				return true
			}
		case '/':
			if letter(next) && blankBefore(s, i) {
				return true
			}
			address = address || next == '/'
		}
	}
	return address && strings.Contains(strings.ToLower(s), "github.com/")
}

// blankBefore reports whether only blanks stand in front of s[i] on its line.
func blankBefore(s string, i int) bool {
	t := strings.TrimRightFunc(s[:i], func(r rune) bool { return r == ' ' || r == '\t' || Invisible(r) })
	return t == "" || t[len(t)-1] == '\n' || t[len(t)-1] == '\r'
}

// redirect changes every reference in s to the host that redirects.
func redirect(s string) string { return reference.ReplaceAllString(s, "${1}"+redirectHost+"$2") }

// detour returns a link with the address u as its text, for a place where u itself would be a
// reference.
func detour(u string) string {
	to := strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C", "[", "%5B", "]", "%5D", "`", "%60", "|", "%7C").Replace(redirect(u))
	var b strings.Builder
	for i := range len(u) {
		switch {
		case u[i] == '`' || u[i] == '|': // a backslash would not keep it from ending code or a cell
			fmt.Fprintf(&b, "&#%d;", u[i])
			continue
		case strings.IndexByte("\\[]_*~<>&!", u[i]) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(u[i])
		if i+1 == len(u) {
			break
		}
		switch next := u[i+1]; {
		case u[i] == '@' && alnum(next), u[i] == '#' && digit(next), u[i] == '-' && digit(next) && strings.HasSuffix(strings.ToUpper(u[:i]), "GH"):
			b.WriteString(joiner)
		}
	}
	return "[" + b.String() + "](" + to + ")"
}

// halt returns the length of the reference at the start of s up to its number, or 0. Where no
// link can be written, a joiner at that place makes it plain text.
func halt(s string) int {
	m := reference.FindStringIndex(s)
	if m == nil || m[0] > 0 {
		return 0
	}
	return strings.LastIndexByte(s[:m[1]], '/') + 1
}

// longestReference bounds the bytes of the address of an issue: an owner has 39
// letters, a repository 100.
const longestReference = 256

type calmer struct {
	src    string
	b      strings.Builder
	labels ranges // the texts of links, where an address is text
	raw    ranges // blocks of HTML
}

// ranges are stretches of a text in the order of their ends, asked for from left to
// right.
type ranges struct{ all []Line }

func (r *ranges) holds(at int) bool {
	for len(r.all) > 0 && r.all[0].End <= at {
		r.all = r.all[1:]
	}
	return len(r.all) > 0 && r.all[0].Start <= at
}

// words writes src[from:to], which is neither code nor HTML.
func (c *calmer) words(from, to int) {
	start := from == 0 || c.src[from-1] == '\n' || c.src[from-1] == '\r' // only blanks since the line began
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(c.src[i:to])
		if r == '&' && (c.raw.holds(i) || !c.escaped(i)) {
			if e := Entity(c.src[i:to]); e > 0 {
				r, n = firstRune(Unescape(c.src[i:i+e])), e
			}
		}
		if a := c.address(i, to); a > 0 {
			c.b.WriteString(c.linked(i, a))
			i, start = i+a, false
			continue
		}
		c.b.WriteString(c.src[i : i+n])
		if c.sets(r, i, i+n, to, start) {
			c.b.WriteString(joiner)
		}
		switch {
		case r == '\n' || r == '\r':
			start = true
		case r != ' ' && r != '\t' && !Invisible(r):
			start = false
		}
		i += n
	}
}

// escaped reports whether a backslash stands in front of src[i] that is not itself
// escaped.
func (c *calmer) escaped(i int) bool {
	n := 0
	for n < i && c.src[i-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// detour returns the detour to u in place of piece, which ends at end, if u is a reference.
// Beside a bracket, emphasis marks, an exclamation mark and a backslash change their meaning,
// so a joiner separates them.
func (c *calmer) detour(piece, u string, end int) string {
	if !reference.MatchString(u) {
		return piece
	}
	s, touchy := detour(u), "!\\"
	if piece == u {
		touchy = "!\\*_~"
	}
	if done := c.b.String(); done != "" && strings.IndexByte(touchy, done[len(done)-1]) >= 0 {
		s = joiner + s
	}
	if end < len(c.src) && piece == u && strings.IndexByte("*_~", c.src[end]) >= 0 {
		s += joiner
	}
	return s
}

// address returns the length of the address that begins at i, or 0. In raw HTML it stops after
// the part that makes the address a reference: the rest is text.
func (c *calmer) address(i, to int) int {
	switch c.src[i] {
	case 'h', 'H', 'f', 'F', 'w', 'W':
	default:
		return 0
	}
	if c.raw.holds(i) {
		return halt(c.src[i:min(to, i+longestReference)])
	}
	if i > 0 && letter(c.src[i-1]) {
		return 0
	}
	// Spans finds all addresses except those behind a bracket that is never closed.
	if n := strings.IndexAny(c.src[i:to], `[]&\`); n >= 0 {
		to = i + n
	}
	return Autolink(c.src[i:to])
}

// linked returns the address src[i:i+n], or its replacement.
func (c *calmer) linked(i, n int) string {
	u := c.src[i : i+n]
	switch {
	case c.raw.holds(i):
		return u + joiner
	case c.labels.holds(i):
		return u
	}
	return c.detour(u, u, i+n)
}

// sets reports whether r, which stands at src[i:end], would trigger something at GitHub.
func (c *calmer) sets(r rune, i, end, to int, start bool) bool {
	rest := c.src[end:to]
	switch r {
	case '@':
		return (i == 0 || !alnum(c.src[i-1])) && end < len(c.src) && alnum(c.src[end])
	case '#':
		return rest != "" && digit(rest[0])
	case '-':
		before := strings.TrimSuffix(c.src[:i], `\`)
		n := len(before)
		return rest != "" && digit(rest[0]) && n >= 2 && strings.EqualFold(before[n-2:], "GH") && (n == 2 || !alnum(before[n-3]))
	case '/':
		if !start || rest == "" || !letter(rest[0]) {
			return false
		}
		n := strings.IndexFunc(rest, func(r rune) bool { return r >= utf8.RuneSelf || !word(byte(r)) && r != '-' })
		return n < 0 || unicode.IsSpace(firstRune(rest[n:]))
	}
	return false
}

// word reports whether c is a letter, a digit or an underscore of ASCII, as \w is in
// the expressions by which GitHub finds mentions.
func word(c byte) bool { return letter(c) || digit(c) || c == '_' }

func alnum(c byte) bool { return letter(c) || digit(c) }

func digit(c byte) bool { return '0' <= c && c <= '9' }

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
