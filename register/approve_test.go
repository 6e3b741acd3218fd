package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func TestApprove(t *testing.T) {
	p := register.DefaultPolicy()
	for _, c := range []struct {
		name  string
		state register.State
		edit  func(*register.Record)
		a     func(*register.Approval)
		small bool
		want  string // Refused
	}{
		{name: "an independent person reviews", state: register.Verifying},
		{name: "nobody reviews a record of their own", state: register.Verifying, a: func(a *register.Approval) { a.By = "ana" }, want: "G15: the reviewer owns the record"},
		{name: "nobody reviews work of their own", state: register.Verifying, a: func(a *register.Approval) { a.By = "ben" }, want: "G15: the reviewer was given one of its actions"},
		{name: "a reviewer may say later that it did not work", state: register.Closed, edit: set(register.FieldOwner, "dee"), a: func(a *register.Approval) { a.Outcome = register.Ineffective }},
		{name: "an account that nobody is mapped to decides nothing", state: register.Verifying, a: func(a *register.Approval) { a.By = "account:gh-isms:42" }, want: `account 42 of gh-isms is not in the register's list of people`},
		{name: "text in a body decides nothing", state: register.Verifying, a: func(a *register.Approval) { a.How = "body" }, want: "it is not an attributable event"},
		{name: "what is open is not reviewed", state: register.Implementing, want: "the work is not done yet, so nothing can be reviewed"},
		{name: "what is closed is not closed again", state: register.Closed, want: "the record is closed already"},
		{name: "success is not seen before the waiting time is over", state: register.Verifying, a: func(a *register.Approval) { a.At = time.Date(2026, 10, 31, 23, 59, 59, 0, time.UTC) }, want: "G14: the waiting time ends on 2026-11-01"},
		{name: "failure may be seen at once", state: register.Verifying, a: func(a *register.Approval) {
			a.At, a.Outcome = time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC), register.Ineffective
		}},
		{name: "an effect is not approved", state: register.Verifying, a: func(a *register.Approval) { a.Outcome = register.Approved }, want: `a review does not find "approved"; it finds effective, partially or ineffective`},
		{name: "nothing but the known decisions is taken", state: register.Verifying, a: func(a *register.Approval) { a.Subject = "budget" }, want: `nothing known is decided by "budget"`},
		{name: "a refusal made before stands", state: register.Verifying, a: func(a *register.Approval) { a.Refused = "the comment was edited" }, want: "the comment was edited"},
		{name: "an observation is not reviewed", state: register.Verifying, edit: set(register.FieldKind, "observation"), want: "an observation has no effectiveness review"},
		{name: "a manager approves a plan while it is made", state: register.Planning, a: func(a *register.Approval) {
			a.Subject, a.Outcome, a.By = register.SubjectPlan, register.Approved, "ira"
		}},
		{name: "nobody else does", state: register.Planning, a: func(a *register.Approval) { a.Subject, a.Outcome = register.SubjectPlan, register.Approved }, want: "G25: Cem Reviewer may not approve the plan; that takes an ISMS manager"},
		{name: "a manager triages", state: register.Reported, a: func(a *register.Approval) {
			a.Subject, a.Outcome, a.By = register.SubjectTriage, register.Approved, "ira"
		}},
		{name: "nobody else does that either", state: register.Reported, a: func(a *register.Approval) { a.Subject = register.SubjectTriage }, want: "G24: Cem Reviewer may not triage records; that takes an ISMS manager"},
		{name: "what has no owner is not triaged", state: register.Reported, edit: drop(register.FieldOwner), a: func(a *register.Approval) {
			a.Subject, a.Outcome, a.By = register.SubjectTriage, register.Approved, "ira"
		}, want: "G02: it cannot be triaged yet: Owner is missing"},
		{name: "who wrote the cause does not review", state: register.Verifying, edit: func(r *register.Record) {
			r.Involved = []register.Involvement{{Person: "cem", As: register.InvolvedAuthor, Field: register.FieldRootCause}}
		}, want: "G15: the reviewer wrote Root cause"},
		{name: "who owned the record once does not review", state: register.Verifying, edit: func(r *register.Record) {
			r.Involved = []register.Involvement{{Person: "cem", As: register.InvolvedOwner}}
		}, want: "G15: the reviewer owned the record"},
		{name: "who has no role and is not planned does not review", state: register.Verifying, edit: set(register.FieldReviewer, "ira"), a: func(a *register.Approval) { a.By = "dee" }, want: "G26: Dee Director may not review; that takes a reviewer, or the reviewer whom the approved plan names"},
		{name: "a reopening has a reason", state: register.Closed, a: func(a *register.Approval) {
			a.Subject, a.By, a.How, a.Reason = register.SubjectReopening, "ira", register.ByComment, "n/a"
		}, want: "a reopening has a reason"},
		{name: "nobody but a manager reopens by decision", state: register.Closed, a: func(a *register.Approval) { a.Subject = register.SubjectReopening }, want: "Cem Reviewer may not reopen records; that takes an ISMS manager"},
		{name: "a plan is not approved at the end", state: register.Closed, a: func(a *register.Approval) { a.Subject, a.Outcome = register.SubjectPlan, register.Approved }, want: "the record is at its end"},
		{name: "in a small organisation the owner of a minor may review", state: register.Verifying, a: func(a *register.Approval) { a.By = "ana" }, small: true},
		{name: "but not of a major", state: register.Verifying, edit: set(register.FieldGrade, "major"), a: func(a *register.Approval) { a.By = "ana" }, small: true, want: "G15: the reviewer owns the record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			r.State, r.Round, r.Approvals = c.state, 2, nil
			if c.edit != nil {
				c.edit(&r)
			}
			a := register.Approval{
				Event: "e1", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "cem",
				At: now, How: register.ByTransition, Reason: "Two exports are clean.",
			}
			if c.a != nil {
				c.a(&a)
			}
			ctx := at(now)
			ctx.SmallOrg = c.small
			got, noted := approve(r, a, ctx, p)
			if noted.Refused != c.want {
				t.Fatalf("Approve(r, a).Refused = %q, want %q", noted.Refused, c.want)
			}
			if (noted.Told == "") != (c.want == "") {
				t.Errorf("Approve(r, a).Told = %q, want words for the person exactly where it is refused", noted.Told)
			}
			if (noted.Covers != "") != (c.want == "" && (a.Subject == register.SubjectPlan || a.Subject == register.SubjectEffectiveness)) {
				t.Errorf("Approve(r, a).Covers = %q, want a digest for what covers something and counts", noted.Covers)
			}
			a.Refused, a.Told, a.Round, a.Covers = c.want, noted.Told, 2, noted.Covers
			if diff := cmp.Diff([]register.Approval{a}, got.Approvals); diff != "" {
				t.Errorf("Approve(r, a): approvals (-want +got):\n%s", diff)
			}
			a.Outcome, a.Refused = register.Ineffective, ""
			again, known := approve(got, a, ctx, p)
			if diff := cmp.Diff(got, again); diff != "" || known != got.Approvals[0] {
				t.Errorf("Approve(r, the same event) = %v, want the first; (-want +got):\n%s", known, diff)
			}
		})
	}
}

// TestSmallOrganisation: whoever is involved may review a minor if a second person
// agrees and one of the two is of top management.
func TestSmallOrganisation(t *testing.T) {
	p := register.DefaultPolicy()
	reasons := map[string]string{"ana": "Two exports are clean.", "ben": "Two exports are clean.", "dee": "Nobody else works in this team until May."}
	for _, c := range []struct {
		name  string
		owner string
		grade string
		by    []string
		small bool
		want  register.State
	}{
		{"the owner alone is not enough", "ana", "minor", []string{"ana"}, true, register.Verifying},
		{"the owner and who did the work are not enough", "ana", "minor", []string{"ana", "ben"}, true, register.Verifying},
		{"the owner and top management are", "ana", "minor", []string{"dee", "ana"}, true, register.Closed},
		{"top management may own the record", "dee", "minor", []string{"ben", "dee"}, true, register.Closed},
		{"not for a major", "dee", "major", []string{"ben", "dee"}, true, register.Verifying},
		{"not in a larger organisation", "dee", "minor", []string{"ben", "dee"}, false, register.Verifying},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Grade(c.grade))
			r.Approvals, r.Fields[register.FieldOwner] = r.Approvals[:2], c.owner
			ctx := at(now)
			ctx.SmallOrg = c.small
			for _, by := range c.by {
				r, _ = approve(r, register.Approval{
					Event: by, Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: by,
					At: now, How: register.ByComment, Reason: reasons[by],
				}, ctx, p)
			}
			if got, held := furthest(r, register.Closed, ctx, p); got != c.want {
				t.Errorf("Furthest(r, closed) = %s, want %s; %v", got, c.want, words(held))
			}
		})
	}
}
