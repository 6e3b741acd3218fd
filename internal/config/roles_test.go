package config

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
)

// The acts and roles that the file may name are those of the register, and an act that it
// does not name keeps the roles that conformd ships.
func TestActs(t *testing.T) {
	enum := func(name string, ms []member) []string {
		i := slices.IndexFunc(ms, func(m member) bool { return m.name == name })
		return slices.Sorted(slices.Values(ms[i].enum))
	}
	var acts []string
	for a := range register.DefaultRoles() {
		acts = append(acts, string(a))
	}
	slices.Sort(acts)
	if got := enum("act", members(typeOf[Roles]())); !slices.Equal(got, acts) {
		t.Errorf("the file knows the acts %q, the register %q", got, acts)
	}
	roles := slices.Sorted(slices.Values([]string{register.RoleISMSManager, register.RoleReviewer, register.RoleRiskOwner, register.RoleTop, register.RoleAuditor}))
	if got := enum("roles", members(typeOf[Roles]())); !slices.Equal(got, roles) {
		t.Errorf("an act knows the roles %q, the register %q", got, roles)
	}
	roles = slices.Sorted(slices.Values(append(roles, RoleAdmin))) // of the pages alone
	if got := enum("roles", members(typeOf[Person]())); !slices.Equal(got, roles) {
		t.Errorf("a person may have the roles %q, want %q", got, roles)
	}
	for act, by := range register.DefaultRoles() {
		if len(by) == 0 || slices.Contains(by, register.RoleAuditor) {
			t.Errorf("by default %q may %s", by, act)
		}
	}
	c, err := parse("c.yaml", []byte(large()), environment(), reading{})
	if err != nil {
		t.Fatal(err)
	}
	want := register.DefaultRoles()
	want[register.ActReopen] = []string{register.RoleISMSManager, register.RoleTop}
	if got := c.Acts(); !maps.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("Acts = %v, want %v", got, want)
	}
	other, err := parse("c.yaml", []byte(strings.Replace(large(), "top_management]}\n", "risk_owner]}\n", 1)), environment(), reading{})
	if err != nil || other.PlanDigest() == c.PlanDigest() {
		t.Errorf("other roles have no record looked at again (%v)", err)
	}
}

// Each kind of tracker that the schema takes is one of which the configuration knows how
// to sign in and what it selects.
func TestTrackerKinds(t *testing.T) {
	ms := members(typeOf[Site]())
	i := slices.IndexFunc(ms, func(m member) bool { return m.name == "kind" })
	if got, want := TrackerKinds(), slices.Sorted(slices.Values(ms[i].enum)); !slices.Equal(got, want) {
		t.Errorf("kinds %q are known, and the schema takes %q", got, want)
	}
	for kind, of := range trackers() {
		if len(of.auth) == 0 || of.target == nil {
			t.Errorf("%s cannot be judged", kind)
		}
	}
}
