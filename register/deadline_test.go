package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// told says the deadlines of a record: "cause 2026-04-09, missed".
func told(r register.Record, at time.Time) []string {
	var out []string
	for _, d := range register.Deadlines(r, at) {
		s := string(d.Milestone) + " " + d.Present
		if d.Present != d.Original {
			s += " (was " + d.Original + ")"
		}
		if d.External {
			s += ", the certification body's"
		}
		if d.Met {
			s += ", met"
		}
		if d.Missed {
			s += ", missed"
		}
		out = append(out, s)
	}
	return out
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	start := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), p)
	for _, c := range []struct {
		name string
		at   time.Time
		edit func(*register.Record)
		want []string
	}{
		{
			"on the day that it is due nothing is missed", day(time.March, 24), nil,
			[]string{"triage 2026-03-07, met, missed", "containment 2026-03-24", "cause 2026-04-09", "implementation 2026-06-08"},
		},
		{
			"a day later it is", day(time.March, 25), nil,
			[]string{"triage 2026-03-07, met, missed", "containment 2026-03-24, missed", "cause 2026-04-09", "implementation 2026-06-08"},
		},
		{
			"the certification body's date wins when it is earlier", day(time.March, 25), set(register.FieldDeadline, "2026-04-01"),
			[]string{"triage 2026-03-07, met, missed", "containment 2026-03-24, missed", "cause 2026-04-01 (was 2026-04-09), the certification body's", "implementation 2026-04-01 (was 2026-06-08), the certification body's"},
		},
		{
			"a correction contains", day(time.July, 1), set(register.FieldCorrection, "The three accounts were disabled on the same day."),
			[]string{"triage 2026-03-07, met, missed", "containment 2026-03-24, met", "cause 2026-04-09, missed", "implementation 2026-06-08, missed"},
		},
		{
			"finished work is met by its day", day(time.July, 1), func(r *register.Record) {
				r.State, r.Done = register.Verifying, day(time.June, 8)
				r.Approvals = append(r.Approvals, register.Approval{Event: "p", Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: day(time.April, 10)})
			},
			[]string{"triage 2026-03-07, met, missed", "containment 2026-03-24, missed", "cause 2026-04-09, met, missed", "implementation 2026-06-08, met"},
		},
		{
			"the clocks of a rejected record have stopped", day(time.July, 1), func(r *register.Record) { r.State = register.StateRejected },
			[]string{"triage 2026-03-07, met, missed", "containment 2026-03-24", "cause 2026-04-09", "implementation 2026-06-08"},
		},
	} {
		r := start.Clone()
		if c.edit != nil {
			c.edit(&r)
		}
		if diff := cmp.Diff(c.want, told(r, c.at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
