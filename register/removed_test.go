package register_test

import (
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/register"
)

// An open action that is taken out of an approved plan is shown until it is back, or until
// somebody approves the plan without it.
func TestAnActionTakenOutOfAnApprovedPlanIsShown(t *testing.T) {
	const two = "- [ ] Automate the leaver webhook @ben due:2026-08-30\n- [ ] Compare the lists each month @ben due:2026-08-30\n"
	const one = "- [ ] Automate the leaver webhook @ben due:2026-08-30\n"
	start := func() register.Record {
		r := complete(register.Nonconformity, register.Minor)
		r.State, r.Done, r.Approvals = register.Implementing, time.Time{}, r.Approvals[:2]
		r.Fields[register.FieldActionPlan] = two
		r.Approvals[1].Covers = register.PlanDigest(r)
		return r
	}
	shown := func(r register.Record) bool {
		return slices.Contains(ids(register.Check(r, register.Closed, at(now), register.DefaultPolicy())), "G27")
	}
	r := propose(start(), "ana", register.FieldActionPlan, one, at(now))
	if !shown(r) {
		t.Errorf("an action was taken out: not shown, %v", r.Removed)
	}
	if back := propose(r, "ana", register.FieldActionPlan, two, at(now)); shown(back) {
		t.Error("the action is back, and still shown")
	}
	again, noted := approve(r, register.Approval{Event: "e:2", Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment}, at(now), register.DefaultPolicy())
	if noted.Refused != "" || shown(again) {
		t.Errorf("approved without it (%s), and still shown", noted.Refused)
	}
	cancelled := propose(start(), "ana", register.FieldActionPlan, one+"- [ ] Compare the lists each month @ben due:2026-08-30 cancelled: the webhook does it\n", at(now))
	if shown(cancelled) {
		t.Error("a cancelled action is shown as taken out")
	}
	never := start()
	never.Approvals = never.Approvals[:1]
	if shown(propose(never, "ana", register.FieldActionPlan, one, at(now))) {
		t.Error("nobody had approved the plan, and its action is shown as taken out")
	}
}

// A report that waits for its triage is shown after two weeks.
func TestAReportThatWaitsForTriage(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.State, r.Approvals = register.Reported, nil
	for days, want := range map[int]bool{14: false, 15: true, 400: true} {
		got := slices.Contains(ids(register.Check(r, register.Reported, at(r.Recorded.AddDate(0, 0, days)), register.DefaultPolicy())), "G28")
		if got != want {
			t.Errorf("after %d days: shown %t, want %t", days, got, want)
		}
	}
}
