package register

import (
	"iter"
	"time"
)

// A Reading is a period of a record for which a value is due.
type Reading struct {
	Period Period
	Due    string // the last day on which it is in time
}

// readings yields the periods of a record that is measured, from the one in which it was triaged on, without end.
func readings(r Record) iter.Seq[Reading] {
	return func(yield func(Reading) bool) {
		if !r.Kind().Measured() || r.Confirmed.IsZero() {
			return
		}
		cadence := Cadence(r.Fields[FieldCadence])
		p, known := cadence.Period(r.Confirmed)
		for known && yield(Reading{p, cadence.due(p)}) {
			p, known = cadence.Period(p.To)
		}
	}
}

// Readings returns the periods for which values are due from the time at which the record was triaged
// until a moment, oldest first: those that are over. The one that was under way at triage is the first.
func Readings(r Record, at time.Time) []Reading {
	if !r.Closed.IsZero() && r.Closed.Before(at) {
		at = r.Closed
	}
	var out []Reading
	for x := range readings(r) {
		if x.Period.To.After(at) {
			break
		}
		out = append(out, x)
	}
	return out
}

// mostReadings bounds how many missing values of a record people are told of. The figures count all.
const mostReadings = 4

// readingsDue returns the values that are to be entered, as of a moment: of the latest periods that
// are over and have none, and of the one under way. At the zero time it is the first of all that has
// none: whoever keeps the dates of a record finds it by that one at any later time.
func readingsDue(r Record, at time.Time) []DueItem {
	valued := map[string]bool{}
	for _, m := range r.Measurements {
		valued[m.Period] = valued[m.Period] || !m.Missed()
	}
	today := at.UTC().Format(time.DateOnly)
	var out []DueItem
	for x := range readings(r) {
		period := x.Period.String()
		switch {
		case !at.IsZero() && x.Period.From.After(at):
			return out[max(0, len(out)-mostReadings-1):]
		case valued[period]:
			continue
		}
		out = append(out, DueItem{Reading: period, Who: r.Fields[FieldOwner], Original: x.Due, Due: x.Due, Missed: !at.IsZero() && today > x.Due})
		if at.IsZero() {
			break
		}
	}
	return out
}
