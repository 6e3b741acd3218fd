package app_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/register"
)

// What operators copy must let a record be closed.
func TestPresetsHaveNoDeadEnd(t *testing.T) {
	files, err := filepath.Glob("../../configs/presets/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d presets, %v", len(files), err)
	}
	for _, name := range append(files, "../../configs/conformd.example.yaml") {
		c, err := config.LoadOffline(name, func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		if ends, err := app.DeadEnds(c); err != nil || len(ends) > 0 {
			t.Errorf("%s: nobody can give %+v, %v", name, ends, err)
		}
	}
}

func TestDeadEnds(t *testing.T) {
	h := newHouse(t, nil)
	if ends, err := app.DeadEnds(h.app.Config); err != nil || len(ends) > 0 {
		t.Errorf("in the rehearsal nobody can give %+v, %v", ends, err)
	}
	c := *h.app.Config
	c.Bindings = slices.Clone(c.Bindings)
	for i, b := range c.Bindings {
		c.Bindings[i].Fields = slices.DeleteFunc(slices.Clone(b.Fields), func(f config.Field) bool {
			return f.Field == string(register.FieldRisk) || f.Field == string(register.FieldCauseMethod) || f.Field == string(register.FieldRootCause)
		})
	}
	c.Register.Fields = []config.CustomField{{Name: "Officer", Type: "person", NeededFor: "closed", When: config.When{Grade: []string{"minor"}, Risk: []string{"high"}}}, {Name: "Loss", Type: "money", NeededFor: "closed"}}
	c.Bindings[0].Fields = append(c.Bindings[0].Fields, config.Field{Field: "Loss", From: config.Place{Kind: "field", Name: "Loss"}, Authority: "tracker"})
	ends, err := app.DeadEnds(&c)
	var got []string
	for _, d := range ends {
		got = append(got, d.Binding+" "+d.Rule+" "+string(d.Field))
	}
	want := []string{"jira-isms G02 risk", "jira-isms G07 cause_method", "jira-isms F:Officer Officer (person)", "gh-isms G02 risk", "gh-isms G07 cause_method", "gh-isms F:Officer Officer (person)"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("DeadEnds = %q, %v, want %q: the cause has a command", got, err, want)
	}
}

// A project that keeps measures and audits alone needs no field of a nonconformity; one whose issues may be of another type does.
func TestABindingThatEvaluatesAloneHasNoDeadEnd(t *testing.T) {
	c, err := config.LoadOffline("../../configs/presets/jira_evaluation.yaml", func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if ends, err := app.DeadEnds(c); err != nil || len(ends) > 0 {
		t.Errorf("nobody can give %+v, %v", ends, err)
	}
	c.Bindings[0].IssueType = "Task"
	if ends, err := app.DeadEnds(c); err != nil || len(ends) == 0 {
		t.Errorf("with issues of the type Task there are no dead ends, %v", err)
	}
}
