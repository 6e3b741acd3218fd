package register_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
)

// with returns the shipped policy after some edits.
func with(t *testing.T, edits ...func(*register.Policy)) register.Policy {
	t.Helper()
	p := register.DefaultPolicy()
	for _, edit := range edits {
		edit(&p)
	}
	return p
}

// switched switches a rule and sets its severity.
func switched(t *testing.T, id string, enabled bool, s register.Severity) func(*register.Policy) {
	t.Helper()
	return func(p *register.Policy) {
		var err error
		if *p, err = p.With(id, enabled, s); err != nil {
			t.Fatal(err)
		}
	}
}

func wait(g register.Grade, days int) func(*register.Policy) {
	return func(p *register.Policy) { p.WaitDays[g] = days }
}

func TestDiff(t *testing.T) {
	t.Parallel()
	shipped := register.DefaultPolicy().Document()
	for _, c := range []struct {
		name string
		now  register.PolicyDocument
		want []string
	}{
		{"the same", register.DefaultPolicy().Document(), nil},
		{"a waiting time", with(t, wait(register.Minor, 0)).Document(), []string{"waiting time of a minor: 60 → 0 days"}},
		{"another waiting time", with(t, wait(register.GradeOFI, 1)).Document(), []string{"waiting time of an opportunity for improvement: 90 → 1 days"}},
		{"a waiting time that is gone", with(t, func(p *register.Policy) { delete(p.WaitDays, register.Major) }).Document(), []string{"waiting time of a major: 30 → none days"}},
		{"how long an exception lasts", with(t, func(p *register.Policy) { p.Acceptance = register.AcceptanceDays{Major: 30, Minor: 365} }).Document(), []string{"an exception of a major, or of a critical or high risk, lasts at most: 90 → 30 days"}},
		{"a rule off", with(t, switched(t, "G07", false, "")).Document(), []string{"G07 is switched off"}},
		{"a rule that only reports", with(t, switched(t, "G07", true, register.Should)).Document(), []string{"G07 only reports (held records back)"}},
		{"roles", with(t, func(p *register.Policy) {
			p.Roles[register.ActReview] = []string{register.RoleTop, register.RoleReviewer}
			p.Roles[register.ActAmend] = nil
		}).Document(), []string{"the roles that may amend: isms_manager → nobody", "the roles that may review: reviewer → reviewer, top_management"}},
		{"a small organisation", with(t, func(p *register.Policy) { p.SmallOrg = true }).Document(), []string{"the reviewer of a minor nonconformity may be involved in it"}},
		{"another edition", with(t, func(p *register.Policy) { p.Edition = register.Edition2013 }).Document(), []string{"clause numbers are those of iso27001-2013 (were iso27001-2022)"}},
		{"another revision, state, kinds and grades", otherG05(t, func(r *register.PolicyRule) {
			r.Revision, r.To, r.Kinds, r.Grades = 3, register.Closed, []register.Kind{register.Observation}, []register.Grade{register.Minor}
		}), []string{
			"G05 demands something else (revision 0 → 3 of its check)", "G05 is needed for closed (was needed for planning)",
			"G05 applies to other kinds: nonconformity → observation", "G05 applies to other grades: all → minor",
		}},
		{"a rule that is not there", without("G07"), []string{"G07 is gone"}},
		{"a time of the matrix", with(t, func(p *register.Policy) { p.Times[1].Days[register.MilestoneCause] = 20 }).Document(), []string{
			"times of nonconformity, grade major: triage 2, containment 3, cause and plan 14, implementation 60, verification 90 days → triage 2, containment 3, cause and plan 20, implementation 60, verification 90 days",
		}},
		{"business days", with(t, func(p *register.Policy) { p.Times[7].Business = true }).Document(), []string{
			"times of improvement: triage 30, verification 90 days → triage 30, verification 90 business days",
		}},
		{"a row that is gone", with(t, func(p *register.Policy) { p.Times = p.Times[:7] }).Document(), []string{"times of improvement are gone"}},
		{"rows in another order", with(t, func(p *register.Policy) { p.Times[6], p.Times[7] = p.Times[7], p.Times[6] }).Document(), []string{
			"the rows of the time matrix are asked in another order: nonconformity, grade major, risk critical; nonconformity, grade major; nonconformity, risk critical or high; nonconformity; potential nonconformity, risk critical or high; potential nonconformity; improvement; observation",
		}},
		{"rigour", with(t, func(p *register.Policy) {
			p.Rigour[0].Whys, p.Rigour[0].Review = 3, register.ReviewIndependentAndManager
		}).Document(), []string{
			"demands on nonconformity, grade major: a cause by a named method; an action for each cause; similar ones looked for before the plan is approved; an independent review → " +
				"a cause by a named method, with 3 whys or a link to its diagram; an action for each cause; similar ones looked for before the plan is approved; an independent review, confirmed by an ISMS manager",
		}},
		{"no rigour matrix", with(t, func(p *register.Policy) { p.Rigour = p.Rigour[:6] }).Document(), []string{"demands on every record are gone"}},
		{"another calendar", with(t, func(p *register.Policy) {
			p.Calendar = register.Calendar{Weekend: []string{"saturday", "friday"}, Holidays: []register.Holiday{{Date: "2026-12-25", Name: "Christmas Day"}}}
		}).Document(), []string{"days off in each week: saturday, sunday → friday, saturday", "holiday 2026-12-25: none → Christmas Day"}},
	} {
		if diff := cmp.Diff(c.want, register.Diff(shipped, c.now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if back := register.Diff(c.now, shipped); len(back) != len(c.want) {
			t.Errorf("%s, and back: %q, want %d differences", c.name, back, len(c.want))
		}
	}
	for _, c := range []struct {
		was  register.PolicyDocument
		want string
	}{
		{without("G07"), "G07 is new (must)"},
		{with(t, switched(t, "G07", false, "")).Document(), "G07 is switched on (must)"},
		{with(t, switched(t, "G07", true, register.Should)).Document(), "G07 holds records back (only reported)"},
		{with(t, func(p *register.Policy) { p.SmallOrg = true }).Document(), "the reviewer of a minor nonconformity may not be involved in it any more"},
	} {
		if got := register.Diff(c.was, shipped); !slices.Equal(got, []string{c.want}) {
			t.Errorf("Diff = %q, want %q", got, c.want)
		}
	}
	if got := register.Diff(without("G07"), with(t, switched(t, "G07", false, "")).Document()); !slices.Equal(got, []string{"G07 is new, and switched off"}) {
		t.Errorf("Diff = %q", got)
	}
}

// otherG05 returns the shipped document with another rule G05.
func otherG05(t *testing.T, edit func(*register.PolicyRule)) register.PolicyDocument {
	t.Helper()
	d := register.DefaultPolicy().Document()
	i := slices.IndexFunc(d.Rules, func(r register.PolicyRule) bool { return r.ID == "G05" })
	if i < 0 {
		t.Fatal("no rule G05")
	}
	edit(&d.Rules[i])
	return d
}

// without returns the shipped document as a program wrote it that had no such rule.
func without(id string) register.PolicyDocument {
	d := register.DefaultPolicy().Document()
	d.Rules = slices.DeleteFunc(d.Rules, func(r register.PolicyRule) bool { return r.ID == id })
	return d
}

// A document that is kept and read again is the same policy, and it has another digest if
// and only if something differs in words.
func TestPolicyDocumentIsThePolicy(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawPolicy(t, "p"), drawPolicy(t, "q")
		d := p.Document()
		back, err := register.ReadPolicyDocument(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		again, err := back.Policy()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p.Table(), again.Table()); diff != "" {
			t.Fatalf("the rules in force (-adopted +read):\n%s", diff)
		}
		if got := again.Document().Digest(); got != d.Digest() {
			t.Fatalf("digest %s after reading, want %s: %q", got, d.Digest(), register.Diff(d, again.Document()))
		}
		if e := q.Document(); (d.Digest() == e.Digest()) != (len(register.Diff(d, e)) == 0) {
			t.Fatalf("digests %s and %s, differences %q", d.Digest(), e.Digest(), register.Diff(d, e))
		}
	})
}

func drawPolicy(t *rapid.T, name string) register.Policy {
	p := register.DefaultPolicy()
	p.SmallOrg = rapid.Bool().Draw(t, name+" small")
	if rapid.Bool().Draw(t, name+" times") {
		p.Times, p.Calendar = drawTimes(t, name)
	}
	if rapid.Bool().Draw(t, name+" rigour") {
		p.Rigour = p.Rigour[rapid.IntRange(0, 6).Draw(t, name+" rows"):]
		p.Rigour[0].Whys, p.Rigour[0].PlanApproval = rapid.IntRange(0, 3).Draw(t, name+" whys"), []string{register.RoleTop, register.RoleISMSManager}
		var err error
		if p, err = p.WithCase("G11", register.Condition{Risk: []string{"high"}}, rapid.Bool().Draw(t, name+" case"), register.Should); err != nil {
			t.Fatal(err)
		}
	}
	p.WaitDays[register.Minor] = rapid.IntRange(0, 2).Draw(t, name+" wait")
	p.Roles[register.ActReview] = rapid.SliceOfN(rapid.SampledFrom([]string{register.RoleReviewer, register.RoleTop}), 0, 3).Draw(t, name+" roles")
	for _, id := range []string{"G07", "G14"} {
		var err error
		if p, err = p.With(id, rapid.Bool().Draw(t, name+id), rapid.SampledFrom([]register.Severity{register.Must, register.Should}).Draw(t, name+id)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// A rule that this program does not have is no rule to leave out in silence. One that was
// not adopted is not in force, and one of another reach keeps the reach that was adopted.
func TestPolicyOfAnotherProgram(t *testing.T) {
	t.Parallel()
	d := register.DefaultPolicy().Document()
	d.Rules = append(d.Rules, register.PolicyRule{ID: "G98", Enabled: true, Severity: register.Must}, register.PolicyRule{ID: "G99"})
	_, err := d.Policy()
	unknown, ok := errors.AsType[*register.UnknownRuleError](err)
	if !ok || !slices.Equal(unknown.Rules, []string{"G98", "G99"}) || !strings.Contains(err.Error(), "the rules G98, G99, which this conformd does not know") {
		t.Errorf("Policy() = %v, want both rules named as unknown", err)
	}
	p, err := without("G07").Policy()
	if err != nil || !p.Disabled["G07"] {
		t.Errorf("Policy() = %v, %v, want G07 off: nobody adopted it", p.Disabled, err)
	}
	r := complete(register.Nonconformity, register.Minor)
	r.Fields[register.FieldCorrection] = ""
	p, err = otherG05(t, func(r *register.PolicyRule) { r.Kinds = []register.Kind{register.Observation} }).Policy()
	if err != nil {
		t.Fatal(err)
	}
	if held := register.Unmet(r, register.Closed, at(now), p); len(held) > 0 {
		t.Errorf("Unmet = %v, want nothing: G05 was adopted for observations alone", held)
	}
	if held := register.Unmet(r, register.Closed, at(now), register.DefaultPolicy()); len(held) != 1 || held[0].Rule.ID != "G05" {
		t.Errorf("Unmet = %v under the shipped policy, want G05", held)
	}
}

func TestReadPolicyDocumentRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, want string }{
		{`{`, "cannot be read"},
		{`{"form":2}`, "has the form 2, and this conformd knows the form 1 alone"},
		{`{"form":1,"quorum":3}`, `unknown field "quorum"`},
	} {
		if _, err := register.ReadPolicyDocument([]byte(c.doc)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ReadPolicyDocument(%s) = %v, want %q", c.doc, err, c.want)
		}
	}
}

// The policy lets a small organisation review its minors, whatever the context says.
func TestSmallOrgIsOfThePolicy(t *testing.T) {
	t.Parallel()
	r := complete(register.Nonconformity, register.Minor)
	r.Fields[register.FieldOwner] = "cem" // who also reviewed
	if held := register.Unmet(r, register.Closed, at(now), register.DefaultPolicy()); len(held) != 1 || held[0].Rule.ID != "G15" {
		t.Fatalf("Unmet = %v, want G15", held)
	}
	r.Approvals = append(r.Approvals, register.Approval{
		Event: "e-top", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "dee", At: r.Approvals[len(r.Approvals)-1].At, How: register.ByComment, Reason: "Read the two exports myself.",
	})
	r.Fields[register.FieldOwner] = "dee"
	before := len(register.Unmet(r, register.Closed, at(now), register.DefaultPolicy()))
	after := len(register.Unmet(r, register.Closed, at(now), with(t, func(p *register.Policy) { p.SmallOrg = true })))
	if before != 2 || after != 0 { // she owns it, and does not have the role of a reviewer
		t.Errorf("%d rules hold it, and %d in a small organisation, want 2 and 0", before, after)
	}
}
