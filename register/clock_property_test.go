package register_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

// otherTimes draws a time matrix and a calendar.
func otherTimes(t *rapid.T) (times []register.TimeRow, c register.Calendar) {
	days := rapid.IntRange(1, 60)
	row := register.TimeRow{Business: rapid.Bool().Draw(t, "business days"), Days: map[register.Milestone]int{}}
	for _, m := range register.MilestoneList() {
		row.Days[m] = days.Draw(t, string(m))
	}
	c.Weekend = rapid.SampledFrom([][]string{nil, {"friday"}, {"saturday", "sunday"}}).Draw(t, "weekend")
	for n := range rapid.IntRange(0, 30).Draw(t, "holidays") {
		c.Holidays = append(c.Holidays, register.Holiday{Date: now.AddDate(0, 0, n).Format(time.DateOnly)})
	}
	return []register.TimeRow{row}, c
}

// TestTheClockOfARecordNeverRunsBack: conformd hears of what people do in time or weeks later,
// and the time matrix and the calendar change. No date that was set moves, no round ends twice,
// and what happened later has no earlier time.
func TestTheClockOfARecordNeverRunsBack(t *testing.T) {
	closed, kept := 0, 0
	drawtest.Until(t, drawtest.Some{"a closed record": &closed, "dates that were set before another calendar was adopted": &kept}.Lacking, func(t *rapid.T) {
		x := drawStart(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "another calendar") == 0 {
				x.p.Times, x.p.Calendar = otherTimes(t)
				kept += len(x.r.Dates)
			}
			x.late = rapid.SampledFrom([]int{0, 0, 1, 30}).Draw(t, "late")
			before := x.r.Clone()
			facts := x.step(t)
			for _, f := range facts {
				if f.At.After(x.ctx.At) {
					t.Errorf("on %s there is a fact of %s: %+v", day10(x.ctx.At), day10(f.At), f)
				}
			}
			r := x.r
			if moved := movedDates(before.Dates, r.Dates); len(moved) > 0 {
				t.Errorf("%+v became %+v", before.Dates, r.Dates)
			}
			if r.Round < before.Round || !before.Confirmed.IsZero() && !r.Confirmed.Equal(before.Confirmed) {
				t.Errorf("round %d of a record confirmed on %s follows round %d of one confirmed on %s", r.Round, day10(r.Confirmed), before.Round, day10(before.Confirmed))
			}
			if r.State == register.Closed {
				closed++
				if r.Closed.Before(r.Done) || r.Done.Before(r.Confirmed) && !r.Done.IsZero() {
					t.Errorf("confirmed on %s, done on %s and closed on %s", day10(r.Confirmed), day10(r.Done), day10(r.Closed))
				}
			}
			if before.State == register.Closed && r.State == register.Closed && !r.Closed.Equal(before.Closed) {
				t.Errorf("closed on %s became closed on %s", day10(before.Closed), day10(r.Closed))
			}
		}
	})
}

// movedDates returns the milestones that had a date and have another one, or a second one.
func movedDates(was, is []register.MilestoneDate) (moved []register.Milestone) {
	for _, d := range was {
		now := slices.DeleteFunc(slices.Clone(is), func(x register.MilestoneDate) bool { return x.Milestone != d.Milestone || x.Round != d.Round })
		if len(now) != 1 || now[0] != d {
			moved = append(moved, d.Milestone)
		}
	}
	return moved
}

func day10(t time.Time) string { return t.Format(time.DateOnly) }

// TestAnotherCalendarAloneChangesNothing: a record that nobody touches has the same dates, and
// the same of them missed, under any time matrix and calendar.
func TestAnotherCalendarAloneChangesNothing(t *testing.T) {
	dated := 0
	drawtest.Until(t, drawtest.Some{"a record with dates": &dated}.Lacking, func(t *rapid.T) {
		drawHistory(t, func(x *play, _ register.Record, _ []register.Fact) {
			dated += len(x.r.Dates)
			other := x.p
			other.Times, other.Calendar = otherTimes(t)
			ctx := x.ctx
			ctx.At = ctx.At.AddDate(0, 0, rapid.IntRange(0, 90).Draw(t, "later"))
			same, err := register.Decide(x.r, register.Move{To: x.r.State}, ctx, x.p)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := register.Decide(x.r, register.Move{To: x.r.State}, ctx, other)
			if err != nil {
				t.Fatal(err)
			}
			was, is := register.Replay(x.r, same), register.Replay(x.r, facts)
			if moved := movedDates(x.r.Dates, is.Dates); len(moved) > 0 {
				t.Errorf("%+v became %+v", x.r.Dates, is.Dates)
			}
			was.Dates, is.Dates = x.r.Dates, x.r.Dates
			if diff := cmp.Diff(register.Due(was, ctx.At), register.Due(is, ctx.At)); diff != "" {
				t.Errorf("what is due differs: %s", diff)
			}
		})
	})
}

// TestNoExceptionOutlivesItsDate: after its last day the first look at a record, whatever it is
// about, ends its exception.
func TestNoExceptionOutlivesItsDate(t *testing.T) {
	ended := 0
	drawtest.Until(t, drawtest.Some{"an exception that ended": &ended}.Lacking, func(t *rapid.T) {
		drawHistory(t, func(x *play, _ register.Record, _ []register.Fact) {
			a, stands := register.StandingAcceptance(x.r)
			if (x.r.State == register.Accepted) != stands {
				t.Errorf("in %s with %+v", x.r.State, a)
			}
			if !stands {
				return
			}
			if a.Until < day10(x.ctx.At) {
				t.Errorf("on %s it is accepted until %s", day10(x.ctx.At), a.Until)
			}
			last, err := time.Parse(time.DateOnly, a.Until)
			if err != nil {
				t.Fatal(err)
			}
			for days, want := range map[int]register.State{0: register.Accepted, 1: register.Analysis} {
				look := *x
				look.ctx.At = last.AddDate(0, 0, days)
				if look.do(register.Propose{By: look.by("zoe"), Field: register.FieldLabels, Value: "late"}); look.r.State != want {
					t.Errorf("%d days after %s it is in %s, want %s", days, a.Until, look.r.State, want)
				}
			}
			ended++
		})
	})
}
