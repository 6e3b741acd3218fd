package kpi

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A workCounter is K24: the decisions of signed management reviews.
type workCounter struct {
	at               time.Time
	open, late, done int
}

func newReviewActions(q *Question) counter { return &workCounter{at: q.At} }

func (c *workCounter) take(s *Standing) {
	if s.state() != register.Closed {
		return
	}
	for x := range strings.FieldsSeq(s.values[keyDecided]) {
		state, due, _ := strings.Cut(x, "/")
		switch {
		case state == string(register.ActionDone):
			c.done++
		case due != "" && dateOf(c.at) > due:
			c.open++
			c.late++
		default:
			c.open++
		}
	}
}

func (c *workCounter) values() []Value {
	return []Value{count("open", c.open), count("late", c.late), count("done", c.done), share("done of all", c.done, c.done+c.open)}
}

// An objectiveCounter is K25: the objectives whose day has come, and those that are still pursued. The
// latest value says whether an objective is met.
type objectiveCounter struct {
	q                          *Question
	due, met, pursued, onTrack int
}

func newObjectives(q *Question) counter { return &objectiveCounter{q: q} }

func (c *objectiveCounter) take(s *Standing) {
	if !s.beyond(register.Analysis) {
		return // nobody has agreed to it
	}
	x, has := s.latest()
	good := has && x.outcome == reached
	if day := day(s.values[keyTargetDay]); c.q.in(day) && dateOf(c.q.At) >= dateOf(day) {
		c.due++
		if good {
			c.met++
		}
	}
	if s.open() {
		c.pursued++
		if good {
			c.onTrack++
		}
	}
}

func (c *objectiveCounter) values() []Value {
	return []Value{share("met, of those due in the period", c.met, c.due), share("on track, of all that are pursued", c.onTrack, c.pursued)}
}

// A checkCounter is K26: the checks of the period that passed, in all and by control.
type checkCounter struct {
	q        *Question
	controls map[string][2]int // passed, done
}

func newChecks(q *Question) counter { return &checkCounter{q, map[string][2]int{}} }

func (c *checkCounter) take(s *Standing) {
	seen := map[string]bool{}
	for _, r := range s.readings {
		p, err := register.ParsePeriod(r.period)
		if err != nil || !c.q.in(p.From) || seen[r.period] {
			continue
		}
		seen[r.period] = true
		if x, _, ok := s.value(r.period); ok {
			n := c.controls[s.values[keyControl]]
			n[1]++
			if x.outcome == reached {
				n[0]++
			}
			c.controls[s.values[keyControl]] = n
		}
	}
}

func (c *checkCounter) values() []Value {
	passed, done := 0, 0
	for _, n := range c.controls {
		passed, done = passed+n[0], done+n[1]
	}
	out := []Value{share("passed of done", passed, done)}
	for _, name := range slices.Sorted(maps.Keys(c.controls)) {
		out = append(out, share("passed of done, "+name, c.controls[name][0], c.controls[name][1]))
	}
	return out
}

// A measurementCounter is K27: the values that were due in the period, and how the measures stand.
type measurementCounter struct {
	q                             *Question
	due, recorded, inTime, silent int
	valued, missing               int
}

func newMeasurements(q *Question) counter { return &measurementCounter{q: q} }

func (c *measurementCounter) take(s *Standing) {
	r := register.Record{Fields: map[register.Field]string{register.FieldKind: s.values[keyKind], register.FieldCadence: s.values[keyCadence]}, Confirmed: s.time(keyConfirmed), Closed: s.closed()}
	for _, x := range register.Readings(r, c.q.At) {
		day := day(x.Due)
		if !c.q.in(day) || dateOf(c.q.At) < x.Due {
			continue
		}
		c.due++
		_, entered, has := s.value(x.Period.String())
		switch {
		case has:
			c.recorded++
			if dateOf(entered) <= x.Due {
				c.inTime++
			}
		case slices.ContainsFunc(s.readings, func(m reading) bool { return m.period == x.Period.String() }):
			c.silent++
		}
	}
	if x, has := s.latest(); has && s.open() {
		c.valued++
		if x.outcome == short {
			c.missing++
		}
	}
}

func (c *measurementCounter) values() []Value {
	return []Value{
		share("recorded of due", c.recorded, c.due), share("in time of due", c.inTime, c.due), count("missed because the source did not answer", c.silent),
		share("below target, of those with a value", c.missing, c.valued),
	}
}

// A signalCounter is K28, or K29 for feedback: the signals of the period and what became of them.
type signalCounter struct {
	q                        *Question
	feedback                 bool
	n, disposed, turned, any int
	types                    map[string]int
}

func newSignals(q *Question) counter { return &signalCounter{q: q, types: map[string]int{}} }
func newFeedback(q *Question) counter {
	return &signalCounter{q: q, feedback: true, types: map[string]int{}}
}

func (c *signalCounter) take(s *Standing) {
	kind := s.values[keySignal]
	if register.Feedback(kind) != c.feedback || !c.q.in(s.identified()) {
		return
	}
	c.n++
	c.types[kind]++
	became := s.decisions(keyBecame)
	if !s.open() {
		c.disposed++
	}
	if len(became) == 0 {
		return
	}
	c.any++
	if to := register.Kind(became[len(became)-1].outcome); to == register.Improvement || to == register.PotentialNonconformity {
		c.turned++
	}
}

func (c *signalCounter) values() []Value {
	out := []Value{count("in the period", c.n), share("with a disposition", c.disposed, c.n)}
	if c.feedback {
		out = append(out, share("turned into records", c.any, c.n))
	} else {
		out = append(out, share("turned into improvement or prevention", c.turned, c.n))
	}
	for _, name := range slices.Sorted(maps.Keys(c.types)) {
		if name != "" {
			out = append(out, count(strings.ReplaceAll(name, "_", " "), c.types[name]))
		}
	}
	return out
}
