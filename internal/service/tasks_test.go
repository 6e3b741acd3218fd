package service_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// reviewable is a record whose actions are done and that lacks nothing but the review of an
// uninvolved person.
func reviewable() register.Record {
	at := func(d int) time.Time { return time.Date(2026, 4, d, 9, 0, 0, 0, time.UTC) }
	r := register.Record{
		State: register.Verifying, Recorded: at(1), Confirmed: at(2), Done: at(20),
		Fields: map[register.Field]string{
			"title": "Leaver accounts stay enabled", "kind": "nonconformity", "grade": "minor", "risk": "high", "owner": "erik", "source": "internal_audit",
			"problem": "Three leaver accounts were still enabled 9 to 21 days after the leaving date.", "requirement_refs": "A.5.18\nAccess policy 4.2",
			register.FieldEvidence: "IdP export of 2026-07-01 against the HR leaver list for Q2.", "location": "Offboarding, IdP, People team", "identified_at": "2026-03-31",
			"consequences": "None: the sign-in logs show no use after the leaving dates.", "correction": "Accounts disabled on 2026-05-01; sign-in logs checked, no use.",
			"root_cause":  "The HR system tells the IdP of leavers by an e-mail that nobody is on duty to read.",
			"action_plan": "- [x] Automate the leaver webhook @olga due:2026-05-30 kind:corrective evidence:https://example.com/pr/12",
		},
	}
	r.Fields[register.FieldSimilarity] = "All SaaS admin consoles searched; two more leavers, none with access."
	r.Fields[register.FieldReviewer] = "rita"
	r.Fields[register.FieldCriteria] = "No enabled leaver account in two monthly exports."
	r.Fields[register.FieldReviewDue] = "2026-07-01"
	r.Fields[register.FieldISMSChange] = "Access procedure 4.2 now names the webhook."
	r.Fields[register.FieldCloseSummary] = "Two exports without a finding."
	r.Approvals = []register.Approval{
		{Event: "1", Subject: register.SubjectTriage, Outcome: register.Approved, By: "irene", At: at(2), How: register.ByComment},
		{Event: "2", Subject: register.SubjectPlan, Outcome: register.Approved, By: "irene", At: at(9), How: register.ByComment, Covers: register.PlanDigest(r)},
	}
	return r
}

// Each person is told what waits for them: their missed dates, and what their roles decide. Nobody is told of
// what somebody else decides, nor of the review of their own work.
func TestTasks(t *testing.T) {
	t.Parallel()
	reg := newShelf(t)
	reg.Policy = register.DefaultPolicy()
	reg.People = map[string]register.Person{
		"erik": {ID: "erik", Name: "Erik"}, "olga": {ID: "olga", Name: "Olga", Roles: []string{register.RoleReviewer}}, "rita": {ID: "rita", Name: "Rita", Roles: []string{register.RoleReviewer}},
		"irene": {ID: "irene", Name: "Irene", Roles: []string{register.RoleISMSManager}},
	}
	unapproved := reviewable()
	unapproved.State, unapproved.Approvals = register.Planning, unapproved.Approvals[:1]
	unfinished := reviewable()
	unfinished.Fields[register.FieldCriteria] = ""
	d := &desk{T: t, store: reg.Store.(*store.Store)}
	d.write(func(tx *store.Tx) error {
		for _, x := range []register.Record{reviewable(), unapproved, unfinished} {
			r, err := tx.NewRecord(t.Context(), "NC", x)
			if err != nil {
				return err
			}
			r.State, r.Recorded = x.State, x.Recorded
			if _, err := tx.SaveRecord(t.Context(), r, 0); err != nil {
				return err
			}
		}
		return nil
	})
	told := func(person string) []string {
		list, err := reg.Tasks(t.Context(), person, 2)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, x := range list {
			s := fmt.Sprintf("%s %d:", x.Kind, x.Count)
			for _, r := range x.Records {
				s += " " + r.Ref + r.What
			}
			out = append(out, s)
		}
		slices.Sort(out)
		return out
	}
	for person, want := range map[string][]string{
		"": nil, "stranger": nil, "erik": nil,
		"olga":  {"late 1: NC-2cause and plan"},
		"rita":  {"review 1: NC-2026-0001"},
		"irene": {"plan 1: NC-2026-0002", "triage 3: NC-1 NC-2"},
	} {
		if diff := cmp.Diff(want, told(person)); diff != "" {
			t.Errorf("%s is told (-want +got):\n%s", person, diff)
		}
	}
}
