package register_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/conformd/conformd/register"
)

// Whoever was named as the owner does not review the record, also if the register has another
// owner. Who is named where a decision stands against it is not involved.
func TestAnOwnerWhomAPlaceNamedDoesNotReview(t *testing.T) {
	named := register.Name{By: register.Author{Person: "ana", At: morning(), From: "gh"}, Field: register.FieldOwner, Person: "cem"}
	triage := register.Approval{Event: "gh:1", Subject: register.SubjectTriage, Outcome: register.Approved, By: "ira", At: morning(), How: register.ByComment}
	for _, c := range []struct {
		name string
		r    register.Record
		want int
	}{
		{"reported", register.Record{State: register.Reported}, 1},
		{"triaged", register.Record{State: register.Analysis, Approvals: []register.Approval{triage}}, 0},
		{"closed", register.Record{State: register.Closed}, 0},
		{"owned before", register.Record{State: register.Reported, Involved: []register.Involvement{{Person: "cem", As: register.InvolvedOwner}}}, 0},
	} {
		c.r.ID, c.r.Fields = "rec-1", map[register.Field]string{register.FieldOwner: "ana"}
		facts, err := register.Decide(c.r, named, register.Context{At: morning()}, register.DefaultPolicy())
		if err != nil || len(facts) != c.want {
			t.Errorf("%s: %+v, %v, want %d facts", c.name, facts, err, c.want)
		}
		if got := register.Replay(c.r, facts).Fields[register.FieldOwner]; got != "ana" {
			t.Errorf("%s: the owner became %q", c.name, got)
		}
	}

	r := register.Record{ID: "rec-1", State: register.Reported, Fields: map[register.Field]string{register.FieldOwner: "ana"}}
	ctx := register.Context{At: morning(), People: map[string]register.Person{"cem": {ID: "cem", Roles: []string{register.RoleReviewer}}}}
	facts, _ := register.Decide(r, named, ctx, register.DefaultPolicy())
	r = register.Replay(r, facts)
	r.State, r.Done = register.Verifying, morning().AddDate(0, -6, 0)
	review := register.Approval{Event: "gh:2", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "cem", At: morning(), How: register.ByComment, Reason: "Two exports were checked for leaver accounts."}
	_, err := register.Decide(r, register.Judge{Approval: review}, ctx, register.DefaultPolicy())
	if no, _ := errors.AsType[register.Refusal](err); no.What != "the reviewer owned the record" {
		t.Errorf("cem reviews what he owned: %v (%q)", err, no.What)
	}
}

// A place that shows nothing where the register knows nothing yet changes no value: nobody
// had a hand in one. Whoever wrote a value had.
func TestAnEmptyPlaceInvolvesNobody(t *testing.T) {
	by := func(person string) register.Author {
		return register.Author{Person: person, At: morning(), From: "gh"}
	}
	for _, c := range []struct {
		value string
		want  []string
	}{
		{"", nil},
		{"No other team has such accounts.", []string{"ben", "ana"}},
	} {
		r := register.Record{ID: "rec-1", State: register.Reported, Fields: map[register.Field]string{}}
		facts, err := register.Decide(r, register.Propose{By: by("ana"), With: []register.Author{by("ben")}, Field: register.FieldSimilarity, Value: c.value},
			register.Context{At: morning()}, register.DefaultPolicy())
		var got []string
		for _, x := range register.Replay(r, facts).Involved {
			got = append(got, x.Person)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q involves %q, %v, want %q", c.value, got, err, c.want)
		}
	}
}
