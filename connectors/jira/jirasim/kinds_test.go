package jirasim_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// The values of the kinds have the forms in which Jira shows them.
func TestFormsOfKinds(t *testing.T) {
	s, c := start(t, jirasim.Options{
		Fields: append(jirasim.DefaultFields(), kinds()...), Versions: []string{"1.0", "2.0"}, Components: []string{"Door"},
	})
	id, _, err := s.Person("erik").File("Nonconformity", "x", map[string]any{
		"Cost": 12, "Cascade": "a / d", "Moment": "2026-12-24T15:04:05.000+0100", "People": []string{"rita", "erik"},
		"Group": "reviewers", "Release": "2.0", "Where from": "ISMS", "Sprint": 7, "components": []string{"Door"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, issue := c.do("GET", "/rest/api/2/issue/"+id, nil)
	fields, _ := issue["fields"].(map[string]any)
	for name, want := range map[string]string{
		"Cost": `12`, "Cascade": `{"child":{"id":"100681002","value":"d"},"id":"100681","value":"a"}`, "Moment": `"2026-12-24T15:04:05.000+0100"`,
		"Group": `{"name":"reviewers"}`, "Release": `{"archived":false,"id":"10201","name":"2.0","released":false}`,
		"Where from": `{"id":"10000","key":"ISMS","name":"ISMS"}`, "Sprint": `[{"boardId":1,"goal":"","id":7,"name":"Sprint 7","state":"active"}]`,
		"Radio": `null`, "Boxes": `null`, "Groups": `null`,
	} {
		got := fields[s.FieldID(name)]
		if m, ok := got.(map[string]any); ok {
			for _, key := range []string{"self", "groupId", "avatarUrls", "projectTypeKey"} {
				delete(m, key)
			}
			if child, ok := m["child"].(map[string]any); ok {
				delete(child, "self")
			}
		}
		raw, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(raw)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if people, _ := fields[s.FieldID("People")].([]any); len(people) != 2 {
		t.Errorf("People = %v, want two", fields[s.FieldID("People")])
	}
	if versions, ok := fields["fixVersions"].([]any); !ok || len(versions) != 0 {
		t.Errorf("fixVersions = %v, want an empty list", fields["fixVersions"])
	}
}
