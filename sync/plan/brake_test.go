package plan_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// What would be written is counted by what it does to people's values, and per binding.
func TestWhatWouldLeaveIsCounted(t *testing.T) {
	const title, cause, risk = register.FieldTitle, register.FieldRootCause, register.FieldRisk
	about := func(binding string) plan.About {
		return plan.About{Binding: binding, Ref: connectors.Ref{ID: "1", Key: "T-1"}}
	}
	p := plan.Plan{Actions: []plan.Action{
		plan.Update{
			About: about("left"),
			Want:  map[register.Field]string{title: "new", cause: "", risk: "high"},
			Saw:   map[register.Field]string{title: "old", cause: "Nobody reads it.", risk: ""},
		},
		plan.Comment{About: about("left")},
		plan.React{About: about("left"), Reaction: connectors.ThumbsUp},
		plan.Create{About: plan.About{Binding: "right"}, Want: map[register.Field]string{title: "new"}},
		plan.Update{
			About: plan.About{Binding: "watched", Withheld: string(plan.Observe)},
			Want:  map[register.Field]string{title: ""}, Saw: map[register.Field]string{title: "old"},
		},
	}}
	got := map[string]plan.Load{}
	for _, o := range p.Outbound() {
		got[o.Binding] = o.Load
	}
	for binding, want := range map[string]plan.Load{
		"left":    {Records: 1, Emptied: 1, Replaced: 1, Comments: 2},
		"right":   {Creates: 1},
		"watched": {},
	} {
		if got[binding] != want {
			t.Errorf("%s: %+v, want %+v", binding, got[binding], want)
		}
	}
}

// A person who lets a list go has read what it says: another value is another list.
func TestWhatWouldLeaveIsKnownByItsWords(t *testing.T) {
	digest := func(to string) string {
		return plan.Plan{Actions: []plan.Action{plan.Update{
			About: plan.About{Binding: "left"},
			Want:  map[register.Field]string{register.FieldTitle: to}, Saw: map[register.Field]string{register.FieldTitle: "old"},
		}}}.Outbound()[0].Digest
	}
	one, same, other := digest("new"), digest("new"), digest("newer")
	if one != same || one == other {
		t.Errorf("digests %q, %q and %q, want the first two equal and the last another", one, same, other)
	}
}

// Each limit stops by itself, at one more than it says; 0 is no limit.
func TestTooMuchWouldLeave(t *testing.T) {
	l := plan.Limits{Floor: 2, Percent: 50, Emptied: 1, Replaced: 2, Creates: 3, Comments: 4}
	for _, tt := range []struct {
		name string
		load plan.Load
		over string
	}{
		{"nothing", plan.Load{}, ""},
		{"all that is allowed", plan.Load{Records: 5, Emptied: 1, Replaced: 2, Creates: 3, Comments: 4}, ""},
		{"records", plan.Load{Records: 6}, "6 of 10 records would be changed"},
		{"emptied", plan.Load{Emptied: 2}, "2 values would be emptied"},
		{"replaced", plan.Load{Replaced: 3}, "3 values would be replaced"},
		{"creates", plan.Load{Creates: 4}, "4 issues would be created"},
		{"comments", plan.Load{Comments: 5}, "5 comments would be written"},
	} {
		if got := l.Over(tt.load, 10); tt.over == "" && got != "" || !strings.Contains(got, tt.over) {
			t.Errorf("%s: over %q, want %q", tt.name, got, tt.over)
		}
	}
	if got := (plan.Limits{}).Over(plan.Load{Records: 9, Emptied: 9, Replaced: 9, Creates: 9, Comments: 9}, 10); got != "" {
		t.Errorf("without limits: over %q", got)
	}
	if got := l.Over(plan.Load{Records: 2}, 2); got != "" {
		t.Errorf("two records of two: over %q, want the floor to allow them", got)
	}
}

// To count further records up to Enough tells the same as to count all of them: a brake that waits for the others need not count the
// whole register.
func TestEnoughTellsWhatAllTell(t *testing.T) {
	worst := func(l plan.Load, more int) plan.Load {
		return l.Add(plan.Load{Records: more, Replaced: more, Emptied: more * min(1, l.Emptied), Creates: more * min(1, l.Creates), Comments: more * min(1, l.Comments)})
	}
	held, free := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n := func(what string) int { return rapid.IntRange(0, 30).Draw(t, what) }
		limits := plan.Limits{Floor: n("floor"), Percent: n("percent"), Emptied: n("emptied"), Replaced: n("replaced"), Creates: n("creates"), Comments: n("comments")}
		load := plan.Load{Records: n("load"), Emptied: n("load emptied"), Replaced: n("load replaced"), Creates: n("load creates"), Comments: n("load comments")}
		bound, all := rapid.IntRange(0, 200).Draw(t, "bound"), rapid.IntRange(0, 300).Draw(t, "others")
		counted := all
		if most := limits.Enough(bound); most > 0 {
			counted = min(all, most)
		}
		got, want := limits.Over(worst(load, counted), bound) != "", limits.Over(worst(load, all), bound) != ""
		if got != want {
			t.Fatalf("with %d of %d others the load is too much: %t, want %t", counted, all, got, want)
		}
		if counted < all && want {
			held++
		} else {
			free++
		}
	})
	if held == 0 || free == 0 {
		t.Errorf("in %d cases not all were counted, in %d all: want both", held, free)
	}
}
