package markdown_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/markdown"
)

// show prints blocks, one a line: kind, title or first line, and what is special.
func show(src string) []string {
	kinds := []string{"para", "h", "code", "html", "list", "quote", "table", "rule", "defs"}
	var out []string
	for _, b := range markdown.Parse(src).Blocks() {
		s := kinds[b.Kind]
		text := src[b.Start:b.End]
		if b.Kind == markdown.Heading {
			s, text = fmt.Sprintf("h%d", b.Level), b.Title
		}
		s += " " + strings.NewReplacer("\r\n", "/", "\n", "/", "\r", "/").Replace(strings.TrimRight(text, "\r\n"))
		if b.Details > 0 {
			s += fmt.Sprintf(" (in %d details)", b.Details)
		}
		for _, x := range []struct {
			is   bool
			name string
		}{{b.Quoted, "quoted"}, {b.Hidden, "hidden"}, {b.Unclosed, "unclosed"}} {
			if x.is {
				s += " (" + x.name + ")"
			}
		}
		out = append(out, s)
	}
	return out
}

func TestBlocks(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      []string
	}{
		{"nothing", " \n\t\n", nil},
		{"plain words", "Three accounts were still enabled.", []string{"para Three accounts were still enabled."}},
		{"headings of both forms", "# One\ntext\n### Three ###\n\nTwo\n---\nOne\n===", []string{"h1 One", "para text", "h3 Three", "h2 Two", "h1 One"}},
		{"no headings", "#no\n\n\\# no\n\n####### seven\n\n    # code", []string{"para #no", "para \\# no", "para ####### seven", "code     # code"}},
		{"the words of a heading", "## **Root** [cause](https://x.org/a) `x` &amp; _more_ <b>now</b>\u00a0- a\u200bb ![pic](y.png) <!-- hint --> \\*", []string{"h2 Root cause x & more now - ab pic *"}},
		{"a heading by reference", "## [Root cause]\n\n[Root cause]: https://x.org", []string{"h2 Root cause", "defs [Root cause]: https://x.org"}},
		{"an underlined heading of two lines", "Root\n**cause**\n-----", []string{"h2 Root cause"}},
		{"a code block in a list hides no heading", "- ```\n  kubectl\n  ```\n\n### Root cause\n\n```\nx\n```", []string{"list - ```/  kubectl/  ```", "h3 Root cause", "code ```/x/```"}},
		{"a fence in a list ends with its item", "- ```\n  x\n\n### Root cause", []string{"list - ```/  x", "h3 Root cause"}},
		{"nested fences", "````md\n```\n### no\n```\n### no\n````\n### yes", []string{"code ````md/```/### no/```/### no/````", "h3 yes"}},
		{"a fence that never ends", "a\n~~~\n### no\n", []string{"para a", "code ~~~/### no (unclosed)"}},
		{"an empty fence that never ends", "```", []string{"code ``` (unclosed)"}},
		{"a fence with tildes in its info", "~~~ a`b\nx\n~~~", []string{"code ~~~ a`b/x/~~~"}},
		{"a comment hides headings", "<!--\n### no\n-->\n### yes", []string{"html <!--/### no/-->", "h3 yes"}},
		{"a comment on one line", "<!-- a --> ### no\n### yes", []string{"html <!-- a --> ### no", "h3 yes"}},
		{"a comment that never ends", "### a\n<!-- b\n\n### c", []string{"h3 a", "html <!-- b//### c (unclosed)"}},
		{"a comment that ends elsewhere", "<div><!--\n\n### a\n\n--> b\n\n<i title='-->'>\n\n### c", []string{"html <div><!--", "h3 a (hidden)", "para --> b (hidden)", "html <i title='-->'> (hidden)", "h3 c"}},
		{"a comment in other HTML that never ends", "<div><!--\n\n### a", []string{"html <div><!-- (unclosed)", "h3 a (hidden)"}},
		{"details", "<details><summary>x</summary>\n\n### a\n\n</details>\n\n### b", []string{"html <details><summary>x</summary>", "h3 a (in 1 details)", "html </details> (in 1 details)", "h3 b"}},
		{"details in details, in any case", "<DETAILS open>\n<details>\n\na\n\n</details>\n\nb", []string{"html <DETAILS open>/<details>", "para a (in 2 details)", "html </details> (in 2 details)", "para b (in 1 details)"}},
		{"details in the middle of a line", "more: <details>\n\na\n\n`</details>`\n\n</details>\n\nb", []string{"para more: <details>", "para a (in 1 details)", "para `</details>` (in 1 details)", "html </details> (in 1 details)", "para b"}},
		{"details in a list end with it", "- <details>\n\na", []string{"list - <details>", "para a"}},
		{"details in a comment are none", "<!-- <details> -->\n\na", []string{"html <!-- <details> -->", "para a"}},
		{"a quote of HTML", "<blockquote>\n\na\n\n</blockquote>\n\nb", []string{"html <blockquote>", "para a (quoted)", "html </blockquote> (quoted)", "para b"}},
		{"preformatted HTML", "<pre>\n### no\n\n### no</pre>\n### yes", []string{"html <pre>/### no//### no</pre>", "h3 yes"}},
		{"preformatted HTML that never ends", "<pre>\n\n### no", []string{"html <pre>//### no (unclosed)"}},
		{"a quote and its lazy lines", "> ### a\n> b\nc\n\nd", []string{"quote > ### a/> b/c", "para d"}},
		{"an alert", "> [!NOTE]\n> x", []string{"quote > [!NOTE]/> x"}},
		{"a table below a line", "words\na | b\n--- | ---\n1 | 2\n\nmore", []string{"para words", "table a | b/--- | ---/1 | 2", "para more"}},
		{"a heading around a table", "a\nb\n-:\nc\n-", []string{"h2 a", "table b/-:/c/-"}},
		{"rules and lists", "- a\n\n  b\n* * *\n1. c\n1) d", []string{"list - a//  b", "rule * * *", "list 1. c", "list 1) d"}},
		{"definitions", "[a]: https://x.org\n'title'\nwords [a]\n\n[^1]: note\n\n    more\n\nend", []string{"defs [a]: https://x.org/'title'", "para words [a]", "defs [^1]: note//    more", "para end"}},
		{"Windows line ends", "a\r\n\r\n### b\r\nc\r\n", []string{"para a", "h3 b", "para c"}},
		{"old Macintosh line ends", "### a\rb\r\r### c", []string{"h3 a", "para b", "h3 c"}},
		{"a byte order mark", "\ufeff### a\n\nb", []string{"h3 a", "para b"}},
		{"a NUL", "x\x00\r\n### a\x00", []string{"para x\x00", "h3 a\ufffd"}},
		{"tabs", "-\ta\n\n\tb\n\n### c\n\n\tcode", []string{"list -\ta//\tb", "h3 c", "code \tcode"}},
	} {
		if d := cmp.Diff(tc.want, show(tc.src)); d != "" {
			t.Errorf("%s: Blocks of %q (-want +got):\n%s", tc.name, tc.src, d)
		}
	}
}

func TestItems(t *testing.T) {
	boxes := []string{"", "[ ] ", "[x] "}
	for _, tc := range []struct {
		name, src string
		want      []string
	}{
		{"none", "a\n\n> - b\n\n```\n- c\n```", nil},
		{"marks of all sorts", "- a\n\n* b\n\n+ c\n\n1. d\n\n2) e", []string{"a", "b", "c", "d", "e"}},
		{"boxes", "- [ ] a\n- [x] b\n- [X] c\n- [y] d\n- [x]e\n- \\[x] f\n- [x]\n- `[x]` g", []string{"[ ] a", "[x] b", "[x] c", "[y] d", "[x]e", "\\[x] f", "[x] ", "`[x]` g"}},
		{"numbered boxes", "1. [ ] a\n2. [X] b", []string{"[ ] a", "[x] b"}},
		{"an item goes on", "- a\n  b\nc\n\n  second paragraph\n- d", []string{"a b c", "d"}},
		{"nested items are no items", "- a\n  - b\n- c", []string{"a", "c"}},
		{"code is no text", "- ```\n  - no\n  ```\n- a\n  ```\n  no\n  ```\n- ```\n  no\n  ```\n  b", []string{"", "a", "b"}},
		{"a list in a fence of four", "````md\n```\n- no\n```\n- no\n````\n- a", []string{"a"}},
		{"a comment is no text", "- <!-- hint -->\n- <!-- hint -->\n  a", []string{"", "a"}},
		{"a heading", "- ### a", []string{"a"}},
		{"a list alone", "- - a", []string{""}},
		{"indented by less than a code block", "   - a\n   - b", []string{"a", "b"}},
		{"a date", "15. Mai", []string{"Mai"}},
		{"in a folded part", "<details>\n\n- a\n\n</details>", []string{"a"}},
		{"Windows line ends", "- a\r\n  b\r\n- c\r\n", []string{"a b", "c"}},
	} {
		var got []string
		for _, it := range markdown.Parse(tc.src).Items() {
			got = append(got, boxes[it.Box]+it.Text)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: Items of %q (-want +got):\n%s", tc.name, tc.src, d)
		}
	}
	const src = "x\r\n\r\n- a\r\n\r\n  more\r\n\r\n- b\r\n  - c\r\n\r\nend"
	var got []string
	for _, it := range markdown.Parse(src).Items() {
		got = append(got, src[it.Start:it.End])
	}
	if d := cmp.Diff([]string{"- a\r\n\r\n  more\r\n", "- b\r\n  - c\r\n"}, got); d != "" {
		t.Errorf("ranges of items of %q (-want +got):\n%s", src, d)
	}
}

func TestLines(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      []string
	}{
		{"plain", "a b.", []string{"a b."}},
		{"paragraphs", "a\n  b\r\n\r\nc\u00a0", []string{"a", "b", "c\u00a0"}},
		{"other blocks", "# a\n- b\n\n> c\n\n    d\n\n```\ne\n```\n\n| f |\n|---|\n\n<div>\ng\n</div>", nil},
		{"lazy lines belong to their block", "> a\nb\n\n- c\nd", nil},
		{"code over lines", "a `b\nc\nd` e\nf", []string{"a `b", "f"}},
		{"a tag over lines", "a <i\nb> c\nd", []string{"a <i", "d"}},
		{"a comment over lines", "a <!-- b\nc\n--> d\ne", []string{"a <!-- b", "e"}},
		{"the title of a link", "[a](b \"\nc\n\") d\ne", []string{"[a](b \"", "e"}},
		{"emphasis over lines", "**a\nb**", []string{"**a", "b**"}},
		{"folded, quoted and hidden parts", "<details>\n\na\n\n</details>\n\n<blockquote>\n\nb\n\n</blockquote>\n\nc\n\n<div><!--\n\nd", []string{"c"}},
		{"below a table", "| a |\n|---|\n\nb", []string{"b"}},
	} {
		var got []string
		for _, l := range markdown.Parse(tc.src).Lines() {
			got = append(got, tc.src[l.Start:l.End])
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: Lines of %q (-want +got):\n%s", tc.name, tc.src, d)
		}
	}
}

func TestAsides(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      []string
	}{
		{"headings", "a\n\n## b ##\nc\n---\nd", []string{"b", "c"}},
		{"items", "- a\n  b\n\n  c\n  1. d\n- [ ] e\r\n", []string{"a", "b", "c", "d", "[ ] e"}},
		{"neither code nor quotes of items", "- ```\n  a\n  ```\n- > b\n- `c\n  d`\n-     e", []string{"`c"}},
		{"other blocks", "a\n\n> - b\n\n<div>\nc\n</div>\n\n| d |\n|---|\n\n<details>\n\n# e\n\n</details>", nil},
		{"words alone", "a", nil},
	} {
		var got []string
		for _, l := range markdown.Parse(tc.src).Asides() {
			got = append(got, tc.src[l.Start:l.End])
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: Asides of %q (-want +got):\n%s", tc.name, tc.src, d)
		}
	}
}

func TestProse(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"words", "a **b** [c](https://x.org/d)", "a **b** [c](https://x.org/d)"},
		{"code in a line", "a `b` ``c ` d`` e", "a   e"},
		{"an unmatched backquote", "a ` b", "a ` b"},
		{"code in a list", "- ```\n  no\n  ```\n- a", "-   ```\n- a"},
		{"code in a quote", "> ~~~\n> no\n> ~~~\n> a", ">  > ~~~\n> a"},
		{"indented code", "a\n\n    no\n\nb", "a\n\n     \n\nb"},
		{"a comment", "a <!-- no\n\nno --> b\n\n<!-- no\n\nno -->\n\nc", "a <!-- no\n\nno --> b\n\n \nc"},
		{"a comment in a line", "a <!-- no --> b", "a   b"},
		{"a hidden part", "<div><!--\n\nno", "<div> \n "},
		{"preformatted HTML", "<pre>\nno\n</pre>\n\na", " \n\na"},
		{"a code span in the address of a link", "[a](`b) c` d", "[a](`b) c` d"},
	} {
		got := markdown.Parse(tc.src).Prose()
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(tc.want), " ") {
			t.Errorf("%s: Prose of %q = %q, want %q up to white space", tc.name, tc.src, got, tc.want)
		}
	}
}

func TestLinks(t *testing.T) {
	const src = "a [b](c \"d\") ![e](f) [![g](h)](i)\r\n[j] `[k](l)`\r\n\r\n[j]: m"
	var got []string
	for _, l := range markdown.Parse(src).Links() {
		got = append(got, src[l.Start:l.End])
	}
	if d := cmp.Diff([]string{"[b](c \"d\")", "![e](f)", "![g](h)", "[![g](h)](i)", "[j]"}, got); d != "" {
		t.Errorf("Links of %q (-want +got):\n%s", src, d)
	}
}

func TestAutolink(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"https://x.org/a.", "https://x.org/a"},
		{"https://en.wikipedia.org/wiki/Separation_of_duties_(auditing).", "https://en.wikipedia.org/wiki/Separation_of_duties_(auditing)"},
		{"https://x.org/?_g=(filters:!())&_a=(b)) and", "https://x.org/?_g=(filters:!())&_a=(b)"},
		{"https://x.org/a&copy; b", "https://x.org/a"},
		{"https://x.org/a;", "https://x.org/a"},
		{"https://x.org/a<b", "https://x.org/a"},
		{"HTTP://X.ORG", "HTTP://X.ORG"},
		{"ftp://files.example.com/x,", "ftp://files.example.com/x"},
		{"www.x.org/a*b", "www.x.org/a*b"},
		{"https://localhost/a", "https://localhost/a"},
		{"https://a.b_c.d", ""},
		{"https://", ""},
		{"https:///a", ""},
		{"www.", ""},
		{"ssh://x.org", ""},
		{"wwwx.org", ""},
	} {
		if got := tc.in[:markdown.Autolink(tc.in)]; got != tc.want {
			t.Errorf("Autolink(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}
