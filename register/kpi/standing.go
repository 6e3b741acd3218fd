package kpi

import (
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A Standing is how a record stood at a moment, with what happened to it until then.
type Standing struct {
	values

	begun   bool
	round   string    // the first one that the log tells of
	planned time.Time // its plan was approved in that round, the zero time if it was not
	done    time.Time // its work was done in that round, likewise

	closings []time.Time // each time that it was closed
	reopened []time.Time // each time that it was closed no longer, as the log recorded it
	readings []reading   // the values that were entered, in the order of their entry
}

// take brings a standing to the next step.
func (s *Standing) take(x step) {
	if !s.begun {
		s.begun = true
		if x.key == keyRound {
			s.round = x.value
		}
	}
	was := s.values[x.key]
	s.values[x.key] = x.value
	switch {
	case x.key == keyPlan && s.values[keyRound] == s.round:
		s.planned = moment(x.value)
	case x.key == keyDone && s.values[keyRound] == s.round:
		s.done = moment(x.value)
	case x.key == keyReadings:
		s.readings = readingsIn(s.readings, x.value)
	case x.key == keyClosed && x.value != "":
		s.closings = append(s.closings, moment(x.value))
	case x.key == keyClosed && was != "":
		s.reopened = append(s.reopened, time.UnixMilli(x.at).UTC())
	}
}

func (s *Standing) state() register.State { return register.State(s.values[keyState]) }
func (s *Standing) kind() register.Kind   { return register.Kind(s.values[keyKind]) }

// time returns a time of the record, the zero time where it has none.
func (s *Standing) time(k key) time.Time { return moment(s.values[k]) }

// identified is when it was found: the date that people gave, else when it was recorded.
func (s *Standing) identified() time.Time {
	if t := day(s.values[keyIdentified]); !t.IsZero() {
		return t
	}
	return s.time(keyRecorded)
}

// open reports whether the record needs work.
func (s *Standing) open() bool { return !s.state().Ended() }

// closed is when the record was closed for the last time, the zero time if it is not closed.
func (s *Standing) closed() time.Time { return s.time(keyClosed) }

// beyond reports whether the record is in a state or went past it.
func (s *Standing) beyond(st register.State) bool { return s.state().Rank() >= st.Rank() }

// A decision is one that was taken about the record and counts.
type decision struct {
	at      time.Time
	outcome string
	trigger string
}

func (s *Standing) decisions(k key) []decision {
	var out []decision
	for x := range strings.FieldsSeq(s.values[k]) {
		at, rest, _ := strings.Cut(x, ":")
		outcome, trigger, _ := strings.Cut(rest, ":")
		out = append(out, decision{moment(at), outcome, trigger})
	}
	return out
}

// exception is the last day of the exception by which the record is accepted, and when it was
// approved.
func (s *Standing) exception() (until string, approved time.Time) {
	until, at, _ := strings.Cut(s.values[keyException], " ")
	return until, moment(at)
}

// number reads a number of the record, 0 where it has none.
func (s *Standing) number(k key) int {
	first, _, _ := strings.Cut(s.values[k], " ")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// A due is a milestone of the present round.
type due struct {
	original, present string // dates
	met               bool
	at                time.Time // when it was met, the zero time if that is not known
}

// due returns a milestone, false if the record has no date for it.
func (s *Standing) due(k key) (due, bool) {
	original, rest, ok := strings.Cut(s.values[k], " ")
	present, at, _ := strings.Cut(rest, " ")
	return due{original, present, at != open, moment(at)}, ok
}

// missed reports whether a milestone is open on a day after its present date.
func (d due) missed(t time.Time) bool { return !d.met && dateOf(t) > d.present }

// kept reports whether a milestone of a record that was closed then was met by a date. One that
// was met at a time that is not known counts as met by then.
func (d due) kept(date string, closed time.Time) bool {
	switch {
	case !d.met:
		return dateOf(closed) <= date
	case d.at.IsZero():
		return true
	default:
		return dateOf(d.at) <= date
	}
}

func dateOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// dueKeys are the milestones of a record that is closed on work, in the order of its life.
func dueKeys() []key {
	return []key{keyDueTriage, keyDueContainment, keyDueCause, keyDueImplementation, keyDueVerification}
}
