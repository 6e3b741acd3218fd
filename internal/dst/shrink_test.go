package dst_test

import (
	"slices"
	"testing"

	"github.com/conformd/conformd/internal/dst"
)

// A failure that needs one kind of fault, one kill and one act is reduced to them.
func TestShrink(t *testing.T) {
	o := dst.Swarm(3)
	o.Acts, o.Kills, o.Leave = 5, []int{50, 90}, nil
	o.Tidy, o.Fill, o.Revise = false, false, false
	o.Rates = map[dst.Kind]int{dst.LostAfter: 9, dst.Slow: 9, dst.HookLost: 9}
	small, left := dst.Shrink(o, []string{"S1: a", "L1: b"}, func(o dst.Options) []string {
		if o.Rates[dst.LostAfter] > 0 && slices.Contains(o.Kills, 90) && !slices.Contains(o.Leave, "olga2") {
			return []string{"L1: x", "S1: y"}
		}
		return []string{"L1: x"}
	})
	if len(small.Rates) != 1 || !slices.Equal(small.Kills, []int{90}) || len(small.Leave) != 19 || small.Adversary || small.Lag != 0 {
		t.Errorf("Shrink = %s, want one fault, one kill and one act", small)
	}
	if !slices.Equal(left, []string{"L1: x", "S1: y"}) {
		t.Errorf("violations = %v, want those of the smallest options", left)
	}
}
