package store_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// zipf is a text of words that are as frequent as in people's texts: the word of rank k is one in k times as rare as the
// first one. All are equally long, so that common words are among those that a closed record is found by.
func zipf(rnd *rand.Rand, words int) string {
	const vocabulary = 2000
	out := make([]string, words)
	for i := range out {
		k := int(math.Pow(vocabulary, rnd.Float64()))
		out[i] = fmt.Sprintf("wo%crd%cn%c", 'a'+k%26, 'a'+k/26%26, 'a'+k/676)
	}
	return strings.Join(out, " ") + "."
}

// wordsKept are closed records and the words that each is found by.
type wordsKept struct {
	text   map[int64]register.Record
	kept   map[int64][]string // words
	closed map[int64]time.Time
}

// shared counts the words of a text that a record is found by.
func (p wordsKept) shared(n int64, words []string) int {
	c := 0
	for _, w := range p.kept[n] {
		if slices.Contains(words, w) {
			c++
		}
	}
	return c
}

// common returns the words that more records have than are read, or as many.
func (p wordsKept) common(words []string, share int) map[string][]int64 {
	out := map[string][]int64{}
	for _, w := range words {
		var ns []int64
		for n, kept := range p.kept {
			if slices.Contains(kept, w) {
				ns = append(ns, n)
			}
		}
		if len(ns) >= share {
			slices.SortFunc(ns, func(a, b int64) int {
				if c := p.closed[b].Compare(p.closed[a]); c != 0 {
					return c
				}
				return int(b - a)
			})
			out[w] = ns
		}
	}
	return out
}

// ranked are the records that share two words with a text, those with the most first.
func (p wordsKept) ranked(words []string) []int64 {
	var out []int64
	for n := range p.kept {
		if p.shared(n, words) > 1 {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b int64) int {
		if c := p.shared(b, words) - p.shared(a, words); c != 0 {
			return c
		}
		return int(b - a)
	})
	return out
}

// A search finds what a search without bounds finds if no word is common. Else it misses only what its comment says; and what
// people filed again in other words is proposed, however common they are.
func TestSimilarWordsFindsWhatAPlainSearchFinds(t *testing.T) {
	t.Parallel()
	const records = 400
	b := newBench(t)
	rnd := rand.New(rand.NewPCG(7, 56)) //nolint:gosec // texts, not secrets
	p := wordsKept{map[int64]register.Record{}, map[int64][]string{}, map[int64]time.Time{}}
	for range records {
		r := closedIn(t, b, 1+rnd.IntN(200), "process", zipf(rnd, 6+rnd.IntN(30)))
		var n int64
		if err := b.Reader().QueryRowContext(t.Context(), "SELECT n FROM record WHERE id = $1", r.ID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		p.text[n], p.kept[n], p.closed[n] = r, register.KeptLikeness(r).Words, r.Closed
	}
	from, to := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	numbers := slices.Sorted(func(yield func(int64) bool) {
		for n := range p.text {
			if !yield(n) {
				return
			}
		}
	})
	exact, bounded, missed, again := 0, 0, 0, 0
	for range 300 {
		fresh := register.Record{ID: "fresh", Ref: "NC-2026-9999", State: register.Reported, Recorded: to, Fields: map[register.Field]string{register.FieldProblem: zipf(rnd, 6+rnd.IntN(30))}}
		of := int64(-1)
		if rnd.IntN(2) == 0 { // a closed record comes up again, in other words
			of = numbers[rnd.IntN(len(numbers))]
			words := strings.Fields(strings.TrimSuffix(p.text[of].Fields[register.FieldProblem], "."))
			for i := range words {
				if rnd.IntN(6) == 0 {
					words[i] = strings.TrimSuffix(zipf(rnd, 1), ".")
				}
			}
			fresh.Fields[register.FieldProblem] = strings.Join(words, " ") + "."
		}
		words := register.LikenessOf(fresh).Words
		if len(words) == 0 {
			continue
		}
		most := []int{0, 300, 5000}[rnd.IntN(3)]
		got, err := b.SimilarWords(t.Context(), words, from, to, most)
		if err != nil {
			t.Fatal(err)
		}
		ranked, share := p.ranked(words), store.Share(len(words), most)
		want := ranked[:min(len(ranked), store.MostAlike)]
		common := p.common(words, share)
		if len(common) == 0 {
			exact++
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%q, no word of which is common (-plain +found):\n%s", words, d)
			}
			continue
		}
		bounded++
		// By what was read: every rare word, and the share of a common one.
		seen := map[int64]int{}
		for _, n := range numbers {
			for _, w := range p.kept[n] {
				if ns, is := common[w]; slices.Contains(words, w) && (!is || slices.Contains(ns[:share], n)) {
					seen[n]++
				}
			}
		}
		for _, n := range want {
			if slices.Contains(got, n) {
				continue
			}
			missed++
			as := 0
			for _, s := range seen {
				if s >= seen[n] {
					as++
				}
			}
			// 20 that were found may share as many words, which decides nothing between them.
			better := len(got) == store.MostAlike && p.shared(got[len(got)-1], words) >= p.shared(n, words)
			if seen[n] > 0 && as <= store.MostCompared && !better {
				t.Errorf("%q: record %d shares %d words and was not found; %d of them were read", words, n, p.shared(n, words), seen[n])
			}
		}
		if of < 0 {
			continue
		}
		if len(register.Candidates(fresh, []register.Record{p.text[of]})) > 0 && slices.Contains(want, of) {
			again++
			if !slices.Contains(got, of) {
				t.Errorf("%q, filed again as %q, was not found; it shares %d words, %d of them were read", p.text[of].Fields[register.FieldProblem], words, p.shared(of, words), seen[of])
			}
		}
	}
	t.Logf("%d searches without common words, %d with, which missed %d; %d came up again", exact, bounded, missed, again)
	if exact < 40 || bounded < 50 || again < 30 {
		t.Errorf("%d searches without common words, %d with, %d that came up again: too few", exact, bounded, again)
	}
}
