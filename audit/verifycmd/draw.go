package verifycmd

import (
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/register/sample"
)

// drawAgain repeats the draw of the sample of an audit day.
func drawAgain(o export.Opening) error {
	c := sample.Claim{Seed: o.Seed, Size: o.Size, Population: o.Population, Digest: o.Digest}
	for _, s := range o.Sample {
		c.Chosen = append(c.Chosen, sample.Choice{Ref: s.Record, Why: sample.Reason(s.Why), Digest: s.Digest})
	}
	return sample.Check(c)
}
