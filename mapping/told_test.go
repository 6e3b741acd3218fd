package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// Jira's history puts the labels of a field into one line: whether "a b" is one member of a
// set or two is not known, and so not told.
func TestToldOfASet(t *testing.T) {
	p := &mapping.Profile{
		Binding: "jira-isms", Role: mapping.RoleRecord, Markup: mapping.MarkupWiki,
		Fields: []mapping.FieldMap{{Field: register.FieldRequirements, Remote: mapping.Remote{Kind: mapping.KindField, Name: "Requirement not met"}}},
	}
	for words, want := range map[string]struct {
		value string
		ok    bool
	}{
		"":                  {"", true},
		"A.5.18":            {"A.5.18", true},
		"A.5.18\nA.8.2":     {"A.5.18\nA.8.2", true},
		"policy-1 policy-2": {"", false},
	} {
		if got, ok := p.Told(register.FieldRequirements, words); got != want.value || ok != want.ok {
			t.Errorf("Told(%q) = %q, %v, want %q, %v", words, got, ok, want.value, want.ok)
		}
	}
}
