package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/conformd/conformd/internal/store"
)

// vocabulary is how many words the texts of a large register are made of.
const vocabulary = 20_000

// A speaker writes texts in which words are as frequent as in people's texts: the word of rank k
// is one in k times as rare as the first one (Zipf).
type speaker struct {
	words []string
	rand  *rand.Rand
}

// newSpeaker returns a speaker that says the same after every start.
func newSpeaker() *speaker {
	common := strings.Fields("the of review access was not late for system and evidence is owner rights a backup restore test supplier failed " +
		"policy approved missing training quarterly account leaver log server change risk control incident patch overdue audit report key asset register plan")
	starts := strings.Fields("b c d f g h k l m n p r s t v w br cl dr fl gr pl pr st tr sch")
	vowels := strings.Fields("a e i o u ei ou")
	s := &speaker{words: common, rand: rand.New(rand.NewPCG(10, 2))} //nolint:gosec // texts, not secrets
	for k := len(common); k < vocabulary; k++ {
		word, x := "", k
		for range 3 {
			word += starts[x%len(starts)]
			x /= len(starts)
			word += vowels[x%len(vowels)]
			x /= len(vowels)
		}
		s.words = append(s.words, word)
	}
	return s
}

// word returns a word. The logarithm of its rank is spread evenly, which is Zipf's law.
func (s *speaker) word() string {
	return s.words[int(math.Pow(vocabulary, s.rand.Float64()))-1]
}

// say returns a sentence of so many words.
func (s *speaker) say(words int) string {
	out := make([]string, words)
	for i := range out {
		out[i] = s.word()
	}
	return strings.ToUpper(out[0][:1]) + strings.Join(out, " ")[1:]
}

// told makes the texts of copies in a table of the writing connection: a title, and what is wrong. The
// copies of 200 originals would else say the same 200 things.
func (r *rig) told(ctx context.Context, times int) error {
	const together = 50 // copies in a transaction
	if _, err := r.app.Store.DB().ExecContext(ctx, "CREATE TEMP TABLE told (n INTEGER PRIMARY KEY, title TEXT NOT NULL, problem TEXT NOT NULL)"); err != nil {
		return err
	}
	s := newSpeaker()
	for from := 1; from < times; from += together {
		err := r.app.Store.Write(ctx, func(t *store.Tx) error {
			for i := from; i < min(from+together, times); i++ {
				for n := 1; n <= originals; n++ {
					if _, err := t.ExecContext(ctx, "INSERT INTO told (n, title, problem) VALUES ($1, $2, $3)", i*1000+n, s.say(3+s.rand.IntN(6)), s.say(20+s.rand.IntN(40))+"."); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("texts: %w", err)
		}
	}
	return nil
}
