package config

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// A file without a matrix has the one that conformd ships, and one with its own reads it as it stands.
// Changes of rules for every record count before those for some.
func TestRigourOfAFile(t *testing.T) {
	t.Parallel()
	small, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	none := func(string) (string, bool) { return "", false }
	c, err := Parse("conformd.yaml", small, none)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(register.DefaultRigour(), c.Rigour()); diff != "" {
		t.Errorf("without register.rigour (-shipped +read):\n%s", diff)
	}
	if s := c.Scales(); s != nil {
		t.Errorf("without register.scales: %v", s)
	}
	own := `register:
  scales:
    risk: [{name: very high, as: critical}, {name: high, as: high}, {name: medium, as: medium}, {name: low, as: low}]
  rigour:
    - {when: {risk: [very high]}, cause_method: named, whys: 3, actions: per_cause, similarity: before_plan, plan_approval: [top_management], review: independent_and_manager, extension: [risk_owner]}
    - {cause_method: none, actions: one, or_reason: true, similarity: optional, review: anyone}
  guards:
    - {id: G11, when: {risk: [very high]}}
    - {id: G11, severity: should}
    - {id: G13, when: {grade: [minor]}, enabled: false}
`
	c, err = Parse("conformd.yaml", []byte(own+string(small)), none)
	if err != nil {
		t.Fatal(err)
	}
	want := []register.RigourRow{
		{
			When: register.Condition{Risk: []string{"very high"}}, Cause: register.CauseNamed, Whys: 3, Actions: register.ActionsPerCause, Similarity: register.SimilarBeforePlan,
			PlanApproval: []string{register.RoleTop}, Review: register.ReviewIndependentAndManager, Extension: []string{register.RoleRiskOwner},
		},
		{Cause: register.CauseNone, Actions: register.ActionsOne, OrReason: true, Similarity: register.SimilarOptional, Review: register.ReviewAnyone},
	}
	if diff := cmp.Diff(want, c.Rigour()); diff != "" {
		t.Errorf("register.rigour (-want +got):\n%s", diff)
	}
	p, err := c.Guards(register.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]register.RuleCase{
		"G11": {{When: register.Condition{Risk: []string{"very high"}}, Severity: register.Should}},
		"G13": {{When: register.Condition{Grade: []register.Grade{register.Minor}}}},
	}
	if diff := cmp.Diff(cases, p.Cases); diff != "" {
		t.Errorf("cases (-want +got):\n%s", diff)
	}
	for _, r := range p.Table() {
		if r.ID == "G11" && r.Severity != register.Should {
			t.Errorf("G11 is %s for every record, want should", r.Severity)
		}
	}
	back, err := c.Redacted()
	if err != nil || !strings.Contains(string(back), "name: very high") {
		t.Errorf("the configuration in force does not show the scale (%v)", err)
	}
}
