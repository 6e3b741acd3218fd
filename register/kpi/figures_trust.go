package kpi

import (
	"maps"
	"slices"
	"time"
)

// A trustCounter is K31: what keeps the register and the trackers apart at the moment of the question,
// and what happened in the period. With filters it counts what is about the records that were asked for, of
// every state; what is about bindings, and about issues without a record, is then not applicable.
type trustCounter struct {
	q        *Question
	filtered bool
	open     map[DiscrepancyKind]map[string]standingSince
	events   map[DiscrepancyKind]int
	distinct map[DiscrepancyKind]map[string]bool // accounts, and issues
	found    int                                 // conflicts
	unread   map[string]spread                   // days that a binding was not read, by binding
}

// A standingSince is what began and has not ended, how often, and since when.
type standingSince struct {
	n     int
	since time.Time
}

func newTrust(q *Question) counter {
	return &trustCounter{
		q: q, filtered: len(q.Filters()) > 0, open: map[DiscrepancyKind]map[string]standingSince{}, events: map[DiscrepancyKind]int{},
		distinct: map[DiscrepancyKind]map[string]bool{Unmapped: {}, Unfiled: {}}, unread: map[string]spread{},
	}
}

// take is told of no record: discrepancies come after all of them.
func (*trustCounter) take(*Standing) {}

// discrepancy takes one in. They come in the order of the log.
func (c *trustCounter) discrepancy(d Discrepancy) {
	if d.At.After(c.q.At) {
		return
	}
	switch d.Kind {
	case Conflict, Problem, Gone, Unanswered, Unread:
		if d.Ends {
			c.end(d)
		} else {
			c.begin(d)
		}
		return
	case Decided:
		if !c.stands(Conflict, d.Thing) && c.q.in(d.At) {
			c.found++
		}
		c.end(Discrepancy{At: d.At, Kind: Conflict, Thing: d.Thing})
	case Overwritten:
		if c.q.in(d.At) {
			c.found++
		}
	case Refused:
		c.end(Discrepancy{At: d.At, Kind: Unanswered, Thing: d.Thing})
	default:
	}
	if !c.q.in(d.At) {
		return
	}
	c.events[d.Kind]++
	if things, ok := c.distinct[d.Kind]; ok {
		things[d.Thing] = true
	}
}

func (c *trustCounter) stands(k DiscrepancyKind, thing string) bool { return c.open[k][thing].n > 0 }

// begin notes what begins. Of a problem there may be several; everything else that stands already goes on.
func (c *trustCounter) begin(d Discrepancy) {
	if c.open[d.Kind] == nil {
		c.open[d.Kind] = map[string]standingSince{}
	}
	x := c.open[d.Kind][d.Thing]
	if x.n > 0 && d.Kind != Problem {
		return
	}
	if d.Kind == Conflict && c.q.in(d.At) {
		c.found++
	}
	if x.n == 0 {
		x.since = d.At
	}
	x.n++
	c.open[d.Kind][d.Thing] = x
}

// end notes what ends. An end without a beginning ends nothing: an earlier version did not tell of the
// beginning.
func (c *trustCounter) end(d Discrepancy) {
	x := c.open[d.Kind][d.Thing]
	if x.n == 0 {
		return
	}
	if d.Kind == Unread && c.q.in(d.At) {
		c.outage(d.Thing, x.since, d.At)
	}
	if x.n--; x.n == 0 {
		delete(c.open[d.Kind], d.Thing)
		return
	}
	c.open[d.Kind][d.Thing] = x
}

// outage notes how long a binding was not read.
func (c *trustCounter) outage(binding string, from, to time.Time) {
	s := c.unread[binding]
	s.days(from, to)
	c.unread[binding] = s
}

func (c *trustCounter) standing(k DiscrepancyKind) int {
	n := 0
	for _, x := range c.open[k] {
		n += x.n
	}
	return n
}

func (c *trustCounter) values() []Value {
	var all spread
	for _, name := range slices.Sorted(maps.Keys(c.unread)) {
		all = append(all, c.unread[name]...)
	}
	out := []Value{
		count("conflicts open", c.standing(Conflict)), count("conflicts found", c.found),
		count("values an issue does not tell or take", c.standing(Problem)), count("values a tracker did not keep", c.events[Dropped]),
		count("values put back too often", c.events[Contested]), count("issues that are gone", c.standing(Gone)),
		count("changes without a known author", c.events[Unattributed]), count("accounts that belong to no person", len(c.distinct[Unmapped])),
		count("writes a tracker refused", c.events[Refused]), count("writes without a known outcome", c.standing(Unanswered)),
		c.ofAll(count("issues that became no record", len(c.distinct[Unfiled]))), c.ofAll(count("bindings that cannot be read", c.standing(Unread))),
		c.ofAll(all.value("days until a binding was read again", Days)),
	}
	for _, name := range slices.Sorted(maps.Keys(c.open[Unread])) {
		out = append(out, count("cannot be read, "+name, 1))
	}
	for _, name := range slices.Sorted(maps.Keys(c.unread)) {
		s := c.unread[name]
		out = append(out, s.value("days until read again, "+name, Days))
	}
	return out
}

// ofAll is a value that no filter applies to.
func (c *trustCounter) ofAll(v Value) Value {
	if !c.filtered {
		return v
	}
	return Value{Name: v.Name, Unit: v.Unit, Note: NotApplicable}
}
