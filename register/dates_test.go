package register_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
)

// day is midnight of a day of 2026.
func day(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }

// reported returns a complete report that nobody has triaged.
func reported(k register.Kind, g register.Grade, risk string) register.Record {
	r := complete(k, g)
	r.State, r.Approvals, r.Confirmed, r.Done, r.Recorded = register.Reported, nil, time.Time{}, time.Time{}, day(time.March, 2)
	r.Fields[register.FieldRisk], r.Fields[register.FieldIdentified] = risk, "2026-03-01"
	delete(r.Fields, register.FieldCorrection)
	return r
}

// moves asks for a state, as a daemon does at each attempt.
func moves(r register.Record, to register.State, when time.Time, p register.Policy) (register.Record, []register.Fact) {
	facts, err := register.Decide(r, register.Move{To: to}, at(when), p)
	if err != nil {
		panic(err)
	}
	return register.Replay(r, facts), facts
}

// triages lets Ira triage a record.
func triages(r register.Record, when time.Time, p register.Policy) register.Record {
	r, _ = approve(r, register.Approval{Event: "t" + when.String(), Subject: register.SubjectTriage, Outcome: register.Approved, By: "ira", At: when, How: register.ByComment}, at(when), p)
	return r
}

// dates says the dates of a record: "triage 2026-03-07".
func dates(r register.Record) []string {
	var out []string
	for _, d := range r.Dates {
		s := string(d.Milestone) + " " + d.Date
		if d.Round > 0 {
			s = fmt.Sprint(s, " of round ", d.Round)
		}
		out = append(out, s)
	}
	return out
}

func TestTheFactThatStartsAClockSetsItsDate(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	for _, c := range []struct {
		name  string
		kind  register.Kind
		grade register.Grade
		risk  string
		want  []string
	}{
		{"a critical major", register.Nonconformity, register.Major, "critical", []string{"triage 2026-03-03", "containment 2026-03-11", "cause 2026-03-20", "implementation 2026-04-09"}},
		{"another major", register.Nonconformity, register.Major, "low", []string{"triage 2026-03-04", "containment 2026-03-13", "cause 2026-03-24", "implementation 2026-05-09"}},
		{"a minor of high risk", register.Nonconformity, register.Minor, "high", []string{"triage 2026-03-07", "containment 2026-03-17", "cause 2026-03-31", "implementation 2026-05-09"}},
		{"another minor", register.Nonconformity, register.Minor, "low", []string{"triage 2026-03-07", "containment 2026-03-24", "cause 2026-04-09", "implementation 2026-06-08"}},
		{"a potential one", register.PotentialNonconformity, register.Minor, "medium", []string{"triage 2026-03-12", "cause 2026-04-24", "implementation 2026-07-08"}},
		{"an improvement", register.Improvement, "", "", []string{"triage 2026-04-01"}},
		{"an observation", register.Observation, "", "", []string{"triage 2026-04-01"}},
	} {
		r, facts := moves(reported(c.kind, c.grade, c.risk), register.Reported, day(time.March, 2), p)
		if len(facts) != 1 || facts[0].Kind != register.FactDue || facts[0].By != "" {
			t.Errorf("%s: the first look gives %+v, want the date of its triage alone, by nobody", c.name, facts)
		}
		if _, again := moves(r, register.Reported, day(time.August, 2), p); len(again) > 0 {
			t.Errorf("%s: a later look gives %+v: time made a fact", c.name, again)
		}
		r = triages(r, day(time.March, 10), p)
		if c.kind == register.Observation {
			c.want = append(c.want, "implementation 2026-06-08")
		}
		if diff := cmp.Diff(c.want, dates(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestVerificationIsDueAfterTheWork(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	r := complete(register.Nonconformity, register.Minor)
	r.State, r.Done, r.Approvals = register.Implementing, time.Time{}, r.Approvals[:2]
	ctx := at(day(time.October, 20))
	ctx.WorkDone = day(time.October, 5)
	facts, err := register.Decide(r, register.Move{To: register.Verifying}, ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	r = register.Replay(r, facts)
	want := []string{"verification 2027-02-02"} // 120 days after the evidence was given
	if diff := cmp.Diff(want, dates(r)); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
	r, _ = approve(r, register.Approval{Event: "e9", Subject: register.SubjectEffectiveness, Outcome: register.Ineffective, By: "cem", At: day(time.December, 20), How: register.ByComment, Reason: "The export of December holds two leaver accounts."}, at(day(time.December, 20)), p)
	want = []string{"verification 2027-02-02", "cause 2027-01-10 of round 1", "implementation 2027-02-18 of round 1"}
	if diff := cmp.Diff(want, dates(r)); diff != "" {
		t.Errorf("dates after a review that found the actions ineffective (-want +got):\n%s", diff)
	}
}

// A record that was triaged before there was a matrix gets the dates of what is still to do,
// counted from the day on which conformd first worked on it under one.
func TestNoDateIsSetInThePast(t *testing.T) {
	t.Parallel()
	none := register.DefaultPolicy()
	none.Times = nil
	r, _ := moves(reported(register.Nonconformity, register.Minor, "low"), register.Reported, day(time.March, 2), none)
	r = triages(r, day(time.March, 3), none)
	if len(r.Dates) > 0 {
		t.Fatalf("without a matrix the record has the dates %v", dates(r))
	}
	r.Fields[register.FieldCorrection] = "The three accounts were disabled."
	r, _ = moves(r, register.Analysis, day(time.September, 1), register.DefaultPolicy())
	if diff := cmp.Diff([]string{"cause 2026-10-01", "implementation 2026-11-30"}, dates(r)); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
}

// drawTimes draws a time matrix and a calendar.
func drawTimes(t *rapid.T, name string) ([]register.TimeRow, register.Calendar) {
	var rows []register.TimeRow
	grades := []register.Grade{register.Major, register.Minor}
	for i := range rapid.IntRange(0, 2).Draw(t, name+" rows") {
		row := register.TimeRow{When: register.Condition{Grade: grades[i : i+1]}, Days: map[register.Milestone]int{}, Business: rapid.Bool().Draw(t, name+" business")}
		for _, m := range register.MilestoneList() {
			row.Days[m] = rapid.IntRange(0, 40).Draw(t, name+" days")
		}
		rows = append(rows, row)
	}
	c := register.Calendar{Weekend: rapid.SampledFrom([][]string{nil, {"saturday", "sunday"}, {"friday", "saturday"}}).Draw(t, name+" weekend")}
	for d := range rapid.IntRange(0, 3).Draw(t, name+" holidays") {
		c.Holidays = append(c.Holidays, register.Holiday{Date: day(time.March, 9+d).Format(time.DateOnly), Name: rapid.SampledFrom([]string{"", "Founders' day"}).Draw(t, name+" holiday")})
	}
	return rows, c
}

// Neither a matrix nor a calendar that changes moves a date that was set.
func TestAChangedCalendarMovesNoPastDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := register.DefaultPolicy()
		p.Times, p.Calendar = drawTimes(t, "p")
		when := day(time.March, 2)
		r, _ := moves(reported(register.Nonconformity, register.Minor, "low"), register.Reported, when, p)
		r = triages(r, when, p)
		for range 5 {
			before := r.Dates
			p.Times, p.Calendar = drawTimes(t, "q")
			when = when.AddDate(0, 0, rapid.IntRange(0, 30).Draw(t, "days"))
			to := rapid.SampledFrom([]register.State{register.Reported, register.Analysis, register.Closed}).Draw(t, "to")
			r, _ = moves(r, to, when, p)
			if diff := cmp.Diff(before, r.Dates[:len(before)], cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("dates moved:\n%s", diff)
			}
			for _, d := range r.Dates[len(before):] {
				if d.Milestone != register.MilestoneTriage && d.Date < when.Format(time.DateOnly) {
					t.Fatalf("on %s %s got the date %s, which is over", when, d.Milestone, d.Date)
				}
			}
		}
	})
}

func TestBusinessDays(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	p.Times = []register.TimeRow{{Days: map[register.Milestone]int{register.MilestoneContainment: 3, register.MilestoneCause: 8}, Business: true}}
	p.Calendar.Holidays = []register.Holiday{{Date: "2026-04-03", Name: "Good Friday"}, {Date: "2026-04-06", Name: "Easter Monday"}}
	triaged := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.April, 1), p) // a Wednesday
	if diff := cmp.Diff([]string{"containment 2026-04-08", "cause 2026-04-15"}, dates(triaged)); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
	p.Calendar = register.Calendar{}
	triaged = triages(reported(register.Nonconformity, register.Minor, "low"), day(time.April, 1), p)
	if diff := cmp.Diff([]string{"containment 2026-04-04", "cause 2026-04-09"}, dates(triaged)); diff != "" {
		t.Errorf("without a day off (-want +got):\n%s", diff)
	}
}
