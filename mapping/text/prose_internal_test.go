package text

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
)

// A text that counts as plain words must be one that reading and writing it as a
// document would not change, in either direction.
func TestProseIsTheSameInBothMarkups(t *testing.T) {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "h1.", "bq.", "Because", "www", "www.", "http", "com", "www.example.org", "1.", "2", "olga3q", "seen.", "seen,", "x.y.zed", "fn1.", "org", " ", "  ", "", "e.g.", "A,B", "http.example", "CamelCase", "TODO.",
	}), 0, 8)
	plain := 0
	drawtest.Until(t, drawtest.Some{"plain words": &plain}.Lacking, func(t *rapid.T) {
		s := ""
		for i, w := range words.Draw(t, "words") {
			if i > 0 {
				s += " "
			}
			s += w
		}
		if !prose(s) {
			return
		}
		plain++
		if got := writeWiki(readGFM(s)); got != s {
			t.Errorf("%q counts as plain words and is %q in wiki markup", s, got)
		}
		if got := writeGFM(readWiki(s)); got != s {
			t.Errorf("%q counts as plain words and is %q in GitHub's markup", s, got)
		}
	})
}
