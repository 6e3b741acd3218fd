package plan_test

import (
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// Whom an issue named as the owner is involved, whichever owner the register has in the end. A
// triage decides the owner: whom an issue names after it is proposed.
func TestWhomAnIssueNamedAsTheOwnerIsInvolved(t *testing.T) {
	named := func(who string, at time.Time) plan.Edit {
		return plan.Edit{Author: register.Author{Person: "ana", At: at, From: "left"}, Value: who, Told: true}
	}
	triage := func(by string) plan.Event {
		return plan.Event{Binding: "left", Event: mapping.Event{
			ID: "left:comment:triage", Kind: mapping.EventApproval, Subject: register.SubjectTriage, Outcome: register.Approved, By: by, At: now, How: register.ByComment,
		}}
	}
	early, late := now.Add(-time.Hour), now.Add(time.Hour)
	for _, tt := range []struct {
		name    string
		triaged bool
		edit    func(in *plan.Input)
		want    []string
	}{
		{"one who was replaced before the look", false, func(in *plan.Input) { in.Sides[0].Owners = []plan.Edit{named("cem", early), named("ana", early)} }, []string{"cem"}},
		{"two who were named in two places", false, func(in *plan.Input) {
			edit(t, &in.Sides[0], register.FieldOwner, "ben")
			edit(t, &in.Sides[1], register.FieldOwner, "cem")
		}, []string{"ben", "cem"}},
		{"one of a record that was triaged", true, func(in *plan.Input) { in.Sides[0].Owners = []plan.Edit{named("cem", early)} }, nil},
		{"one before a triage of the look, and one after it", false, func(in *plan.Input) {
			in.Sides[0].Owners = []plan.Edit{named("cem", early), named("ben", late)}
			in.Events = []plan.Event{triage("ira")}
		}, []string{"cem"}},
		{"one after a triage that does not count", false, func(in *plan.Input) {
			in.Sides[0].Owners = []plan.Edit{named("cem", late)}
			in.Events = []plan.Event{triage("ben")}
		}, []string{"cem"}},
	} {
		in := life(t)
		if !tt.triaged {
			in.Record.State, in.Record.Approvals = register.Reported, nil
			in.Record.Done, in.Record.Confirmed = time.Time{}, time.Time{}
			for i := range in.Sides {
				in.Sides[i] = showing(t, in.Sides[i].Profile, in.Record)
			}
		}
		tt.edit(&in)
		p := plan.Make(in)
		var got []string
		for _, i := range p.Record.Involved {
			if i.As == register.InvolvedOwner && i.Person != "ana" {
				got = append(got, i.Person)
			}
		}
		if slices.Sort(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q owned the record besides ana, want %q", tt.name, got, tt.want)
		}
		if again := plan.Make(settle(t, in, p)); !slices.Equal(again.Record.Involved, p.Record.Involved) {
			t.Errorf("%s: the next plan involves %+v", tt.name, again.Record.Involved)
		}
	}
}

// Whom a line of a plan gave an action is involved, whichever plan the register has in the end.
func TestWhomAPlanGaveAnActionIsInvolved(t *testing.T) {
	lines := func(who string) string { return "- [ ] Automate the leaver checklist @" + who + " due:2026-12-01" }
	showed := func(who string) plan.Edit {
		return plan.Edit{Author: register.Author{Person: "ana", At: now.Add(-time.Hour), From: "left"}, Value: lines(who), Told: true}
	}
	plans := func(s *plan.Side, who string) {
		raw, _ := s.Profile.Project(register.FieldActionPlan, lines(who))
		edit(t, s, register.FieldActionPlan, raw)
	}
	for _, tt := range []struct {
		name string
		edit func(in *plan.Input)
		want []string
	}{
		{"a plan that was replaced before the look", func(in *plan.Input) { in.Sides[0].Plans = []plan.Edit{showed("cem")} }, []string{"cem"}},
		{"plans of two places", func(in *plan.Input) {
			plans(&in.Sides[0], "ana")
			plans(&in.Sides[1], "cem")
		}, []string{"ana", "cem"}},
		{"a plan that a policy outvoted", func(in *plan.Input) {
			prefer(in, register.FieldActionPlan, "prefer:right")
			plans(&in.Sides[0], "ana")
			plans(&in.Sides[1], "cem")
		}, []string{"ana", "cem"}},
		{"an amendment of a closed record gives nobody an action", func(in *plan.Input) {
			in.Record.State = register.Closed
			in.Sides[0].Plans = []plan.Edit{showed("cem")}
		}, nil},
	} {
		in := life(t)
		tt.edit(&in)
		p := plan.Make(in)
		var got []string
		for _, i := range p.Record.Involved {
			if i.As == register.InvolvedAssignee && (i.Person != "ben") {
				got = append(got, i.Person)
			}
		}
		if slices.Sort(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q had an action, want %q", tt.name, got, tt.want)
		}
	}
}

// prefer sets the conflict policy of a field in all places.
func prefer(in *plan.Input, f register.Field, policy string) {
	for i := range in.Sides {
		for j := range in.Sides[i].Profile.Fields {
			if in.Sides[i].Profile.Fields[j].Field == f {
				in.Sides[i].Profile.Fields[j].Policy = policy
			}
		}
	}
}
