package register

import "time"

// A Reading is a period of a record for which a value is due.
type Reading struct {
	Period Period
	Due    string // the last day on which it is in time
}

// Readings returns the periods for which values are due from the time at which the record was triaged
// until a moment, oldest first: those that are over. The one that was under way at triage is the first.
func Readings(r Record, at time.Time) []Reading {
	cadence := Cadence(r.Fields[FieldCadence])
	if !r.Kind().Measured() || r.Confirmed.IsZero() {
		return nil
	}
	if !r.Closed.IsZero() && r.Closed.Before(at) {
		at = r.Closed
	}
	var out []Reading
	p, known := cadence.Period(r.Confirmed)
	for known && !p.To.After(at) {
		out = append(out, Reading{p, cadence.due(p)})
		p, known = cadence.Period(p.To)
	}
	return out
}

// mostReadings bounds how many missing values of a record people are told of. The figures count all.
const mostReadings = 4

// readingsDue returns the values that are to be entered, as of a moment: of the latest periods that
// are over and have none, and of the one under way. At the zero time it is the first of all that has
// none: whoever keeps the dates of a record finds it by that one at any later time.
func readingsDue(r Record, at time.Time) []DueItem {
	cadence := Cadence(r.Fields[FieldCadence])
	if !r.Kind().Measured() || r.Confirmed.IsZero() {
		return nil
	}
	valued := map[string]bool{}
	for _, m := range r.Measurements {
		valued[m.Period] = valued[m.Period] || !m.Missed()
	}
	today := at.UTC().Format(time.DateOnly)
	var out []DueItem
	p, known := cadence.Period(r.Confirmed)
	for known && (at.IsZero() || !p.From.After(at)) {
		if !valued[p.String()] {
			due := cadence.due(p)
			out = append(out, DueItem{Reading: p.String(), Who: r.Fields[FieldOwner], Original: due, Due: due, Missed: !at.IsZero() && today > due})
			if at.IsZero() {
				return out
			}
		}
		p, known = cadence.Period(p.To)
	}
	return out[max(0, len(out)-mostReadings-1):]
}
