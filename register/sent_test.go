package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// What was sent is noted once for each act, by people who are known, and changes nothing else
// of the record: no decision, no state, no date.
func TestSent(t *testing.T) {
	at := time.Date(2027, 2, 10, 9, 0, 0, 0, time.UTC)
	ctx := register.Context{At: at, People: map[string]register.Person{"irene": {ID: "irene"}}}
	by := register.Author{Person: "irene", At: at, How: register.ByTerminal, Event: "e1", From: "register"}
	for _, state := range []register.State{register.Reported, register.Analysis, register.Closed, register.StateRejected} {
		r := register.Record{ID: "rec-1", State: state, Fields: map[register.Field]string{register.FieldTitle: "No internal audit"}}
		c := register.Send{By: by, To: "Body X", On: "2027-02-09", File: "response.html", SHA256: "0a", Reason: "F-01"}
		facts, err := register.Decide(r, c, ctx, register.DefaultPolicy())
		after := register.Replay(r, facts)
		if err != nil || len(after.Sent) != 1 {
			t.Fatalf("%s: Decide() = %+v, %v, want one fact", state, facts, err)
		}
		want := register.Sending{To: "Body X", On: "2027-02-09", File: "response.html", SHA256: "0a", Reason: "F-01", By: "irene", At: at, Event: "e1"}
		if diff := cmp.Diff(want, after.Sent[0]); diff != "" {
			t.Errorf("%s: sent (-want +got):\n%s", state, diff)
		}
		if again, err := register.Decide(after, c, ctx, register.DefaultPolicy()); err != nil || len(again) > 0 {
			t.Errorf("%s: the same act again gives %+v, %v", state, again, err)
		}
		for _, s := range []register.Subject{register.SubjectPlan, register.SubjectEffectiveness, register.SubjectAcceptance} {
			if register.Covers(r, s) != register.Covers(after, s) {
				t.Errorf("%s: a sending changes what a decision on the %s covers", state, s)
			}
		}
	}
	for what, change := range map[string]func(*register.Send){
		`"nemo" is not in the register's list of people`: func(c *register.Send) { c.By.Person = "nemo" },
		"it is not said to whom it was sent":             func(c *register.Send) { c.To = " " },
		`"soon" is not a date`:                           func(c *register.Send) { c.On = "soon" },
		"2027-02-12 is in the future":                    func(c *register.Send) { c.On = "2027-02-12" },
		"it is not an attributable event":                func(c *register.Send) { c.By.Bot = true },
	} {
		c := register.Send{By: by, To: "Body X", On: "2027-02-09"}
		change(&c)
		facts, err := register.Decide(register.Record{ID: "rec-1"}, c, ctx, register.DefaultPolicy())
		if err == nil || err.Error() != what || len(facts) != 1 || facts[0].Kind != register.FactRefused {
			t.Errorf("Decide() = %+v, %v, want the refusal %s", facts, err, what)
		}
	}
}
