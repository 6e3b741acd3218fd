package register

import (
	"slices"
	"strings"
)

// A Milestone is a step of a record that has a date by which it is due.
type Milestone string

// The milestones, in the order of a record's life.
const (
	MilestoneTriage         Milestone = "triage"         // somebody with the role has confirmed what the record is
	MilestoneContainment    Milestone = "containment"    // it is under control, or why nothing had to be done is stated
	MilestoneCause          Milestone = "cause"          // the cause is found and the plan is approved
	MilestoneImplementation Milestone = "implementation" // the actions are done
	MilestoneVerification   Milestone = "verification"   // whether they worked is reviewed
	// MilestoneDecision is the day until which an improvement was deferred. It has no days in the
	// time matrix: who defers names the day.
	MilestoneDecision Milestone = "decision"
)

// MilestoneList returns the milestones in the order of a record's life.
func MilestoneList() []Milestone {
	return []Milestone{MilestoneTriage, MilestoneContainment, MilestoneDecision, MilestoneCause, MilestoneImplementation, MilestoneVerification}
}

// MilestoneNamed returns the milestone that people name: "implementation", "cause and plan".
func MilestoneNamed(name string) (Milestone, bool) {
	name = strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), " ")
	switch name {
	case "contain":
		return MilestoneContainment, true
	case "plan", "cause and plan":
		return MilestoneCause, true
	case "implement":
		return MilestoneImplementation, true
	case "verify", "review":
		return MilestoneVerification, true
	}
	return Milestone(name), slices.Contains(MilestoneList(), Milestone(name))
}

// dueChange begins the name by which the log calls the date of a milestone: "due.containment".
const dueChange = "due."

// Change is the name by which the log calls the date of the milestone.
func (m Milestone) Change() string { return dueChange + string(m) }

// MilestoneOfChange returns the milestone whose date the log calls so, false for another name.
func MilestoneOfChange(name string) (Milestone, bool) {
	m, ok := strings.CutPrefix(name, dueChange)
	return Milestone(m), ok
}

// Words is the milestone as people read it: "cause and plan".
func (m Milestone) Words() string {
	if m == MilestoneCause {
		return "cause and plan"
	}
	return string(m)
}
