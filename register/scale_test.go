package register_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// bank is the scale of a bank: five grades, two of which count as major.
func bank() map[register.Field][]register.Step {
	return map[register.Field][]register.Step{
		register.FieldGrade: {
			{Name: "Schwerwiegend", As: "major"},
			{Name: "Hauptabweichung", As: "major"},
			{Name: "Nebenabweichung", As: "minor"},
			{Name: "Hinweis", As: "observation"},
			{Name: "Empfehlung", As: "ofi"},
		},
		register.FieldRisk: {{Name: "sehr hoch", As: "critical"}, {Name: "high", As: "high"}, {Name: "mittel", As: "medium"}, {Name: "gering", As: "low"}},
	}
}

func TestAValueSaysWhatItCountsAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f             register.Field
		value         string
		name, countAs string
	}{
		{register.FieldGrade, "Hauptabweichung (major)", "Hauptabweichung", "major"},
		{register.FieldGrade, "major", "major", "major"},
		{register.FieldGrade, "", "", ""},
		{register.FieldGrade, "Hauptabweichung (grave)", "Hauptabweichung (grave)", "Hauptabweichung (grave)"},
		{register.FieldGrade, "(major)", "(major)", "(major)"},
		{register.FieldGrade, "Hauptabweichung (critical)", "Hauptabweichung (critical)", "Hauptabweichung (critical)"},
		{register.FieldRisk, "sehr hoch (critical)", "sehr hoch", "critical"},
		{register.FieldTitle, "A finding (major)", "A finding (major)", "A finding (major)"},
	} {
		if name, as := register.StepName(c.f, c.value), register.CountsAs(c.f, c.value); name != c.name || as != c.countAs {
			t.Errorf("%s %q: step %q counts as %q, want %q and %q", c.f, c.value, name, as, c.name, c.countAs)
		}
	}
	for _, steps := range bank() {
		for _, s := range steps {
			f := register.FieldGrade
			if slices.Contains(bank()[register.FieldRisk], s) {
				f = register.FieldRisk
			}
			if register.StepName(f, s.Value()) != s.Name || register.CountsAs(f, s.Value()) != s.As {
				t.Errorf("%v is %q, and does not come back from it", s, s.Value())
			}
		}
	}
}

func TestStepNamed(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"Hauptabweichung": "Hauptabweichung", "hauptABWEICHUNG": "Hauptabweichung", "Hauptabweichung (major)": "Hauptabweichung",
		"minor": "Nebenabweichung", "major": "", "Abweichung": "", "": "",
	} {
		if s, ok := register.StepNamed(bank()[register.FieldGrade], word); s.Name != want || ok != (want != "") {
			t.Errorf("StepNamed(%q) = %v, %v, want %q", word, s, ok, want)
		}
	}
	if s, _ := register.StepNamed(bank()[register.FieldRisk], "Sehr-hoch"); s.Name != "sehr hoch" {
		t.Errorf("StepNamed(Sehr-hoch) = %v", s)
	}
}

// Rules and matrices see what a step counts as, a condition may name the step itself, and the record
// keeps its name.
func TestRulesSeeWhatAStepCountsAs(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	p.Scales = bank()
	p.Rigour = append([]register.RigourRow{{When: register.Condition{Grade: []register.Grade{"Schwerwiegend"}}, Cause: register.CauseNamed, Whys: 3, Actions: register.ActionsPerCause, Similarity: register.SimilarBeforePlan, Review: register.ReviewIndependent}}, p.Rigour...)
	for _, c := range []struct {
		grade string
		want  []string
	}{
		{"Hauptabweichung (major)", []string{"G11", "G13"}},
		{"Schwerwiegend (major)", []string{"G11", "G13", "G33"}},
		{"Nebenabweichung (minor)", []string{"G13"}},
		{"major", []string{"G11", "G13"}},
		{"Hinweis (observation)", []string{"G02", "G13"}},
		{"Abweichung", []string{"G02", "G13"}},
	} {
		r := complete(register.Nonconformity, register.Grade(c.grade))
		r.Fields[register.FieldRisk] = "sehr hoch (critical)"
		delete(r.Fields, register.FieldSimilarity)
		if got := ids(register.Unmet(r, register.Closed, at(now), p)); !slices.Equal(got, c.want) {
			t.Errorf("%s is held by %v, want %v", c.grade, got, c.want)
		}
		if r.Risk() != "critical" {
			t.Errorf("the risk is %q", r.Risk())
		}
	}
	r := complete(register.Nonconformity, "Hauptabweichung (major)")
	r.State = register.Implementing
	decide := func(value, reason string) (register.Record, string) {
		facts, err := register.Decide(r, register.Determine{By: by("ira", now, "gh:comment:9"), Field: register.FieldGrade, Value: value, Reason: reason}, at(now), p)
		if err != nil {
			return r, err.Error()
		}
		return register.Replay(r, facts), ""
	}
	if after, no := decide("Schwerwiegend (major)", because); no != "" || after.Fields[register.FieldGrade] != "Schwerwiegend (major)" {
		t.Errorf("grade %q, refused %q", after.Fields[register.FieldGrade], no)
	}
	if _, no := decide("Abweichung", because); no != `Grade "Abweichung" is not known` {
		t.Errorf("a grade outside of the scale: %q", no)
	}
	if _, no := decide("major", because); no != `Grade "major" is not known` {
		t.Errorf("a word of the rules that is no step: %q", no)
	}
	owned := r.Clone()
	owned.Fields[register.FieldOwner] = "ira"
	r = owned
	if _, no := decide("Nebenabweichung (minor)", because); no != "G24: whoever lowers Grade owns the record or did" {
		t.Errorf("a step that counts for less, by the owner: %q", no)
	}
}

func TestAScaleIsPartOfThePolicy(t *testing.T) {
	t.Parallel()
	plain := register.DefaultPolicy()
	own := register.DefaultPolicy()
	own.Scales = bank()
	back, err := own.Document().Policy()
	if diff := cmp.Diff(own.Scales, back.Scales); err != nil || diff != "" {
		t.Errorf("the adopted policy has other scales (%v):\n%s", err, diff)
	}
	if own.Document().Digest() == plain.Document().Digest() {
		t.Error("a policy with scales has the digest of one without")
	}
	changed := own
	changed.Scales = map[register.Field][]register.Step{register.FieldGrade: slices.Clone(bank()[register.FieldGrade]), register.FieldRisk: bank()[register.FieldRisk]}
	changed.Scales[register.FieldGrade][1].As = "minor"
	changed.Scales[register.FieldGrade][4].Name = "Verbesserung"
	want := []string{`grade "Empfehlung" is gone (counted as ofi)`, `grade "Hauptabweichung" counts as minor (counted as major)`, `grade "Verbesserung" is new and counts as ofi`}
	if diff := cmp.Diff(want, register.Diff(own.Document(), changed.Document())); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
	other := own
	other.Scales = bank()
	slices.Reverse(other.Scales[register.FieldRisk])
	if got := register.Diff(own.Document(), other.Document()); !slices.Equal(got, []string{"the steps of risk stand in another order: gering, mittel, high, sehr hoch"}) {
		t.Errorf("Diff = %q", got)
	}
}
