package register_test

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// now is when the tests take place: all waiting times of a complete record are over.
var now = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// at returns the circumstances of the tests.
func at(t time.Time) register.Context {
	return register.Context{At: t, Findings: []register.Finding{{Ref: "NC-2026-0009", SourceRef: "IA-2026-02/F-01"}}, People: map[string]register.Person{
		"ana": {ID: "ana", Name: "Ana Owner"},
		"ben": {ID: "ben", Name: "Ben Engineer"},
		"cem": {ID: "cem", Name: "Cem Reviewer", Roles: []string{register.RoleReviewer}},
		"ira": {ID: "ira", Name: "Ira Manager", Roles: []string{register.RoleISMSManager}},
		"dee": {ID: "dee", Name: "Dee Director", Roles: []string{register.RoleTop}},
	}}
}

// complete returns a record of a kind and grade that is being verified and lacks
// nothing to be closed.
func complete(k register.Kind, g register.Grade) register.Record {
	if k.Evaluates() {
		return evaluation(k)
	}
	done := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	r := register.Record{
		ID: "5f0c9e52-6d0b-4c53-9f5e-3a7c8e2d1b40", Ref: "NC-2026-0007", State: register.Verifying,
		Fields: map[register.Field]string{
			register.FieldTitle:        "Leaver accounts stay enabled",
			register.FieldKind:         string(k),
			register.FieldGrade:        string(g),
			register.FieldRisk:         "high",
			register.FieldProblem:      "Three leaver accounts were still enabled 9 to 21 days after the leaving date.",
			register.FieldRequirements: "A.5.18\nAccess policy 4.2",
			register.FieldEvidence:     "IdP export of 2026-07-01 against the HR leaver list for Q2.",
			register.FieldLocation:     "Offboarding, IdP, People team",
			register.FieldIdentified:   "2026-07-01",
			register.FieldOwner:        "ana",
			register.FieldSource:       "internal_audit",
			register.FieldConsequences: "None: the sign-in logs show no use after the leaving dates.",
			register.FieldSimilarity:   "All SaaS admin consoles searched; two more leavers, none with access.",
			register.FieldCorrection:   "Accounts disabled on 2026-07-01; sign-in logs checked, no use.",
			register.FieldCauseMethod:  "fishbone",
			register.FieldRootCause:    "The HR system tells the IdP of leavers by an e-mail that nobody is on duty to read.",
			register.FieldActionPlan: "- [x] Automate the leaver webhook @ben due:2026-08-30 kind:corrective evidence:https://example.com/pr/12\n" +
				"- [ ] Buy a new HR system @ben due:2026-08-30 cancelled: the webhook made it needless\n",
			register.FieldCriteria:     "No enabled leaver account in two monthly exports.",
			register.FieldReviewer:     "cem",
			register.FieldReviewDue:    "2026-11-01",
			register.FieldISMSChange:   "Access procedure 4.2 now names the webhook.",
			register.FieldCloseSummary: "Two exports without a finding.",
		},
		Recorded: done.AddDate(0, -2, 0), Confirmed: done.AddDate(0, -2, 1), Done: done,
	}
	if k == register.Improvement || k == register.PotentialNonconformity {
		r.Fields[register.FieldDriver] = "weakness"
	}
	if k == register.PotentialNonconformity {
		r.Fields[register.FieldLikelihood] = "possible"
		r.Fields[register.FieldEffect] = "A leaver could read the mail of customers until somebody notices."
		r.Fields[register.FieldActionPlan] = strings.ReplaceAll(r.Fields[register.FieldActionPlan], "kind:corrective", "kind:preventive")
	}
	if k == register.Improvement {
		r.Fields[register.FieldBenefit] = "Nobody compares lists of leavers by hand any more."
	}
	r.Approvals = []register.Approval{
		{
			Event: "jira-isms:changelog:t", Subject: register.SubjectTriage, Outcome: register.Approved,
			By: "ira", At: time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC), How: register.ByTransition,
		},
		{
			Event: "jira-isms:changelog:p", Subject: register.SubjectPlan, Outcome: register.Approved,
			By: "ira", At: time.Date(2026, 7, 9, 9, 0, 0, 0, time.UTC), How: register.ByTransition, Covers: register.PlanDigest(r),
		},
		{
			Event: "jira-isms:changelog:1", Subject: register.SubjectEffectiveness, Outcome: register.Effective,
			By: "cem", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), How: register.ByComment,
			Reason: "Exports of October and November hold no leaver account.", Covers: register.EvidenceDigest(r),
		},
	}
	if k == register.Improvement {
		r.Approvals = slices.Insert(r.Approvals, 2, register.Approval{
			Event: "jira-isms:comment:a", Subject: register.SubjectAdoption, Outcome: register.Adopted, By: "ira", At: time.Date(2026, 7, 8, 9, 0, 0, 0, time.UTC),
			How: register.ByComment, Reason: "The webhook costs two days.", Covers: register.Covers(r, register.SubjectAdoption),
		})
	}
	return r
}

// drop returns an edit that forgets fields.
func drop(fs ...register.Field) func(*register.Record) {
	return func(r *register.Record) {
		for _, f := range fs {
			delete(r.Fields, f)
		}
	}
}

// set returns an edit that gives a field a value.
func set(f register.Field, v string) func(*register.Record) {
	return func(r *register.Record) { r.Fields[f] = v }
}

// furthest returns the state that Advance brings r to, and what keeps it from wanted.
func furthest(r register.Record, wanted register.State, ctx register.Context, p register.Policy) (register.State, []register.Violation) {
	r, held := advance(r, wanted, ctx, p)
	return r.State, held
}

// advance asks for a state, and returns what keeps r from it.
func advance(r register.Record, wanted register.State, ctx register.Context, p register.Policy) (register.Record, []register.Violation) {
	facts, err := register.Decide(r, register.Move{To: wanted}, ctx, p)
	if err != nil {
		panic(err)
	}
	r = register.Replay(r, facts)
	if r.Requested == "" {
		return r, nil
	}
	return r, register.Unmet(r, r.Requested, ctx, p)
}

// approve takes a decision in, and returns it as it was noted.
func approve(r register.Record, a register.Approval, ctx register.Context, p register.Policy) (register.Record, register.Approval) {
	facts, _ := register.Decide(r, register.Judge{Approval: a}, ctx, p)
	r = register.Replay(r, facts)
	for _, noted := range r.Approvals {
		if noted.Event == a.Event {
			return r, noted
		}
	}
	panic("the decision was not noted")
}

// propose edits a field as people do in a tracker.
func propose(r register.Record, by string, f register.Field, v string, ctx register.Context) register.Record {
	facts, err := register.Decide(r, register.Propose{By: register.Author{Person: by, At: ctx.At, From: "jira-isms"}, Field: f, Value: v}, ctx, register.DefaultPolicy())
	if err != nil {
		panic(err)
	}
	return register.Replay(r, facts)
}
