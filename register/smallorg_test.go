package register_test

import (
	"testing"

	"github.com/conformd/conformd/register"
)

// TestSmallOrgUses: each closing on a review that was not independent is named in its fact and
// kept with the record; one that was independent is none.
func TestSmallOrgUses(t *testing.T) {
	const clean, why = "Two exports are clean.", "Nobody else works in this team until May."
	type said struct{ by, words string }
	for _, c := range []struct {
		name    string
		reviews []said
		state   register.State
		want    string
	}{
		{"the owner, countersigned", []said{{"ana", clean}, {"dee", why}}, register.Closed, "closed with a reviewer who owns the record (ana), countersigned by dee"},
		{"in the other order", []said{{"dee", why}, {"ana", clean}}, register.Closed, "closed with a reviewer who owns the record (ana), countersigned by dee"},
		{"somebody without the role, countersigned", []said{{"ira", clean}, {"dee", why}}, register.Closed, "closed with a reviewer who does not have the role of a reviewer (ira), countersigned by dee"},
		{"the same words are no reason", []said{{"ana", clean}, {"dee", clean}}, register.Verifying, ""},
		{"nobody countersigned", []said{{"ana", clean}}, register.Verifying, ""},
		{"an independent reviewer needs none", []said{{"cem", clean}}, register.Closed, ""},
		{"and makes none, whoever else agrees", []said{{"ana", clean}, {"dee", why}, {"cem", "The third export is clean, too."}}, register.Closed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := register.DefaultPolicy()
			p.SmallOrg = true
			r := complete(register.Nonconformity, register.Minor)
			r.Approvals = r.Approvals[:2]
			for _, x := range c.reviews {
				r, _ = approve(r, register.Approval{
					Event: x.by, Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: x.by, At: now, How: register.ByComment, Reason: x.words,
				}, at(now), p)
			}
			facts, _ := register.Decide(r, register.Move{To: register.Closed}, at(now), p)
			r = register.Replay(r, facts)
			got := ""
			for _, u := range r.SmallOrg {
				got += u.Words()
				if u.Reason != why || !u.At.Equal(now) {
					t.Errorf("the use is %+v, want the reason %q at the closing", u, why)
				}
			}
			if r.State != c.state || got != c.want {
				t.Errorf("the record is %s, %q, want %s, %q", r.State, got, c.state, c.want)
			}
		})
	}
}
