// Package notices tells people of their dates: one message a day and person, by mail or to a
// webhook. Each person is told of each stage of a date once.
package notices

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/register"
)

// A Kind is what a stage is about. The more it asks for, the higher.
type Kind int

// The kinds of stages.
const (
	Coming    Kind = iota // the date comes
	Missed                // it has passed, and nothing was done
	Escalated             // it has passed, and others are told
	Asked                 // somebody asks for something, and the person may decide
	Gone                  // evidence was lost, and a record went back
)

// A Stage is a day from which on a person is to be told of a date.
type Stage struct {
	Kind   Kind
	Day    string // 2006-01-02
	Person string // person id
	// Name tells the stage from the others of its date and person.
	Name string
}

// Rules say who is told of a date, and when.
type Rules struct {
	// Before are the days before a date on which it is announced.
	Before []int
	// Escalation says who else is told of a missed date.
	Escalation []register.EscalationStep
	// People are the people of the register, by id.
	People map[string]register.Person
	Policy register.Policy
}

// horizon is how many days before a date its first stage begins.
func (r Rules) horizon() int { return max(0, slices.Max(append(register.NoticeDays(), r.Before...))) }

// stages returns the stages of an item. The person of whom it is expected, or who owns the
// record, is told that it comes and that it was missed; the ISMS managers if that is nobody
// who is known. Of triage, and of a deferred improvement, everybody is told who may decide, and of an exception the owner of the
// record and the risk owners.
func (r Rules) stages(rec register.Record, d register.DueItem) []Stage {
	day, err := time.Parse(time.DateOnly, d.Due)
	if err != nil {
		return nil
	}
	before, people := r.Before, r.expected(rec, d)
	if d.Milestone == register.MilestoneDecision {
		before = append([]int{0}, before...) // they decide on the day itself
	}
	if d.Exception {
		before, people = register.NoticeDays(), union(people, r.holders(register.RoleRiskOwner))
	}
	on := func(days int) string { return day.AddDate(0, 0, days).Format(time.DateOnly) }
	var out []Stage
	for _, p := range people {
		for _, n := range before {
			out = append(out, Stage{Kind: Coming, Day: on(-n), Person: p, Name: fmt.Sprintf("%d days before", n)})
		}
		out = append(out, Stage{Kind: Missed, Day: on(1), Person: p, Name: "missed"})
	}
	for _, e := range register.Escalations(rec, d, r.Escalation) {
		for _, p := range r.holders(e.Roles...) {
			if !slices.Contains(people, p) {
				out = append(out, Stage{Kind: Escalated, Day: e.On, Person: p, Name: "escalated on " + e.On})
			}
		}
	}
	return out
}

// asked returns the stages of a request: those who may decide are told of it.
func (r Rules) asked(q register.Request) []Stage {
	var out []Stage
	for _, p := range r.Policy.Deciders(q, r.People) {
		out = append(out, Stage{Kind: Asked, Day: q.At.UTC().Format(time.DateOnly), Person: p, Name: "asked for at " + q.At.UTC().Format(time.RFC3339)})
	}
	return out
}

// gone returns the stages of a loss: the owner and the reviewer are told of it, or the ISMS managers
// if that is nobody who is known.
func (r Rules) gone(rec register.Record) []Stage {
	people := slices.DeleteFunc(rec.Concerned(), func(id string) bool { _, known := r.People[id]; return !known })
	if rec.Lost != nil && len(people) == 0 {
		people = r.holders(register.RoleISMSManager)
	}
	var out []Stage
	for _, p := range people {
		at := rec.Lost.At.UTC()
		out = append(out, Stage{Kind: Gone, Day: at.Format(time.DateOnly), Person: p, Name: "lost at " + at.Format(time.RFC3339)})
	}
	return out
}

// expected returns the people of whom an item is expected.
func (r Rules) expected(rec register.Record, d register.DueItem) []string {
	if d.Milestone == register.MilestoneTriage {
		return r.Policy.Allowed(r.People, register.ActTriage)
	}
	if d.Milestone == register.MilestoneDecision {
		return r.Policy.Allowed(r.People, register.ActAdopt)
	}
	for _, id := range []string{d.Who, rec.Fields[register.FieldOwner]} {
		if _, known := r.People[id]; known {
			return []string{id}
		}
	}
	return r.holders(register.RoleISMSManager)
}

// holders returns the people who have one of some roles, in order.
func (r Rules) holders(roles ...string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(r.People)) {
		if slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(r.People[id].Roles, role) }) {
			out = append(out, id)
		}
	}
	return out
}

func union(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// latest returns for each person the last stage that has begun on a day: after a month without
// conformd nobody is told that a date came which has passed since.
func latest(stages []Stage, today string) []Stage {
	last := map[string]Stage{}
	for _, s := range stages {
		if was, ok := last[s.Person]; s.Day <= today && (!ok || cmp.Or(cmp.Compare(s.Day, was.Day), cmp.Compare(s.Kind, was.Kind)) >= 0) {
			last[s.Person] = s
		}
	}
	var out []Stage
	for _, p := range slices.Sorted(maps.Keys(last)) {
		out = append(out, last[p])
	}
	return out
}
