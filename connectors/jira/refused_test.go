package jira_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// refusal is the error of a write that Jira must have refused.
func refusal(t *testing.T, err error) *connectors.Error {
	t.Helper()
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok || e.Kind != connectors.Rejected {
		t.Fatalf("err = %v, want a refusal", err)
	}
	return e
}

// Fields that a screen demands are named as the configuration names them, and by
// their name in Jira where it has none for them.
func TestMissingFieldsAreNamed(t *testing.T) {
	fields := append(jirasim.DefaultFields(), jirasim.Field{Name: "Business unit", Kind: jirasim.KindText, Required: true})
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		r := open(t, jirasim.Options{Deployment: d, Fields: fields}, func(c *jira.Config) {
			c.Fields = append(c.Fields, "Cause category", "customfield_10055") // the latter is Effectiveness criteria
		})
		_, err := r.client.Create(t.Context(), connectors.Draft{Marker: "record-0001", Fields: map[connectors.Field]connectors.Value{
			connectors.Type: {Text: "Nonconformity"},
		}})
		e := refusal(t, err)
		want := map[connectors.Field]string{
			connectors.Title: "You must specify a summary of the issue.", connectors.Custom("Business unit"): "Business unit is required.",
		}
		if diff := cmp.Diff(want, e.Fields); diff != "" {
			t.Errorf("%s: Fields of a create (-want +got):\n%s", d, diff)
		}
		if want := "Business unit is required.; You must specify a summary of the issue."; e.Detail != want {
			t.Errorf("%s: Detail = %q, want %q", d, e.Detail, want)
		}

		id, _, err := r.sim.Person("erik").File("Nonconformity", "x", map[string]any{"Business unit": "IT"})
		must(t, err)
		ref := connectors.Ref{ID: id}
		for _, move := range []string{"Accept into register", "Plan actions"} {
			must(t, r.sim.Person("erik").Move(id, move, nil))
		}
		_, err = r.client.Update(t.Context(), ref, connectors.Patch{Status: &connectors.Target{Name: "Plan approval"}})
		e = refusal(t, err)
		named := slices.Sorted(maps.Keys(e.Fields))
		if diff := cmp.Diff([]connectors.Field{"field:Cause category", "field:Root cause", "field:customfield_10055"}, named); diff != "" {
			t.Errorf("%s: fields of a transition (-want +got):\n%s", d, diff)
		}
		if got := e.Fields[connectors.Custom("Cause category")]; got != "Cause category is required." {
			t.Errorf("%s: words = %q", d, got)
		}
	}
}

// The words are told by the names of the fields, not by their ids.
func TestRefusalsShowNames(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		ref := r.file(t, "x", nil)
		_, err := r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Custom("NC grade"): {Text: "Trivial"}}})
		if e := refusal(t, err); e.Detail != "NC grade: Option value 'Trivial' is not valid" {
			t.Errorf("Detail = %q, want the name of the field and Jira's words", e.Detail)
		}
		_, err = r.client.PostComment(t.Context(), ref, "", "comment-0001")
		if !r.cloud() {
			return // the marker is in the text there, so no comment is empty
		}
		if e := refusal(t, err); e.Fields[connectors.Body] != "Comment body can not be empty!" {
			t.Errorf("Fields of a refused comment = %v, want its text", e.Fields)
		}
	})
}
