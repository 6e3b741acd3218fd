package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

func TestValidate(t *testing.T) {
	for _, tc := range []struct {
		name string
		code string
		with func(p *mapping.Profile)
	}{
		{"no id", "no-binding", func(p *mapping.Profile) { p.Binding = "" }},
		{"no role", "unknown-role", func(p *mapping.Profile) { p.Role = "" }},
		{"no markup", "unknown-markup", func(p *mapping.Profile) { p.Markup = "adf" }},
		{"a field twice", "duplicate-field", func(p *mapping.Profile) {
			p.Fields = append(p.Fields, section(register.FieldRootCause, "Cause"))
		}},
		{"an unknown field", "unknown-field", func(p *mapping.Profile) { p.Fields = append(p.Fields, section("colour", "Colour")) }},
		{"the state as a field", "state-as-field", func(p *mapping.Profile) {
			p.Fields = append(p.Fields, at(register.FieldState, mapping.KindLabel, "status/"))
		}},
		{"two fields in one section", "shared-place", func(p *mapping.Profile) {
			p.Fields = append(p.Fields, section(register.FieldSimilarity, "Similar", "ROOT CAUSE:"))
		}},
		{"two fields in one label", "shared-place", func(p *mapping.Profile) {
			p.Fields = append(p.Fields, at(register.FieldCauseMethod, mapping.KindLabel, "risk/x/"))
		}},
		{"a state label with the prefix of a field", "shared-place", func(p *mapping.Profile) { p.States[0].Label = "risk/analysis" }},
		{"standards among the labels", "wrong-kind", func(p *mapping.Profile) {
			p.Fields = append(p.Fields, mapping.FieldMap{Field: register.FieldStandards, Remote: mapping.Remote{Kind: mapping.KindLabels}})
		}},
		{"a value in a label", "wrong-kind", func(p *mapping.Profile) {
			p.Fields = append(p.Fields, at(register.FieldValue, mapping.KindLabel, "value/"))
		}},
		{"a date in the title", "wrong-kind", func(p *mapping.Profile) { p.Fields[0].Field = register.FieldReviewDue }},
		{"an unknown place", "unknown-kind", func(p *mapping.Profile) { p.Fields[1].Remote.Kind = "milestone" }},
		{"a section without a heading", "no-name", func(p *mapping.Profile) { p.Fields = append(p.Fields, section(register.FieldSimilarity, " ")) }},
		{"sections in Jira", "wrong-kind", func(p *mapping.Profile) { p.Markup = mapping.MarkupWiki }},
		{"no title", "no-title", func(p *mapping.Profile) { p.Fields = p.Fields[1:] }},
		{"a value the register lacks", "unknown-value", func(p *mapping.Profile) { p.Fields[1].Values = []mapping.Pair{{From: "x", To: "y"}} }},
		{"a value twice", "duplicate-value", func(p *mapping.Profile) {
			p.Fields[1].Values = []mapping.Pair{{From: "x", To: "improvement"}, {From: "X", To: "observation"}}
		}},
		{"values of a text", "wrong-values", func(p *mapping.Profile) { p.Fields[0].Values = []mapping.Pair{{From: "x", To: "y"}} }},
		{"an unknown authority", "unknown-authority", func(p *mapping.Profile) { p.Fields[0].Authority = "boss" }},
		{"an unknown policy", "unknown-policy", func(p *mapping.Profile) { p.Fields[0].Policy = "newest" }},
		{"no states", "no-states", func(p *mapping.Profile) { p.States = nil }},
		{"an unknown state", "unknown-state", func(p *mapping.Profile) { p.States[0].State = "limbo" }},
		{"no start", "state-not-covered", func(p *mapping.Profile) { p.States[3].State = register.Analysis }},
		{"a status that is hidden by an earlier one", "hidden-status", func(p *mapping.Profile) {
			p.States = append(p.States, mapping.StateMap{Status: "Closed", Reason: "completed", State: register.Closed})
		}},
		{"closed without a reason", "status-not-covered", func(p *mapping.Profile) { p.States = p.States[:6] }},
		{"an account of nobody", "no-person", func(p *mapping.Profile) { p.People[0].Person = "" }},
		{"a person without an account", "no-account", func(p *mapping.Profile) { p.People[0].ID, p.People[0].Login = "", "" }},
		{"an account twice", "duplicate-account", func(p *mapping.Profile) { p.People[1].ID = p.People[0].ID }},
		{"an approval by no transition", "no-transition", func(p *mapping.Profile) {
			p.Approvals = []mapping.ApprovalMap{{Subject: register.SubjectPlan, Outcome: register.Approved}}
		}},
		{"an approval that says nothing", "unknown-approval", func(p *mapping.Profile) {
			p.Approvals = []mapping.ApprovalMap{{To: "x", Subject: register.SubjectPlan, Outcome: register.Effective}}
		}},
	} {
		p := gitHub()
		tc.with(p)
		got := p.Validate()
		found := false
		for _, pr := range got {
			found = found || pr.Code == tc.code
			if pr.What == "" || pr.Remedy == "" {
				t.Errorf("%s: %+v, want what is wrong and how to remedy it", tc.name, pr)
			}
		}
		if !found {
			t.Errorf("%s: Validate() = %v, want %s", tc.name, got, tc.code)
		}
	}
}
