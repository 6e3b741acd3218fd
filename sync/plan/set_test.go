package plan_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// unwritten plays an attempt whose writes never reach a tracker: it stores the record and
// the bases of the plan, and each issue stays as it is.
func unwritten(in plan.Input, p plan.Plan) plan.Input {
	in.Record = p.Record
	in.Sides = slices.Clone(in.Sides)
	for i := range in.Sides {
		in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
	}
	return in
}

// relabelled returns in after a person gave the issue of a side these labels.
func relabelled(in plan.Input, nth int, labels ...string) plan.Input {
	in.Sides = slices.Clone(in.Sides)
	s := &in.Sides[nth]
	is := issue(s.Issue.Ref.ID, s.Issue.Fields[connectors.Title].Text, "", s.Issue.Status.Name, labels...)
	s.Issue, s.Reading = is, s.Profile.Read(is)
	return in
}

// labelsOf returns the labels of an issue that are not conformd's own, in order.
func labelsOf(s plan.Side) []string {
	out := slices.DeleteFunc(slices.Clone(s.Issue.Fields[connectors.Labels].Items), func(l string) bool { return strings.HasPrefix(l, "conformd:") })
	slices.Sort(out)
	return out
}

// TestAMemberTakenOutElsewhereLeavesAfterALostWrite: one side takes a member out while the
// other adds one. The write that takes it out there, too, does not arrive. It is planned
// again.
func TestAMemberTakenOutElsewhereLeavesAfterALostWrite(t *testing.T) {
	old := record("old", "", "a")
	in := input(old, side(profile("left"), issue("1", "old", "", "open"), old), side(profile("right"), issue("2", "old", "", "open", "a", "b"), old))
	for range 2 {
		p := plan.Make(in)
		if got := p.Record.Fields[register.FieldLabels]; got != "b" {
			t.Fatalf("labels = %q, want b alone", got)
		}
		if got, ok := wrote(p, "right").Want[register.FieldLabels]; !ok || got != "b" {
			t.Fatalf("written to the right = %q, %v, want b alone", got, ok)
		}
		in = unwritten(in, p)
	}
	in = settle(t, in, plan.Make(in))
	if got := labelsOf(in.Sides[1]); !slices.Equal(got, []string{"b"}) {
		t.Errorf("labels on the right = %v, want b alone", got)
	}
	if p := plan.Make(in); !p.Quiet() {
		t.Errorf("next Make() = %+v, want nothing to write", p.Actions)
	}
}

// TestSetsComeToOneValue plays random additions and removals on several sides, with writes
// of which some are lost, against a model: a member is there if the last person who touched
// it put it there. Two people who touch one member before a plan are left out, as either may
// be the later one.
func TestSetsComeToOneValue(t *testing.T) {
	for seed := range uint64(*cases) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		old := record("old", "", "a\nb")
		in := input(old, side(profile("left"), issue("1", "old", "", "open", "a", "b"), old), side(profile("right"), issue("2", "old", "", "open", "a", "b"), old), side(profile("third"), issue("3", "old", "", "open", "a", "b"), old))
		in.Sides = in.Sides[:2+rnd.IntN(2)]
		want := map[string]bool{"a": true, "b": true}
		var story []string
		for range 1 + rnd.IntN(5) {
			for _, m := range []string{"a", "b", "c", "d"} {
				if rnd.IntN(2) == 0 {
					continue
				}
				nth := rnd.IntN(len(in.Sides))
				labels := labelsOf(in.Sides[nth])
				if i := slices.Index(labels, m); i >= 0 {
					labels, want[m] = slices.Delete(labels, i, i+1), false
				} else {
					labels, want[m] = append(labels, m), true
				}
				in = relabelled(in, nth, labels...)
				story = append(story, fmt.Sprintf("%s has %v", in.Sides[nth].Binding, labels))
			}
			p := plan.Make(in)
			if rnd.IntN(2) == 0 {
				in = unwritten(in, p)
				story = append(story, fmt.Sprintf("the register has %q, no write arrives", in.Record.Fields[register.FieldLabels]))
				continue
			}
			in = settle(t, in, p)
			story = append(story, fmt.Sprintf("the register has %q, all is written", in.Record.Fields[register.FieldLabels]))
		}
		in = settle(t, in, plan.Make(in))
		if p := plan.Make(in); !p.Quiet() || len(p.Changes) > 0 {
			t.Fatalf("seed %d: still %+v %+v after\n%s", seed, p.Actions, p.Changes, strings.Join(story, "\n"))
		}
		now := strings.Split(in.Record.Fields[register.FieldLabels], "\n")
		for _, s := range in.Sides {
			if got := labelsOf(s); strings.Join(got, "\n") != strings.Join(now, "\n") {
				t.Fatalf("seed %d: %s has %v, the register %v after\n%s", seed, s.Binding, got, now, strings.Join(story, "\n"))
			}
		}
		for m, there := range want {
			if slices.Contains(now, m) != there {
				t.Fatalf("seed %d: the register has %v, want %v after\n%s", seed, now, want, strings.Join(story, "\n"))
			}
		}
	}
}

// TestAProposalOfASetGrows: what a closed record is given in a tracker waits, change by change,
// and leaves when the set of the register stands there again. Two trackers propose apart.
func TestAProposalOfASetGrows(t *testing.T) {
	in := life(t)
	in.Record.State = register.Closed
	in.Record.Approvals = append(in.Record.Approvals, register.Approval{
		Event: "left:comment:1", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "cem", At: now, How: register.ByComment,
		Reason: "Two exports were checked for leaver accounts.", Covers: register.EvidenceDigest(in.Record),
	})
	const f = register.FieldRequirements
	next := func() []register.Proposal {
		t.Helper()
		p := plan.Make(in)
		in.Record = p.Record
		for i := range in.Sides {
			in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
		}
		return p.Record.Proposals
	}
	want := func(got []register.Proposal, values ...string) {
		t.Helper()
		var all []string
		for _, x := range got {
			if x.Field == f {
				all = append(all, x.From+" "+x.Value)
			}
		}
		if !slices.Equal(all, values) {
			t.Fatalf("proposed is %q, want %q", all, values)
		}
	}
	edit(t, &in.Sides[0], f, "A.5.18\nA.5.19")
	want(next(), "left A.5.18\nA.5.19")
	edit(t, &in.Sides[0], f, "A.5.18\nA.5.19\nA.5.20")
	want(next(), "left A.5.18\nA.5.19\nA.5.20")
	edit(t, &in.Sides[0], f, "A.5.20")
	edit(t, &in.Sides[1], f, "A.5.18\nA.8.1")
	want(next(), "left A.5.20", "right A.5.18\nA.8.1")
	edit(t, &in.Sides[0], f, "A.5.18")
	want(next(), "right A.5.18\nA.8.1")
	if v := in.Record.Fields[f]; v != "A.5.18" {
		t.Errorf("the register has %q, want what was closed", v)
	}
}

// TestTwoTrackersProposeAtOnce: each proposes what it shows, and nothing of the other.
func TestTwoTrackersProposeAtOnce(t *testing.T) {
	in := life(t)
	edit(t, &in.Sides[0], register.FieldRequirements, "A.5.18\nA.5.19")
	edit(t, &in.Sides[1], register.FieldRequirements, "A.5.18\nA.8.1")
	got := map[string]string{}
	for _, x := range plan.Make(in).Record.Proposals {
		got[x.From] = x.Value
	}
	if len(got) != 2 || got["left"] != "A.5.18\nA.5.19" || got["right"] != "A.5.18\nA.8.1" {
		t.Errorf("proposed is %q, want what each shows", got)
	}
}

// TestATakenProposalOfASetIsWrittenWhole: the register had a member before the issue showed
// it, and the issue proposes another one besides. Taking the proposal in writes both.
func TestATakenProposalOfASetIsWrittenWhole(t *testing.T) {
	const f = register.FieldRequirements
	in := life(t)
	in.Record.Fields[f] = "A.5.18\nA.8.1"
	edit(t, &in.Sides[0], f, "A.5.18\nA.5.19")
	p := plan.Make(in)
	if x := p.Record.Proposals; len(x) != 1 || x[0].Value != "A.5.18\nA.5.19\nA.8.1" || wrote(p, "left").Want[f] != "" {
		t.Fatalf("proposals %+v, written %q; want the members of both to wait, and nothing written", x, wrote(p, "left").Want[f])
	}
	in = settle(t, in, p)
	in.Events = []plan.Event{decides(mapping.EventDecide, f, "", "Both are affected.")}
	p = plan.Make(in)
	if v := p.Record.Fields[f]; v != "A.5.18\nA.5.19\nA.8.1" {
		t.Fatalf("the register has %q", v)
	}
	for _, b := range []string{"left", "right"} {
		if got := wrote(p, b).Want[f]; got != "A.5.18\nA.5.19\nA.8.1" {
			t.Errorf("written %s %q, want the whole set", b, got)
		}
	}
}

// TestAMemberThatNoLookFoundTakesNothingBack: somebody put a member on an issue and somebody
// took it out again before conformd looked. The register has the member from the other
// issue, and the issue never showed it by that: it stays, also in what the issue proposes.
func TestAMemberThatNoLookFoundTakesNothingBack(t *testing.T) {
	const f = register.FieldRequirements
	in := life(t)
	in.Record.Fields[f] = "A.5.18\nA.8.1"
	edit(t, &in.Sides[0], f, "A.5.19")
	in.Sides[0].By = map[register.Field][]plan.Edit{f: {
		{Author: register.Author{Person: "ana", From: "left"}, Value: "A.8.1", Told: true},
		{Author: register.Author{Person: "ben", From: "left"}, Value: "A.5.19", Told: true},
	}}
	p := plan.Make(in)
	if x := p.Record.Proposals; len(x) != 1 || x[0].Value != "A.5.19\nA.8.1" || p.Record.Fields[f] != "A.5.18\nA.8.1" {
		t.Fatalf("proposals %+v, the register has %q; want A.5.18 alone to be taken out by the issue", x, p.Record.Fields[f])
	}
	in = settle(t, in, p)
	in.Events = []plan.Event{decides(mapping.EventDecide, f, "", "Both are affected.")}
	p = plan.Make(in)
	for _, b := range []string{"left", "right"} {
		if got := wrote(p, b).Want[f]; got != "A.5.19\nA.8.1" {
			t.Errorf("written %s %q, want the member of the other issue too", b, got)
		}
	}
}

// TestProposalsOfTwoTrackersAreTakenTogether: each issue proposes a member of its own. Taking in
// what waits takes both, and each issue gets the member of the other.
func TestProposalsOfTwoTrackersAreTakenTogether(t *testing.T) {
	const f = register.FieldRequirements
	in := life(t)
	edit(t, &in.Sides[0], f, "A.5.18\nA.5.19")
	edit(t, &in.Sides[1], f, "A.5.18\nA.8.1")
	in = settle(t, in, plan.Make(in))
	in.Events = []plan.Event{decides(mapping.EventDecide, f, "", "Both are affected.")}
	p := plan.Make(in)
	const all = "A.5.18\nA.5.19\nA.8.1"
	if v := p.Record.Fields[f]; v != all || len(p.Record.Proposals) > 0 {
		t.Fatalf("the register has %q, and %+v waits; want all members, and nothing waits", v, p.Record.Proposals)
	}
	for _, b := range []string{"left", "right"} {
		if got := wrote(p, b).Want[f]; got != all {
			t.Errorf("written %s %q, want %q", b, got, all)
		}
	}
}

// TestWhatTwoTrackersMakeOfASetAroundATriage: one look finds the triage and what people made of
// a set on two issues. What came after the triage is proposed by each issue as its own, what
// came before it was triaged, and where the triage does not count nothing of it is lost.
func TestWhatTwoTrackersMakeOfASetAroundATriage(t *testing.T) {
	const f = register.FieldRequirements
	triaged := now.Add(-time.Hour)
	early, late := triaged.Add(-time.Minute), triaged.Add(time.Minute)
	by := func(person string, at time.Time, set string) plan.Edit {
		return plan.Edit{Author: register.Author{Person: person, At: at}, Value: set, Told: true}
	}
	for _, tt := range []struct {
		name        string
		manager     string
		left, right []plan.Edit
		want        string
		proposed    map[string]string
	}{
		{
			"both after it", "ira",
			[]plan.Edit{by("ana", late, "A.5.18\nA.5.19")},
			[]plan.Edit{by("ben", late, "A.8.1")},
			"A.5.18",
			map[string]string{"left": "A.5.18\nA.5.19", "right": "A.8.1"},
		},
		{
			"both after one that does not count", "ana",
			[]plan.Edit{by("ana", late, "A.5.18\nA.5.19")},
			[]plan.Edit{by("ben", late, "A.8.1")},
			"A.5.19\nA.8.1",
			map[string]string{},
		},
		{
			"one before it", "ira",
			[]plan.Edit{by("ana", late, "A.5.18\nA.5.19")},
			[]plan.Edit{by("ben", early, "A.5.18\nA.8.1")},
			"A.5.18\nA.8.1",
			map[string]string{"left": "A.5.18\nA.5.19\nA.8.1"},
		},
		{
			"the same on both, before it and after it", "ira",
			[]plan.Edit{by("ana", late, "A.5.18\nA.5.19")},
			[]plan.Edit{by("ben", early, "A.5.18\nA.5.19")},
			"A.5.18\nA.5.19",
			map[string]string{},
		},
		{
			"both before it and again after it", "ira",
			[]plan.Edit{by("ana", early, "A.5.18\nA.5.19"), by("ana", late, "A.5.18\nA.5.20")},
			[]plan.Edit{by("ben", early, "A.5.18\nA.8.1"), by("ben", late, "A.8.1")},
			"A.5.18\nA.5.19\nA.8.1",
			map[string]string{"left": "A.5.18\nA.5.20\nA.8.1", "right": "A.5.19\nA.8.1"},
		},
		{
			"both the same before one that does not count, and one takes it out after it", "ana",
			[]plan.Edit{by("ana", early, "A.8.1")},
			[]plan.Edit{by("ben", early, "A.8.1"), by("ben", late, "")},
			"",
			map[string]string{},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := life(t)
			in.Record.State, in.Record.Approvals, in.Record.Done, in.Record.Confirmed = register.Reported, nil, time.Time{}, time.Time{}
			in.Sides[0] = showing(t, in.Sides[0].Profile, in.Record)
			in.Sides[1] = showing(t, in.Sides[1].Profile, in.Record)
			for i, edits := range [][]plan.Edit{tt.left, tt.right} {
				edit(t, &in.Sides[i], f, edits[len(edits)-1].Value)
				for j := range edits {
					edits[j].From = in.Sides[i].Binding
				}
				in.Sides[i].Edited = edits[len(edits)-1].At
				in.Sides[i].By = map[register.Field][]plan.Edit{f: edits}
			}
			in.Events = []plan.Event{{Binding: "left", Event: mapping.Event{
				ID: "left:comment:1", Kind: mapping.EventApproval, Subject: register.SubjectTriage, Outcome: register.Approved,
				By: tt.manager, At: triaged, How: register.ByComment, Text: "An account was used.",
			}}}
			p := plan.Make(in)
			got := map[string]string{}
			for _, x := range p.Record.Proposals {
				got[x.From] = x.Value
			}
			if v := p.Record.Fields[f]; v != tt.want || !maps.Equal(got, tt.proposed) {
				t.Errorf("the register has %q, and %q is proposed; want %q, and %q", v, got, tt.want, tt.proposed)
			}
			for _, b := range []string{"left", "right"} {
				if v, written := wrote(p, b).Want[f]; written && tt.proposed[b] != "" {
					t.Errorf("%q is written %s, want what it proposes to stay", v, b)
				}
			}
			lost := in // the record and what was agreed are stored, and the writes are not done
			lost.Record, lost.Events, lost.Sides = p.Record, nil, slices.Clone(in.Sides)
			for i := range lost.Sides {
				lost.Sides[i].Base, lost.Sides[i].By = p.Bases[lost.Sides[i].Binding], nil
			}
			again := plan.Make(lost)
			for _, b := range []string{"left", "right"} {
				was, written := wrote(p, b).Want[f]
				if v, rewritten := wrote(again, b).Want[f]; v != was || rewritten != written {
					t.Errorf("%q (%v) is to be written %s after the write of %q (%v) was lost", v, rewritten, b, was, written)
				}
			}
		})
	}
}
