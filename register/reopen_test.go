package register_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/register"
)

// reopen has a person reopen a record with a reason.
func reopen(by string, when time.Time) func(*register.Record) {
	return func(r *register.Record) {
		*r, _ = approve(*r, register.Approval{
			Event: "reopened " + by, Subject: register.SubjectReopening, Outcome: register.Approved, By: by, At: when,
			How: register.ByComment, Reason: "Two accounts are enabled again.",
		}, at(when), register.DefaultPolicy())
	}
}

// TestMovingAnEndedRecordBack: whoever may reopen has reopened it, with a reason; everybody
// else has asked for it, and the record stays where it is.
func TestMovingAnEndedRecordBack(t *testing.T) {
	moved := func(by string) register.Author {
		return register.Author{Person: by, At: now, From: "jira-isms", Event: "jira-isms:state:Analysis:1"}
	}
	terminal := moved("ira")
	terminal.How, terminal.From = register.ByTerminal, "register"
	robot := moved("ira")
	robot.Bot = true
	for _, c := range []struct {
		name    string
		from    register.State
		move    register.Move
		want    register.State
		reason  string // of the reopening, "" for none
		asked   bool   // a request waits
		refused string
	}{
		{name: "a manager reopens by moving it", from: register.Closed, move: register.Move{By: moved("ira"), To: register.Analysis}, want: register.Analysis, reason: "moved back in jira-isms"},
		{name: "of a rejected record too", from: register.StateRejected, move: register.Move{By: moved("ira"), To: register.Reported}, want: register.Reported, reason: "moved back in jira-isms"},
		{name: "an engineer asks for it", from: register.Closed, move: register.Move{By: moved("ben"), To: register.Implementing}, want: register.Closed, asked: true},
		{name: "of a rejected record too, whatever the state that it is moved to", from: register.StateRejected, move: register.Move{By: moved("ben"), To: register.Closed}, want: register.StateRejected, asked: true},
		{name: "so does somebody whom the tracker does not name", from: register.Closed, move: register.Move{By: moved(""), To: register.Verifying}, want: register.Closed, asked: true},
		{name: "and a program with a manager's account", from: register.Closed, move: register.Move{By: robot, To: register.Analysis}, want: register.Closed, asked: true},
		{name: "at the terminal a manager says why", from: register.Closed, move: register.Move{By: terminal, To: register.Analysis}, want: register.Closed, refused: "a reopening has a reason"},
		{name: "and then it is reopened", from: register.Closed, move: register.Move{By: terminal, To: register.Analysis, Why: "Two accounts are enabled again."}, want: register.Analysis, reason: "Two accounts are enabled again."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			r.State, r.Done = c.from, now.AddDate(0, 0, -90)
			facts, err := register.Decide(r, c.move, at(now), register.DefaultPolicy())
			r = register.Replay(r, facts)
			if got := message(err); got != c.refused {
				t.Fatalf("Decide() = %q, want %q", got, c.refused)
			}
			if c.asked && (r.Round != 0 || r.Done.IsZero()) {
				t.Errorf("the request began round %d", r.Round)
			}
			if r.State != c.want || r.Requested != "" {
				t.Errorf("the record is %s, requested %q, want %s", r.State, r.Requested, c.want)
			}
			x, asked := register.ReopeningAsked(r, "")
			if asked != c.asked || asked && (x.By != c.move.By.Person || x.Value != string(c.move.To) || !x.At.Equal(now)) {
				t.Errorf("asked: %v %+v, want %v", asked, x, c.asked)
			}
			reason := ""
			for _, a := range r.Approvals {
				if a.Subject == register.SubjectReopening && a.Counts() {
					reason = a.Reason
				}
			}
			if reason != c.reason {
				t.Errorf("reopened because %q, want %q", reason, c.reason)
			}
			again, _ := register.Decide(r, c.move, at(now), register.DefaultPolicy())
			if len(again) > 0 && c.refused == "" {
				t.Errorf("the same move again gives %+v", again)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestARequestToReopenIsDecided: the role for a reopening decides it, one way or the other; a
// reopening by whatever cause ends it.
func TestARequestToReopenIsDecided(t *testing.T) {
	p := register.DefaultPolicy()
	by := func(who string) register.Author {
		return register.Author{Person: who, At: now, From: "gh-isms", Event: "gh-isms:comment:9:" + who, How: register.ByComment}
	}
	asked := func() register.Record {
		r := complete(register.Nonconformity, register.Minor)
		r.State, r.Closed = register.Closed, now
		for _, from := range []string{"jira-isms", "gh-isms"} {
			facts, _ := register.Decide(r, register.Move{By: register.Author{Person: "ben", At: now, From: from}, To: register.Analysis}, at(now), p)
			r = register.Replay(r, facts)
		}
		if len(r.Proposals) != 2 {
			t.Fatalf("%d requests, want one of each place", len(r.Proposals))
		}
		return r
	}
	for _, c := range []struct {
		name    string
		command register.Command
		want    register.State
		left    int
		refused string
	}{
		{"the manager reopens", register.Judge{Approval: register.Approval{
			Event: "c:1", Subject: register.SubjectReopening, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment, Reason: "Two accounts are enabled again.",
		}}, register.Analysis, 0, ""},
		{"the manager keeps it closed", register.Decline{By: by("ira"), Field: register.FieldState, Reason: "The account belongs to a contractor."}, register.Closed, 0, ""},
		{"others do not decide", register.Decline{By: by("ben"), Field: register.FieldState, Reason: "I was wrong about it."}, register.Closed, 2, "Ben Engineer may not decide about a reopening; that takes an ISMS manager"},
		{"it is no value to amend", register.Determine{By: by("ira"), Field: register.FieldState, Reason: "Two accounts are enabled again."}, register.Closed, 2, "the state is no field that is decided"},
		{"a review that finds it ineffective reopens as well", register.Judge{Approval: register.Approval{
			Event: "c:2", Subject: register.SubjectEffectiveness, Outcome: register.Ineffective, By: "cem", At: now, How: register.ByComment, Reason: "Two accounts are enabled again.",
		}}, register.Analysis, 0, ""},
		{"who asked takes it back at one place", register.Withdraw{By: register.Author{Person: "ben", At: now, From: "jira-isms"}, Field: register.FieldState}, register.Closed, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts, err := register.Decide(asked(), c.command, at(now), p)
			r := register.Replay(asked(), facts)
			if got := message(err); got != c.refused {
				t.Errorf("Decide() = %q, want %q", got, c.refused)
			}
			if r.State != c.want || len(r.Proposals) != c.left {
				t.Errorf("the record is %s with %d requests, want %s with %d", r.State, len(r.Proposals), c.want, c.left)
			}
		})
	}
}

// TestAReopeningNamesTheRulesThatNoLongerHold: a record is worked on again also if something
// that analysis needs is gone by then, and the fact says what.
func TestAReopeningNamesTheRulesThatNoLongerHold(t *testing.T) {
	for _, from := range []register.State{register.Closed, register.Accepted} {
		r := complete(register.Nonconformity, register.Minor)
		r.State = from
		delete(r.Fields, register.FieldEvidence)
		facts, err := register.Decide(r, register.Judge{Approval: register.Approval{
			Event: "c:1", Subject: register.SubjectReopening, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment, Reason: "Two accounts are enabled again.",
		}}, at(now), register.DefaultPolicy())
		if err != nil {
			t.Fatal(err)
		}
		var unmet []string
		for _, f := range facts {
			if f.Kind == register.FactMoved {
				for _, v := range f.Unmet {
					unmet = append(unmet, v.Rule.ID)
				}
			}
		}
		if r = register.Replay(r, facts); r.Lost != nil {
			t.Errorf("from %s: %+v is lost, want nothing: a person took it up again", from, r.Lost)
		}
		if r.State != register.Analysis || len(unmet) != 1 || unmet[0] != "G02" {
			t.Errorf("from %s: in %s without %v, want in analysis without G02", from, r.State, unmet)
		}
	}
}
