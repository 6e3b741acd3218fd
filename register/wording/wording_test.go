package wording

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// Every phrase of the data files can be found: it is written as texts are compared, stands
// there once, and is known for what it is.
func TestPhrasesCanBeFound(t *testing.T) {
	seen := map[string]kind{}
	n := 0
	for _, ps := range known().phrases {
		for _, p := range ps {
			n++
			text := strings.Join(p.words, " ")
			if k, twice := seen[text]; twice && k == p.kind {
				t.Logf("%q stands there twice, in two languages or two forms", text)
			} else if twice {
				t.Errorf("%q is %s and %s", text, k, p.kind)
			}
			seen[text] = p.kind
			if !slices.Contains([]kind{evasion, blame, filler, placeholder}, p.kind) {
				t.Errorf("%q is of the kind %q", text, p.kind)
			}
			for _, w := range split(strings.ToUpper(text)) {
				if w.kind != p.kind && w.kind != filler {
					t.Errorf("a word of %q is read as %q, want %s", text, w.kind, p.kind)
				}
			}
			if len(split(text)) != len(p.words) {
				t.Errorf("%q is no phrase of words as they are compared", text)
			}
		}
	}
	if n < 500 {
		t.Errorf("%d phrases, want those of both files", n)
	}
}

// Case, punctuation and letters that show nothing change no verdict, and no text breaks it.
func FuzzFault(f *testing.F) {
	for _, s := range []string{"Human error.", "n/a", "https://x.example", "1. Why?\n2. Why?", "退職者リスト", "\xff\xfe", "ǅ ß İ", "hu<b>man</b> <!-- x --> er*ror* isn't #41 ##", strings.Repeat("error ", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Demand{Explains: true, Beside: []Beside{{"the title", Read("Leavers keep their accounts")}}}
		got := Read(s).Fault(d)
		if again := Read(s).Fault(d); again != got {
			t.Fatalf("Fault(%q) = %q, then %q", s, got, again)
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) || link.MatchString(s) || strings.Contains(s, "&") {
			return // letters, addresses and entities that change with their case
		}
		if other := Read("... " + strings.ToUpper(s) + "\u200b !").Fault(d); other != got {
			t.Errorf("Fault(%q) = %q, in capitals with punctuation %q", s, got, other)
		}
	})
}
