package mapping_test

import (
	"fmt"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A root cause that was written in Jira goes into one section of a GitHub issue.
func Example() {
	profile := &mapping.Profile{
		Binding: "gh-isms", Role: mapping.RoleRecord, Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"},
		Fields: []mapping.FieldMap{
			{Field: register.FieldTitle, Remote: mapping.Remote{Kind: mapping.KindTitle}},
			{Field: register.FieldRootCause, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Root cause"}},
			{Field: register.FieldGrade, Remote: mapping.Remote{Kind: mapping.KindLabel, Name: "grade/"}},
		},
		States: []mapping.StateMap{
			{Status: "open", State: register.Reported},
			{Status: "closed", State: register.Closed},
		},
	}
	issue := &connectors.Issue{
		Status: connectors.Status{Name: "open"},
		Fields: map[connectors.Field]connectors.Value{
			connectors.Title:  {Text: "Leaver accounts stay enabled"},
			connectors.Body:   {Text: "### Root cause\n\n_No response_\n\n### Notes\n\nours\n"},
			connectors.Labels: {Items: []string{"grade/minor", "help wanted"}},
		},
	}

	view, _ := profile.View(issue)
	fmt.Printf("grade %s, root cause %q\n", view[register.FieldGrade].Value, view[register.FieldRootCause].Value)

	raw, _ := profile.Aim(view, register.FieldRootCause, "HR tells **nobody**.", "")
	patch, err := profile.Patch(issue, map[register.Field]string{register.FieldRootCause: raw})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(patch.Set[connectors.Body].Text)
	// Output:
	// grade minor, root cause ""
	// ### Root cause
	//
	// HR tells **nobody**.
	//
	// ### Notes
	//
	// ours
}
