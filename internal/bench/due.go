package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// dueDays is how far ahead people ask what is due.
const dueDays = 30

// A share says what part of a register is in a state, in percent.
type share struct {
	state   register.State
	percent int
	// clocks are the milestones that are still open in the state, with the days that each has.
	clocks map[register.Milestone]int
}

// shares are a register at work: most records are open, each with what is still to do. The
// days are those of a minor nonconformity in the default time matrix.
func shares() []share {
	return []share{
		{register.Reported, 10, map[register.Milestone]int{register.MilestoneTriage: 5}},
		{register.Analysis, 22, map[register.Milestone]int{register.MilestoneContainment: 14, register.MilestoneCause: 30, register.MilestoneImplementation: 90}},
		{register.Planning, 5, map[register.Milestone]int{register.MilestoneImplementation: 90}},
		{register.Implementing, 28, map[register.Milestone]int{register.MilestoneImplementation: 90}},
		{register.Verifying, 18, map[register.Milestone]int{register.MilestoneVerification: 180}},
		{register.Closed, 15, nil},
		{register.StateRejected, 2, nil},
	}
}

// likeUsers returns a record as number k of a register at work. Clocks started evenly over the
// time that they have, and one in ten is late.
func likeUsers(r register.Record, k int, today time.Time) register.Record {
	r = r.Clone()
	r.Fields[register.FieldOwner] = fmt.Sprintf("person%d", k%40)
	r.Fields[register.FieldReviewer] = fmt.Sprintf("person%d", (k+7)%40)
	r.Fields[register.FieldGrade] = oneOf(k, "minor", "minor", "observation", "minor", "major", "ofi", "minor")
	r.Fields[register.FieldRisk] = oneOf(k/3, "low", "medium", "medium", "high", "low", "critical")
	r.Fields[register.FieldSource] = oneOf(k/2, "internal_audit", "incident", "monitoring", "internal_audit", "external_audit")
	r.Fields[register.FieldScope] = oneOf(k, "Payments", "Payments\nHosting", "Hosting", "Office", "Support")
	r.Dates, r.Extensions = nil, nil
	at := k % 100
	for _, s := range shares() {
		if at >= s.percent {
			at -= s.percent
			continue
		}
		r.State = s.state
		if r.State == register.Closed {
			r.Closed = today.AddDate(0, 0, -k%300)
			r.Fields[register.FieldRequirements], r.Fields[register.FieldCategory] = fmt.Sprintf("A.8.%d", 1+k%9), "process"
		}
		for m, days := range s.clocks {
			left := (k*37)%days - days/10
			r.Dates = append(r.Dates, register.MilestoneDate{Milestone: m, Date: today.AddDate(0, 0, left).Format(time.DateOnly), Start: today.AddDate(0, 0, left-days)})
		}
		if s.state == register.Implementing {
			r.Fields[register.FieldActionPlan] = fmt.Sprintf("- [ ] Automate the review @person%d due:%s\n- [ ] Tell the owners @person%d due:%s",
				k%40, today.AddDate(0, 0, (k*13)%60).Format(time.DateOnly), (k+3)%40, today.AddDate(0, 0, (k*29)%80).Format(time.DateOnly))
		}
		break
	}
	return r
}

func oneOf(k int, values ...string) string { return values[k%len(values)] }

// atWork gives the originals states, people and dates as users' records have them, and returns
// what gives them back what they had. The trackers know nothing of it, so it must be taken back
// before a poll.
func (r *rig) atWork(ctx context.Context) (back func() error, err error) {
	rows, err := r.app.Store.Records(ctx)
	if err != nil {
		return nil, err
	}
	today := r.world.Clock.Now()
	save := func(change func(int, register.Record) register.Record) error {
		return r.app.Store.Write(ctx, func(t *store.Tx) error {
			for k, row := range rows {
				now, err := t.Acquire(ctx, row.Record.ID)
				if err == nil {
					_, err = t.SaveRecord(ctx, change(k, row.Record), now.Fence)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return func() error { return save(func(_ int, was register.Record) register.Record { return was }) },
		save(func(k int, was register.Record) register.Record { return likeUsers(was, k, today) })
}

// dueTime returns the median time of finding what is due soon, in milliseconds.
func (r *rig) dueTime(ctx context.Context) (float64, error) {
	day := r.world.Clock.Now().AddDate(0, 0, dueDays).Format(time.DateOnly)
	var took []time.Duration
	for range 21 {
		began := time.Now()
		found, err := r.app.Store.DueUntil(ctx, day, "")
		if err != nil {
			return 0, err
		}
		if len(found) < originals {
			return 0, errors.New("hardly anything is due")
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return milliseconds(took[len(took)/2]), nil
}
