package text_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/mapping/text"
)

// The marks that take no room: behind what would set something off, and behind the "<"
// of a tag that came from GitHub.
const (
	z = "\u200b"
	m = "\u2060"
)

func TestToWiki(t *testing.T) {
	for _, tc := range []struct{ name, gfm, want string }{
		{"headings", "# One\n\n### Three", "h1. One\n\nh3. Three"},
		{"phrases", "**bold** *em* _em_ ~~gone~~ `x-y`", "*bold* _em_ _em_ -gone- {{x-y}}"},
		{"a phrase inside a word", "un**believ**able", "un{*}believ{*}able"},
		{"a phrase over two lines", "**a\nb**", "*a*\n*b*"},
		{"code with its language", "```go\nx := a[1] // {code:java}\n```", "{code:go}\nx := a[1] // {code:java}\n{code}"},
		{"code without a language", "```\n*x*\n```", "{noformat}\n*x*\n{noformat}"},
		{"code that ends the macro", "```\n{noformat} *x*\n```", "{noformat}\n{noformat" + z + "} *x*\n{noformat}"},
		{"links", "[the log](https://x.org/a) and https://x.org/b_c", "[the log|https://x.org/a] and https://x.org/b_c"},
		{"a script is no link", "[x](javascript:alert(1))", "x (javascript:alert(1))"},
		{"nested lists", "- a\n  - b\n    1. c\n- d", "* a\n** b\n**# c\n* d"},
		{"numbered list", "1. a\n2. b", "# a\n# b"},
		{"code inside a list", "- a\n\n  ```\n  x\n  ```\n- b", "* a\n{noformat}\nx\n{noformat}\n* b"},
		{"task list", "- [ ] a\n- [x] b", `* \[ ] a` + "\n" + `* \[x] b`},
		{"table", "| a | b |\n|---|---|\n| 1 \\| 2 | |", "||a||b||\n|1 \\| 2| |"},
		{"quote", "> a\n> b", "{quote}\na\nb\n{quote}"},
		{"rule", "a\n\n---\n\nb", "a\n\n----\n\nb"},
		{"line breaks", "a  \nb\\\nc\nd", "a\nb\nc\nd"},
		{"what was kept still is text again", "cc @" + z + "ana, #" + z + "12, /" + z + "close, mail ana@x.org, `@code`", "cc @ana, #12, /close, mail ana@x.org, {{@code}}"},
		{"Jira's own mention is escaped", "ask [~ana]", `ask \[\~ana]`},
		{"macros are escaped", "{color:red}x{color} {include:Secret}", `\{color:red}x\{color} \{include:Secret}`},
		{"line starts", "\\- no list\n\nh1. no heading\n\n\\# 1", "\\- no list\n\nh1&#46; no heading\n\n\\# 1"},
		{"dates and file names stay readable", "2026-07-01 snake_case a*b C:\\temp run -v", `2026-07-01 snake_case a*b C:\temp run \-v`},
		{"pictures", "works (/) or (x)", `works \(/) or \(x)`},
		{"backslashes", `a\\b \\`, `a\b &#92;`},
		{"html is text, its comments go", "<details>\n<summary>More</summary>\n\nx <!-- hidden --> y\n\n</details>", "<" + m + "details>\n<" + m + "summary>More<" + m + "/summary>\n\nx y\n\n<" + m + "/details>"},
		{"html that Jira knows", "H<sub>2</sub>O <ins>new</ins>", "H{~}2{~}O +new+"},
		{"footnotes", "a[^1]\n\n[^1]: note", `a\[\^1]` + "\n\n" + `\[\^1]: note`},
		{"a macro that came from Jira", "```jira\n{toc:maxLevel=2}\n```", "{toc:maxLevel=2}"},
		{"what only pretends to be one", "```jira\n{toc} [~ana]\n```", "{noformat}\n{toc} [" + z + "~ana]\n{noformat}"},
		{"image", "![chart](https://x.org/a.png)", "!https://x.org/a.png|alt=chart!"},
		{"nothing", " \n\n", ""},
	} {
		if got := text.ToWiki(tc.gfm); got != tc.want {
			t.Errorf("%s: ToWiki(%q) = %q, want %q", tc.name, tc.gfm, got, tc.want)
		}
	}
}

func TestFromWiki(t *testing.T) {
	for _, tc := range []struct{ name, wiki, want string }{
		{"headings", "h1. One\nh3. Three", "# One\n\n### Three"},
		{"phrases", "*bold* _em_ -gone- {{x}} +new+ a^2^ ??who??", "**bold** _em_ ~~gone~~ `x` <ins>new</ins> a^2^ _who_"},
		{"hyphens are no strikes", "well-known and 2026-07-01 - so -- be it", "well-known and 2026-07-01 - so -- be it"},
		{"code that touches code", "a {{b}}{{c}}, {{`}}{{d}} *{{e}}*{{f}}", "a `bc`, `` `d `` **`e`**`f`"},
		{"code with its language", "{code:title=Foo.java|java}\na *b*\n{code}", "```java\na *b*\n```"},
		{"code in a line", "run {code}x{code} now", "run\n\n```\nx\n```\n\nnow"},
		{"code that is never closed", "a {code} b", "a {code} b"},
		{"backticks in code", "{noformat}\n```\n{noformat}", "````\n```\n````"},
		{"colour", "{color:#ff0000}red{color} and *{color:red}bold{color}*", "red and **bold**"},
		{"panel", "{panel:title=Note}\ntext\n{panel}", "**Note**\n\ntext"},
		{"quotes", "bq. short\n\n{quote}\nlong\n* list\n{quote}", "> short\n\n> long\n>\n> - list"},
		{"lists", "# a\n#* b\n#* c\n# d", "1. a\n   - b\n   - c\n2. d"},
		{"hyphen lists", "- a\n- b", "- a\n- b"},
		{"a line that continues an item", "* a\nb", "- a\n  b"},
		{"table", "||a||b||\n|1|[x|https://x.org]|\n|2|", "| a | b |\n| --- | --- |\n| 1 | [x](https://x.org) |\n| 2 |  |"},
		{"table without a header", "|a|b|", "| a | b |\n| --- | --- |"},
		{"links", "[t|https://x.org] [https://x.org/a] https://x.org/b.", "[t](https://x.org) https://x.org/a https://x.org/b."},
		{"attachments", "[^log.txt] !shot.png|thumbnail!", "log.txt (image: shot.png)"},
		{"mentions", "[~accountid:557058:abc] and [~ana]", "@" + z + "557058:abc and @" + z + "ana"},
		{"an unknown macro", "a\n{expand:x}\nb *c*\n{expand}\nd", "a\n\n```jira\n{expand:x}\nb *c*\n{expand}\n```\n\nd"},
		{"an unknown macro in a line", "a {status:x} b", "a {status:x} b"},
		{"forced break", `a\\b`, "a\nb"},
		{"escapes", `\*not bold\* \{code}`, `\*not bold\* {code}`},
		{"Markdown is escaped", "# \n1. x\n> y `z` <b> [a](b)", "\\#\n1\\. x\n\\> y \\`z\\` \\<b> \\[a](b)"},
		{"Windows line ends", "a\r\n\r\nb", "a\n\nb"},
		{"nothing", "\r\n", ""},
	} {
		if got := text.FromWiki(tc.wiki); got != tc.want {
			t.Errorf("%s: FromWiki(%q) = %q, want %q", tc.name, tc.wiki, got, tc.want)
		}
	}
}

// TestPlainDocumentsTravelUnchanged: what both markups can say comes back as it was.
func TestPlainDocumentsTravelUnchanged(t *testing.T) {
	for _, gfm := range []string{
		"Three leaver accounts were still enabled 9 to 21 days after the leaving date.",
		"## Why\n\n1. HR tells nobody\n2. because **no one** owns the _hand-off_\n   - see `hr.csv`\n\n> quoted\n\n```sh\ncurl -s https://x.org | jq '.[]'\n```\n\n| who | when |\n| --- | --- |\n| ana | 2026-07-01 |",
		"- [ ] open\n- [x] done",
		"Export of IdP (v2.1) vs. HR list; 100% checked, A&B <5 min ~ $3",
	} {
		if got := text.FromWiki(text.ToWiki(gfm)); got != gfm && text.ToWiki(got) != text.ToWiki(gfm) {
			t.Errorf("FromWiki(ToWiki(%q)) = %q", gfm, got)
		}
	}
}

// pieces make texts that are dense in markup.
var pieces = rapid.SampledFrom([]string{
	"a", "b c", "word", " ", "  ", "\n", "\n\n", "\r\n", "*", "**", "_", "-", "--", "----", "+", "^", "~", "~~", "`", "``", "```", "```go",
	"#", "# ", "## ", "h1. ", "bq. ", "* ", "** ", "#* ", "- ", "1. ", "> ", "|", "||", "|---|", "[", "]", "[~a]", "[a|http://x.org]", "[a](http://x.org)", "http://x.org/a_b", "www.x.org",
	"{", "}", "{{", "}}", "{code}", "{code:go}", "{noformat}", "{quote}", "{panel:title=x}", "{panel}", "{color:red}", "{toc}", "{*}", "!", "!a.png!", "![a](http://x.org/i.png)", "\\", "\\\\", "&", "&amp;", "&#92;", "<", ">", "<br>", "<sub>", "</sub>", "<!--", "-->",
	"@", "@ana", "a@b.org", "??", "(x)", ":", ".", "é", "漢", "\u202e", "\x00", "\xff", "\u200b", "\u00a0", "\t", "    ", "[^1]", "[^1]: x", "[x]: y", "===", "🎉",
	"15. ", "3. a\n", "1. b\n", "\n  ", "\n   ", "\n\n  ", "- [ ] ", "<img src=\"http://x.org/i.png\" alt=\"i\">", "<kbd>", "</kbd>", "<details>", "</details>", "<b>", "</b>", "<a href=\"http://x.org\">", "</a>", "<" + m + "kbd>", "<pre>x</pre>",
	"https://github.com/a/b/issues/1", "#12", "/close", "[a|http://x.org|tip]", "[a](http://x.org \"t\")", "[http://x.org/a|http://x.org/a|smart-link]", "\\\\ \\\\ ", "{expand:x}", "{expand}", "{html}", "[!NOTE]", ":)", "www.x.org", "www.x.org_", "ftp://x.org/(a)", "&nbsp;", "# ", "## a\n",
	"http://x.org/a|b", "http://x.org/{a}", "[![a](http://x.org/b.png)](http://x.org)", "[!http://x.org/b.png!|http://x.org]", "!a b.png|thumbnail!", "|a\nb|c|\n", "bq. a\n", "> > a\n", "```mermaid\n", "{noformat}x{noformat}", "@" + z + "ana", "[~accountid:1:a]",
})

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(pieces, 0, 14), func(p []string) string { return strings.Join(p, "") }),
		rapid.String(),
	)
}

func TestTextChangesAtMostOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { fixpoint(t, anyText().Draw(t, "text")) })
}

func fixpoint(t interface {
	Errorf(string, ...any)
	Helper()
}, x string,
) {
	t.Helper()
	w := text.ToWiki(x)
	if got := text.ToWiki(text.FromWiki(w)); got != w {
		t.Errorf("ToWiki(FromWiki(%q)) = %q, want no change", w, got)
	}
	g := text.FromWiki(x)
	if got := text.FromWiki(text.ToWiki(g)); got != g {
		t.Errorf("FromWiki(ToWiki(%q)) = %q, want no change", g, got)
	}
}

func FuzzToWiki(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, gfm string) {
		w := text.ToWiki(gfm)
		if got := text.ToWiki(text.FromWiki(w)); got != w {
			t.Errorf("ToWiki(FromWiki(%q)) = %q, want no change", w, got)
		}
		sound(t, gfm, w)
	})
}

func FuzzFromWiki(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, wiki string) {
		g := text.FromWiki(wiki)
		if got := text.FromWiki(text.ToWiki(g)); got != g {
			t.Errorf("FromWiki(ToWiki(%q)) = %q, want no change", g, got)
		}
		if c := text.Canonical(g); text.Canonical(c) != c {
			t.Errorf("Canonical(%q) = %q, and again %q", g, c, text.Canonical(c))
		}
		sound(t, wiki, g)
	})
}

// sound holds what is true of a translation in either direction.
func sound(t *testing.T, from, to string) {
	t.Helper()
	if !utf8.ValidString(to) || strings.ContainsAny(to, "\x00\r") {
		t.Errorf("%q becomes %q, want valid text with Unix line ends", from, to)
	}
	// The words of the person must arrive. Digits beside letters are left out:
	// they number lists and headings, and name characters.
	for _, word := range plainWord.FindAllString(from, -1) {
		if plainText.MatchString(from) && !strings.Contains(to, word) {
			t.Errorf("%q becomes %q, which lacks %q", from, to, word)
		}
	}
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z ,.;\n]*$`)
	plainWord = regexp.MustCompile(`[A-Za-z]{4,}`)
)

func seeds() []string {
	return []string{
		"", "\x00\xff\xed\xa0\x80", "**a*b**c*", "{quote}{quote}", "* a\n* * b", "|a|\n|-|\n", "```jira\n{x}\n```", "\\\\\\", "> ```\n> a\n\n- 1) x",
		"{code}{noformat}{code}{noformat}", "*a{{b*}}c*", "![](http://a.b)", "[a\\]|http://x]", "\u202eabc\u202c", "- \n  - a\n\n\n1. b", "<!-- -->\n<div>\n@x",
		"www.x.org_!a.png!", "www.x.a-_b", "[www.x.org&#92;\\_a|http://x.org]",
	}
}
