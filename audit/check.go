package audit

import (
	"errors"
	"fmt"
	"time"
)

// maxInt is the largest integer that every reader of JSON keeps exact, 2^53-1.
const maxInt = 1<<53 - 1

// An EntryError is an entry that cannot be written, and why.
type EntryError struct {
	Verb Verb
	Err  error
}

// Error says which entry and what is wrong with it.
func (e *EntryError) Error() string { return fmt.Sprintf("audit: entry %q: %v", e.Verb, e.Err) }

// Unwrap returns what is wrong.
func (e *EntryError) Unwrap() error { return e.Err }

// check says why e cannot be written, if it cannot.
func (e *Entry) check() error {
	if err := e.flaw(); err != nil {
		return &EntryError{Verb: e.Verb, Err: err}
	}
	return nil
}

func (e *Entry) flaw() error {
	switch {
	case !e.Verb.Valid():
		return errors.New("no such verb")
	case !e.Actor.Kind.valid():
		return fmt.Errorf("actor kind %q: every entry says who acted, if only that nobody knows", e.Actor.Kind)
	case e.At.IsZero():
		return errors.New("no time")
	case !writable(e.At) || !writable(e.Occurred):
		return errors.New("year before 0 or after 9999")
	case e.Verb.Closes() && (e.Intent < 0 || e.Intent > maxInt):
		return fmt.Errorf("intent %d: %w", e.Intent, ErrNoIntent)
	case e.Verb.Closes() && e.Outcome == "":
		return errors.New("no outcome")
	case e.Verb == WriteResolved && e.Outcome == Unknown:
		return errors.New("outcome unknown: a resolution is final; when nobody can tell it is undeterminable")
	case e.Format < 0 || e.Format > FormatVersion:
		return fmt.Errorf("format version %d, known are 1 to %d", e.Format, FormatVersion)
	case e.Format == 1 && (e.Facts != nil || e.Full != nil || e.Actor.Account != ""):
		return errors.New("facts in an entry of format version 1, which has none")
	case e.Subject.Version < 0 || e.Subject.Version > maxInt:
		return errors.New("version out of range")
	}
	for _, c := range e.Cause {
		if c < 0 || c > maxInt {
			return fmt.Errorf("cause %d out of range", c)
		}
	}
	return e.flawInChanges()
}

func (k ActorKind) valid() bool {
	switch k {
	case Person, Daemon, TrackerApp, Operator, Unattributed:
		return true
	}
	return false
}

// flawInChanges holds that personal data can be found again: its place beside the
// log is the number of the entry and the name of the field.
func (e *Entry) flawInChanges() error {
	var seen map[string]bool // of personal data, which is seldom
	for _, c := range e.Changes {
		if c.Field == "" {
			return errors.New("change of a field without a name")
		}
		for _, t := range []*Text{c.Before, c.After} {
			if t != nil && (t.Length < 0 || t.Length > maxInt) {
				return fmt.Errorf("field %s: length out of range", c.Field)
			}
		}
		if !c.HasPersonal() {
			continue
		}
		if seen[c.Field] {
			return fmt.Errorf("field %s: occurs twice with personal data", c.Field)
		}
		if seen == nil {
			seen = map[string]bool{}
		}
		seen[c.Field] = true
	}
	return nil
}

// HasPersonal reports whether a value of the change is a commitment to personal data.
func (c FieldChange) HasPersonal() bool {
	return c.Before != nil && c.Before.Commitment != "" || c.After != nil && c.After.Commitment != ""
}

func writable(t time.Time) bool {
	y := t.UTC().Year()
	return t.IsZero() || y >= 0 && y <= 9999
}

// The errors of an entry that a caller may want to tell apart.
var (
	ErrTooLong  = errors.New("longer than 65535 bytes")
	ErrNoIntent = errors.New("outcome without an intent")
	ErrClosed   = errors.New("intent has a final outcome already")
)
