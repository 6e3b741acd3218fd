// Package sample chooses the records of the register that an auditor reads: those that every
// audit of clause 10 looks at, and others by a draw that anybody can repeat with the numbers of
// the population and a word.
package sample

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A Question is what sample is asked for.
type Question struct {
	// Size is how many records are wanted. The sample is larger where more of them must be in it.
	Size int
	Seed string
	// From and To are the first and the last day of the period, 2006-01-02; "" does not limit it.
	From, To string
	// At is when it is judged what is late.
	At time.Time
}

// A Sample is the records that were chosen, with the population that they come from.
type Sample struct {
	Population []string `json:"population"` // numbers, sorted
	// Digest is the SHA-256 of the numbers of the population, each followed by an end of line.
	Digest string   `json:"population_sha256"`
	Audit  string   `json:"last_external_audit,omitempty"` // the last external audit of the population
	Chosen []Choice `json:"sample"`
	// Absent are the cases of which the population has no record.
	Absent []Reason `json:"without_a_record"`
}

// A Choice is one record of the sample.
type Choice struct {
	Ref   string `json:"record"`
	Title string `json:"title"`
	// Why is the reason for which it was chosen, and Also are the other ones that it has.
	Why    Reason   `json:"why"`
	Also   []Reason `json:"also"`
	Digest string   `json:"digest"` // see Digest
}

// A Reason is why a record is in a sample.
type Reason string

// The reasons. All records of the first two are in each sample, and one of each that follows.
const (
	Major     Reason = "major"
	LastAudit Reason = "last external audit"
	Late      Reason = "late"     // open, and a date was missed
	Extended  Reason = "extended" // a milestone got a later date
	Accepted  Reason = "accepted" // an exception was approved, be it over or not
	Recurred  Reason = "recurred" // it came up again, or is one that did
	Reopened  Reason = "reopened" // it had ended and a person reopened it
	Rejected  Reason = "rejected"
	Drawn     Reason = "drawn" // by its digest
)

func always() []Reason { return []Reason{Major, LastAudit} }

func oneOf() []Reason {
	return []Reason{Late, Extended, Accepted, Recurred, Reopened, Rejected}
}

// mostSeed is how many characters a seed may have.
const mostSeed = 64

// A SizeError says that more records are asked for than the population has.
type SizeError struct{ Size, Population int }

// Error says both numbers.
func (e *SizeError) Error() string {
	return fmt.Sprintf("the sample would have %d records and the population has %d", e.Size, e.Population)
}

// A SeedError is a seed with which nobody could repeat the draw by hand.
type SeedError struct{ Seed string }

// Error says what a seed is.
func (e *SeedError) Error() string {
	return fmt.Sprintf("the seed %q is not a word of at most %d letters, digits, points and dashes", e.Seed, mostSeed)
}

// Digest is what the draw goes by: the SHA-256 of the seed, a blank and the number of a record,
// in hexadecimal digits. `printf '%s %s' SEED NUMBER | sha256sum` prints it.
func Digest(seed, ref string) string {
	sum := sha256.Sum256([]byte(seed + " " + ref))
	return hex.EncodeToString(sum[:])
}

// Draw chooses a sample. The same records, question and moment give the same sample, in whatever
// order the records are given. The error is a *SizeError or a *SeedError.
//
// All majors and all records of the last external audit are in it. For each case that has no
// record in it yet, in the order of the reasons, the record of the case with the smallest digest
// is added. Then records are added by ascending digest until there are as many as were asked for.
func Draw(records []register.Record, q Question) (Sample, error) {
	if !word(q.Seed) {
		return Sample{}, &SeedError{q.Seed}
	}
	d := newDraw(records, q)
	if q.Size < 1 || q.Size > len(d.all) {
		return Sample{}, &SizeError{q.Size, len(d.all)}
	}
	for _, r := range always() {
		for i := range d.all {
			d.choose(i, r)
		}
	}
	for _, r := range oneOf() {
		d.one(r)
	}
	for i := range d.all {
		if len(d.out.Chosen) < q.Size {
			d.choose(i, Drawn)
		}
	}
	slices.SortStableFunc(d.out.Chosen, func(a, b Choice) int { return cmp.Compare(a.Ref, b.Ref) })
	return d.out, nil
}

// word reports whether a seed is one word of characters that no shell and no terminal changes.
func word(s string) bool {
	return s != "" && len(s) <= mostSeed && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.' && r != '-' && r != '_'
	})
}

// A draw is a sample that is being chosen.
type draw struct {
	all []candidate // by digest
	out Sample
}

type candidate struct {
	record  register.Record
	digest  string
	reasons []Reason
	chosen  bool
}

func newDraw(records []register.Record, q Question) *draw {
	d := &draw{out: Sample{Chosen: []Choice{}, Absent: []Reason{}, Population: []string{}}}
	in := slices.DeleteFunc(slices.Clone(records), func(r register.Record) bool { return !alive(r, q.From, q.To) })
	audit := lastAudit(in)
	d.out.Audit = audit.name
	for _, r := range in {
		d.out.Population = append(d.out.Population, r.Ref)
		d.all = append(d.all, candidate{record: r, digest: Digest(q.Seed, r.Ref), reasons: reasons(r, audit, q.At)})
	}
	slices.Sort(d.out.Population)
	d.out.Digest = digestOf(d.out.Population)
	slices.SortFunc(d.all, func(a, b candidate) int { return cmp.Compare(a.digest, b.digest) })
	return d
}

func lines(refs []string) string {
	var b strings.Builder
	for _, r := range refs {
		b.WriteString(r + "\n")
	}
	return b.String()
}

// choose adds a candidate for a reason, unless it is chosen already or does not have the reason.
func (d *draw) choose(i int, why Reason) {
	c := &d.all[i]
	if c.chosen || why != Drawn && !slices.Contains(c.reasons, why) {
		return
	}
	c.chosen = true
	also := slices.DeleteFunc(slices.Clone(c.reasons), func(r Reason) bool { return r == why })
	d.out.Chosen = append(d.out.Chosen, Choice{
		Ref: c.record.Ref, Title: c.record.Fields[register.FieldTitle], Why: why, Also: append([]Reason{}, also...), Digest: c.digest,
	})
}

// one adds a record of a case, unless one is in the sample already.
func (d *draw) one(r Reason) {
	first := -1
	for i, c := range d.all {
		if !slices.Contains(c.reasons, r) {
			continue
		}
		if c.chosen {
			return
		}
		if first < 0 {
			first = i
		}
	}
	if first < 0 {
		d.out.Absent = append(d.out.Absent, r)
		return
	}
	d.choose(first, r)
}
