package register

import (
	"slices"
	"time"
)

// A Request is something that somebody asks for and another person decides: a later date of a
// milestone, or an exception.
type Request struct {
	Key    string // what is asked for, within the record: "implementation", "exception"
	To     string // the date that is asked for
	What   string // in words: "a later date of implementation, 2026-07-15"
	By     string // person id
	At     time.Time
	Reason string

	acts []Act    // each lets a person decide
	but  []string // people who do not decide
	of   Record
}

// Requests returns what waits for a decision, in the order of the milestones.
func Requests(r Record) []Request {
	var out []Request
	for _, m := range MilestoneList() {
		if e, waits := Asked(r, m); waits {
			out = append(out, Request{
				Key: string(m), To: e.To, What: "a later date of " + m.Words() + ", " + e.To, By: e.By, At: e.At, Reason: e.Reason,
				acts: []Act{r.extending()}, but: []string{e.By}, of: r,
			})
		}
	}
	if a, waits := AskedAcceptance(r); waits {
		x := Request{
			Key: DueItem{Exception: true}.Key(), To: a.Until, What: "an exception until " + a.Until, By: a.By, At: a.At, Reason: a.Reason,
			acts: acceptanceActs(r), but: []string{a.By, r.Fields[FieldOwner]}, of: r,
		}
		for _, y := range a.Approved {
			x.but = append(x.but, y.Person)
		}
		out = append(out, x)
	}
	return out
}

// Deciders returns the people who may decide a request, in the order of their ids. Whoever asked
// for it is none of them, and of an exception neither is the owner.
func (p Policy) Deciders(q Request, people map[string]Person) []string {
	return slices.DeleteFunc(p.AllowedOn(q.of, people, q.acts...), func(id string) bool { return slices.Contains(q.but, id) })
}
