package register

import (
	"slices"
	"time"
)

// A MilestoneDate is the original date of a milestone: the one that was set when its clock
// started. Nothing replaces it; see Deadline for the present date.
type MilestoneDate struct {
	Milestone Milestone `json:"milestone"`
	Round     int       `json:"round,omitempty"` // the record's round that it is about
	Date      string    `json:"date"`            // 2006-01-02
	Start     time.Time `json:"start"`           // from which the days were counted
}

// settleClock gives each milestone whose clock runs its date, once in a round. It asks what
// has started, and never how late it is: time that passes makes no fact. Before is the record
// as it was before the command.
func (w *decision) settleClock(before Record, c Command) {
	_, moves := c.(Move)
	if w.r.State.Ended() || !moves && w.r.State == before.State && w.r.Round == before.Round {
		return
	}
	row, ok := w.p.times(w.r)
	if !ok {
		return
	}
	var set []MilestoneDate
	for _, m := range MilestoneList() {
		start, runs := w.started(before, m)
		if days := row.Days[m]; runs && days > 0 {
			set = append(set, MilestoneDate{Milestone: m, Round: w.r.Round, Date: w.p.Calendar.due(start, days, row.Business), Start: start})
		}
	}
	if len(set) > 0 {
		w.add(Fact{Kind: FactDue, At: w.ctx.At, Due: set, Why: "the times of: " + row.When.Words()})
	}
}

// started returns when the clock of a milestone started. It is false if it does not run, if the
// milestone has a date already, or if it is met and its clock started before there was a
// matrix. A clock that started before there was one starts now, so that no date is set in the
// past.
func (w *decision) started(before Record, m Milestone) (time.Time, bool) {
	r, round := w.r, w.r.Round
	if m == MilestoneTriage || m == MilestoneContainment {
		round = -1 // once for all rounds
	}
	if _, set := dateOf(r, m, round); set {
		return time.Time{}, false
	}
	late := before.State.Rank() >= Analysis.Rank() && (round < 0 || before.Round == r.Round)
	if _, is := met(r, m); is && late {
		return time.Time{}, false
	}
	switch m {
	case MilestoneTriage:
		fresh := (r.State == Reported || before.State == Reported) && !Triaged(before)
		if r.Recorded.IsZero() {
			return w.ctx.At, fresh
		}
		return r.Recorded, fresh
	case MilestoneVerification:
		if r.Done.Equal(before.Done) {
			return w.ctx.At, r.State == Verifying
		}
		return r.Done, r.State == Verifying
	default:
		return w.ctx.At, r.State.Rank() >= Analysis.Rank()
	}
}

// dateOf returns the date of a milestone in a round, of any round if that is -1.
func dateOf(r Record, m Milestone, round int) (MilestoneDate, bool) {
	i := slices.IndexFunc(r.Dates, func(d MilestoneDate) bool { return d.Milestone == m && (round < 0 || d.Round == round) })
	if i < 0 {
		return MilestoneDate{}, false
	}
	return r.Dates[i], true
}

// date takes the date of a milestone in. The first one stands.
func (r *Record) date(d MilestoneDate) {
	if _, set := dateOf(*r, d.Milestone, d.Round); !set {
		r.Dates = append(r.Dates, d)
	}
}
