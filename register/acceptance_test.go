package register_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
)

// why justifies an exception.
const why = "The payroll system is replaced in autumn; until then HR compares the leavers with the accounts each Friday."

// april is the day on which most of these stories happen.
func april() time.Time { return day(time.April, 1).Add(9 * time.Hour) }

// analysed returns a record that is triaged and in analysis.
func analysed(g register.Grade, risk string) register.Record {
	return triages(reported(register.Nonconformity, g, risk), day(time.March, 10), register.DefaultPolicy())
}

func accepts(who, until string, n int) register.Accept {
	return register.Accept{By: by(who, april(), fmt.Sprint("gh:comment:", n)), Until: until, Reason: why}
}

// excepted returns a minor that is accepted until 1 July.
func excepted(t *testing.T) register.Record {
	t.Helper()
	r, _ := asks(analysed(register.Minor, "low"), accepts("ana", "2026-07-01", 1), april())
	r, no := asks(r, accepts("rob", "2026-07-01", 2), april())
	if r.State != register.Accepted {
		t.Fatalf("%s, %v: want that it is accepted", r.State, no)
	}
	return r
}

func TestAMinorIsAcceptedByOneRiskOwner(t *testing.T) {
	t.Parallel()
	r, no := asks(analysed(register.Minor, "medium"), accepts("ana", "2027-03-01", 1), april())
	if no != (register.Refusal{}) || r.State != register.Analysis {
		t.Fatalf("asked: %s, %v, want that it waits in analysis", r.State, no)
	}
	again, _ := asks(r, accepts("ana", "2027-03-01", 1), april())
	if diff := cmp.Diff(r, again); diff != "" {
		t.Errorf("the same comment, seen again, changes the record:\n%s", diff)
	}
	r, no = asks(r, accepts("rob", "2027-01-31", 2), april())
	a, stands := register.StandingAcceptance(r)
	if no != (register.Refusal{}) || r.State != register.Accepted || !stands || a.Asked != "2027-03-01" || a.Until != "2027-01-31" || a.Reason != why {
		t.Fatalf("%s, %v, %+v: want that it is accepted until the earlier date", r.State, no, a)
	}
	want := []register.AcceptedBy{{Person: "rob", Act: register.ActAccept, At: april(), Event: "gh:comment:2"}}
	if diff := cmp.Diff(want, a.Approved); diff != "" {
		t.Error(diff)
	}
	if !r.State.Ended() || !r.Closed.IsZero() {
		t.Error("an exception ends the record and does not close it")
	}
	if d := register.Due(r, april()); len(d) != 1 || !d[0].Exception || d[0].Due != "2027-01-31" || d[0].Who != "ana" {
		t.Errorf("due: %+v", d)
	}
}

// A major takes two people, in any order. So does a minor of high risk.
func TestAMajorTakesTopManagementToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		grade register.Grade
		risk  string
		order []string
		left  string
	}{
		{register.Major, "low", []string{"rob", "dee"}, "top management"},
		{register.Major, "low", []string{"dee", "rob"}, "a risk owner"},
		{register.Minor, "high", []string{"rob", "dee"}, "top management"},
		{register.Minor, "critical", []string{"dee", "rob"}, "a risk owner"},
	} {
		r, no := asks(analysed(c.grade, c.risk), accepts("ira", "2026-06-30", 1), april())
		if no != (register.Refusal{}) {
			t.Fatal(no)
		}
		r, no = asks(r, accepts(c.order[0], "2026-06-30", 2), april())
		if no != (register.Refusal{}) || r.State != register.Analysis {
			t.Fatalf("after %s: %s, %v, want that it waits", c.order[0], r.State, no)
		}
		if held := register.Unmet(r, register.Accepted, at(april()), register.DefaultPolicy()); len(held) != 1 || held[0].Rule.ID != "G18" {
			t.Errorf("held by %v, want G18", ids(held))
		}
		_, no = asks(r, accepts(c.order[0], "2026-06-30", 3), april())
		if no.Told.String() != "you have approved this exception already; it waits for "+c.left {
			t.Errorf("%s again: %q", c.order[0], no.Told.String())
		}
		r, no = asks(r, accepts(c.order[1], "2026-06-20", 4), april())
		if a, _ := register.StandingAcceptance(r); no != (register.Refusal{}) || r.State != register.Accepted || a.Until != "2026-06-20" || len(a.Approved) != 2 {
			t.Errorf("after %s: %s, %v, %+v, want that it is accepted", c.order[1], r.State, no, a)
		}
	}
}

func TestExceptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	minor, major := analysed(register.Minor, "low"), analysed(register.Major, "low")
	asked, _ := asks(minor, accepts("ira", "2026-09-30", 1), april())
	half, _ := asks(major, accepts("ira", "2026-06-30", 1), april())
	half, _ = asks(half, accepts("rob", "2026-06-30", 2), april())
	owned := asked.Clone()
	owned.Fields[register.FieldOwner] = "rob"
	closed := minor.Clone()
	closed.State = register.Closed
	with := func(c register.Accept, edit func(*register.Accept)) register.Accept { edit(&c); return c }
	says := func(text string) register.Accept {
		return with(accepts("ana", "2026-09-30", 9), func(c *register.Accept) { c.Reason = text })
	}
	const more = "; say in 50 characters or more why the record can stay as it is until then, and what limits the risk"
	for _, c := range []struct {
		name string
		r    register.Record
		c    register.Command
		rule string
		told string
	}{
		{"of a stranger", minor, accepts("account:gh:9", "2026-09-30", 9), "", "your account is not in the register's list of people; ask the ISMS manager to add it"},
		{"of nobody known", minor, with(accepts("ana", "2026-09-30", 9), func(c *register.Accept) { c.By.Event = "" }), "G18", "comment with an account of your own"},
		{"of a program", minor, with(accepts("ana", "2026-09-30", 9), func(c *register.Accept) { c.By.Bot = true }), "G18", "comment with an account of your own"},
		{"by a transition", minor, with(accepts("ana", "2026-09-30", 9), func(c *register.Accept) { c.By.How = register.ByTransition }), "G18", "comment with an account of your own"},
		{"of an auditor", minor, accepts("aud", "2026-09-30", 9), "G18", "an auditor accepts nothing; ask the owner of the record"},
		{"of an untriaged record", reported(register.Nonconformity, register.Minor, "low"), accepts("ana", "2026-09-30", 9), "G18", "this record is not triaged yet; ask an ISMS manager to triage it, and ask again"},
		{"of a closed record", closed, accepts("ana", "2026-09-30", 9), "G18", "this record is closed: nothing is left to accept"},
		{"of an accepted record", excepted(t), accepts("ana", "2026-12-31", 9), "G18", "this record is accepted until 2026-07-01, and an exception is not prolonged: reopen the record with `/capa reopen <reason>`, and ask anew"},
		{"without a date", minor, accepts("ana", "", 9), "G18", "say until when, as in `/capa accept until 2027-04-01 because …`"},
		{"for ever", minor, accepts("ana", "for ever", 9), "G18", "say until when, as in `/capa accept until 2027-04-01 because …`"},
		{"until today", minor, accepts("ana", "2026-04-01", 9), "G18", "an exception ends in the future: name a date after 2026-04-01"},
		{"of a minor for longer than a year", minor, accepts("ana", "2027-04-02", 9), "G18", "an exception of this record ends on 2027-04-01 at the latest; name that date or an earlier one"},
		{"of a major for longer than 90 days", major, accepts("ana", "2026-07-01", 9), "G18", "an exception of a major ends on 2026-06-30 at the latest; name that date or an earlier one"},
		{"of a high risk for longer than 90 days", analysed(register.Minor, "high"), accepts("ana", "2026-07-01", 9), "G18", "an exception of a high risk ends on 2026-06-30 at the latest; name that date or an earlier one"},
		{"without a reason", minor, says("n/a"), "G18", "the justification says nothing" + more},
		{"with a short reason", minor, says("The payroll system is replaced in autumn."), "G18", "the justification has fewer than 50 characters" + more},
		{"with the problem again", minor, says("Three leaver accounts were still enabled 9 to 21 days after the leaving date."), "G18", `the justification repeats "What is wrong"` + more},
		{"approved by who asked", asked, accepts("ira", "2026-09-30", 9), "G18", "you asked for this exception, so you do not approve it; it waits for a risk owner"},
		{"approved by the owner", owned, accepts("rob", "2026-09-30", 9), "G18", "you own this record or did, so you do not approve its exception; it waits for a risk owner"},
		{"approved without the role", asked, accepts("cem", "2026-09-30", 9), "G18", "Ira Manager has asked for an exception until 2026-09-30 already; that waits for a risk owner"},
		{"of a minor, approved by top management alone", asked, accepts("dee", "2026-09-30", 9), "G18", "this exception waits for a risk owner"},
		{"approved for longer", asked, accepts("rob", "2026-10-01", 9), "G18", "the exception is asked for until 2026-09-30; name that date or an earlier one"},
		{"approved without a reason", asked, with(accepts("rob", "2026-09-30", 9), func(c *register.Accept) { c.Reason = "ok" }), "G18", "say why, as in `/capa accept until 2026-09-30 because the feed is replaced in March`"},
		{"approved twice", half, accepts("rob", "2026-06-30", 9), "G18", "you have approved this exception already; it waits for top management"},
		{"kept, without the role", asked, register.Decline{By: by("cem", april(), "k"), Field: register.FieldState, Reason: because}, "G18", "you may not decide about an exception; ask a risk owner"},
		{"kept, without a reason", asked, register.Decline{By: by("rob", april(), "k"), Field: register.FieldState, Reason: "-"}, "G18", "say why, as in `/capa keep state because the feed can be repaired in April`"},
		{"kept, and nobody asked", minor, register.Decline{By: by("rob", april(), "k"), Field: register.FieldState, Reason: because}, "", "nothing is proposed for State"},
		{"reopened without the role", excepted(t), register.Judge{Approval: register.Approval{Event: "x", Subject: register.SubjectReopening, Outcome: register.Approved, By: "cem", At: april(), How: register.ByComment, Reason: because}}, "", "you may not reopen records; ask an ISMS manager or a risk owner"},
		{"rejected", excepted(t), register.Judge{Approval: register.Approval{Event: "x", Subject: register.SubjectRejection, Outcome: register.Rejected, By: "ira", At: april(), How: register.ByComment, Reason: because}}, "", "reopen this record before you reject it"},
	} {
		r, no := asks(c.r, c.c, april())
		if no.Rule != c.rule || no.Told.String() != c.told && no.What != c.told {
			t.Errorf("%s: %q of rule %q, want %q of rule %q", c.name, no.Told.String(), no.Rule, c.told, c.rule)
		}
		r.Approvals = slices.DeleteFunc(r.Approvals, func(a register.Approval) bool { return a.Refused != "" })
		if diff := cmp.Diff(c.r, r); diff != "" {
			t.Errorf("%s changed the record:\n%s", c.name, diff)
		}
	}
}

// A policy that nobody adopted for exceptions allows none.
func TestAPolicyWithoutExceptionsAllowsNone(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	p.Acceptance = register.AcceptanceDays{}
	_, err := register.Decide(analysed(register.Major, "low"), accepts("ana", "2026-05-01", 1), at(april()), p)
	if no, _ := errors.AsType[register.Refusal](err); no.Rule != "G18" || no.What != "the policy in force allows no exception of a major" {
		t.Errorf("%+v", no)
	}
}

// What the first approver of a major saw is what the second one approves.
func TestAChangeBeforeTheSecondApprovalVoidsTheFirst(t *testing.T) {
	t.Parallel()
	start, _ := asks(analysed(register.Major, "low"), accepts("ana", "2026-06-30", 1), april())
	start, _ = asks(start, accepts("rob", "2026-06-30", 2), april())
	for name, c := range map[string]register.Command{
		"Root cause changed after it": register.Propose{By: by("ana", april(), ""), Field: register.FieldRootCause, Value: "The feed has no owner since the reorganisation."},
		"Risk changed after it":       register.Determine{By: by("ira", april(), "d"), Field: register.FieldRisk, Value: "critical", Reason: because},
		"the comment was edited":      register.Retract{By: by("rob", april(), "e"), Event: "gh:comment:2", Why: "the comment was edited"},
		"the exception was withdrawn": register.Retract{By: by("ana", april(), "e"), Event: "gh:comment:1", Why: "the comment was edited"},
		"the exception was declined":  register.Decline{By: by("dee", april(), "k"), Field: register.FieldState, Reason: because},
	} {
		r, no := asks(start, c, april())
		a := r.Approvals[len(r.Approvals)-1]
		if no != (register.Refusal{}) || a.By != "rob" || a.Void != name {
			t.Errorf("%v: %v, the approval is void %q, want %q", c, no, a.Void, name)
		}
		if r, _ = asks(r, accepts("dee", "2026-06-30", 5), april()); r.State == register.Accepted {
			t.Errorf("%q, and top management alone has it accepted", name)
		}
	}
}

// An approver who saw another cause than the record has now approved something else.
func TestAnApprovalCoversWhatItsAuthorSaw(t *testing.T) {
	t.Parallel()
	r, _ := asks(analysed(register.Minor, "low"), accepts("ana", "2026-06-30", 1), april())
	c := accepts("rob", "2026-06-30", 2)
	c.Saw = register.Covers(analysed(register.Minor, "medium"), register.SubjectAcceptance)
	if r, no := asks(r, c, april()); r.State != register.Analysis || no != (register.Refusal{}) {
		t.Errorf("%s, %v, want that it waits for an approval of what it is now", r.State, no)
	}
}

// An exception ends by itself on the day after its last one, not before, and a new round begins.
func TestAnExceptionEnds(t *testing.T) {
	t.Parallel()
	r := excepted(t)
	last := day(time.July, 1).Add(23*time.Hour + 59*time.Minute)
	if r, _ := asks(r, register.Move{To: register.Accepted}, last); r.State != register.Accepted {
		t.Error("it ended on its last day")
	}
	facts, _ := register.Decide(r, register.Move{To: register.Accepted}, at(day(time.July, 2)), register.DefaultPolicy())
	r = register.Replay(r, facts)
	a := r.Acceptances[0]
	if r.State != register.Analysis || r.Round != 1 || r.Requested != "" || a.State != register.AcceptanceEnded || a.Because != "the exception ended on 2026-07-01" || a.EndedBy != "" {
		t.Errorf("%s in round %d, %q requested: %+v", r.State, r.Round, r.Requested, a)
	}
	i := slices.IndexFunc(facts, func(f register.Fact) bool { return f.Kind == register.FactMoved })
	if i < 0 || facts[i].Why != "the exception ended on 2026-07-01" || facts[i].By != "" {
		t.Errorf("%+v: want a move that names the date", facts)
	}
	if !slices.ContainsFunc(r.Dates, func(d register.MilestoneDate) bool { return d.Milestone == register.MilestoneCause && d.Round == 1 }) {
		t.Error("the cause of the new round has no date")
	}
	if r, _ = asks(r, accepts("ana", "2026-12-31", 7), day(time.July, 2)); r.State != register.Analysis {
		t.Error("asking again had it accepted again")
	}
}

// The reminders fall on whole days, each once.
func TestTheDaysOnWhichPeopleAreReminded(t *testing.T) {
	t.Parallel()
	a := register.Acceptance{Until: "2026-07-01"}
	clock := april()
	var got []string
	for !clock.IsZero() {
		got = append(got, fmt.Sprint(clock.Format(time.DateOnly), " ", a.Notice(clock)))
		clock = a.Wakes(clock)
	}
	want := []string{"2026-04-01 0", "2026-06-01 30", "2026-06-17 14", "2026-06-28 3", "2026-07-02 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Who may accept may also revoke, and an ISMS manager may. A move back by anybody else asks.
func TestAnExceptionIsRevoked(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"ira", "rob", "dee"} {
		r, no := asks(excepted(t), register.Judge{Approval: register.Approval{
			Event: "gh:comment:9", Subject: register.SubjectReopening, Outcome: register.Approved, By: who, At: april(), How: register.ByComment, Reason: because,
		}}, april())
		if a := r.Acceptances[0]; no != (register.Refusal{}) || r.State != register.Analysis || r.Round != 1 || a.State != register.AcceptanceRevoked || a.EndedBy != who || a.Because != because {
			t.Errorf("%s: %v, %s, %+v", who, no, r.State, a)
		}
	}
	moved := by("ana", april(), "gh:state:1")
	moved.How = register.ByTransition
	r, _ := asks(excepted(t), register.Move{By: moved, To: register.Planning}, april())
	if _, asked := register.ReopeningAsked(r, ""); !asked || r.State != register.Accepted {
		t.Errorf("moved back by its owner: %s, want that it waits", r.State)
	}
	r, no := asks(r, register.Decline{By: by("rob", april(), "k"), Field: register.FieldState, Reason: because}, april())
	if _, asked := register.ReopeningAsked(r, ""); asked || no != (register.Refusal{}) || r.State != register.Accepted {
		t.Errorf("kept: %s, %v", r.State, no)
	}
	moved.Person = "rob"
	if r, _ = asks(r, register.Move{By: moved, To: register.Planning}, april()); r.State != register.Analysis {
		t.Errorf("moved back by a risk owner: %s", r.State)
	}
}

// An exception holds for the record that was approved: it ends when that record changes.
func TestAnExceptionEndsWhenWhatWasApprovedChanges(t *testing.T) {
	t.Parallel()
	r, _ := asks(excepted(t), register.Propose{By: by("ana", april(), ""), Field: register.FieldRootCause, Value: "The feed has no owner since the reorganisation."}, april())
	if a := r.Acceptances[0]; r.State != register.Analysis || a.State != register.AcceptanceEnded || a.Because != "the approval by rob counts no longer: Root cause changed after it" {
		t.Errorf("%s, %+v", r.State, a)
	}
	edited := register.Retract{By: by("rob", april(), "e"), Event: "gh:comment:2", Why: "the comment was edited afterwards"}
	r, _ = asks(excepted(t), edited, april())
	if a := r.Acceptances[0]; r.State != register.Analysis || a.Because != "the approval by rob counts no longer: the comment was edited afterwards" {
		t.Errorf("the approval was edited: %s, %+v", r.State, a)
	}
	done := register.SetAction{By: by("ben", april(), ""), Action: register.Action{ID: "A9", Kind: register.Corrective, Title: "Page the duty", Assignee: "ben", Due: "2026-05-01", State: register.ActionProposed}}
	with, _ := asks(analysed(register.Minor, "low"), done, april())
	with, _ = asks(with, accepts("ana", "2026-07-01", 1), april())
	with, _ = asks(with, accepts("rob", "2026-07-01", 2), april())
	done.Action.State, done.Action.Evidence = register.ActionDone, "https://git.acme.example/it/pull/13"
	if r, _ = asks(with, done, april()); r.State != register.Accepted {
		t.Errorf("an action was done: %s, want that the work goes on under the exception", r.State)
	}
}

// A request of a tracker for an exception is held, and says what it needs.
func TestAnExceptionThatATrackerShowsIsHeld(t *testing.T) {
	t.Parallel()
	r, _ := asks(analysed(register.Minor, "low"), register.Move{By: by("ira", april(), "gh:state:1"), To: register.Accepted}, april())
	held := register.Unmet(r, register.Accepted, at(april()), register.DefaultPolicy())
	if r.State != register.Analysis || r.Requested != register.Accepted || words(held)[0] != "Nobody has asked for an exception with its end date and its justification" {
		t.Errorf("%s, %q requested, %v", r.State, r.Requested, words(held))
	}
	r, _ = asks(r, accepts("ana", "2026-07-01", 1), april())
	if w := words(register.Unmet(r, register.Accepted, at(april()), register.DefaultPolicy())); w[0] != "The exception until 2026-07-01 waits for a risk owner" {
		t.Error(w)
	}
	r, _ = asks(r, accepts("rob", "2026-07-01", 2), april())
	if r.State != register.Accepted || r.Requested != "" {
		t.Errorf("%s, %q requested, want that nothing is requested any more", r.State, r.Requested)
	}
	if r, _ = asks(r, register.Move{To: register.Closed}, april()); r.State != register.Accepted || r.Requested != register.Closed {
		t.Errorf("%s, %q requested: an exception does not become closed", r.State, r.Requested)
	}
}

// A wish ends with its record, and when its own date has passed.
func TestAWishForAnExceptionEnds(t *testing.T) {
	t.Parallel()
	asked, _ := asks(analysed(register.Minor, "low"), accepts("ana", "2026-05-01", 1), april())
	r, _ := asks(asked, register.Move{To: register.Analysis}, day(time.May, 2))
	if a := r.Acceptances[0]; a.State != register.AcceptanceWithdrawn || a.Because != "nobody approved it until 2026-05-01" {
		t.Errorf("%+v", a)
	}
	r, _ = asks(asked, register.Move{To: register.Reported}, april())
	if a := r.Acceptances[0]; a.State != register.AcceptanceWithdrawn || a.Because != "the record is reported" {
		t.Errorf("%+v", a)
	}
	r, _ = asks(asked, register.Decline{By: by("ana", april(), "k"), Field: register.FieldState, Reason: because}, april())
	if a := r.Acceptances[0]; a.State != register.AcceptanceWithdrawn || a.EndedBy != "ana" {
		t.Errorf("%+v", a)
	}
	r, _ = asks(asked, accepts("ana", "2026-06-01", 3), april())
	if len(r.Acceptances) != 2 || r.Acceptances[0].Because != "asked until 2026-06-01 in its place" || r.Acceptances[1].State != register.AcceptanceAsked {
		t.Errorf("%+v", r.Acceptances)
	}
}

// except has somebody ask for an exception, and the two who may approve it.
func (x *play) except(t *rapid.T) (all []register.Fact) {
	until := x.ctx.At.AddDate(0, 0, rapid.SampledFrom([]int{-1, 20, 90, 300, 400}).Draw(t, "until")).Format(time.DateOnly)
	for _, who := range []string{rapid.SampledFrom([]string{"ana", "ira", "rob"}).Draw(t, "asks"), "rob", "dee"} {
		x.n++
		a := x.by(who)
		a.Event, a.How = fmt.Sprint("except", x.n), register.ByComment
		all = append(all, x.do(register.Accept{By: a, Until: until, Reason: why})...)
	}
	return all
}

// honest fails if a record became accepted that not enough people approved.
func honest(t *rapid.T, x *play, r register.Record, from register.State) {
	t.Helper()
	a, stands := register.StandingAcceptance(r)
	limit, need := 365, []string{"rob"}
	if r.Grade() == register.Major || r.Fields[register.FieldRisk] == "high" || r.Fields[register.FieldRisk] == "critical" {
		limit, need = 90, []string{"rob", "dee"}
	}
	var by []string
	for _, g := range a.Approved {
		by = append(by, g.Person)
	}
	slices.Sort(by)
	slices.Sort(need)
	if !stands || !slices.Equal(by, need) || slices.Contains(by, a.By) || slices.Contains(by, r.Fields[register.FieldOwner]) {
		t.Fatalf("accepted by %v, want %v: %+v", by, need, a)
	}
	if a.Until > x.ctx.At.AddDate(0, 0, limit).Format(time.DateOnly) || from.Rank() < register.Analysis.Rank() || from == register.Closed {
		t.Fatalf("accepted from %s until %s", from, a.Until)
	}
}
