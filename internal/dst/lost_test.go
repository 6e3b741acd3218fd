package dst_test

import (
	"testing"

	"github.com/conformd/conformd/internal/dst"
)

// The disk is lost at a random moment, and conformd begins anew on an empty data directory.
// People let it write after they have looked. Nothing is filed or posted twice.
//
// What only the lost register knew is left out: an issue that may not be seen when the new
// one looks, and a tracker that claims to hold nothing.
func TestLostDisk(t *testing.T) {
	b := newBench(t)
	var s sum
	n := uint64(few(20))
	for seed := uint64(1); seed <= n; seed++ {
		o := dst.Swarm(seed)
		o.Lost, o.Power, o.Admin, o.Backup = true, false, false, 0
		o.Outage, o.Wait = dst.Outage{}, 0
		o.JiraTwin = seed%4 > 0 // without twins conformd leaves comments alone
		delete(o.Rates, dst.EmptyAfter)
		o.Late, o.Acts = 0, 14 // so that something is filed before
		o.Kills = []int{250 + int(seed*137%200)}
		r := b.simulate(t, o, *show)
		s.add(r)
		if len(r.Violations) > 0 {
			t.Errorf("seed %d: %q\n%s", seed, r.Violations, o)
		}
		if *show {
			for _, l := range r.Lines {
				t.Log(l)
			}
		}
	}
	if lost := uint64(s.counts["disk lost"]); lost < n*3/4 {
		t.Errorf("the disk was lost in %d of %d simulations, want most", lost, n)
	}
	if met := uint64(s.counts["brake beside another register"]); met < n {
		t.Errorf("people let the new register write %d times, want it in most simulations, at two bindings each", met)
	}
}
