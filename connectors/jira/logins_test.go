package jira_test

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// On Data Center a write names an account by its login, which is asked for once, or
// never if an issue showed it, and anew after a refusal.
func TestLoginsAreRemembered(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter}, nil)
	assign := func(ref connectors.Ref, person string) error {
		_, err := r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{
			connectors.Assignee: {Text: r.sim.Person(person).AccountID()},
		}})
		return err
	}
	asked := func() int { return r.sim.Faults().Count("GET", "/user$") }
	one, two := r.file(t, "one", nil), r.file(t, "two", map[string]any{"assignee": "olga"})
	for range 3 {
		must(t, assign(one, "rita"))
		must(t, assign(two, "rita"))
	}
	if n := asked(); n != 1 {
		t.Errorf("%d requests for the login of rita, want 1", n)
	}
	erik := r.sim.Person("erik").AccountID()
	if got := r.get(t, two).Users[erik].Login; got != "erik" {
		t.Fatalf("login of the author = %q", got)
	}
	must(t, assign(one, "erik"))
	if n := asked(); n != 1 {
		t.Errorf("%d requests, want none for erik, whom an issue showed", n)
	}
	must(t, r.sim.RenameUser("erik", "erik.engel", "Erik Engel"))
	if err := assign(two, "erik.engel"); connectors.KindOf(err) != connectors.Rejected {
		t.Errorf("assignment to a login of the past = %v, want a refusal", err)
	}
	must(t, assign(two, "erik.engel"))
	if s, _ := r.sim.Snapshot(two.ID); s.Fields["assignee"] != erik {
		t.Errorf("assignee = %q, want %q", s.Fields["assignee"], erik)
	}
}

// A status that several entries of the configuration name is missed once.
func TestAMissingStatusIsToldOnce(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	r.cfg.Statuses = []string{"Finished", "Closed", "finished", "Finished"}
	if got, _ := codes(t, r.connect(t)); len(got) != 1 || got[0] != "missing-status" {
		t.Errorf("problems = %v, want one missing-status", got)
	}
}
