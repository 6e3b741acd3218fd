package register

import (
	"cmp"
	"slices"
	"time"
)

// An EscalationStep says who is told, beside the person of whom it is expected, when a date has
// passed and nothing was done.
type EscalationStep struct {
	When Condition
	// After is how many days after the date; 0 is the day after it.
	After int
	// Roles are those whose holders are told.
	Roles []string
}

// DefaultEscalation returns the steps that conformd ships: a major nonconformity that is late
// goes to the top at once, another serious one to the ISMS manager, and each to the ISMS manager
// after a month. A record takes every step whose condition holds.
func DefaultEscalation() []EscalationStep {
	serious := []string{"critical", "high"}
	return []EscalationStep{
		{When: Condition{Kind: []Kind{Nonconformity}, Grade: []Grade{Major}}, Roles: []string{RoleISMSManager, RoleTop}},
		{When: Condition{Kind: []Kind{Nonconformity, PotentialNonconformity}, Risk: serious}, Roles: []string{RoleISMSManager}},
		{When: Condition{Kind: []Kind{Nonconformity, PotentialNonconformity}}, After: 30, Roles: []string{RoleISMSManager}},
	}
}

// An Escalation is a step that a missed date takes.
type Escalation struct {
	// On is the day from which on the roles are told, 2006-01-02.
	On    string
	Roles []string
}

// Escalations returns the steps that the record of an item takes if nothing is done, the
// earliest first. An exception that ends takes none: the record is open again.
func Escalations(r Record, d DueItem, steps []EscalationStep) []Escalation {
	day, err := time.Parse(time.DateOnly, d.Due)
	if err != nil || d.Exception {
		return nil
	}
	var out []Escalation
	for _, s := range steps {
		if s.When.Holds(r) {
			out = append(out, Escalation{On: day.AddDate(0, 0, s.After+1).Format(time.DateOnly), Roles: s.Roles})
		}
	}
	slices.SortStableFunc(out, func(a, b Escalation) int { return cmp.Compare(a.On, b.On) })
	return out
}
