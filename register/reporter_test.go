package register_test

import (
	"errors"
	"testing"

	"github.com/conformd/conformd/register"
)

// Filing says who reported a record. What a tracker or anybody says afterwards waits for a
// manager, who does not decide it about themselves.
func TestTheReporterIsSetOnce(t *testing.T) {
	people := map[string]register.Person{
		"ira": {ID: "ira", Roles: []string{register.RoleISMSManager}}, "ines": {ID: "ines", Roles: []string{register.RoleISMSManager}}, "ben": {ID: "ben"},
	}
	ctx := register.Context{At: morning(), People: people}
	decide := func(r register.Record, c register.Command) (register.Record, string) {
		facts, err := register.Decide(r, c, ctx, register.DefaultPolicy())
		no, _ := errors.AsType[register.Refusal](err)
		return register.Replay(r, facts), no.What
	}
	by := func(who string) register.Author {
		return register.Author{Person: who, At: morning(), From: "gh", Event: "gh:" + who, How: register.ByComment}
	}
	is := func(reporter string) func(string) register.Command {
		return func(who string) register.Command {
			return register.Determine{By: by(who), Field: register.FieldReporter, Value: reporter, Reason: "Ben told the help desk first."}
		}
	}
	r := register.Record{ID: "rec-1", State: register.Reported, Fields: map[register.Field]string{register.FieldReporter: "ira"}}
	r, _ = decide(r, register.Propose{By: register.Author{Person: "ben", At: morning(), From: "gh"}, Field: register.FieldReporter, Value: "ben"})
	if r.Fields[register.FieldReporter] != "ira" || len(r.Proposals) != 1 {
		t.Fatalf("an edit made %q the reporter, with %+v waiting; want ira, and ben waiting", r.Fields[register.FieldReporter], r.Proposals)
	}
	if _, why := decide(r, is("ben")("ben")); why == "" {
		t.Error("ben, who has no role, decided who the reporter is")
	}
	if _, why := decide(r, is("ben")("ira")); why != "whoever changes Reporter reported the record" {
		t.Errorf("ira decided that she did not report it: %q", why)
	}
	if r, why := decide(r, is("ben")("ines")); why != "" || r.Fields[register.FieldReporter] != "ben" {
		t.Errorf("ines may decide it: %q, and %q is the reporter", why, r.Fields[register.FieldReporter])
	}
	old := register.Record{ID: "rec-2", State: register.Analysis, Fields: map[register.Field]string{}}
	if old, why := decide(old, is("ben")("ines")); why != "" || old.Fields[register.FieldReporter] != "ben" {
		t.Errorf("ines may say who reported an old record: %q, %q", why, old.Fields[register.FieldReporter])
	}
}

// A review covers the scope once there is one, and not who reported the record.
func TestAReviewCoversTheScope(t *testing.T) {
	r := old()
	before := register.EvidenceDigest(r)
	r.Fields[register.FieldReporter] = "ben"
	if register.EvidenceDigest(r) != before {
		t.Error("the reporter changes what a review covers")
	}
	r.Fields[register.FieldScope] = "payments"
	if register.EvidenceDigest(r) == before {
		t.Error("another scope changes nothing of what a review covers")
	}
}
