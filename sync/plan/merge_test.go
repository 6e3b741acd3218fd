package plan_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/figures"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

var (
	triples = flag.Int("plan.triples", 500_000, "random (base, left, right) cases for TestThreeWayMerge")
	file    = flag.String("plan.figures", "", "put the figures of the run into this file")
)

// A triple is one field between two issues and the register: what all agreed on
// last, and what each shows now.
type triple struct{ base, left, right, here string }

// An outcome is what a three-way merge makes of a triple.
type outcome struct {
	value    string
	conflict bool
}

// merged is the specification: a side counts only if it changed, changes that agree
// are one change, and changes that differ are a conflict in which nothing moves.
func (x triple) merged() outcome {
	var changed []string
	for _, v := range []string{x.left, x.right} {
		if v != x.base && v != x.here {
			changed = append(changed, v)
		}
	}
	switch {
	case len(changed) == 0:
		return outcome{x.here, false}
	case x.here != x.base, len(changed) == 2 && changed[0] != changed[1]:
		return outcome{x.here, true}
	default:
		return outcome{changed[0], false}
	}
}

// texts are the fields that the lane merges, each a triple of its own in one plan.
func texts() []register.Field {
	return []register.Field{
		register.FieldTitle, register.FieldRootCause, register.FieldConsequences, register.FieldCorrection, register.FieldEvidence,
		register.FieldProblem, register.FieldLocation, register.FieldSimilarity, register.FieldISMSChange, register.FieldCloseSummary,
		register.FieldCriteria, register.FieldSourceRef,
	}
}

// texted returns a binding that shows them all as fields of the tracker.
func texted(id string) *mapping.Profile {
	p := &mapping.Profile{Binding: id, Role: mapping.RoleRecord, Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"}, States: []mapping.StateMap{{Status: "open", State: register.Reported}}}
	for _, f := range texts() {
		p.Fields = append(p.Fields, mapping.FieldMap{Field: f, Remote: mapping.Remote{Kind: mapping.KindField, Name: string(f)}})
	}
	return p
}

// TestThreeWayMerge holds the planner against the specification of the merge, on
// random cases: what becomes of the value, whether it is a conflict, what is written
// where, and what is agreed on next.
func TestThreeWayMerge(t *testing.T) {
	n := *triples
	if testing.Short() {
		n = 20_000
	}
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	failed := make(chan string, workers)
	for w := range workers {
		wg.Go(func() {
			l := newMergeLane(uint64(w)) //nolint:gosec // a small number
			for done := 0; done < n/workers; done += len(texts()) {
				if wrong := l.step(); wrong != "" {
					failed <- wrong
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	for f := range failed {
		t.Error(f)
	}
	t.Logf("%d cases", n)
	if *file == "" || t.Failed() {
		return
	}
	if err := figures.Put(*file, figures.Row{Name: "planner_cases_ci", Value: float64(n), Unit: "cases", Goal: ">= 1e7"}); err != nil {
		t.Error(err)
	}
}

// A mergeLane makes plan after plan, each of as many triples as there are fields.
type mergeLane struct {
	r           *rand.Rand
	left, right *mapping.Profile
}

func newMergeLane(seed uint64) *mergeLane {
	return &mergeLane{rand.New(rand.NewPCG(seed, 7)), texted("left"), texted("right")}
}

// draw draws a text; the empty one is a value like any other.
func (l *mergeLane) draw() string { return [...]string{"", "a", "b", "c"}[l.r.IntN(4)] }

func (l *mergeLane) step() string {
	cases := map[register.Field]triple{}
	rec := register.Record{Ref: "NC-2026-0001", State: register.Reported, Fields: map[register.Field]string{}}
	left, right := l.side(l.left), l.side(l.right)
	for _, f := range texts() {
		x := triple{l.draw(), l.draw(), l.draw(), ""}
		if x.here = x.base; l.r.IntN(3) == 0 {
			x.here = l.draw()
		}
		cases[f] = x
		rec.Fields[f] = x.here
		for s, v := range map[*plan.Side]string{&left: x.left, &right: x.right} {
			s.Base[f] = plan.Agreed{Side: x.base, Register: x.base}
			s.Issue.Fields[connectors.Custom(string(f))] = connectors.Value{Text: v}
		}
	}
	for _, s := range []*plan.Side{&left, &right} {
		s.Reading = s.Profile.Read(s.Issue)
	}
	p := plan.Make(input(rec, left, right))
	conflicts := map[register.Field]bool{}
	for _, c := range p.Conflicts {
		conflicts[c.Field] = true
	}
	for f, x := range cases {
		want := x.merged()
		if got := (outcome{p.Record.Fields[f], conflicts[f]}); got != want {
			return fmt.Sprintf("%s: %+v becomes %+v, want %+v", f, x, got, want)
		}
		for side, shows := range map[string]string{"left": x.left, "right": x.right} {
			if wrong := checkSide(p, side, f, shows, want); wrong != "" {
				return fmt.Sprintf("%s: %+v: %s", f, x, wrong)
			}
		}
	}
	return ""
}

func (l *mergeLane) side(p *mapping.Profile) plan.Side {
	return plan.Side{
		Binding: p.Binding, Profile: p, Mode: plan.Remind,
		Base:  plan.Base{register.FieldState: {Side: "open", Register: string(register.Reported)}},
		Issue: &connectors.Issue{Ref: connectors.Ref{ID: p.Binding, Key: p.Binding}, Status: connectors.Status{Name: "open"}, Fields: map[connectors.Field]connectors.Value{}},
	}
}

// checkSide says what is wrong with what a plan does to one side of a field.
func checkSide(p plan.Plan, side string, f register.Field, shows string, want outcome) string {
	value, writes := wrote(p, side).Want[f]
	switch {
	case want.conflict && writes:
		return fmt.Sprintf("%s is written %q in a conflict", side, value)
	case want.conflict:
	case writes != (shows != want.value):
		return fmt.Sprintf("%s shows %q and is written: %v", side, shows, writes)
	case writes && value != want.value:
		return fmt.Sprintf("%s is written %q, want %q", side, value, want.value)
	case !writes && p.Bases[side][f] != plan.Agreed{Side: shows, Register: want.value}:
		return fmt.Sprintf("the base of %s is %+v, want the agreement on %q", side, p.Bases[side][f], want.value)
	}
	return ""
}

// TestAgreementOnTheWay: the right shows what the register took from the left, when the left
// puts the value back that both agreed on before. The write to the right is lost. What it
// still shows is the older word then, and no answer to what was put back.
func TestAgreementOnTheWay(t *testing.T) {
	old, taken := record("old", "", ""), record("new", "", "")
	in := input(taken, side(profile("left"), issue("1", "old", "", "open"), taken), side(profile("right"), issue("2", "new", "", "open"), old))
	for i := range 3 {
		p := plan.Make(in)
		if got, told := p.Record.Fields[register.FieldTitle], wrote(p, "right").Want[register.FieldTitle]; got != "old" || told != "old" {
			t.Fatalf("plan %d: title = %q, written to the right %q, want old twice", i+1, got, told)
		}
		in.Record = p.Record
		for i := range in.Sides { // nothing is written
			in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
		}
	}
}

// TestTwoAnswersToTheRegister: the register took a title from the left. Now the left shows the
// older one again, and somebody has written the new one on the right by themselves. Neither of
// them saw what the other wrote, so a person decides, also when the plan is made again.
func TestTwoAnswersToTheRegister(t *testing.T) {
	const f = register.FieldTitle
	old, taken := record("old", "", ""), record("new", "", "")
	in := input(taken, side(profile("left"), issue("1", "old", "", "open"), taken), side(profile("right"), issue("2", "new", "", "open"), old))
	in.Sides[1].By = map[register.Field][]plan.Edit{f: {{Author: register.Author{Person: "ben", At: now, From: "right"}, Value: "new", Told: true}}}
	want := []plan.ConflictValue{{Place: "left", Value: "old", Base: "new"}, {Place: "right", Value: "new", Base: "old"}}
	for i := range 2 {
		p := plan.Make(in)
		if len(p.Conflicts) != 1 || p.Conflicts[0].Winner != "" || !slices.Equal(p.Conflicts[0].Values, want) {
			t.Fatalf("plan %d: conflicts %+v, want one of %+v that nothing decides", i+1, p.Conflicts, want)
		}
		for _, b := range []string{"left", "right"} {
			if v, written := wrote(p, b).Want[f]; written || p.Record.Fields[f] != "new" {
				t.Errorf("plan %d: title = %q, written %s %q, want that both stay", i+1, p.Record.Fields[f], b, v)
			}
		}
		in.Record = p.Record
		for i := range in.Sides {
			in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
		}
	}
}
