package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A scale goes through a place of a tracker: with pairs, as labels and as names, and back.
func TestScalesInATracker(t *testing.T) {
	t.Parallel()
	steps := map[register.Field][]register.Step{register.FieldGrade: {
		{Name: "Schwere Abweichung", As: "major"}, {Name: "Hauptabweichung", As: "major"}, {Name: "Nebenabweichung", As: "minor"}, {Name: "Hinweis", As: "observation"}, {Name: "Empfehlung", As: "ofi"},
	}}
	pairs := []mapping.Pair{{From: "Haupt", To: "Hauptabweichung"}, {From: "Neben", To: "Nebenabweichung"}}
	for _, c := range []struct {
		name   string
		kind   mapping.RemoteKind
		spaces bool
		pairs  []mapping.Pair
		value  string // of the register
		raw    string // how it is written
		back   string // how that is read
	}{
		{"a pair", mapping.KindField, false, pairs, "Hauptabweichung (major)", "Haupt", "Hauptabweichung (major)"},
		{"a value from before the scale, with pairs", mapping.KindField, false, pairs, "major", "Haupt", "Hauptabweichung (major)"},
		{"a step of an earlier scale, with pairs", mapping.KindField, false, pairs, "Kritische Abweichung (major)", "Haupt", "Hauptabweichung (major)"},
		{"a label", mapping.KindLabel, true, nil, "Schwere Abweichung (major)", "Schwere Abweichung", "Schwere Abweichung (major)"},
		{"a label without spaces", mapping.KindLabel, false, nil, "Schwere Abweichung (major)", "Schwere-Abweichung", "Schwere Abweichung (major)"},
		{"a name", mapping.KindField, false, nil, "Nebenabweichung (minor)", "Nebenabweichung", "Nebenabweichung (minor)"},
		{"a value from before the scale", mapping.KindField, false, nil, "minor", "Nebenabweichung", "Nebenabweichung (minor)"},
		{"none", mapping.KindField, false, nil, "", "", ""},
	} {
		p := &mapping.Profile{Binding: "gh", Role: mapping.RoleRecord, Markup: mapping.MarkupGFM, Scales: steps, SpacedLabels: c.spaces, Fields: []mapping.FieldMap{
			{Field: register.FieldTitle, Remote: mapping.Remote{Kind: mapping.KindTitle}},
			{Field: register.FieldGrade, Remote: mapping.Remote{Kind: c.kind, Name: "grade/"}, Values: c.pairs},
		}, States: []mapping.StateMap{{Status: "open", State: register.Reported}, {Status: "closed", State: register.Closed}}}
		if bad := p.Validate(); len(bad) > 0 {
			t.Errorf("%s: %v", c.name, bad)
		}
		raw, ok := p.Project(register.FieldGrade, c.value)
		if !ok || raw != c.raw {
			t.Errorf("%s: written as %q, %v, want %q", c.name, raw, ok, c.raw)
		}
		if back, ok := p.Lift(register.FieldGrade, raw); !ok || back != c.back {
			t.Errorf("%s: read as %q, %v, want %q", c.name, back, ok, c.back)
		}
	}
	p := &mapping.Profile{Binding: "gh", Scales: steps}
	for word, want := range map[string]string{"hauptabweichung": "Hauptabweichung (major)", "minor": "Nebenabweichung (minor)"} {
		if v, bad := p.Typed(register.FieldGrade, word); v != want || bad.Code != "" {
			t.Errorf("Typed(%q) = %q, %v, want %q", word, v, bad, want)
		}
	}
	v, bad := p.Typed(register.FieldGrade, "major")
	if want := `Grade "major" is none of "Schwere Abweichung", "Hauptabweichung", "Nebenabweichung", "Hinweis", "Empfehlung"; choose one of them`; v != "major" || bad.String() != want {
		t.Errorf("Typed(major) = %q, %q, want %q", v, bad.String(), want)
	}
}
