package service

import (
	"testing"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// Where an issue shows values that the register does not have, as after a restore, nobody gives the register the text of
// the issue: a value is entered, and then the text of the register is written.
func TestTheTextOfValuesIsNotChosen(t *testing.T) {
	open := map[register.Field]store.ConflictRow{register.FieldValues: {Conflict: plan.Conflict{
		Field: register.FieldValues, Values: []plan.ConflictValue{{Place: plan.Register, Value: "- 2026-Q3: 97"}, {Place: "gh-isms", Value: "- 2026-Q3: 97 → 98"}},
	}}}
	people, by := map[string]register.Person{"erik": {ID: "erik"}}, By{Person: "erik"}
	choice := Choice{Field: register.FieldValues, Take: "gh-isms", Reason: "it is the newer one"}
	if v, no := choice.value(open, people, by); no.What == "" || v != "" {
		t.Errorf("the text of the issue was taken: %q", v)
	}
	choice.Take = plan.Register
	if v, no := choice.value(open, people, by); no.What != "" || v != "- 2026-Q3: 97" {
		t.Errorf("the text of the register was refused: %q, %v", v, no)
	}
}
