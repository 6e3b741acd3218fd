package register_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
)

// by is who comments on a day.
func by(person string, when time.Time, event string) register.Author {
	return register.Author{Person: person, At: when, How: register.ByComment, Event: event, From: "gh"}
}

// asks runs a command, and returns the record and the refusal.
func asks(r register.Record, c register.Command, when time.Time) (register.Record, register.Refusal) {
	ctx := at(when)
	ctx.People["aud"] = register.Person{ID: "aud", Name: "Aud Auditor", Roles: []string{register.RoleAuditor}}
	ctx.People["rob"] = register.Person{ID: "rob", Name: "Rob Risk", Roles: []string{register.RoleRiskOwner}}
	ctx.People["eve"] = register.Person{ID: "eve", Name: "Eve Elsewhere"}
	facts, err := register.Decide(r, c, ctx, register.DefaultPolicy())
	no, _ := errors.AsType[register.Refusal](err)
	return register.Replay(r, facts), no
}

const because = "The vendor delivers the new feed four weeks late."

func wants(who string, m register.Milestone, to string, n int) register.Extend {
	return register.Extend{By: by(who, day(time.April, 1), fmt.Sprint("gh:comment:", n)), Milestone: m, To: to, Reason: because}
}

func TestAnExtensionIsAskedForByOneAndApprovedByAnother(t *testing.T) {
	t.Parallel()
	when := day(time.April, 1)
	r := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), register.DefaultPolicy())
	r, no := asks(r, wants("ana", register.MilestoneImplementation, "2026-07-15", 1), when)
	if no != (register.Refusal{}) {
		t.Fatal(no)
	}
	if d := told(r, when)[3]; d != "implementation 2026-06-08" {
		t.Errorf("asked for: %s, want the date of before", d)
	}
	again, _ := asks(r, wants("ana", register.MilestoneImplementation, "2026-07-15", 1), when)
	if diff := cmp.Diff(r, again); diff != "" {
		t.Errorf("the same comment, seen again, changes the record:\n%s", diff)
	}
	r, no = asks(r, wants("ira", register.MilestoneImplementation, "2026-07-01", 2), when)
	if no != (register.Refusal{}) {
		t.Fatal(no)
	}
	e := r.Extensions[0]
	if e.State != register.ExtensionApproved || e.By != "ana" || e.To != "2026-07-15" || e.DecidedBy != "ira" || e.Date != "2026-07-01" || e.Reason != because {
		t.Errorf("extension = %+v, want both people and both dates", e)
	}
	if d := told(r, when)[3]; d != "implementation 2026-07-01 (was 2026-06-08)" {
		t.Errorf("approved: %s, want the later date, and the first one kept", d)
	}
	r, _ = asks(r, register.Retract{By: by("ira", when, "gh:comment:2:edited"), Event: "gh:comment:2", Why: "the comment was edited"}, when)
	if d := told(r, when)[3]; d != "implementation 2026-06-08" {
		t.Errorf("the approval was edited afterwards: %s, want the date of before", d)
	}
}

func TestExtensionsThatAreRefused(t *testing.T) {
	t.Parallel()
	minor := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), register.DefaultPolicy())
	asked, _ := asks(minor, wants("ana", register.MilestoneImplementation, "2026-07-15", 1), day(time.April, 1))
	external := minor.Clone()
	external.Fields[register.FieldDeadline] = "2026-06-20"
	contained := minor.Clone()
	contained.Fields[register.FieldCorrection] = "The three accounts were disabled on the same day."
	rejected := minor.Clone()
	rejected.State = register.StateRejected
	unnamed := wants("ana", register.MilestoneImplementation, "2026-07-15", 9)
	unnamed.By.Event = ""
	mute := wants("ana", register.MilestoneImplementation, "2026-07-15", 9)
	mute.Reason = "n/a"
	const managers = "an ISMS manager or top management"
	for _, c := range []struct {
		name string
		r    register.Record
		c    register.Command
		rule string
		told string
	}{
		{"of a stranger", minor, wants("account:gh:9", register.MilestoneCause, "2026-05-01", 9), "", "your account is not in the register's list of people; ask the ISMS manager to add it"},
		{"of an auditor", minor, wants("aud", register.MilestoneCause, "2026-05-01", 9), "G30", "an auditor moves no date; ask the owner of the record"},
		{"of somebody with nothing to do with it", minor, wants("eve", register.MilestoneContainment, "2026-04-05", 9), "G30", "only somebody who works on this record, reported it or reviews it asks for a later date; ask its owner, or " + managers},
		{"of nobody known", minor, unnamed, "G30", "comment with an account of your own"},
		{"without a reason", minor, mute, "G30", "say why, as in `/capa extend implementation 2026-07-15 because the vendor delivers in May`"},
		{"to no date", minor, wants("ana", register.MilestoneCause, "soon", 9), "G30", "write the date as in `/capa extend cause 2026-05-01 because …`"},
		{"to an earlier date", minor, wants("ana", register.MilestoneCause, "2026-04-09", 9), "G30", "cause and plan is due on 2026-04-09; name a later date"},
		{"beyond what comes after it", minor, wants("ana", register.MilestoneCause, "2026-06-09", 9), "G30", "implementation is due on 2026-06-08 and comes after it; extend that first, or name an earlier date"},
		{"of what has no date", minor, wants("ana", register.MilestoneVerification, "2026-12-01", 9), "G30", "verification has no date that could be extended"},
		{"of what is met", contained, wants("ana", register.MilestoneContainment, "2026-04-05", 9), "G30", "containment is met already; nothing is left to extend"},
		{"of a rejected record", rejected, wants("ana", register.MilestoneCause, "2026-05-01", 9), "G30", "this record is rejected: its clocks have stopped"},
		{"of an unknown milestone", minor, wants("ana", "lunch", "2026-05-01", 9), "G30", "the milestones are triage, containment, cause, implementation and verification"},
		{"beyond the certification body's date", external, wants("ana", register.MilestoneImplementation, "2026-07-15", 9), "G30", "the certification body wants it by 2026-06-20; agree on a later date with it, and let an ISMS manager change Certification body's date first"},
		{"where another one waits", asked, wants("cem", register.MilestoneImplementation, "2026-07-20", 9), "G30", "Ana Owner has asked for 2026-07-15 already; that waits for " + managers},
		{"kept, without the role", asked, register.KeepDate{By: by("cem", day(time.April, 2), "k"), Milestone: register.MilestoneImplementation, Reason: because}, "G30", "you may not decide about a date; ask " + managers},
		{"kept, and nobody asked", minor, register.KeepDate{By: by("ira", day(time.April, 2), "k"), Milestone: register.MilestoneCause, Reason: because}, "", "nobody asks for a later date of cause and plan"},
	} {
		r, no := asks(c.r, c.c, day(time.April, 1))
		if no.Rule != c.rule || no.Told.String() != c.told && no.What != c.told {
			t.Errorf("%s: %q of rule %q, want %q of rule %q", c.name, no.Told.String(), no.Rule, c.told, c.rule)
		}
		if diff := cmp.Diff(c.r, r); diff != "" {
			t.Errorf("%s changed the record:\n%s", c.name, diff)
		}
	}
}

// Whoever asked never approves, not even with the role; asking again replaces the wish.
func TestNobodyApprovesTheirOwnExtension(t *testing.T) {
	t.Parallel()
	r := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), register.DefaultPolicy())
	for n, to := range []string{"2026-07-15", "2026-07-15", "2026-07-20"} {
		r, _ = asks(r, wants("ira", register.MilestoneImplementation, to, n), day(time.April, 1))
		if d := told(r, day(time.April, 1))[3]; d != "implementation 2026-06-08" {
			t.Fatalf("after her wish %d: %s", n, d)
		}
	}
	if e, waits := register.Asked(r, register.MilestoneImplementation); !waits || e.To != "2026-07-20" || len(r.Extensions) != 3 {
		t.Errorf("%+v waits of %d, want the last of three", e, len(r.Extensions))
	}
	r, no := asks(r, wants("dee", register.MilestoneImplementation, "2026-07-20", 7), day(time.April, 2))
	if d := told(r, day(time.April, 2))[3]; no != (register.Refusal{}) || d != "implementation 2026-07-20 (was 2026-06-08)" {
		t.Errorf("top management approves: %s, %v", d, no)
	}
}

// The third extension of a major takes a risk owner or top management.
func TestTheThirdExtensionOfAMajor(t *testing.T) {
	t.Parallel()
	when := day(time.April, 1)
	r := triages(reported(register.Nonconformity, register.Major, "low"), day(time.March, 10), register.DefaultPolicy())
	for n, to := range []string{"2026-06-01", "2026-07-01"} {
		r, _ = asks(r, wants("ana", register.MilestoneImplementation, to, 10*n), when)
		r, _ = asks(r, wants("ira", register.MilestoneImplementation, to, 10*n+1), when)
	}
	r, _ = asks(r, wants("ana", register.MilestoneImplementation, "2026-08-01", 30), when)
	_, no := asks(r, wants("ira", register.MilestoneImplementation, "2026-08-01", 31), when)
	if no.Rule != "G30" || no.Told.String() != "Ana Owner has asked for 2026-08-01 already; that waits for a risk owner or top management" {
		t.Errorf("Ira: %+v, want that others decide", no)
	}
	r, no = asks(r, wants("rob", register.MilestoneImplementation, "2026-08-01", 32), when)
	d := register.Deadlines(r, when)[3]
	if no != (register.Refusal{}) || d.Present != "2026-08-01" || d.Original != "2026-05-09" || d.Extended != 3 {
		t.Errorf("Rob: %+v, %v, want the third extension, counted", d, no)
	}
}

// A wish ends by itself when nothing is left to extend.
func TestAWishEndsWithItsMilestone(t *testing.T) {
	t.Parallel()
	when := day(time.April, 1)
	r := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), register.DefaultPolicy())
	r, _ = asks(r, wants("ana", register.MilestoneContainment, "2026-04-05", 1), when)
	r, _ = asks(r, register.Propose{By: by("ana", when, ""), Field: register.FieldCorrection, Value: "The three accounts were disabled on the same day."}, when)
	if e := r.Extensions[0]; e.State != register.ExtensionWithdrawn || e.Because != "containment is met" || e.DecidedBy != "" {
		t.Errorf("%+v, want that it ended with its milestone", e)
	}
}

// Whatever people ask, an original date stays, and a present one comes from somebody else
// than who asked for it.
func TestExtensionsAreHonest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := triages(reported(register.Nonconformity, rapid.SampledFrom([]register.Grade{register.Major, register.Minor}).Draw(t, "grade"), "low"), day(time.March, 10), register.DefaultPolicy())
		first := r.Dates
		for n := range rapid.IntRange(1, 12).Draw(t, "acts") {
			who := rapid.SampledFrom([]string{"ana", "ben", "cem", "ira", "dee", "rob", "aud", "account:gh:9", ""}).Draw(t, "who")
			m := rapid.SampledFrom(register.MilestoneList()).Draw(t, "milestone")
			var c register.Command = wants(who, m, day(time.April, rapid.IntRange(1, 200).Draw(t, "to")).Format(time.DateOnly), n)
			if rapid.IntRange(0, 4).Draw(t, "keep") == 0 {
				c = register.KeepDate{By: by(who, day(time.April, 1), fmt.Sprint("k", n)), Milestone: m, Reason: because}
			}
			r, _ = asks(r, c, day(time.April, 1))
		}
		if diff := cmp.Diff(first, r.Dates); diff != "" {
			t.Fatalf("original dates moved:\n%s", diff)
		}
		for _, e := range r.Extensions {
			if e.State == register.ExtensionApproved && (e.By == e.DecidedBy || e.DecidedBy != "ira" && e.DecidedBy != "dee" && e.DecidedBy != "rob" || e.Date <= e.Before) {
				t.Fatalf("%+v was approved", e)
			}
		}
		for _, d := range register.Deadlines(r, day(time.April, 1)) {
			if d.Present < d.Original {
				t.Fatalf("%+v is due before its first date", d)
			}
		}
	})
}
