package mapping

import (
	"testing"

	"github.com/conformd/conformd/register"
)

// What a person types to conformd itself is read as it is read in an issue.
func TestTyped(t *testing.T) {
	p := &Profile{Binding: "register", Dates: DatesDayFirst, People: []Account{{Person: "erik", Name: "Erik Engel"}, {Person: "olga", ID: "2003", Login: "olga-o", Name: "Olga Owens"}}}
	for _, c := range []struct {
		field             register.Field
		typed, want, code string
	}{
		{register.FieldIdentified, "2026-07-01", "2026-07-01", ""},
		{register.FieldIdentified, "1 July 2026", "2026-07-01", ""},
		{register.FieldIdentified, "01.07.2026", "2026-07-01", ""},
		{register.FieldIdentified, "", "", ""},
		{register.FieldIdentified, "soon", "soon", "not-a-date"},
		{register.FieldGrade, "Major", "major", ""},
		{register.FieldSource, "Internal audit", "internal_audit", ""},
		{register.FieldKind, "potential-nonconformity", "potential_nonconformity", ""},
		{register.FieldGrade, "huge", "huge", "unknown-value"},
		{register.FieldOwner, "@olga-o", "olga", ""},
		{register.FieldOwner, "erik engel", "erik", ""},
		{register.FieldOwner, "2003", "olga", ""},
		{register.FieldOwner, "account:gh:7", "account:gh:7", ""},
		{register.FieldOwner, "nemo", "nemo", "unknown-person"},
		{register.FieldRequirements, "Annex A 5.18, 9.2", "9.2\nA.5.18", ""},
		{register.FieldStandards, "DIN EN ISO 9001:2015; 27001\nNIS 2", "iso27001\niso9001\nnis2", ""},
		{register.FieldStandards, "", "", ""},
		{register.FieldStandards, "ISO 9001, ISO 9002", "ISO 9001, ISO 9002", "unknown-value"},
		{register.FieldLabels, "Site B; Reception\nsite b", "Reception\nSite B", ""},
		{register.FieldLocation, "  Reception,\tbuilding B ", "Reception, building B", ""},
		{register.FieldProblem, "1. a\n2. b", "1. a\n2. b", ""},
	} {
		got, pr := p.Typed(c.field, c.typed)
		if got != c.want || pr.Code != c.code || (c.code != "") != (pr.What != "" && pr.Remedy != "") {
			t.Errorf("Typed(%s, %q) = %q, %+v, want %q, %q", c.field, c.typed, got, pr, c.want, c.code)
		}
	}
}
