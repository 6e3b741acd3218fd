package dst

import "math/rand/v2"

// worlds draws what sort of world a simulation plays in. The draws are apart from those of
// faults and people, so that a new kind of world shifts none of those.
func (o *Options) worlds(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0x3017d)) //nolint:gosec // chance by seed is the point
	o.Fill = r.IntN(2) == 0
	o.LabelSets = r.IntN(4) == 0
}
