package register_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// ownFields are those of a bank.
func ownFields() []register.CustomField {
	return []register.CustomField{
		{Name: "Meldung an die Aufsicht", Type: "date", NeededFor: register.Closed, When: register.Condition{Grade: []register.Grade{register.Major}}},
		{Name: "Personenbezug", Type: "choice", Values: []string{"keiner", "Kunden und Personal"}, NeededFor: register.Analysis},
		{Name: "Begründung", Type: "text", NeededFor: register.Planning, Severity: register.Should},
		{Name: "Datenschutz", Type: "person", NeededFor: register.Planning},
		{Name: "Schaden", Type: "money"},
	}
}

func TestAnOwnFieldSaysItsNameAndItsType(t *testing.T) {
	t.Parallel()
	for field, want := range map[register.Field]struct {
		custom bool
		label  string
		typ    register.Type
	}{
		"Meldung an die Aufsicht (date)": {true, "Meldung an die Aufsicht", register.TypeDate},
		"Personenbezug (choice)":         {true, "Personenbezug", register.TypeEnum},
		"Schaden (money)":                {true, "Schaden", register.TypeMoney},
		"Schaden (enum)":                 {}, // a word of conformd, and none of the configuration
		"(money)":                        {},
		"Schaden":                        {},
		register.FieldRootCause:          {false, "Root cause", register.TypeText},
	} {
		info, known := register.Info(field)
		if register.Custom(field) != want.custom || known != (want.label != "") || info.Label != want.label || info.Type != want.typ {
			t.Errorf("Custom(%q) = %v, Info = %+v, %v; want %+v", field, register.Custom(field), info, known, want)
		}
	}
}

// What is needed is asked of the records that the policy names, and what the field holds has to say
// something.
func TestAnOwnFieldIsNeeded(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy().WithFields(ownFields())
	ctx := register.Context{At: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), People: map[string]register.Person{"erik": {ID: "erik"}}}
	lacks := func(to register.State, fields map[register.Field]string) []string {
		var out []string
		for _, v := range register.Check(register.Record{Fields: fields}, to, ctx, p) {
			for _, l := range v.Lacks {
				if register.Custom(l.Field) {
					out = append(out, v.Rule.ID+" "+string(v.Rule.Severity)+": "+l.What.String())
				}
			}
		}
		return out
	}
	for _, c := range []struct {
		name   string
		to     register.State
		fields map[register.Field]string
		want   []string
	}{
		{"nothing is needed to report", register.Reported, nil, nil},
		{"a choice for analysis", register.Analysis, nil, []string{"F:Personenbezug must: Personenbezug is missing"}},
		{"a minor needs no report", register.Closed, map[register.Field]string{
			register.FieldGrade: "minor", "Personenbezug (choice)": "none", "Begründung (text)": "Die Kunden wurden am selben Tag angerufen.", "Datenschutz (person)": "erik",
		}, nil},
		{"a major does", register.Closed, map[register.Field]string{
			register.FieldGrade: "major", "Personenbezug (choice)": "keiner", "Begründung (text)": "Die Kunden wurden am selben Tag angerufen.", "Datenschutz (person)": "erik",
		}, []string{"F:Meldung_an_die_Aufsicht must: Meldung an die Aufsicht is missing"}},
		{"a text that says nothing, and a stranger", register.Planning, map[register.Field]string{
			"Personenbezug (choice)": "keiner", "Begründung (text)": "n/a", "Datenschutz (person)": "account:gh:7",
		}, []string{
			"F:Begründung should: Begründung is missing",
			`F:Datenschutz must: Datenschutz account 7 of gh is not in the register's list of people`,
		}},
		{"of the field of another type nothing counts", register.Analysis, map[register.Field]string{"Personenbezug (line)": "keiner"}, []string{"F:Personenbezug must: Personenbezug is missing"}},
	} {
		if d := cmp.Diff(c.want, lacks(c.to, c.fields)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// An adopted policy has the fields, and with them the rules: nothing is added twice.
func TestOwnFieldsAreAdopted(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy().WithFields(ownFields())
	d := p.Document()
	again, err := register.ReadPolicyDocument(d.Encode())
	if err != nil {
		t.Fatal(err)
	}
	q, err := again.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if q.Document().Digest() != d.Digest() {
		t.Error("a policy that was read has another digest")
	}
	ids := func(p register.Policy) (out []string) {
		for _, r := range p.Table() {
			out = append(out, r.ID)
		}
		return out
	}
	if diff := cmp.Diff(ids(p), ids(q)); diff != "" {
		t.Errorf("other rules are in force (-configured +adopted):\n%s", diff)
	}
	if !slices.Contains(ids(q), "F:Datenschutz") {
		t.Error("no rule asks for the field")
	}
	want := []string{
		`field "Begründung" is new: text, recommended for planning`,
		`field "Datenschutz" is new: person, needed for planning`,
		`field "Meldung an die Aufsicht" is new: date, needed for closed of grade major`,
		`field "Personenbezug" is new: choice of keiner, Kunden und Personal, needed for analysis`,
		`field "Schaden" is new: money`,
	}
	if diff := cmp.Diff(want, register.Diff(register.DefaultPolicy().Document(), d)); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
	fewer := register.DefaultPolicy().WithFields(ownFields()[:4])
	if diff := cmp.Diff([]string{`field "Schaden" is gone; records keep their values`}, register.Diff(d, fewer.Document())); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
}

// A review covers what the organisation's own fields say; a record without any has the digest that it
// had before there were such fields.
func TestAReviewCoversOwnFields(t *testing.T) {
	t.Parallel()
	r := register.Record{Fields: map[register.Field]string{register.FieldProblem: "Leavers keep their accounts"}}
	was := register.EvidenceDigest(r)
	r.Fields["Schaden (money)"] = ""
	if register.EvidenceDigest(r) != was {
		t.Error("an empty field changes the digest")
	}
	r.Fields["Schaden (money)"] = "1200.50 EUR"
	if register.EvidenceDigest(r) == was {
		t.Error("a value changes nothing")
	}
}
