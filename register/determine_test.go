package register_test

import (
	"errors"
	"testing"

	"github.com/conformd/conformd/register"
)

// "/capa amend root-cause because …" takes in what waits. Where nothing waits it takes nothing
// in, and least of all nothing in the place of the cause.
func TestNothingIsTakenInThatNobodyProposed(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.State = register.Planning
	by := register.Author{Person: "ira", How: register.ByComment, Event: "gh-isms:comment:7:0", At: now}
	facts, err := register.Decide(r, register.Determine{By: by, Field: register.FieldRootCause, Reason: "It is said more clearly now."}, at(now), register.DefaultPolicy())
	var no register.Refusal
	if !errors.As(err, &no) || no.Told != "nothing is proposed for Root cause" {
		t.Errorf("Decide() = %v, want a refusal that says that nothing is proposed", err)
	}
	if got := register.Replay(r, facts).Fields[register.FieldRootCause]; got != r.Fields[register.FieldRootCause] {
		t.Errorf("the cause is %q, want %q", got, r.Fields[register.FieldRootCause])
	}
}
