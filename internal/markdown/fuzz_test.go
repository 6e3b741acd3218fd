package markdown_test

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	ghtml "github.com/yuin/goldmark/renderer/html"

	"github.com/conformd/conformd/internal/markdown"
)

// github renders as goldmark does with GitHub's extensions; raw HTML is left out, so
// that every tag of the output is one of Markdown.
var github = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote),
	goldmark.WithRendererOptions(ghtml.WithXHTML()),
)

func seeds(f *testing.F) {
	for _, s := range []string{
		"", "a", "# a\n\nb\n===\n", "- ```\n  a\n  ```\n\n### b", "````\n```\n````", "> # a\nb", "<!-- a\n\n# b -->\n# c", "| a |\n|---|\n| `b \\| c` |",
		"[a]: b\n'c'\n# d", "[^1]: a\n\n    # b\n\n[^1]", "1. a\n\n       code\n2. b", "\ta\n-\tb\n\n\t\tc", "a `b\nc` d", "``` a`b\n```", "[a](`b) c` d", "~~~\n", "<details>\n\n# a\n\n</details>",
		"a\r\n---\r\n```\r\nb\r\n```\r\n", "# `a` **b** ![c](d) [e] &amp; <b> \\* [^1]\n\n[e]: f\n\n[^1]: g", "- [ ] a\n- [x] # b", "\ufeff# a\x00", "***\n---\n+ a\n+++\n", "<pre>\n# a\n</pre>\n<b>\n# c", "![^1]\n\n[^1]: a",
	} {
		f.Add(s)
	}
}

// FuzzHeadings: the headings that stand directly in the document are those of
// goldmark's rendering, with the same words.
func FuzzHeadings(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\r\x00\x1b") || strings.HasPrefix(s, "\ufeff") || len(s) > 4000 {
			return // goldmark knows "\n" alone; see TestLineEnds
		}
		var got []string
		for _, b := range markdown.Parse(s).Blocks() {
			if b.Kind == markdown.Heading {
				got = append(got, fmt.Sprintf("%d %s", b.Level, b.Title))
			}
		}
		if want := renderedHeadings(render(t, s)); !slices.Equal(got, want) {
			t.Errorf("headings of %q = %q, want %q", s, got, want)
		}
	})
}

// FuzzCode: what is code here stands in <code> in goldmark's rendering, and what
// stands there is code here.
func FuzzCode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\r\x00\x1b") || strings.HasPrefix(s, "\ufeff") || len(s) > 4000 || verbatimHTML.MatchString(s) {
			return // HTML is left out of the rendering, and addresses are not linked
		}
		var got []string
		for _, sp := range markdown.Parse(s).Spans() {
			code := s[sp.Start:sp.End]
			switch {
			case sp.Kind == markdown.CodeText && (strings.HasPrefix(code, "```") || strings.HasPrefix(code, "~~~")) && !indented.MatchString(s[:sp.Start]):
				_, code, _ = strings.Cut(code, "\n")
			case sp.Kind != markdown.CodeText && sp.Kind != markdown.CodeSpan:
				continue
			}
			if code = letters(code); code != "" {
				got = append(got, code)
			}
		}
		var want []string
		for _, m := range codeTag.FindAllStringSubmatch(render(t, s), -1) {
			if code := letters(html.UnescapeString(m[1])); code != "" {
				want = append(want, code)
			}
		}
		if strings.Contains(s, "[^") { // footnotes move to the end, or away
			for _, code := range want {
				if !slices.Contains(got, code) {
					t.Errorf("code of %q = %q, want %q in it", s, got, code)
				}
			}
			return
		}
		if !slices.Equal(got, want) {
			t.Errorf("code of %q = %q, want %q", s, got, want)
		}
	})
}

// FuzzBlocks: the blocks cover the text in order, by whole lines, without overlap;
// items, lines and spans lie in order; and line ends make no difference.
func FuzzBlocks(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		d := markdown.Parse(s)
		at, mark := 0, "\ufeff" // one in front of the text is no part of it
		for _, b := range d.Blocks() {
			if b.Start < at || b.End <= b.Start || b.End > len(s) {
				t.Fatalf("block %+v of %q lies behind %d", b, s, at)
			}
			if gap := strings.TrimPrefix(s[at:b.Start], mark); !blank(gap) {
				t.Errorf("%q of %q is in no block", gap, s)
			}
			if !lineEnd(s[:b.Start]) || b.End < len(s) && !lineEnd(s[:b.End]) {
				t.Errorf("block %q of %q is not whole lines", s[b.Start:b.End], s)
			}
			if blank(s[b.Start:b.End]) {
				t.Errorf("block %+v of %q is blank", b, s)
			}
			at, mark = b.End, "\x00"
		}
		if !blank(strings.TrimPrefix(s[at:], mark)) {
			t.Errorf("%q of %q is in no block", s[at:], s)
		}
		at = 0
		for _, it := range d.Items() {
			if it.Start < at || it.End <= it.Start || strings.ContainsAny(it.Text, "\r\n") {
				t.Fatalf("item %+v of %q lies behind %d", it, s, at)
			}
			at = it.End
		}
		at = 0
		for _, l := range d.Lines() {
			if l.Start < at || l.End < l.Start || strings.ContainsAny(s[l.Start:l.End], "\r\n") {
				t.Fatalf("line %+v of %q lies behind %d", l, s, at)
			}
			at = l.End
		}
		at = 0
		for _, sp := range d.Spans() {
			if sp.Start < at || sp.End <= sp.Start || sp.End > len(s) {
				t.Fatalf("span %+v of %q lies behind %d", sp, s, at)
			}
			at = sp.End
		}
		if !strings.ContainsAny(s, "\r\x00") && !strings.HasPrefix(s, "\ufeff") {
			for _, eol := range []string{"\r\n", "\r"} {
				x := strings.ReplaceAll(s, "\n", eol)
				if got, want := shape(x), shape(s); got != want {
					t.Errorf("%q is read as %s, want %s", x, got, want)
				}
			}
		}
	})
}

// shape prints all that is read, with line ends of one sort.
func shape(s string) string {
	d := markdown.Parse(s)
	eol := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	var b strings.Builder
	for _, x := range d.Blocks() {
		fmt.Fprintf(&b, "%q %v %s %d %v %v %v;", eol.Replace(s[x.Start:x.End]), x.Kind, x.Title, x.Details, x.Quoted, x.Hidden, x.Unclosed)
	}
	for _, x := range d.Items() {
		fmt.Fprintf(&b, "%q %v %s;", eol.Replace(s[x.Start:x.End]), x.Box, x.Text)
	}
	for _, x := range d.Lines() {
		fmt.Fprintf(&b, "%q;", eol.Replace(s[x.Start:x.End]))
	}
	for _, x := range d.Spans() {
		fmt.Fprintf(&b, "%q %v;", eol.Replace(s[x.Start:x.End]), x.Kind)
	}
	return b.String() + eol.Replace(d.Prose())
}

func blank(s string) bool { return strings.Trim(s, " \t\r\n") == "" }

// lineEnd reports whether a line begins behind s.
func lineEnd(s string) bool {
	return s == "" || s == "\ufeff" || strings.HasSuffix(s, "\n") || strings.HasSuffix(s, "\r")
}

func render(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	if err := github.Convert([]byte(s), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	verbatimHTML = regexp.MustCompile(`(?i)<(?:pre|script|style|textarea)|://|www\.`)
	indented     = regexp.MustCompile(`(?:    |\t)$`)
	codeTag      = regexp.MustCompile(`(?s)<code[^>]*>(.*?)</code>`)
	tag          = regexp.MustCompile(`(?s)<!--.*?-->|<sup id="fnref.*?</sup>|<(/?)([a-z0-9]+)([^>]*)>|[^<]+`)
	alt          = regexp.MustCompile(`alt="([^"]*)"`)
)

// renderedHeadings returns the headings of a rendering that stand in no other
// element.
func renderedHeadings(h string) []string {
	var out []string
	depth, level, title := 0, "", ""
	for _, m := range tag.FindAllStringSubmatch(h, -1) {
		name, end := m[2], m[1] == "/"
		switch {
		case strings.HasPrefix(m[0], "<!--"), strings.HasPrefix(m[0], "<sup"):
		case name == "":
			title += m[0]
		case name == "img":
			if a := alt.FindStringSubmatch(m[3]); a != nil {
				title += a[1]
			}
		case len(name) == 2 && name[0] == 'h' && name[1] != 'r':
			if end && depth == 0 {
				out = append(out, level+" "+markdown.Fold(html.UnescapeString(title)))
			}
			level, title = name[1:], ""
		case name == "blockquote" || name == "li" || name == "div" || name == "table":
			if end {
				depth--
			} else {
				depth++
			}
		case name == "br":
			title += " "
		}
	}
	return out
}

// letters returns the letters and digits of s, which no markup touches.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
