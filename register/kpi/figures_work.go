package kpi

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

func fields(list string) []string { return strings.Fields(list) }

// A preventiveCounter is K16: the actions that were raised in the period, by kind.
type preventiveCounter struct {
	q                      *Question
	preventive, corrective int
}

func newPreventive(q *Question) counter { return &preventiveCounter{q: q} }

func (c *preventiveCounter) take(s *Standing) {
	for _, a := range actionsIn(s.values[keyActions]) {
		switch {
		case !c.q.in(moment(a.raised)):
		case a.kind == string(register.Preventive):
			c.preventive++
		case a.kind == string(register.Corrective):
			c.corrective++
		}
	}
}

func (c *preventiveCounter) values() []Value {
	return []Value{count("preventive", c.preventive), count("corrective", c.corrective), quotient("preventive to corrective", Ratio, c.preventive, c.corrective)}
}

// An improvementCounter is K17: what became of improvements in the period, and what drives those
// that were raised.
type improvementCounter struct {
	q                                   *Question
	raised, adopted, declined, achieved int
	drivers                             map[string]int
}

func newImprovements(q *Question) counter {
	return &improvementCounter{q: q, drivers: map[string]int{}}
}

func (c *improvementCounter) take(s *Standing) {
	if c.q.in(s.identified()) {
		c.raised++
		c.drivers[s.values[keyDriver]]++
	}
	for _, d := range s.decisions(keyDecisions) {
		switch {
		case !c.q.in(d.at):
		case d.outcome == string(register.Adopted):
			c.adopted++
		case d.outcome == string(register.Declined):
			c.declined++
		}
	}
	if c.q.in(s.done) {
		c.achieved++
	}
}

func (c *improvementCounter) values() []Value {
	out := []Value{
		count("raised", c.raised), count("adopted", c.adopted), count("declined", c.declined), count("implemented", c.achieved),
		share("adopted of decided", c.adopted, c.adopted+c.declined),
	}
	for _, d := range append(slices.Clone(driverNames()), "") {
		if n := c.drivers[d]; n > 0 && d == "" {
			out = append(out, count("raised, no driver", n))
		} else if n > 0 {
			out = append(out, count("raised, driver "+d, n))
		}
	}
	return out
}

// driverNames are the drivers that the register knows.
func driverNames() []string {
	info, _ := register.Info(register.FieldDriver)
	return info.Enum
}

// newSelfFound is K18: of the records that were found in the period and say where they come from,
// those that neither a certification body nor a customer had to find.
func newSelfFound(q *Question) counter {
	return &partCounter{name: "found by ourselves, of those with a source", of: func(s *Standing) (bool, bool) {
		source := s.values[keySource]
		return source != "external_audit" && source != "customer_feedback", source != "" && q.in(s.identified())
	}}
}

// An exceptionCounter is K19: the records that are accepted.
type exceptionCounter struct {
	at                   time.Time
	active, ending, over int
	age                  spread
	grades               map[string]int
}

func newExceptions(q *Question) counter { return &exceptionCounter{at: q.At, grades: map[string]int{}} }

func (c *exceptionCounter) take(s *Standing) {
	if s.state() != register.Accepted {
		return
	}
	c.active++
	c.grades[s.values[keyGrade]]++
	until, approved := s.exception()
	if !approved.IsZero() {
		c.age.days(approved, c.at)
	}
	switch ending(until, c.at) {
	case Past:
		c.over++
	case Soon:
		c.ending++
	case Later:
	}
}

func (c *exceptionCounter) values() []Value {
	out := []Value{
		count("active", c.active), count("ending within 30 days", c.ending), count("past its end and not reopened (must be 0)", c.over), c.age.value("age", Days),
	}
	for _, g := range []string{"major", "minor", "observation", "ofi", ""} {
		if n := c.grades[g]; n > 0 && g == "" {
			out = append(out, count("active, no grade", n))
		} else if n > 0 {
			out = append(out, count("active, "+g, n))
		}
	}
	return out
}

// An extensionCounter is K20: the open records with a later date than the original one.
type extensionCounter struct {
	open, extended int
	days           spread
}

func newExtensions(*Question) counter { return &extensionCounter{} }

func (c *extensionCounter) take(s *Standing) {
	if !s.open() {
		return
	}
	c.open++
	if s.values[keyExtended] == "" {
		return
	}
	c.extended++
	_, days, _ := strings.Cut(s.values[keyExtended], " ")
	c.days = append(c.days, number(days))
}

func (c *extensionCounter) values() []Value {
	return []Value{share("extended of open", c.extended, c.open), c.days.value("days added", Days)}
}

// A similarCounter is K22: whether similar nonconformities were looked for where a record has come
// far enough, and how many were named.
type similarCounter struct {
	due, done int
	named     spread
}

func newSimilar(*Question) counter { return &similarCounter{} }

func (c *similarCounter) take(s *Standing) {
	needed := register.Verifying
	if s.values[keyGrade] == string(register.Major) {
		needed = register.Implementing
	}
	if !s.beyond(needed) {
		return
	}
	c.due++
	if s.values[keySimilar] == "" {
		return
	}
	c.done++
	c.named = append(c.named, number(s.values[keySimilar]))
}

func (c *similarCounter) values() []Value {
	return []Value{share("looked for", c.done, c.due), c.named.value("records named by a search", Mean)}
}

// newChanges is K23: of the records that were closed in the period, those that led to a change of
// the ISMS. Closing asks for it to be made, so a change that is stated is one that was made.
func newChanges(q *Question) counter {
	return &partCounter{name: "changed the ISMS, of closed", of: func(s *Standing) (bool, bool) { return s.values[keyChange] == yes, q.in(s.closed()) }}
}

// A waiverCounter is K32: the uses of the rules for a small organisation.
type waiverCounter struct {
	q *Question
	n int
}

func newWaivers(q *Question) counter { return &waiverCounter{q: q} }

func (c *waiverCounter) take(s *Standing) { c.n += c.q.among(moments(s.values[keyWaivers])) }

func (c *waiverCounter) values() []Value { return []Value{count("countersigned", c.n)} }
