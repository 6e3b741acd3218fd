package present

import (
	"slices"

	"github.com/conformd/conformd/register"
)

// Facts are the record and what surrounds it: problems, places, names, stops.
type Facts struct {
	Record    register.Record
	Problems  []Problem // of all its issues
	Places    []Place   // its issues that can be read
	Names     Names     // of the people and issues of the record
	Conflicts int       // fields that wait for a person to decide
	Stops     []Stop    // of the bindings where something of the record stands behind a brake
	Links     []Link    // of the record, and to it
	Stuck     string    // why the last attempt could not finish, "" if it did
}

// A View is the standing of a record: what every reader of the register is told.
type View struct {
	Standing string `json:"standing"` // "reported, close requested"
	// Held says that people requested the end of the record and the register does not count
	// it yet: the record waits for evidence. An open record without a request is not held.
	Held bool `json:"held"`
	// For is the state that Needs are needed for, "" for a record at its end.
	For   register.State `json:"needed_for,omitempty"`
	Needs []Told         `json:"needs"`
	// Advice is what the rules of severity should ask for; it holds nothing back.
	Advice   []Told    `json:"advice,omitempty"`
	Problems []Problem `json:"problems"`
	// Countersigned says how the record was closed on a review that was not independent.
	Countersigned []string `json:"closed_without_an_independent_reviewer,omitempty"`
	// Exceptions say until when the record is or was accepted, and on whose approval.
	Exceptions []string `json:"exceptions,omitempty"`
	// Sent says what went to a party outside, and when. In JSON the record says it.
	Sent []string `json:"-"`
	// Values are the values that were entered and the figures of a management review. In JSON the
	// record says it.
	Values []string `json:"-"`
	// RecurrenceOf says which closed records this one may be again, and what people answered.
	RecurrenceOf []string `json:"recurrence_of,omitempty"`
	// Linked are the references of the record to others, and of others to it.
	Linked []Link `json:"linked,omitempty"`
	// Waiting are the changes of values that wait for a decision.
	Waiting []Proposal `json:"waiting,omitempty"`
	// Milestones are those of the present round with the dates by which they are due.
	Milestones []register.Deadline `json:"milestones,omitempty"`
	// Barred are the people who may not review the record, because they are involved.
	Barred []Involved `json:"may_not_review,omitempty"`
	Stops  []Stop     `json:"stopped,omitempty"`
	// Stuck is why the last attempt could not finish, "" if it did. For a record behind a
	// brake it says no more than Stops.
	Stuck string `json:"attention,omitempty"`

	conflicts int
}

// Sketch returns what a row of a list shows of a record at ctx.At: how it stands, what it needs in short (Brief) and what to
// look at (Attention). It says what [See] says, which says more: above all, how people give what is needed.
func Sketch(f Facts, ctx register.Context, p register.Policy) View {
	v := glance(f, p)
	to, ok := register.Next(f.Record)
	if !ok {
		return v
	}
	v.For = to
	needs, _ := need(f.Record, register.Unmet(f.Record, to, ctx, p), f.Problems, "", f.Places, p, false)
	for _, n := range needs {
		v.Needs = append(v.Needs, Told{Need: n})
	}
	return v
}

// glance is what can be said of a record without its rules.
func glance(f Facts, p register.Policy) View {
	return View{
		Standing: Standing(f.Record.State, f.Record.Requested), Held: f.Record.Requested.Ended(), Needs: []Told{},
		Problems: append([]Problem{}, f.Problems...), Stops: f.Stops, Stuck: f.Stuck, conflicts: f.Conflicts, Waiting: Proposals(f.Record, f.Names, p),
	}
}

// See returns the standing of a record at ctx.At. Page, command line and JSON get the needs
// and the held state of a record from here. The comment in a tracker gets them from Needs,
// which See calls.
func See(f Facts, ctx register.Context, p register.Policy) View {
	r := f.Record
	v := glance(f, p)
	v.Barred, v.Linked, v.Milestones = barred(r, f.Names), f.Links, register.Deadlines(r, ctx.At)
	for _, u := range r.SmallOrg {
		v.Countersigned = append(v.Countersigned, SmallOrg(u, f.Names))
	}
	for _, a := range r.Acceptances {
		v.Exceptions = append(v.Exceptions, Exception(a, f.Names))
	}
	for _, x := range r.Sent {
		v.Sent = append(v.Sent, Sent(x, f.Names))
	}
	v.Values = Values(r, f.Names)
	for _, x := range r.Recurrences {
		v.RecurrenceOf = append(v.RecurrenceOf, Recurrence(x, f.Names))
	}
	to, ok := register.Next(r)
	if !ok {
		return v
	}
	v.For = to
	owner := ""
	if id := r.Fields[register.FieldOwner]; id != "" {
		owner = line(ctx.Name(id))
	}
	must, should := split(register.Check(r, to, ctx, p))
	needs, left := Needs(r, must, f.Problems, "", f.Places, p)
	advice, _ := Needs(r, should, left, "", f.Places, p)
	v.Needs, v.Advice = Tell(needs, owner), Tell(advice, owner)
	return v
}

// barred says who may not review the record. What evaluates the ISMS has no review.
func barred(r register.Record, n Names) []Involved {
	if r.Kind().Evaluates() {
		return nil
	}
	return InvolvedIn(r, n)
}

// split separates the violations that hold a record from those that are only reported.
func split(vs []register.Violation) (must, should []register.Violation) {
	for _, v := range vs {
		if v.Rule.Severity == register.Must {
			must = append(must, v)
		} else {
			should = append(should, v)
		}
	}
	return must, should
}

// NeededFor is the heading of the needs: "Needed to close", "Needed for the next step,
// analysis".
func (v View) NeededFor() string {
	switch {
	case v.Held && v.For == register.Closed:
		return "Needed to close"
	case v.Held && v.For == register.StateRejected:
		return "Needed to reject"
	case v.Held:
		return "Needed for the end that was requested, " + string(v.For)
	default:
		return "Needed for the next step, " + string(v.For)
	}
}

// Next is a sentence about what happens next to a record that needs nothing; "" if it needs
// something or is at its end.
func (v View) Next() string {
	switch {
	case len(v.Needs) > 0 || v.For == "":
		return ""
	case v.Held:
		return "Nothing is needed any more; conformd acts on the request in its next attempt."
	default:
		return "Nothing is needed for the next step, " + string(v.For) + "."
	}
}

// Of returns the problems of a field.
func (v View) Of(f register.Field) []Problem {
	var out []Problem
	for _, p := range v.Problems {
		if p.Field == f {
			out = append(out, p)
		}
	}
	return out
}

// Brief names the needs for a row of a list: "Owner, Grade and 5 more".
func (v View) Brief() string {
	const most = 3
	needs := make([]Need, len(v.Needs))
	for i, n := range v.Needs {
		needs[i] = n.Need
	}
	return Brief(needs, most)
}

// reopeningRequested says that somebody without the role moved an issue back.
const reopeningRequested = "reopening requested"

// Attention names, for a list, what a person should look at: "1 conflict", "1 proposal",
// "stopped at jira-isms".
func (v View) Attention() []string {
	return append(v.Noted(), Delays(v.Stops, v.Stuck != "")...)
}

// Noted is the part of Attention that follows from the record and its issues.
func (v View) Noted() []string {
	var out []string
	if v.conflicts > 0 {
		out = append(out, Count(v.conflicts, "conflict", "conflicts"))
	}
	values := 0
	for _, x := range v.Waiting {
		if !x.Reopens() {
			values++
		} else if !slices.Contains(out, reopeningRequested) {
			out = append(out, reopeningRequested)
		}
	}
	if values > 0 {
		out = append(out, Count(values, "proposal", "proposals"))
	}
	if n := len(v.Problems); n > 0 {
		out = append(out, Count(n, "problem", "problems"))
	}
	return out
}

// Delays names, for a list, what keeps conformd from a record: the brakes behind which it waits, and without one that the last
// attempt could not finish.
func Delays(stops []Stop, stuck bool) []string {
	var out []string
	for _, s := range stops {
		out = append(out, "stopped at "+s.Binding)
	}
	if stuck && len(stops) == 0 {
		out = append(out, "not finished")
	}
	return out
}
