package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/mapping/text"
)

func TestNormalise(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"space at the ends of lines", "\n a \t\n\u00a0\nb\u00a0\n\n", " a\n\nb"},
		{"what is no text", "a\x00b\xff\xed\xa0\x80\x1b[31m", "ab\ufffd[31m"},
		{"right to left and beyond the basic plane", "\u202eابج🎉", "\u202eابج🎉"},
	} {
		if got := text.Normalise(tc.in); got != tc.want {
			t.Errorf("%s: Normalise(%q) = %q, want %q", tc.name, tc.in, got, tc.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"comments go", "a <!-- hint --> b\n<!--\nmore\n-->\nc", "a b\n\nc"},
		{"not out of code", "`<!-- x -->`\n\n```\n<!-- y -->\n```", "`<!-- x -->`\n\n```\n<!-- y -->\n```"},
		{"a comment without an end is shown", "a\n<!-- b", "a\n\\<!-- b"},
		{"an open code block is closed", "~~~go\nx", "~~~go\nx\n~~~"},
		{"mentions", "@ana (@org/team) cc:@bob", "@" + z + "ana (@" + z + "org/team) cc:@" + z + "bob"},
		{"what is no mention", "ana@x.org https://x.org/@ana `@ana` @ @-", "ana@x.org https://x.org/@ana `@ana` @ @-"},
		{"mentions behind a lone backtick", "a ` @ana", "a ` @" + z + "ana"},
	} {
		if got := text.Canonical(tc.in); got != tc.want {
			t.Errorf("%s: Canonical(%q) = %q, want %q", tc.name, tc.in, got, tc.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := text.Canonical(anyText().Draw(t, "text"))
		if got := text.Canonical(s); got != s {
			t.Fatalf("Canonical(%q) = %q, want no change", s, got)
		}
	})
}

func TestCut(t *testing.T) {
	for _, tc := range []struct {
		name  string
		s     string
		limit int
		want  string
	}{
		{"short enough", "héllo", 5, "héllo"},
		{"no limit", "hello", 0, "hello"},
		{"cut with the note", strings.Repeat("é", 60), 50, strings.Repeat("é", 11) + "\n\n… (cut, full text in https://x.org/1)"},
		{"in a code block", "```\n" + strings.Repeat("x", 60) + "\n```", 60, "```\nxxxxxxxxxxxxx\n```\n\n… (cut, full text in https://x.org/1)"},
		{"no room for the note", strings.Repeat("x", 60), 5, "xxxx…"},
		{"no room at all", "xx", 1, "…"},
	} {
		got := text.Cut(tc.s, tc.limit, "https://x.org/1")
		if got != tc.want {
			t.Errorf("%s: Cut(%q, %d) = %q, want %q", tc.name, tc.s, tc.limit, got, tc.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s, limit := anyText().Draw(t, "text"), rapid.IntRange(1, 60).Draw(t, "limit")
		got := text.Cut(s, limit, "")
		if n := utf8.RuneCountInString(got); n > limit {
			t.Fatalf("Cut(%q, %d) = %q with %d runes", s, limit, got, n)
		}
	})
	if !text.IsCut(text.Cut(strings.Repeat("x", 60), 50, "https://x.org/1")) || text.IsCut("… (cut short)\nand on") {
		t.Error("IsCut() does not tell a cut text from another")
	}
}
