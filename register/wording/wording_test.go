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
			if dense(text) {
				continue // compared without its marks; see the test below
			}
			if k, twice := seen[text]; twice && k == p.kind {
				t.Logf("%q stands there twice, in two languages or two forms", text)
			} else if twice {
				t.Errorf("%q is %s and %s", text, k, p.kind)
			}
			seen[text] = p.kind
			if !slices.Contains([]kind{evasion, blame, filler, weak, placeholder}, p.kind) {
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

// A phrase in a script without spaces is found between other letters.
func TestPhrasesWithoutSpacesAreFound(t *testing.T) {
	for _, p := range known().dense {
		if known().negates[key(p)] {
			continue // a negation is a word like any other
		}
		words := split("報告" + p + "報告")
		if !slices.ContainsFunc(words, func(w word) bool { return w.text == strings.Fields(p)[0] && w.kind != "" }) {
			t.Errorf("%q is not found: %v", p, texts(words))
		}
	}
}

// Case, punctuation and letters that show nothing change no verdict, and no text breaks it.
func FuzzJudge(f *testing.F) {
	for _, s := range []string{"Human error.", "n/a", "https://x.example", "1. Why?\n2. Why?", "退職者リスト", "\xff\xfe", "ǅ ß İ", "hu<b>man</b> <!-- x --> er*ror* isn't #41 ##", strings.Repeat("error ", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Demand{Explains: true, Beside: []Beside{{"the title", Read("Leavers keep their accounts")}}}
		got := Read(s).Judge(d)
		if again := Read(s).Judge(d); again.Clear != got.Clear || again.What.String() != got.What.String() {
			t.Fatalf("Judge(%q) = %v, then %v", s, got, again)
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) || link.MatchString(s) || strings.Contains(s, "&") {
			return // letters, addresses and entities that change with their case
		}
		if other := Read("... " + strings.ToUpper(s) + "\u200b !").Judge(d); other.Clear != got.Clear || other.What.String() != got.What.String() {
			t.Errorf("Judge(%q) = %v, in capitals with punctuation %v", s, got, other)
		}
	})
}
