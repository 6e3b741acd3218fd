package plan_test

import (
	"flag"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

var cases = flag.Int("plan.cases", 5_000, "random inputs for TestPlannerLane")

// TestPlannerLane checks on random histories that plans are deterministic, close
// nothing that lacks evidence, lose no value and come to rest.
func TestPlannerLane(t *testing.T) {
	for seed := range uint64(*cases) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		pick := func(vs ...string) string { return vs[rnd.IntN(len(vs))] }
		draw := func() register.Record {
			return record(pick("a", "b", "c"), pick("", "why", "how"), pick("", "x", "y", "x\ny"))
		}
		old, here := draw(), draw()
		if rnd.IntN(2) == 0 {
			here = old.Clone()
		}
		var sides []plan.Side
		for _, id := range []string{"left", "right", "third"}[:2+rnd.IntN(2)] {
			v := draw()
			var labels []string
			for _, l := range []string{"x", "y"} {
				if slices.Contains([]string{l, "x\ny"}, v.Fields[register.FieldLabels]) {
					labels = append(labels, l)
				}
			}
			s := side(profile(id), issue(id, v.Fields[register.FieldTitle], v.Fields[register.FieldRootCause], pick("open", "open", "closed"), labels...), old)
			s.Mode = []plan.Mode{plan.Remind, plan.Reopen}[rnd.IntN(2)]
			if rnd.IntN(8) == 0 {
				s.Base = nil
			}
			sides = append(sides, s)
		}
		in := input(here, slices.Clone(sides)...)
		p := plan.Make(in)
		if !reflect.DeepEqual(p, plan.Make(in)) {
			t.Fatalf("seed %d: two plans for one input", seed)
		}
		if p.Record.State == register.Closed {
			t.Fatalf("seed %d: closed without evidence", seed)
		}
		kept(t, seed, in, p)
		for i := range in.Sides {
			in.Sides[i].Mode = plan.Remind
		}
		remind := plan.Make(in)
		for i := range in.Sides {
			in.Sides[i].Mode = plan.Observe
		}
		observe := plan.Make(in)
		for i := range observe.Actions {
			if observe.Actions[i].Header().Withheld == "" {
				t.Fatalf("seed %d: observe writes", seed)
			}
			observe.Actions[i] = let(observe.Actions[i])
		}
		if !reflect.DeepEqual(remind, observe) {
			t.Fatalf("seed %d: observe plans otherwise than remind", seed)
		}
		for i, s := range sides {
			in.Sides[i].Mode = s.Mode
		}
		rounds := 0
		for ; rounds < 3 && (!p.Quiet() || rounds == 0); rounds++ {
			in = settle(t, in, p)
			p = plan.Make(in)
		}
		if !p.Quiet() || len(p.Changes) > 0 {
			t.Fatalf("seed %d: after %d rounds still %+v %+v", seed, rounds, p.Actions, p.Changes)
		}
	}
}

// let returns an action as it is where it is not withheld.
func let(a plan.Action) plan.Action {
	switch a := a.(type) {
	case plan.Update:
		a.Withheld = ""
		return a
	case plan.Create:
		a.Withheld = ""
		return a
	case plan.Comment:
		a.Withheld = ""
		return a
	case plan.React:
		a.Withheld = ""
		return a
	}
	return a
}

// kept checks that each changed title is taken in, or lies in a conflict.
func kept(t *testing.T, seed uint64, in plan.Input, p plan.Plan) {
	t.Helper()
	f := register.FieldTitle
	for _, s := range in.Sides {
		v := s.Reading.View[f]
		if b, ok := s.Base[f]; ok && b.Side == v.Raw || p.Record.Fields[f] == v.Value || !ok && v.Value == in.Record.Fields[f] {
			continue
		}
		if !slices.ContainsFunc(p.Conflicts, func(c plan.Conflict) bool {
			return c.Field == f && slices.ContainsFunc(c.Values, func(x plan.ConflictValue) bool { return x.Value == v.Value })
		}) {
			t.Fatalf("seed %d: the title %q of %s is lost; want %v", seed, v.Value, s.Binding, maps.Clone(p.Record.Fields))
		}
	}
}
