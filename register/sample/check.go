package sample

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/conformd/conformd/register"
)

// Population returns the numbers of the records that were open in a period, sorted, and their
// digest as Sample.Digest has it.
func Population(records []register.Record, from, to string) (refs []string, digest string) {
	refs = []string{}
	for _, r := range records {
		if alive(r, from, to) {
			refs = append(refs, r.Ref)
		}
	}
	slices.Sort(refs)
	return refs, digestOf(refs)
}

func digestOf(refs []string) string {
	sum := sha256.Sum256([]byte(lines(refs)))
	return hex.EncodeToString(sum[:])
}

// A Claim is a sample as somebody states it, without the records.
type Claim struct {
	Seed       string
	Size       int
	Population []string
	Digest     string // of the population
	Chosen     []Choice
}

// Check repeats the draw of a claim and returns what does not fit, nil if all fits. The records
// that were drawn must be those with the smallest digests, apart from the records that stand in
// the sample for another reason. Whether these have their reason takes the records.
func Check(c Claim) error {
	if !word(c.Seed) {
		return &SeedError{c.Seed}
	}
	if c.Size < 1 || c.Size > len(c.Population) {
		return &SizeError{c.Size, len(c.Population)}
	}
	if !slices.IsSorted(c.Population) || len(slices.Compact(slices.Clone(c.Population))) != len(c.Population) {
		return fmt.Errorf("the numbers of the population are not sorted, or one stands there twice")
	}
	if got := digestOf(c.Population); got != c.Digest {
		return fmt.Errorf("the digest of the population is %s, and not %s", got, c.Digest)
	}
	certain, drawn, err := c.parts()
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(c.Population), func(ref string) bool { return slices.Contains(certain, ref) })
	slices.SortFunc(rest, func(a, b string) int { return cmp.Compare(Digest(c.Seed, a), Digest(c.Seed, b)) })
	want := rest[:max(0, c.Size-len(certain))]
	slices.Sort(want)
	if slices.Sort(drawn); !slices.Equal(want, drawn) {
		return fmt.Errorf("the word %s draws %v, and the sample has %v", c.Seed, want, drawn)
	}
	return nil
}

// parts returns the numbers that are in the sample for a reason of their own, and the drawn ones.
func (c Claim) parts() (certain, drawn []string, err error) {
	seen := map[string]bool{}
	for _, x := range c.Chosen {
		switch {
		case seen[x.Ref]:
			return nil, nil, fmt.Errorf("%s is in the sample twice", x.Ref)
		case !slices.Contains(c.Population, x.Ref):
			return nil, nil, fmt.Errorf("%s is in the sample and not in the population", x.Ref)
		case x.Digest != Digest(c.Seed, x.Ref):
			return nil, nil, fmt.Errorf("the digest of %s is %s, and not %s", x.Ref, Digest(c.Seed, x.Ref), x.Digest)
		case x.Why == Drawn:
			drawn = append(drawn, x.Ref)
		case slices.Contains(always(), x.Why) || slices.Contains(oneOf(), x.Why):
			certain = append(certain, x.Ref)
		default:
			return nil, nil, fmt.Errorf("%s is in the sample for no reason that there is: %q", x.Ref, x.Why)
		}
		seen[x.Ref] = true
	}
	return certain, drawn, nil
}
