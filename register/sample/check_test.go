package sample_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

func claim(s sample.Sample, seed string, size int) sample.Claim {
	return sample.Claim{Seed: seed, Size: size, Population: slices.Clone(s.Population), Digest: s.Digest, Chosen: slices.Clone(s.Chosen)}
}

// Every sample that was drawn stands the check without the records: with records that are in it
// for certain, and where these are more than were asked for.
func TestADrawnSampleStandsTheCheck(t *testing.T) {
	rs := plain(40)
	for n := range 4 {
		rs[n*7] = with(rs[n*7], map[register.Field]string{register.FieldGrade: "major"})
	}
	for n := range 50 {
		seed, size := fmt.Sprint("word-", n), 1+n%40
		if err := sample.Check(claim(drawn(t, rs, sample.Question{Size: size, Seed: seed}), seed, size)); err != nil {
			t.Errorf("%d records by %s: %v", size, seed, err)
		}
	}
	refs, digest := sample.Population(rs, "2026-01-01", "2026-12-31")
	if s := drawn(t, rs, sample.Question{Size: 3, Seed: "word", From: "2026-01-01", To: "2026-12-31"}); digest != s.Digest || !slices.Equal(refs, s.Population) {
		t.Errorf("Population() = %v, %s, want the population of a draw", refs, digest)
	}
}

// A sample that the word does not draw is found out, whatever was changed in it.
func TestAnotherSampleFailsTheCheck(t *testing.T) {
	rs := plain(40)
	rs[0] = with(rs[0], map[register.Field]string{register.FieldGrade: "major"})
	s := drawn(t, rs, sample.Question{Size: 5, Seed: "word"})
	first := slices.IndexFunc(s.Chosen, func(c sample.Choice) bool { return c.Why == sample.Drawn })
	other := slices.IndexFunc(s.Population, func(ref string) bool {
		return !slices.ContainsFunc(s.Chosen, func(c sample.Choice) bool { return c.Ref == ref })
	})
	for name, change := range map[string]func(*sample.Claim){
		"another word":      func(c *sample.Claim) { c.Seed = "words" },
		"no word":           func(c *sample.Claim) { c.Seed = "two words" },
		"a smaller size":    func(c *sample.Claim) { c.Size = 4 },
		"a larger size":     func(c *sample.Claim) { c.Size = 6 },
		"a size beyond all": func(c *sample.Claim) { c.Size = 41 },
		"a record swapped": func(c *sample.Claim) {
			r := s.Population[other]
			c.Chosen[first].Ref, c.Chosen[first].Digest = r, sample.Digest("word", r)
		},
		"a record left out":  func(c *sample.Claim) { c.Chosen = slices.Delete(c.Chosen, first, first+1) },
		"a record twice":     func(c *sample.Claim) { c.Chosen = append(c.Chosen, c.Chosen[first]) },
		"a record from afar": func(c *sample.Claim) { c.Chosen[first].Ref = "NC-2025-0001" },
		"another digest":     func(c *sample.Claim) { c.Chosen[first].Digest = sample.Digest("word", "x") },
		"a reason invented":  func(c *sample.Claim) { c.Chosen[first].Why = "liked" },
		"fewer records":      func(c *sample.Claim) { c.Population = slices.Delete(c.Population, other, other+1) },
		"another population": func(c *sample.Claim) { c.Population[0], c.Population[1] = c.Population[1], c.Population[0] },
	} {
		c := claim(s, "word", 5)
		change(&c)
		if err := sample.Check(c); err == nil {
			t.Errorf("with %s the sample stands the check", name)
		}
	}
	if err := sample.Check(claim(s, "word", 5)); err != nil {
		t.Errorf("unchanged it does not stand the check: %v", err)
	}
}
