package plan

import (
	"slices"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// Values and events of one look happened in an order, which is not the order in which
// a look finds them. A review that follows the last evidence counts, however late the
// look; one that precedes it does not.

// changedAt returns when the present value of a field was given on the issue, by the
// tracker's clock. It is false where the tracker's history does not tell.
func (s *Side) changedAt(f register.Field) (time.Time, bool) {
	if s.Issue != nil && f == register.FieldState && !s.Issue.Closed.IsZero() {
		return s.Issue.Closed, true
	}
	if s.Issue != nil && s.Issue.History.Asked() {
		if s.Timeline == nil {
			s.Timeline = s.Profile.Timeline(s.Issue)
		}
		return s.Timeline.ChangedAt(f)
	}
	if s.Issue == nil || !s.Profile.HasOwnHistory(f) {
		return time.Time{}, false
	}
	name := s.Profile.HistoryField(f)
	for _, c := range slices.Backward(s.Issue.Changes) {
		if c.Field == name {
			return c.At, true
		}
	}
	return time.Time{}, false
}

// givenBy returns by when the present value of a field was given, at the latest: the time of
// its change, or for a section that of the last edit of the description. It is false where
// the tracker tells neither.
func (s *Side) givenBy(f register.Field) (time.Time, bool) {
	if at, told := s.changedAt(f); told {
		return at, true
	}
	return s.Edited, !s.Edited.IsZero() && s.inBody(f)
}

// An order says whether a change of an issue came before a moment.
type order int

const (
	before order = iota
	after
	untold // the tracker does not say
)

// when says whether the present value of a field was given before a moment, at the
// latest: by the history of the field, by the last edit of the description, or because
// nothing of the issue changed after that moment.
func (s *Side) when(f register.Field, t time.Time) order {
	at, known := s.givenBy(f)
	switch {
	case known && at.After(t):
		return after
	case known, !s.Issue.Updated.After(t):
		return before
	default:
		return untold
	}
}

// inBody reports whether a field stands in the description.
func (s *Side) inBody(f register.Field) bool {
	m, ok := s.Profile.Field(f)
	return ok && (m.Remote.Kind == mapping.KindSection || m.Remote.Kind == mapping.KindBody)
}

// at returns the record as it was at a moment, as far as this plan knows: without the
// changes that came later. Led are the moves that had brought it where it was. Sure is
// false where a change may have come later or not and the tracker does not say.
func (m *merge) at(t time.Time) (r register.Record, led []register.Fact, sure bool) {
	r, sure = m.in.Record.Clone(), true
	r.Approvals, r.Links = m.rec.Approvals, m.rec.Links
	r.Recurrences = m.rec.Recurrences
	r.Dates, r.Extensions, r.Acceptances = m.rec.Dates, m.rec.Extensions, m.rec.Acceptances
	if r.State != m.rec.State && (r.State == register.Accepted || m.rec.State == register.Accepted) {
		r.State, r.Round, r.Done = m.rec.State, m.rec.Round, m.rec.Done // by an earlier event of this look, or by its date
	}
	side := map[string]*Side{}
	for i := range m.in.Sides {
		side[m.in.Sides[i].Binding] = &m.in.Sides[i]
	}
	for _, c := range m.plan.Changes {
		if at, ok := m.commanded(c); ok && at.After(t) {
			continue
		}
		if s := side[c.From]; s != nil && c.Reason == ReasonFollow {
			o := s.when(c.Field, t)
			sure = sure && o != untold
			if o != before {
				continue
			}
		}
		r.Fields[c.Field] = c.After
	}
	var by register.Author
	wanted := r.State
	if m.in.Record.Requested != "" {
		wanted = m.in.Record.Requested
	}
	if s := side[m.asked.from]; s != nil {
		o := s.when(register.FieldState, t)
		sure = sure && o != untold
		if o == before {
			wanted, by = m.asked.state, m.asked.by
		}
	}
	ctx := m.in.Context
	ctx.At, ctx.Similar = earliest(t, ctx.At), nil
	led, _ = register.Decide(r, register.Move{By: by, To: wanted}, ctx, m.in.Policy) // a move is never refused
	return register.Replay(r, led), led, sure
}

// commanded returns when a change was commanded; ok is false for a change that no
// command of this plan made.
func (m *merge) commanded(c Change) (at time.Time, ok bool) {
	if c.Reason != ReasonCommand {
		return time.Time{}, false
	}
	i := slices.IndexFunc(m.in.Events, func(e Event) bool {
		return e.Kind == mapping.EventField && e.Refused == "" && e.Binding == c.From && e.Field == c.Field && e.Text == c.After
	})
	if i < 0 {
		return time.Time{}, false // a decision brought it along
	}
	return m.in.Events[i].At, true
}

// workDone returns when the last of the evidence was given that this plan takes in, now
// if it takes in none: a late look does not make people wait longer.
func (m *merge) workDone() time.Time {
	var last time.Time
	for _, c := range m.plan.Changes {
		if at, ok := m.commanded(c); ok && at.After(last) {
			last = at
		}
		for i := range m.in.Sides {
			s := &m.in.Sides[i]
			if s.Binding != c.From || c.Reason != ReasonFollow || s.Issue == nil {
				continue
			}
			at, known := s.givenBy(c.Field)
			if !known {
				at = s.Issue.Updated
			}
			if at.After(last) {
				last = at
			}
		}
	}
	if last.IsZero() {
		return m.in.Context.At
	}
	return earliest(last, m.in.Context.At)
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
