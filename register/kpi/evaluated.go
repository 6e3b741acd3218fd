package kpi

import (
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// evaluated notes what a record says by which the ISMS is measured and reviewed.
func evaluated(r register.Record, was, v *values) {
	v[keyCadence], v[keyControl], v[keySignal] = r.Fields[register.FieldCadence], r.Fields[register.FieldControl], r.Fields[register.FieldSignal]
	v[keyReadings] = readingsOf(r, was[keyReadings])
	if r.Kind() == register.Objective {
		v[keyTargetDay] = strings.TrimSpace(r.Fields[register.FieldDue])
	}
	v[keyBecame] = decidedOf(r, register.SubjectPromotion)
	if r.Kind() == register.ManagementReview {
		v[keyDecided] = workOf(r)
	}
}

// A reading is a value that was entered.
type reading struct {
	period  string
	outcome string // reached, short, or unanswered
	at      time.Time
}

const (
	reached    = "met"
	short      = "missed"
	unanswered = "none" // the source did not answer
)

// readingsOf says how many values a record has, and lists those that came since a step: "3 2026-Q3/met/1782900000000".
// A step holds its own values alone, so that a course grows by each value once.
func readingsOf(r register.Record, was string) string {
	if len(r.Measurements) == 0 {
		return ""
	}
	known := 0
	if n, err := strconv.Atoi(first(was)); err == nil && n <= len(r.Measurements) {
		known = n
	}
	if known == len(r.Measurements) {
		return was
	}
	out := []string{strconv.Itoa(len(r.Measurements))}
	for _, m := range r.Measurements[known:] {
		outcome := short
		switch {
		case m.Missed():
			outcome = unanswered
		case m.Met:
			outcome = reached
		}
		out = append(out, m.Period+"/"+outcome+"/"+stamp(m.At))
	}
	return strings.Join(out, " ")
}

func first(list string) string {
	w, _, _ := strings.Cut(list, " ")
	return w
}

// readingsIn adds the values that a step lists.
func readingsIn(all []reading, list string) []reading {
	_, rest, _ := strings.Cut(list, " ")
	for x := range strings.FieldsSeq(rest) {
		period, more, _ := strings.Cut(x, "/")
		outcome, at, _ := strings.Cut(more, "/")
		all = append(all, reading{period, outcome, moment(at)})
	}
	return all
}

// value returns the value of a period that counts, and when a value was entered for it first.
func (s *Standing) value(period string) (x reading, entered time.Time, ok bool) {
	for _, r := range s.readings {
		if r.period != period || r.outcome == unanswered {
			continue
		}
		if !ok {
			entered = r.at
		}
		x, ok = r, true
	}
	return x, entered, ok
}

// latest returns the value of the latest period that has one.
func (s *Standing) latest() (reading, bool) {
	var out reading
	var from time.Time
	for _, x := range s.readings {
		p, err := register.ParsePeriod(x.period)
		if err == nil && x.outcome != unanswered && !p.From.Before(from) {
			out, from = x, p.From
		}
	}
	return out, !from.IsZero()
}

// workOf lists the decisions of a management review with how far each is and its day: "done/2026-09-30".
func workOf(r register.Record) string {
	var out []string
	for _, a := range r.AllActions() {
		if a.State != register.ActionCancelled {
			out = append(out, string(a.State)+"/"+first(a.Due))
		}
	}
	return strings.Join(out, " ")
}
