package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/register"
)

// named checks that every entry about what was taken from a record's issue in GitHub names
// the person who did it, by GitHub's own log: the one who changed that place at that time.
func (w *world) named(n string) {
	w.Helper()
	key := "acme/isms#" + n
	judged := 0
	for s, err := range audit.Read(w.Context(), w.daemon().Store.Reader(), 0, -1) {
		w.must(err)
		e := s.Entry
		pulled := e.Verb == audit.SyncPulled || e.Verb == audit.RecordTransitioned || e.Verb == audit.RecordCreated
		if !pulled || e.Origin.Key != key {
			continue
		}
		for _, c := range e.Changes {
			judged++
			if e.Actor.Kind != audit.Person || !w.did(key, e.Actor.ID, e.Occurred, place(register.Field(c.Field))) {
				w.Errorf("line %d: entry %d names %q for %s at %s, and GitHub's log has: %v", w.at, s.Seq, e.Actor.ID, c.Field, e.Occurred.Format(time.TimeOnly), w.log(key))
			}
		}
	}
	if judged == 0 {
		w.Errorf("line %d: no entry about %s", w.at, key)
	}
}

// place is the field of GitHub's log that a field of the register stands in.
func place(f register.Field) string {
	switch f {
	case register.FieldTitle:
		return "title"
	case register.FieldGrade:
		return "label"
	case register.FieldOwner:
		return "assignee"
	case register.FieldState:
		return "state"
	default:
		return "body"
	}
}

// did reports whether somebody changed a place of an issue at a time. Filing it fills all of
// its places.
func (w *world) did(key, who string, at time.Time, place string) bool {
	return slices.ContainsFunc(w.trackers.GitHub.Truth().All(), func(c simkit.Change) bool {
		return c.Issue == key && c.By == who && c.At.Truncate(time.Second).Equal(at) && (c.Field == place || c.Field == "created")
	})
}

// log is what GitHub's log has of an issue.
func (w *world) log(key string) (out []string) {
	for _, c := range w.trackers.GitHub.Truth().All() {
		if c.Issue == key {
			out = append(out, fmt.Sprintf("%s %s %s", c.At.Format(time.TimeOnly), c.By, strings.TrimSpace(c.Field)))
		}
	}
	return out
}
