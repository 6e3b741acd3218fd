package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// Issue forms write every option; what is not checked is no answer.
func TestOnlyCheckedBoxesAreAnswers(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		field      register.Field
		want       string
	}{
		{"some of a set", "### Requirement not met\n\n- [X] A.5.18\n- [ ] A.8.2\n- [ ] A.8.32\n", register.FieldRequirements, "A.5.18"},
		{"none of a set", "### Requirement not met\n\n- [ ] A.5.18\n- [ ] A.8.2\n", register.FieldRequirements, ""},
		{"two of a set", "### Requirement not met\r\n\r\n* [x] a.5.18\r\n* [ ] A.8.2\r\n* [x] Access policy 4.2\r\n", register.FieldRequirements, "A.5.18\nAccess policy 4.2"},
		{"typed where GitHub shows none", "### Requirement not met\n\n[x] A.5.18\n[ ] A.8.2\n", register.FieldRequirements, "A.5.18"},
		{"characters that look like boxes", "### Requirement not met\n\n☑ A.5.18\n☐ A.8.2\n- [✓] A.8.3\n", register.FieldRequirements, "A.5.18\nA.8.3"},
		{"a list without boxes", "### Requirement not met\n\n- A.5.18\n- A.8.2\n", register.FieldRequirements, "A.5.18\nA.8.2"},
		{"one of an enumeration", "### Grade\n\n- [ ] Major\n- [x] Minor\n", register.FieldGrade, "minor"},
		{"a person", "### Effectiveness reviewer\n\n- [ ] ana\n- [x] ben\n", register.FieldReviewer, "ben"},
		{"the boxes of a text stay", "### Root cause\n\n- [ ] People\n- [x] Process\n", register.FieldRootCause, "- [ ] People\n- [x] Process"},
	} {
		v, problems := gitHub().View(open(tc.body))
		if got := v[tc.field].Value; got != tc.want || len(problems) > 0 {
			t.Errorf("%s: %s of %q = %q, %v, want %q", tc.name, tc.field, tc.body, got, problems, tc.want)
		}
	}
	_, problems := gitHub().View(open("### Grade\n\n- [x] Major\n- [x] Minor\n"))
	if len(problems) != 1 || problems[0].Code != "unknown-value" {
		t.Errorf("two checked grades: problems %v, want one", problems)
	}
}

func TestBoxesAreTicked(t *testing.T) {
	p := gitHub()
	for _, tc := range []struct {
		name, body string
		field      register.Field
		value      string
		want       string
	}{
		{"one more", "### Requirement not met\n\n- [X] A.5.18\n- [ ] A.8.2\n", register.FieldRequirements, "A.5.18\nA.8.2", "### Requirement not met\n\n- [X] A.5.18\n- [x] A.8.2\n"},
		{"another", "### Requirement not met\n\n- [X] A.5.18\n- [ ] A.8.2\n\n### Next\n", register.FieldRequirements, "A.8.2", "### Requirement not met\n\n- [ ] A.5.18\n- [x] A.8.2\n\n### Next\n"},
		{"none", "### Requirement not met\r\n\r\n- [X] A.5.18\r\n- [ ] A.8.2", register.FieldRequirements, "", "### Requirement not met\r\n\r\n- [ ] A.5.18\r\n- [ ] A.8.2"},
		{"one that is no option", "### Requirement not met\n\n- [ ] A.5.18\n- [ ] A.8.2\n\n### Next\n", register.FieldRequirements, "A.5.1", "### Requirement not met\n\n- [ ] A.5.18\n- [ ] A.8.2\n- [x] A.5.1\n\n### Next\n"},
		{"another grade", "### Grade\n\n- [ ] Major\n- [x] Minor\n", register.FieldGrade, "major", "### Grade\n\n- [x] Major\n- [ ] Minor\n"},
	} {
		is := open(tc.body)
		raw, ok := p.Project(tc.field, tc.value)
		if !ok {
			t.Fatalf("%s: Project(%q) is not ok", tc.name, tc.value)
		}
		patch, err := p.Patch(is, map[register.Field]string{tc.field: raw})
		if got := patch.Set[connectors.Body].Text; err != nil || got != tc.want {
			t.Errorf("%s: Patch = %q, %v, want %q", tc.name, got, err, tc.want)
		}
	}
}
