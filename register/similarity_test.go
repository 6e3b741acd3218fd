package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func TestASimilarityReviewSaysWhatWasFoundWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]register.SimilarityReview{
		"":              {},
		"_No response_": {},
		"Searched all SaaS admin consoles: none found.": {},
		"scope: all admin consoles\nresult: none found": {Scope: "all admin consoles", Result: register.NoneFound},
		"- **Scope:** the three sites\n- **Result:** Found.\n- Siblings: NC-2026-0007, NC-2026-0009 and this one, NC-2026-0001": {
			Scope: "the three sites", Result: register.SimilarOne, Siblings: []string{"NC-2026-0007", "NC-2026-0009"},
		},
		"Bereich: alle Standorte\nErgebnis: möglich": {Scope: "alle Standorte", Result: register.CouldOccur},
		"result: perhaps": {Unknown: "perhaps"},
	} {
		r := register.Record{Ref: "NC-2026-0001", Fields: map[register.Field]string{register.FieldSimilarity: text}}
		if d := cmp.Diff(want, r.Similarity(), cmp.Transformer("none", func(s []string) []string {
			if len(s) == 0 {
				return nil
			}
			return s
		})); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

// What was found has a record, and what could occur is prevented.
func TestASimilarityReviewHasConsequences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, plan, want string }{
		{"Searched all consoles, none found.", "", ""},
		{"scope: all consoles\nresult: none found", "", ""},
		{"result: found in two consoles", "", `Similar nonconformities has the result "found in two consoles"; write "none found", "found" or "could occur"`},
		{"scope: all consoles\nresult: found", "", "Similar nonconformities says that similar ones were found, and names none; name their records, as in NC-2026-0007"},
		{"scope: all consoles\nresult: found\nsiblings: NC-2026-0009", "", ""},
		{"scope: all consoles\nresult: could occur", "- [ ] Feed leavers @erik", "Similar nonconformities says that similar ones could occur; plan a preventive action (kind:preventive), or name the record about it"},
		{"scope: all consoles\nresult: could occur", "- [ ] Watch the feeds of the other systems @erik kind:preventive", ""},
		{"scope: all consoles\nresult: could occur, see PNC-2026-0002", "", `Similar nonconformities has the result "could occur, see PNC-2026-0002"; write "none found", "found" or "could occur"`},
		{"scope: all consoles\nresult: could occur\nsiblings: PNC-2026-0002", "", ""},
	} {
		r := register.Record{Fields: map[register.Field]string{
			register.FieldKind: "nonconformity", register.FieldGrade: "minor", register.FieldSimilarity: c.text, register.FieldActionPlan: c.plan,
		}}
		got := ""
		for _, v := range register.Unmet(r, register.Verifying, register.Context{}, register.DefaultPolicy()) {
			if v.Rule.ID == "G13" {
				got = v.Lacks[0].What.String()
			}
		}
		if got != c.want {
			t.Errorf("%q with the plan %q lacks %q, want %q", c.text, c.plan, got, c.want)
		}
	}
}
