package present_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

func known() present.Names {
	return present.Names{
		People: map[string]string{"olga": "Olga Owens", "erik": "Erik Engel"}, Accounts: map[string]string{"account:gh-isms:7": "@max"},
		Issues: map[string]string{"gh-isms": "acme/isms#1"},
	}
}

// Who reads a proposal knows what would change, who decides and what they type.
func TestProposalsAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		proposal register.Proposal
		want     string
	}{
		{
			"a lower grade",
			register.Proposal{Field: register.FieldGrade, Value: "minor", By: "erik", From: "gh-isms"},
			"Erik Engel proposes Grade: major → minor in acme/isms#1; an ISMS manager decides: `/capa grade minor because …`, or `/capa keep grade because …`",
		},
		{
			"another owner",
			register.Proposal{Field: register.FieldOwner, Value: "erik", By: "olga", From: "gh-isms"},
			"Olga Owens proposes Owner: Olga Owens → Erik Engel in acme/isms#1; an ISMS manager decides: `/capa owner erik because …`, or `/capa keep owner because …`",
		},
		{
			"an owner whom the register cannot take",
			register.Proposal{Field: register.FieldOwner, Value: "account:gh-isms:7", From: "gh-isms"},
			"Somebody whom the tracker does not name proposes Owner: Olga Owens → @max (not in the register's list of people) in acme/isms#1; an ISMS manager decides: `/capa keep owner because …`",
		},
		{
			"a grade that was taken off",
			register.Proposal{Field: register.FieldGrade, By: "erik", From: "gh-isms"},
			"Erik Engel proposes Grade: major → (empty) in acme/isms#1; an ISMS manager decides: `/capa keep grade because …`",
		},
		{
			"other requirements",
			register.Proposal{Field: register.FieldRequirements, Value: "A.5.18\nA.8.2", By: "erik", From: "gh-isms"},
			"Erik Engel proposes Requirement not met: (empty) → A.5.18 A.8.2 in acme/isms#1; an ISMS manager decides: `/capa amend requirement-refs because …`, or `/capa keep requirement-refs because …`",
		},
		{
			"a text after closing",
			register.Proposal{Field: register.FieldRootCause, Value: "Other", By: "erik", From: "gh-isms", Amends: true},
			"Erik Engel would amend Root cause: (empty) → Other in acme/isms#1; an ISMS manager decides: `/capa amend root-cause because …`, or `/capa keep root-cause because …`",
		},
	} {
		r := record()
		r.Fields[register.FieldGrade], r.Fields[register.FieldOwner] = string(register.Major), "olga"
		r.Proposals = []register.Proposal{c.proposal}
		got := present.Proposals(r, known(), register.DefaultPolicy())
		if len(got) != 1 || got[0].String() != c.want {
			t.Errorf("%s: Proposals = %q, want %q", c.name, got, c.want)
		}
		v := present.See(present.Facts{Record: r, Names: known()}, at(), register.DefaultPolicy())
		if diff := cmp.Diff(got, v.Waiting); diff != "" {
			t.Errorf("%s: the view has other proposals (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff([]string{"1 proposal"}, v.Attention()); diff != "" {
			t.Errorf("%s: Attention (-want +got):\n%s", c.name, diff)
		}
	}
}

// Each person stands once, with all reasons.
func TestInvolvedAreNamed(t *testing.T) {
	t.Parallel()
	r := record()
	r.Involved = []register.Involvement{
		{Person: "erik", As: register.InvolvedOwner},
		{Person: "olga", As: register.InvolvedAssignee},
		{Person: "erik", As: register.InvolvedAuthor, Field: register.FieldRootCause},
		{Person: "erik", As: register.InvolvedAuthor, Field: register.FieldSimilarity},
		{As: register.InvolvedAuthor, Field: register.FieldCorrection},
	}
	var got, brief []string
	for _, i := range present.InvolvedIn(r, known()) {
		got, brief = append(got, i.String()), append(brief, i.Brief().String())
	}
	want := []string{
		"Erik Engel (owner; wrote Root cause and Similar nonconformities)", "Olga Owens (worked on an action)",
		"somebody whom the tracker does not name (wrote Containment and correction)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("InvolvedIn (-want +got):\n%s", diff)
	}
	want = []string{"Erik Engel (owner)", "Olga Owens (worked on an action)", "somebody whom the tracker does not name (wrote Containment and correction)"}
	if diff := cmp.Diff(want, brief); diff != "" {
		t.Errorf("InvolvedIn in brief (-want +got):\n%s", diff)
	}
}

// A reader sees why a decision does not count, or does so no longer.
func TestDecisionsStand(t *testing.T) {
	t.Parallel()
	r := record()
	r.Round = 1
	for _, c := range []struct {
		decision   register.Approval
		what, says string
		counts     bool
	}{
		{register.Approval{Subject: register.SubjectTriage, Outcome: register.Approved}, "triage", "counts", true},
		{register.Approval{Subject: register.SubjectReopening, Outcome: register.Approved}, "reopening", "counts", true},
		{register.Approval{Subject: register.SubjectPlan, Outcome: register.Approved, Round: 1}, "action plan: approved", "counts", true},
		{register.Approval{Subject: register.SubjectPlan, Outcome: register.Approved, Round: 1, Void: "Root cause changed after it"}, "action plan: approved", "counts no longer: Root cause changed after it", false},
		{register.Approval{Subject: register.SubjectEffectiveness, Outcome: register.Ineffective}, "effectiveness review: ineffective", "counted in an earlier round of work", false},
		{register.Approval{Subject: register.SubjectRejection, Outcome: register.Rejected, Refused: "G04: no"}, "rejection", "does not count: G04: no", false},
	} {
		counts, says := present.Stands(c.decision, r)
		if got := present.Decision(c.decision); got != c.what || says != c.says || counts != c.counts {
			t.Errorf("%+v is %q, %q, counts %v; want %q, %q, %v", c.decision, got, says, counts, c.what, c.says, c.counts)
		}
	}
	if got := present.Covered(register.Approval{Covers: "0123456789abcdef"}); got != "0123456789ab" {
		t.Errorf("Covered = %q, want the beginning of the digest", got)
	}
	if got := present.Covered(register.Approval{}); got != "" {
		t.Errorf("Covered of a triage = %q, want nothing", got)
	}
}

// The rules that let a record through stand in one line, those that held it each with why.
func TestRulesOfAnEvent(t *testing.T) {
	t.Parallel()
	e := present.Event{Rules: []present.Rule{{ID: "G01", OK: true}, {ID: "G07", Why: "Root cause is missing"}, {ID: "G02", OK: true}, {ID: "G24", OK: true}}}
	if got, want := e.Holding(), "G01, G02 and G24 hold"; got != want {
		t.Errorf("Holding = %q, want %q", got, want)
	}
	if diff := cmp.Diff([]present.Rule{{ID: "G07", Why: "Root cause is missing"}}, e.Broken()); diff != "" {
		t.Errorf("Broken (-want +got):\n%s", diff)
	}
	if got := (present.Event{Rules: e.Rules[:1]}).Holding(); got != "G01 holds" {
		t.Errorf("Holding of one = %q", got)
	}
	if got := (present.Event{}).Holding(); got != "" {
		t.Errorf("Holding of none = %q", got)
	}
}
