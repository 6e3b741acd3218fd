package main

import (
	"context"
	"fmt"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/cheats"
)

// rules measures how many ways of closing without evidence the shipped rules hold or flag,
// and what it costs to ask all rules about a record.
func rules(_ context.Context, _ string) ([]Row, error) {
	proof, err := cheats.Prove(register.DefaultPolicy())
	if err != nil {
		return nil, err
	}
	if proof.Stopped > 0 {
		return nil, fmt.Errorf("%d honest records are stopped", proof.Stopped)
	}
	states := []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed}
	r, at := complete()
	ctx, p := register.Context{At: at, People: map[string]register.Person{"ana": {ID: "ana"}, "ben": {ID: "ben"}, "cem": {ID: "cem"}}}, register.DefaultPolicy()
	const rounds = 2000
	began := time.Now()
	for range rounds {
		for _, s := range states {
			register.Unmet(r, s, ctx, p)
		}
	}
	us := float64(time.Since(began).Microseconds()) / rounds
	return []Row{
		{Name: "cheats_held", Value: float64(proof.Held + proof.Flagged), Unit: fmt.Sprintf("of %d", proof.Total), Goal: "all"},
		{Name: "guards_us_per_record", Value: us, Unit: "µs", Goal: "<= 100"},
	}, nil
}

// complete returns a record in verification that says all that is asked of it, but for the
// decisions of people.
func complete() (register.Record, time.Time) {
	done := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	return register.Record{
		ID: "5f0c9e52-6d0b-4c53-9f5e-3a7c8e2d1b40", Ref: "NC-2026-0007", State: register.Verifying, Recorded: done.AddDate(0, -2, 0), Done: done,
		Fields: map[register.Field]string{
			register.FieldTitle: "Leaver accounts stay enabled", register.FieldKind: "nonconformity", register.FieldGrade: "major", register.FieldRisk: "high",
			register.FieldProblem:      "Three leaver accounts were still enabled 9 to 21 days after the leaving date.",
			register.FieldRequirements: "A.5.18\nAccess policy 4.2", register.FieldEvidence: "IdP export of 2026-07-01 against the HR leaver list for Q2.",
			register.FieldLocation: "Offboarding, IdP, People team", register.FieldIdentified: "2026-07-01", register.FieldOwner: "ana", register.FieldSource: "internal_audit",
			register.FieldConsequences: "None: the sign-in logs show no use after the leaving dates.",
			register.FieldCorrection:   "Accounts disabled on 2026-07-01; sign-in logs checked, no use.", register.FieldCauseMethod: "fishbone",
			register.FieldRootCause:  "The HR system tells the IdP of leavers by an e-mail that nobody is on duty to read.",
			register.FieldSimilarity: "All SaaS admin consoles searched; two more leavers, none with access.",
			register.FieldActionPlan: "- [x] Automate the leaver webhook @ben due:2026-08-30 kind:corrective evidence:https://example.com/pr/12\n",
			register.FieldCriteria:   "No enabled leaver account in two monthly exports.", register.FieldReviewer: "cem", register.FieldReviewDue: "2026-11-01",
			register.FieldISMSChange: "Access procedure 4.2 now names the webhook.", register.FieldCloseSummary: "Two exports without a finding.",
		},
	}, done.AddDate(0, 3, 0)
}
