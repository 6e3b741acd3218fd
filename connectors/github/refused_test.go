package github_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
)

// Who may put labels on issues but not create them is refused an unknown one.
func TestALabelThatCannotBeCreatedIsNamed(t *testing.T) {
	s := open(t)
	s.SetRole("conformd-bot", "isms", githubsim.Triage)
	ref := s.file(t, "a", "")
	_, err := s.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"bug", "never seen"}})
	e := failure(t, "Update", err, connectors.Rejected)
	if got, want := e.Fields[connectors.Labels], "Label name invalid (never seen)"; got != want {
		t.Errorf("words about the label = %q, want %q", got, want)
	}
	if _, err := s.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"bug"}}); err != nil {
		t.Errorf("Update with a label that exists = %v", err)
	}
}

// GitHub tells what is wrong in several forms.
func TestFormsOfRefusals(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	for body, want := range map[string]struct {
		detail string
		fields map[connectors.Field]string
	}{
		`{"message":"Validation Failed","errors":[{"resource":"Issue","field":"assignees","code":"invalid","value":"ghost"},{"resource":"Issue","field":"title","code":"missing_field"}]}`: {
			"Validation Failed; Issue assignees invalid (ghost); Issue title missing_field",
			map[connectors.Field]string{connectors.Assignee: "Issue assignees invalid (ghost)", connectors.Title: "Issue title missing_field"},
		},
		`{"message":"Validation Failed","errors":[{"resource":"Label","field":"name","code":"invalid","value":"a"},{"resource":"Label","field":"name","code":"invalid","value":"b"}]}`: {
			"Validation Failed; Label name invalid (a); Label name invalid (b)",
			map[connectors.Field]string{connectors.Labels: "Label name invalid (a); Label name invalid (b)"},
		},
		`{"message":"Validation Failed","errors":["Something else"]}`:                                                          {"Validation Failed; Something else", nil},
		`{"message":"Validation Failed","errors":[{"resource":"Issue","field":"state","code":"invalid"}]}`:                     {"Validation Failed; Issue state invalid", nil},
		`{"message":"Invalid request.\n\n\"title\" wasn't supplied."}`:                                                         {`Invalid request. "title" wasn't supplied.`, nil},
		`{"message":"Validation Failed","errors":{"resource":"Issue"}}`:                                                        {"Validation Failed", nil},
		`{"message":"Validation Failed","errors":[3,{"resource":"IssueComment","field":"data","message":"Body is too long"}]}`: {"Validation Failed; Body is too long", map[connectors.Field]string{connectors.Body: "Body is too long"}},
	} {
		s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 422, Method: "PATCH", Body: body})
		_, err := s.Update(t.Context(), ref, title("b"))
		e := failure(t, body, err, connectors.Rejected)
		if e.Detail != want.detail {
			t.Errorf("%s: Detail = %q, want %q", body, e.Detail, want.detail)
		}
		if diff := cmp.Diff(want.fields, e.Fields); diff != "" {
			t.Errorf("%s: Fields (-want +got):\n%s", body, diff)
		}
	}
}
