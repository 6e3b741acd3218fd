package kpi

import (
	"slices"
	"time"

	"github.com/conformd/conformd/register"
)

// A Line is what the figures of a question count of one record. A report that lists records beside
// figures takes both from here, so that no record is in a list and not in its figure.
type Line struct {
	// Asked says that the figures are about the record: see [Question].
	Asked bool
	Kind  register.Kind
	State register.State
	Found time.Time
	// Dated says that people gave the date on which it was found; else it counts as found when it
	// was recorded.
	Dated bool
	// Milestones are those of the present round that have a date, in the order of a record's life.
	Milestones []Milestone
	// Exception is that of an accepted record, nil for any other one.
	Exception *Exception
	Accepted  bool // it is, or was earlier
	Closings  []time.Time
	Reviewed  []time.Time // when the reviews that count were held
	Repeat    bool        // K14 counts it as a repeat, in whichever period it was found
	CameAgain bool        // K13 counts it among those that came up again
}

// A Milestone is a step of a record with the date that counts.
type Milestone struct {
	Milestone register.Milestone
	Present   string // date
	Met       bool
}

// Missed reports whether the milestone is open on a day after its date.
func (m Milestone) Missed(t time.Time) bool { return due{present: m.Present, met: m.Met}.missed(t) }

// An Exception is that of an accepted record.
type Exception struct {
	Until string // last day, "" where the register has none
	Ends  Ending
}

// An Ending says how near the last day of an exception is.
type Ending int

// The endings. K19 counts them.
const (
	Later Ending = iota // or on no day that is known
	Soon                // within 30 days
	Past                // its last day has passed, and the record is not open again
)

// ending judges the last day of an exception as of a moment.
func ending(until string, at time.Time) Ending {
	const soon = 30 // days
	switch {
	case until == "":
		return Later
	case dateOf(at) > until:
		return Past
	case dateOf(at.AddDate(0, 0, soon)) >= until:
		return Soon
	default:
		return Later
	}
}

// Line returns what the figures count of a record as of the moment of the question. It is false if
// the log did not tell of the record yet.
func (q *Question) Line(c *Course) (Line, bool) {
	var s Standing
	if !c.at(q.At, &s) {
		return Line{}, false
	}
	l := Line{
		Asked: q.covers(&s) && q.asks(&s), Kind: s.kind(), State: s.state(), Found: s.identified(), Dated: !day(s.values[keyIdentified]).IsZero(),
		Closings: s.closings, Repeat: repeat(&s),
	}
	for _, m := range register.MilestoneList() {
		if d, ok := s.due(dueKey(m)); ok {
			l.Milestones = append(l.Milestones, Milestone{m, d.present, d.met})
		}
	}
	if s.state() == register.Accepted {
		until, _ := s.exception()
		l.Exception = &Exception{until, ending(until, q.At)}
	}
	l.Accepted = slices.ContainsFunc(c.steps, func(x step) bool {
		return x.key == keyState && x.value == string(register.Accepted) && x.at <= q.At.UnixMilli()
	})
	for _, d := range s.decisions(keyReviews) {
		l.Reviewed = append(l.Reviewed, d.at)
	}
	again, counts := q.cameAgain(&s)
	l.CameAgain = l.Asked && counts && again
	return l, true
}

// In reports whether a moment is in the period of the question.
func (q *Question) In(t time.Time) bool { return q.in(t) }
