package markdown_test

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/markdown"
)

// z is the zero-width space; it is written Z in the tables.
const z = "\u200b"

func TestCalm(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"mentions", "@ana (@org/team) cc:@bob [@eve](https://x.org)", "@Zana (@Zorg/team) cc:@Zbob [@Zeve](https://x.org)"},
		{"mentions behind other letters", "担当@tanaka, é@ana, _a_@bob, **a**@bob", "担当@Ztanaka, é@Zana, _a_@Zbob, **a**@Zbob"},
		{"escaped and encoded mentions", `\@ana &#64;ana &commat;ana`, `\@Zana &#64;Zana &commat;Zana`},
		{"what is no mention", "ana@x.org 2@3 https://x.org/@ana `@ana` @ @- @_@", "ana@x.org 2@3 https://x.org/@ana `@ana` @ @- @_@"},
		{"references", "Fixes #12, see acme/infra#40, GH-7 and gh-8, \\#9, &#35;10", "Fixes #Z12, see acme/infra#Z40, GH-Z7 and gh-Z8, \\#Z9, &#35;Z10"},
		{"an escaped hyphen", `GH\-7`, `GH\-Z7`},
		{"what is no reference", "# 1\n\nC# #a https://x.org/#1 `#1` HIGH-7 xGH-7", "# 1\n\nC# #a https://x.org/#1 `#1` HIGH-7 xGH-7"},
		{"orders to bots", "/close\n  /lgtm cancel\n/assign @ana\r\n/hold", "/Zclose\n  /Zlgtm cancel\n/Zassign @Zana\r\n/Zhold"},
		{"what is no order", "say /close\n/etc/passwd\n/ close\n`/close`\n/1\n\n```\n/close\n```\n\n    /close", "say /close\n/etc/passwd\n/ close\n`/close`\n/1\n\n```\n/close\n```\n\n    /close"},
		{"an address of an issue", "Fixes https://github.com/acme/isms/issues/17.", "Fixes [https://github.com/acme/isms/issues/17](https://redirect.github.com/acme/isms/issues/17)."},
		{"behind a key", "evidence:https://github.com/acme/isms/pull/3", "evidence:[https://github.com/acme/isms/pull/3](https://redirect.github.com/acme/isms/pull/3)"},
		{"in angle brackets", "<https://github.com/acme/isms/issues/17#issuecomment-1>", "[https://github.com/acme/isms/issues/17#issuecomment-1](https://redirect.github.com/acme/isms/issues/17#issuecomment-1)"},
		{"a link", "[here](https://github.com/acme/isms/discussions/3 \"x\")", "[here](https://redirect.github.com/acme/isms/discussions/3 \"x\")"},
		{"a link whose text is the address", "[https://github.com/acme/isms/issues/1](https://x.org)", "[https://github.com/acme/isms/issues/1](https://x.org)"},
		{"a definition", "[a]\n\n[a]: https://github.com/acme/isms/commit/abc1234", "[a]\n\n[a]: https://redirect.github.com/acme/isms/commit/abc1234"},
		{"HTML", "<a href=\"https://github.com/acme/isms/issues/1\">#1</a>\n\n<div>\n@ana\n</div>", "<a href=\"https://redirect.github.com/acme/isms/issues/1\">#Z1</a>\n\n<div>\n@Zana\n</div>"},
		{"an address in raw HTML", "<div>\nhttps://github.com/acme/isms/issues/17\n</div>", "<div>\nhttps://github.com/acme/isms/issues/Z17\n</div>"},
		{"other addresses of GitHub", "https://github.com/acme/isms https://github.com/user-attachments/assets/5d0c https://github.com/acme/isms/blob/main/a.go", "https://github.com/acme/isms https://github.com/user-attachments/assets/5d0c https://github.com/acme/isms/blob/main/a.go"},
		{"an organisation's discussion", "https://github.com/orgs/acme/discussions/3", "[https://github.com/orgs/acme/discussions/3](https://redirect.github.com/orgs/acme/discussions/3)"},
	} {
		want := strings.ReplaceAll(tc.want, "Z", z)
		got := markdown.Calm(tc.in)
		if got != want {
			t.Errorf("%s: Calm(%q) = %q, want %q", tc.name, tc.in, got, want)
		}
		if again := markdown.Calm(got); again != got {
			t.Errorf("%s: Calm(%q) = %q, want no change", tc.name, got, again)
		}
	}
}

func TestWakeUndoesCalm(t *testing.T) {
	for _, s := range []string{
		"@ana #12 acme/isms#3 GH-7", "/close", "see https://github.com/acme/isms/issues/17", "[a](https://github.com/acme/isms/issues/17)", "https://github.com/acme/a_b_c/pull/1",
	} {
		if got := markdown.Wake(markdown.Calm(s)); got != s || markdown.Calm(s) == s {
			t.Errorf("Wake(Calm(%q)) = %q by way of %q", s, got, markdown.Calm(s))
		}
	}
}

// linked renders the tree, addresses and all, so that what GitHub's filters
// look at afterwards can be looked at.
var linked = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(ghtml.WithUnsafe())).Renderer()

var (
	verbatim = regexp.MustCompile(`(?s)<(?:code|pre|a|script|style|textarea)\b.*?</(?:code|pre|a|script|style|textarea)>|<!--.*?-->`)
	element  = regexp.MustCompile(`<[^>]*>`)
	mention  = regexp.MustCompile(`(?:^|[^0-9A-Za-z_])@[0-9A-Za-z]|#[0-9]|(?:^|[^0-9A-Za-z])(?i:GH)-[0-9]`)
	issue    = regexp.MustCompile(`href="https?://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull|discussions|commit)/\d`)
)

// TestNothingIsSetOff holds that no text, once calm, mentions or refers to anything in
// what GitHub's filters see of it, and that it still reads the same.
func TestNothingIsSetOff(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"a", " ", "\n", "\n\n", "@ana", "@", "#12", "#", "acme/isms#3", "GH-7", "gh-", "/close", "/capa", "https://github.com/acme/isms/issues/17 ", "https://x.org/a ", "<https://github.com/a/b/pull/1>", "[link](https://github.com/a/b/issues/1)",
		"*", "**", "_", "`", "```\n", "~~", "\\", "&#64;", "&#35;", "é", "担", "(", ")", "[", "]", "> ", "- ", "# ", "\n| a |\n|---|\n", "<b>", "</b>", "<!-- x -->", ".", "1", "!", z,
	})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "text"), "")
		c := markdown.Calm(s)
		if again := markdown.Calm(c); again != c {
			t.Fatalf("Calm(%q) = %q, and again %q", s, c, again)
		}
		shown := renderLinked(t, c)
		if m := issue.FindString(shown); m != "" {
			t.Fatalf("Calm(%q) = %q still refers to %q", s, c, m)
		}
		for _, node := range element.Split(verbatim.ReplaceAllString(shown, "<>"), -1) {
			if m := mention.FindString(html.UnescapeString(node)); m != "" {
				t.Fatalf("Calm(%q) = %q still sets off %q", s, c, m)
			}
		}
		text := func(s string) string {
			return strings.ReplaceAll(html.UnescapeString(element.ReplaceAllString(s, "")), z, "")
		}
		if got, want := text(shown), text(renderLinked(t, s)); got != want {
			t.Fatalf("Calm(%q) = %q reads %q, want %q", s, c, got, want)
		}
	})
}

func renderLinked(t *rapid.T, s string) string {
	var b bytes.Buffer
	root, src := markdown.Tree(s)
	if err := linked.Render(&b, src, root); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
