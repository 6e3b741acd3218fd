package mapping

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// TestAHeadingThatWasMeant: people write headings in their own way. What they meant is
// told, where it can only be one field.
func TestAHeadingThatWasMeant(t *testing.T) {
	section := func(f register.Field, name string) FieldMap {
		return FieldMap{Field: f, Remote: Remote{Kind: KindSection, Name: name}}
	}
	p := &Profile{Binding: "gh", Role: RoleRecord, Markup: MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"}, States: []StateMap{{Status: "open", State: register.Reported}}, Fields: []FieldMap{
		section(register.FieldEvidence, "Objective evidence"), section(register.FieldRootCause, "Root cause"), section(register.FieldCauseMethod, "Root cause method"),
		section(register.FieldReviewer, "Effectiveness reviewer"), section(register.FieldReviewDue, "Effectiveness review date"),
	}}
	for _, tc := range []struct {
		name, body string
		field      register.Field
		meant      bool
		remedy     string
		in         register.Field
	}{
		{"words added", "### Root cause (5 whys)\n\nx\n", register.FieldRootCause, true, `rename the heading "Root cause (5 whys)" to "Root cause"`, ""},
		{"a number and a picture", "## :mag: 3. Root Cause 🔍\n\nx\n", register.FieldRootCause, true, `rename the heading ":mag: 3. Root Cause 🔍" to "Root cause"`, ""},
		{"not what is meant for another field", "## :mag: Root Cause\n\nx\n", register.FieldCauseMethod, false, "put it back; to take a value away, leave the place and empty it", ""},
		{"words in front, mistyped", "### Possible root cause\n\nx\n", register.FieldRootCause, true, `rename the heading "Possible root cause" to "Root cause"`, ""},
		{"one of two", "### Effectiveness review\n\nx\n", register.FieldReviewer, false, `rename the heading "Effectiveness review" to "Effectiveness reviewer"`, ""},
		{"in bold", "### Objective evidence\n\nx\n\n**Root cause:**\ny\n", register.FieldRootCause, true, "write it as a heading: ### Root cause", register.FieldEvidence},
		{"without a space", "### Objective evidence\n\nx\n\n###Root cause\n\ny\n", register.FieldRootCause, true, "write it as a heading: ### Root cause", register.FieldEvidence},
		{"in HTML", "### Objective evidence\n\nx\n\n<h3 id=\"a\">Root cause</h3>\n\ny\n", register.FieldRootCause, true, "write it as a heading: ### Root cause", register.FieldEvidence},
		{"a lesser heading", "### Objective evidence\n\nx\n\n##### Root cause, first try\n\ny\n", register.FieldRootCause, true, `rename the heading "Root cause, first try" to "Root cause"`, register.FieldEvidence},
		{"nothing like it", "### Objective evidence\n\nThe Root cause is not known.\n", register.FieldRootCause, false, "put it back; to take a value away, leave the place and empty it", ""},
	} {
		is := &connectors.Issue{Status: connectors.Status{Name: "open"}, Fields: map[connectors.Field]connectors.Value{connectors.Body: {Text: tc.body}}}
		u := p.Read(is).Unknown[tc.field]
		if u.Why != Unplaced || u.Meant != tc.meant || u.Remedy.String() != tc.remedy || u.In != tc.in {
			t.Errorf("%s: unknown = %+v, want meant %v, in %q, remedy %s", tc.name, u, tc.meant, tc.in, tc.remedy)
		}
	}
}
