package text_test

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
	"github.com/conformd/conformd/mapping/text"
)

func TestPlain(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"Leavers keep accounts", "Leavers keep accounts"},
		{"[x](https://evil.example) ![y](z.png)", `\[x\](https:Z//evil.example) \!\[y\](z.png)`},
		{"**a** `b` _c_ ~~d~~ <b>e</b> | f", "\\*\\*a\\*\\* \\`b\\` \\_c\\_ \\~\\~d\\~\\~ &lt;b\\>e&lt;/b\\> \\| f"},
		{"@ana Fixes #12 acme/isms#3 GH-7", "@Zana Fixes #Z12 acme/isms#Z3 GH-Z7"},
		{"/close", "/Zclose"},
		{"# a\n\n- b", `\# a - b`},
		{"1. a", `1\. a`},
		{"- a", `\- a`},
		{"&lt; & &copy;", "&amp;lt; & &amp;copy;"},
		{"a\u202eb", "ab"},
		{"www.example.com :tada:", "www.Zexample.com :Ztada:"},
	} {
		if got, want := text.Plain(tc.in), strings.ReplaceAll(tc.want, "Z", z); got != want {
			t.Errorf("Plain(%q) = %q, want %q", tc.in, got, want)
		}
	}
}

// TestPlainIsShownAsItIs: wherever it stands, GitHub shows the characters and no more.
func TestPlainIsShownAsItIs(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(ghtml.WithUnsafe()))
	render := func(t *rapid.T, s string) string {
		var b bytes.Buffer
		if err := md.Convert([]byte(s), &b); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(b.String())
	}
	sets := regexp.MustCompile(`(?:^|[^0-9A-Za-z])@[0-9A-Za-z]|#[0-9]|(?:^|[^0-9A-Za-z])GH-[0-9]|^/[a-z]`)
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "text")
		p := text.Plain(s)
		if strings.ContainsAny(p, "\r\n") {
			t.Fatalf("Plain(%q) = %q, want one line", s, p)
		}
		shown := render(t, p)
		if p != "" {
			inner, ok := strings.CutPrefix(shown, "<p>")
			inner, ok2 := strings.CutSuffix(inner, "</p>")
			if !ok || !ok2 || strings.Contains(inner, "<") {
				t.Fatalf("Plain(%q) = %q is shown as %q, want a paragraph of text", s, p, shown)
			}
			if sets.MatchString(html.UnescapeString(inner)) {
				t.Fatalf("Plain(%q) = %q sets something off", s, p)
			}
			want := strings.ReplaceAll(text.Line(strings.Map(func(r rune) rune {
				if 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C {
					return -1
				}
				return r
			}, s)), z, "")
			if got := strings.ReplaceAll(html.UnescapeString(inner), z, ""); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Fatalf("Plain(%q) = %q reads %q, want %q", s, p, got, want)
			}
		}
		table := render(t, "| a | b |\n|---|---|\n| "+p+" | end |")
		if strings.Count(table, "<td>") != 2 || !strings.Contains(table, "<td>end</td>") {
			t.Fatalf("Plain(%q) = %q breaks a table: %q", s, p, table)
		}
		if c := markdown.Calm(p); c != p {
			t.Fatalf("Calm(Plain(%q)) = %q, want no change of %q", s, c, p)
		}
	})
}
