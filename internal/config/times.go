package config

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/conformd/conformd/register"
)

// A TimeRow is one row of the time matrix. Days count from the record's triage, those of
// triage from its recording and those of verification from the end of the work; 0 sets no
// date.
type TimeRow struct {
	When           When `json:"when" jsonschema_description:"Records that the row is about; every record if it names none."`
	Triage         int  `json:"triage" jsonschema:"minimum=0,maximum=3650" jsonschema_description:"Days until somebody with the role has triaged the record, counted from its recording; 0 for no date."`
	Containment    int  `json:"containment" jsonschema:"minimum=0,maximum=3650" jsonschema_description:"Days until it is under control and the correction is stated, counted from triage; 0 for no date."`
	Cause          int  `json:"cause" jsonschema:"minimum=0,maximum=3650" jsonschema_description:"Days until the cause is found and the plan is approved, counted from triage; 0 for no date."`
	Implementation int  `json:"implementation" jsonschema:"minimum=0,maximum=3650" jsonschema_description:"Days until the actions are done, counted from triage; 0 for no date."`
	Verification   int  `json:"verification" jsonschema:"minimum=0,maximum=3650" jsonschema_description:"Days until the actions are reviewed, counted from the end of the work; 0 for no date."`
	BusinessDays   bool `json:"business_days" jsonschema_description:"Counts business days by register.calendar, and not calendar days."`
}

// A When is the condition of a row. A list that is left out stands for every value.
type When struct {
	Kind   []string `json:"kind" jsonschema:"enum=nonconformity,enum=potential_nonconformity,enum=improvement,enum=observation" jsonschema_description:"Kinds of record."`
	Grade  []string `json:"grade" jsonschema_description:"Grades of the nonconformity: major, minor, observation, ofi, or steps of register.scales.grade."`
	Risk   []string `json:"risk" jsonschema_description:"Risks of the nonconformity: critical, high, medium, low, or steps of register.scales.risk."`
	Scope  []string `json:"scope" jsonschema_description:"Parts of the ISMS; the record is about at least one of them."`
	Source []string `json:"source" jsonschema_description:"Sources of the finding, such as external_audit."`
}

// days returns the days of each milestone, in the order of a record's life.
func (t *TimeRow) days() map[register.Milestone]*int {
	return map[register.Milestone]*int{
		register.MilestoneTriage: &t.Triage, register.MilestoneContainment: &t.Containment, register.MilestoneCause: &t.Cause,
		register.MilestoneImplementation: &t.Implementation, register.MilestoneVerification: &t.Verification,
	}
}

func (w When) condition() register.Condition {
	return register.Condition{Kind: as[register.Kind](w.Kind), Grade: as[register.Grade](w.Grade), Risk: w.Risk, Scope: w.Scope, Source: w.Source}
}

// whenOf is a condition as a file writes it.
func whenOf(c register.Condition) When {
	return When{Kind: as[string](c.Kind), Grade: as[string](c.Grade), Risk: c.Risk, Scope: c.Scope, Source: c.Source}
}

// as converts a list of texts, nil for an empty one.
func as[T, F ~string](list []F) []T {
	var out []T
	for _, v := range list {
		out = append(out, T(v))
	}
	return out
}

// Times returns the time matrix.
func (c *Config) Times() []register.TimeRow {
	out := make([]register.TimeRow, len(c.Register.Times))
	for i := range c.Register.Times {
		t := &c.Register.Times[i]
		out[i] = register.TimeRow{When: t.When.condition(), Business: t.BusinessDays, Days: map[register.Milestone]int{}}
		for m, n := range t.days() {
			if *n > 0 {
				out[i].Days[m] = *n
			}
		}
	}
	return out
}

// defaultTimes is the time matrix that conformd ships, as a file writes it. No review is due
// before the waiting time that the file sets.
func (c *Config) defaultTimes() []TimeRow {
	var out []TimeRow
	for _, row := range register.DefaultTimes() {
		t := TimeRow{When: whenOf(row.When), BusinessDays: row.Business}
		for m, n := range t.days() {
			*n = row.Days[m]
		}
		if _, wait := c.waiting(&t); t.Verification > 0 {
			t.Verification = max(t.Verification, wait)
		}
		out = append(out, t)
	}
	return out
}

// checkTimes judges the time matrix.
func (c *Config) checkTimes() {
	if c.source.written("register.times") && len(c.Register.Times) == 0 {
		c.source.fail(CodeMissing, "register.times", "the time matrix has no row", "remove the key for the times that conformd ships; a row without days, {triage: 0}, sets no date")
	}
	for i := range c.Register.Times {
		c.checkWhen(Key("register.times", i), c.Register.Times[i].When)
	}
	c.checkReached(len(c.Register.Times), func(i int) string { return Key("register.times", i) }, func(i int) register.Condition { return c.Register.Times[i].When.condition() })
	for i := range c.Register.Times {
		c.checkOrder(Key("register.times", i), &c.Register.Times[i])
		c.checkVerification(Key("register.times", i), &c.Register.Times[i])
	}
}

// checkOrder refuses days in an order in which nothing can happen: the correction is stated
// before the plan is approved, and the plan is approved before the work is done.
func (c *Config) checkOrder(key string, row *TimeRow) {
	days, last := row.days(), register.MilestoneContainment
	for _, m := range []register.Milestone{register.MilestoneCause, register.MilestoneImplementation} {
		n, before := *days[m], *days[last]
		if n > 0 && n < before {
			c.source.fail(CodeRange, join(key, string(m)), fmt.Sprintf("%s would be due after %d days and %s, which comes before it, after %d", m, n, last, before),
				"write at least "+strconv.Itoa(before)+", or fewer days for "+string(last))
		}
		if n > 0 {
			last = m
		}
	}
}

// checkVerification refuses a review that is due before the waiting time is over.
func (c *Config) checkVerification(key string, row *TimeRow) {
	if grade, wait := c.waiting(row); row.Verification > 0 && row.Verification < wait {
		c.source.fail(CodeRange, join(key, "verification"), fmt.Sprintf("the review would be due %d days after the work, and the waiting time of %s is %d days", row.Verification, grade, wait),
			fmt.Sprintf("write at least %d, or fewer days in register.waiting_days.%s", wait, grade))
	}
}

// waiting returns the longest waiting time of the records that a row is about, and its grade.
func (c *Config) waiting(row *TimeRow) (longest register.Grade, days int) {
	wait := c.Register.WaitingDays
	for _, x := range []struct {
		grade register.Grade
		kinds []register.Kind
		days  int
	}{
		{register.Major, []register.Kind{register.Nonconformity, register.PotentialNonconformity}, wait.Major},
		{register.Minor, []register.Kind{register.Nonconformity, register.PotentialNonconformity}, wait.Minor},
		{register.GradeOFI, []register.Kind{register.Improvement}, wait.OFI},
	} {
		graded := len(row.When.Grade) == 0 || slices.Contains(row.When.Grade, string(x.grade))
		about := len(row.When.Kind) == 0 || slices.ContainsFunc(x.kinds, func(k register.Kind) bool { return slices.Contains(row.When.Kind, string(k)) })
		if graded && about && x.days > days {
			longest, days = x.grade, x.days
		}
	}
	return longest, days
}
