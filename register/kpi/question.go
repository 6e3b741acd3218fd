package kpi

import (
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A Question says what figures are asked for.
type Question struct {
	// At is the moment as of which the log is read: what it recorded later does not count.
	At time.Time `json:"at"`
	// From and To bound the period; To is the first moment after it.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`

	// Kind of the records that the figures are about; "" is nonconformity, and then the figures of
	// actions and improvements are about the records of every kind.
	Kind   register.Kind  `json:"kind,omitempty"`
	Scope  string         `json:"scope,omitempty"` // a part of it
	Grade  register.Grade `json:"grade,omitempty"`
	Source string         `json:"source,omitempty"`
	Owner  string         `json:"owner,omitempty"` // person id
	// Standard is the id of one, whichever edition of it; a record that names none concerns ISO/IEC 27001.
	Standard string `json:"standard,omitempty"`
}

// in reports whether a moment is in the period.
func (q *Question) in(t time.Time) bool { return !t.IsZero() && !t.Before(q.From) && t.Before(q.To) }

// about is the kind of the records that most figures are about.
func (q *Question) about() register.Kind {
	if q.Kind == "" {
		return register.Nonconformity
	}
	return q.Kind
}

// covers reports whether a record has the values that are asked for, its kind aside.
func (q *Question) covers(s *Standing) bool {
	if q.Grade != "" && string(q.Grade) != s.values[keyGrade] || q.Source != "" && q.Source != s.values[keySource] || q.Owner != "" && q.Owner != s.values[keyOwner] {
		return false
	}
	if q.Standard != "" && !(register.Record{Fields: map[register.Field]string{register.FieldStandards: s.values[keyStandards]}}).Concerns(q.Standard) {
		return false
	}
	if q.Scope == "" {
		return true
	}
	for part := range strings.Lines(s.values[keyScope]) {
		if strings.EqualFold(strings.TrimSpace(part), q.Scope) {
			return true
		}
	}
	return false
}

// asks reports whether most figures are about a record of the values that are asked for: it is of
// the kind, and not rejected.
func (q *Question) asks(s *Standing) bool {
	return s.kind() == q.about() && s.state() != register.StateRejected
}

// Filters lists in words what limits the figures, in the order of the fields.
func (q *Question) Filters() []string {
	var out []string
	for _, f := range [][2]string{{"kind", string(q.Kind)}, {"scope", q.Scope}, {"grade", string(q.Grade)}, {"source", q.Source}, {"owner", q.Owner}, {"standard", q.Standard}} {
		if f[1] != "" {
			out = append(out, f[0]+" "+f[1])
		}
	}
	return out
}
