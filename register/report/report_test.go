package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// The open records stand by age; each has its next milestone, and those without a date of their own
// count from their recording. The groups of K3 are those of the rows.
func TestAgeing(t *testing.T) {
	b := newBook(t)
	b.file("2026-08-01", "NC-1", "identified_at=2026-09-01", "grade=major", "owner=ana", "scope=payroll")
	b.file("2026-09-20", "NC-2", "grade=minor")
	b.file("2026-09-21", "NC-3", "identified_at=2026-01-15", "grade=minor", "title==SUM(1)\n<b>")
	b.file("2026-09-22", "NC-4", "identified_at=2026-09-22")
	b.file("2026-09-23", "OFI-1", "kind=improvement")
	b.file("2026-09-24", "NC-5", "identified_at=2026-02-01")
	b.move("2026-09-25", "NC-3", register.Implementing)
	b.due("2026-09-25", "NC-3", register.MilestoneImplementation, "2026-09-26")
	b.due("2026-09-25", "NC-3", register.MilestoneVerification, "2026-12-26")
	b.due("2026-08-01", "NC-1", register.MilestoneTriage, "2026-10-15")
	b.move("2026-09-26", "NC-4", register.Closed)
	b.move("2026-09-27", "NC-5", register.StateRejected)

	d := b.make(report.Ageing, "2026-10-01", "")
	want := []report.AgeingRow{
		{Record: "NC-3", Title: "=SUM(1)\n<b>", Kind: register.Nonconformity, Grade: "minor", State: register.Implementing, Found: "2026-01-15", Dated: true, Days: 259, Waits: "implementation", Next: register.MilestoneImplementation, Due: "2026-09-26", Overdue: 5},
		{Record: "NC-1", Title: "Title of NC-1", Kind: register.Nonconformity, Grade: "major", Owner: "ana", State: register.Reported, Found: "2026-09-01", Dated: true, Days: 30, Waits: "triage", Next: register.MilestoneTriage, Due: "2026-10-15"},
		{Record: "NC-2", Title: "Title of NC-2", Kind: register.Nonconformity, Grade: "minor", State: register.Reported, Found: "2026-09-20", Days: 11, Waits: "triage"},
	}
	if diff := cmp.Diff(want, d.Rows); diff != "" {
		t.Errorf("the rows (-want +got):\n%s", diff)
	}
	for name, n := range map[string]int{"0 to 30 days": 2, "31 to 60 days": 0, "more than 180 days": 1} {
		if v := value(t, d, "K3", name); v.N != n {
			t.Errorf("K3 %s is %d, want %d", name, v.N, n)
		}
	}
	if v := value(t, d, "K4", "overdue"); *v.Value != 33.3 || v.N != 3 {
		t.Errorf("K4 is %v of %d, want one of three", *v.Value, v.N)
	}
	if diff := cmp.Diff(map[string]int{"closed or accepted": 1, "rejected": 1, "of another kind": 1}, leftOut(d)); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 record has no date on which it was found, and counts from the day it was recorded"}, d.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"=SUM(1) <b>", "Title of NC-1", "Title of NC-2"}, column(t, d, "Title")); diff != "" {
		t.Errorf("titles (-want +got):\n%s", diff)
	}
	if got := column(t, d, "Owner"); got[1] != "ANA" {
		t.Errorf("the owner reads %q", got[1])
	}

	filtered := b.make(report.Ageing, "2026-10-01", "", func(a *kpi.Ask) { a.Scope = "Payroll" })
	if got := column(t, filtered, "Record"); len(got) != 1 || got[0] != "NC-1" || leftOut(filtered)["without the values that are asked for"] != 5 {
		t.Errorf("of payroll there are %q, left out %v", got, leftOut(filtered))
	}
	before, _ := json.Marshal(b.make(report.Ageing, "2026-09-24", ""))
	b.set("2026-10-20", "NC-1", register.FieldTitle, "Another title")
	b.move("2026-10-21", "NC-2", register.Closed)
	after, _ := json.Marshal(b.make(report.Ageing, "2026-09-24", ""))
	if diff := cmp.Diff(string(before), string(after)); diff != "" || !strings.Contains(string(after), "NC-4") || !strings.Contains(string(after), `"log_root":"ROOT"`) {
		t.Errorf("as of a day before a later change the report is another, or lacks what was open then:\n%s\n%s", diff, after)
	}
}

// An exception stands until its last day. One whose record is not open again on the day after is an
// alarm, as K19 has it.
func TestExceptions(t *testing.T) {
	b := newBook(t)
	accept := func(day, ref, until string, approved ...register.AcceptedBy) register.Acceptance {
		a := register.Acceptance{Asked: until, Until: until, Reason: "Why " + ref, Measures: "Measures", By: "ana", At: on(day), Event: ref + day, State: register.AcceptanceApproved, Approved: approved}
		b.tell(day, ref, register.Fact{Kind: register.FactAcceptance, At: on(day), Acceptance: &a})
		b.move(day, ref, register.Accepted)
		return a
	}
	end := func(day, ref string, a register.Acceptance, state register.AcceptanceState, by string) {
		a.State, a.EndedAt, a.EndedBy, a.Because = state, on(day), by, "it changed"
		b.tell(day, ref, register.Fact{Kind: register.FactAcceptance, At: on(day), Acceptance: &a})
		b.move(day, ref, register.Analysis)
	}
	by := register.AcceptedBy{Person: "ria", Act: register.ActAccept, At: on("2026-05-02")}
	top := register.AcceptedBy{Person: "dee", Act: register.ActAcceptMajor, At: on("2026-05-03")}
	for _, ref := range []string{"NC-1", "NC-2", "NC-3", "NC-4", "NC-5", "NC-6"} {
		b.file("2026-05-01", ref, "identified_at=2026-05-01", "grade=minor")
		b.move("2026-05-01", ref, register.Analysis)
	}
	end("2026-05-20", "NC-1", accept("2026-05-03", "NC-1", "2026-05-19", by), register.AcceptanceEnded, "")
	accept("2026-05-21", "NC-1", "2026-12-31", by, top)
	accept("2026-05-03", "NC-2", "2026-08-15", by)
	accept("2026-05-03", "NC-3", "2026-07-31", by)
	end("2026-07-20", "NC-4", accept("2026-05-03", "NC-4", "2026-12-31", by), register.AcceptanceRevoked, "irene")
	b.move("2026-05-04", "NC-5", register.Accepted) // by an earlier version
	a := accept("2026-05-03", "NC-6", "2026-12-31", by)
	a.State = register.AcceptanceDeclined
	b.tell("2026-05-03", "NC-6", register.Fact{Kind: register.FactAcceptance, At: on("2026-05-03"), Acceptance: &a})
	b.move("2026-05-03", "NC-6", register.Analysis)

	d := b.make(report.Exceptions, "2026-08-01", "2026-Q3")
	rows, ok := d.Rows.([]report.ExceptionRow)
	if !ok || len(rows) != 5 {
		t.Fatalf("rows %+v, want 5", d.Rows)
	}
	first := report.ExceptionRow{
		Record: "NC-3", Title: "Title of NC-3", Grade: "minor", Status: report.ExceptionPast, Until: "2026-07-31", Left: new(-1), AskedBy: "ana",
		Approved: []report.Approval{{By: "ria", Act: register.ActAccept, On: "2026-05-02"}}, Why: "Why NC-3", Measures: "Measures",
	}
	if diff := cmp.Diff(first, rows[0]); diff != "" {
		t.Errorf("the first row (-want +got):\n%s", diff)
	}
	var got []string
	for _, x := range rows {
		got = append(got, x.Record+" "+string(x.Status))
	}
	if diff := cmp.Diff([]string{"NC-3 past its end", "NC-2 ends within 30 days", "NC-5 active", "NC-1 active", "NC-4 revoked"}, got); diff != "" {
		t.Errorf("the rows (-want +got):\n%s", diff)
	}
	if rows[3].Renewal != 1 || rows[2].Because == "" || rows[4].Ended != "2026-07-20" {
		t.Errorf("renewal %d, of an earlier version %q, revoked on %q", rows[3].Renewal, rows[2].Because, rows[4].Ended)
	}
	if got := column(t, d, "Approved by")[3]; got != "RIA as a risk owner on 2026-05-02; DEE for top management on 2026-05-03" {
		t.Errorf("approved by %q", got)
	}
	if got := column(t, d, "Why it ended")[4]; got != "it changed (IRENE)" {
		t.Errorf("it ended because %q", got)
	}
	if len(d.Alerts) != 1 || !strings.Contains(d.Alerts[0], "NC-3 (until 2026-07-31)") || !strings.Contains(d.Text(register.Edition2022), "\n!! 1 exception is past its end") {
		t.Errorf("alerts %q", d.Alerts)
	}
	if diff := cmp.Diff(map[string]int{"exceptions that ended outside of the period": 1, "that never had an exception": 1}, leftOut(d)); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	for name, n := range map[string]int{"active": 4, "ending within 30 days": 1, "past its end and not reopened (must be 0)": 1} {
		if v := value(t, d, "K19", name); v.N != n {
			t.Errorf("K19 %s is %d, want %d", name, v.N, n)
		}
	}
	// A filter narrows the list and does not silence the alarm.
	d = b.make(report.Exceptions, "2026-08-01", "2026-Q3", func(a *kpi.Ask) { a.Grade = "major" })
	if len(d.Table.Rows) != 0 || len(d.Alerts) != 1 || !strings.HasPrefix(d.Alerts[0], "1 exception of a record that this report is not about is past its end, and its record is not open again: NC-3.") {
		t.Errorf("with a filter: %d rows, alerts %q", len(d.Table.Rows), d.Alerts)
	}
	if d := b.make(report.Exceptions, "2026-07-31", "2026-Q3"); len(d.Alerts) != 0 {
		t.Errorf("on its last day an exception is no alarm: %q", d.Alerts)
	}
}

// A review has the circumstances of its day: the end of the work that it judged, and whether the
// reviewer was involved then. Whoever is handed the record later is not involved in an earlier review.
func TestEffectiveness(t *testing.T) {
	b := newBook(t)
	for _, ref := range []string{"NC-1", "NC-2", "NC-3", "NC-4"} {
		b.file("2026-05-01", ref, "identified_at=2026-05-01", "grade=minor", "owner=ana", "effectiveness_plan=Criteria of "+ref)
	}
	b.move("2026-07-01", "NC-1", register.Verifying)
	b.review("2026-07-31", "NC-1", "rita", register.Ineffective, "it happened twice")
	b.set("2026-08-01", "NC-1", register.FieldOwner, "rita")
	b.set("2026-08-02", "NC-1", register.FieldCriteria, "Other criteria")
	b.move("2026-08-10", "NC-1", register.Verifying)
	b.review("2026-09-09", "NC-1", "ole", register.Effective, "no more in August")
	b.move("2026-09-10", "NC-1", register.Closed)
	b.move("2026-07-05", "NC-2", register.Verifying)
	b.review("2026-08-05", "NC-2", "ana", register.Effective, "I looked")
	b.review("2026-08-06", "NC-2", "dee", register.Effective, "nobody else is left")
	use := register.SmallOrgUse{Reviewer: "ana", Was: "owns the record", By: "dee", Reason: "nobody else is left", At: on("2026-08-06")}
	b.tell("2026-08-06", "NC-2", register.Fact{Kind: register.FactMoved, At: on("2026-08-06"), Move: &register.Moved{From: register.Verifying, To: register.Closed, Done: on("2026-07-05"), Closed: on("2026-08-06"), SmallOrg: &use}})
	b.move("2026-05-05", "NC-3", register.Verifying)
	b.review("2026-06-05", "NC-3", "rita", register.Effective, "in the quarter before")
	b.move("2026-07-10", "NC-4", register.Verifying)
	b.review("2026-08-20", "NC-4", "ana", register.Partially, "half of it")

	d := b.make(report.Effectiveness, "2026-10-01", "2026-Q3")
	want := [][]string{ // reviewed, record, outcome, first pass, reviewer, independent, days, grade, title, rests on, criteria, why not
		{"2026-07-31", "NC-1", "ineffective", "no", "RITA", "yes", "30", "minor", "Title of NC-1", "it happened twice", "Criteria of NC-1", ""},
		{"2026-08-05", "NC-2", "effective", "yes", "ANA", "no", "31", "minor", "Title of NC-2", "I looked", "Criteria of NC-2", "owns the record; countersigned by DEE: nobody else is left"},
		{"2026-08-06", "NC-2", "effective", "", "DEE", "no", "32", "minor", "Title of NC-2", "nobody else is left", "Criteria of NC-2", "countersigns the review of ANA, who owns the record"},
		{"2026-08-20", "NC-4", "partially", "no", "ANA", "no", "41", "minor", "Title of NC-4", "half of it", "Criteria of NC-4", "owns the record"},
		{"2026-09-09", "NC-1", "effective", "", "OLE", "yes", "30", "minor", "Title of NC-1", "no more in August", "Other criteria", ""},
	}
	if diff := cmp.Diff(want, d.Table.Rows); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
	// The rows that are the last of their record, and the first ones, are those of K10 and K11.
	rows, _ := d.Rows.([]report.ReviewRow)
	last, effective, firsts, passed := 0, 0, 0, 0
	for _, x := range rows {
		if x.Last {
			last++
			if x.Outcome == register.Effective {
				effective++
			}
		}
		if x.First {
			firsts++
			if x.FirstPass() == "yes" {
				passed++
			}
		}
	}
	k10, k11 := value(t, d, "K10", "effective of reviewed"), value(t, d, "K11", "effective of first reviews")
	if k10.N != last || k11.N != firsts || *k10.Value != 66.7 || effective != 2 || *k11.Value != 33.3 || passed != 1 {
		t.Errorf("K10 is %v of %d and K11 %v of %d; the rows make %d of %d and %d of %d", *k10.Value, k10.N, *k11.Value, k11.N, effective, last, passed, firsts)
	}
	if diff := cmp.Diff(map[string]int{"without a review in the period": 1}, leftOut(d)); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

// A review that an earlier version carried into the log has no circumstances, and nothing is made up.
func TestAReviewFromBeforeTheLog(t *testing.T) {
	b := newBook(t)
	r := register.Record{ID: "id-NC-1", Ref: "NC-1", State: register.Closed, Recorded: on("2026-05-01"), Closed: on("2026-07-02"), Fields: map[register.Field]string{register.FieldOwner: "ana"}}
	r.Approvals = []register.Approval{{Event: "e", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "rita", At: on("2026-07-01"), Reason: "seen"}}
	b.tell("2026-07-03", "NC-1", register.Fact{Kind: register.FactCarried, Record: &r})
	rows, _ := b.make(report.Effectiveness, "2026-10-01", "2026-Q3").Rows.([]report.ReviewRow)
	if len(rows) != 1 || rows[0].Independent != report.NotKnown || rows[0].Days != nil || rows[0].RestsOn != "seen" {
		t.Errorf("rows %+v", rows)
	}
}

// A recurrence has both records, what was tried and why it did not last, and says which figure
// counts it.
func TestRepeatCauses(t *testing.T) {
	b := newBook(t)
	b.file("2024-05-01", "NC-1", "identified_at=2024-05-01", "cause_category=process", "requirement_refs=A.5.18", "root_cause=Nobody looked")
	b.move("2024-06-01", "NC-1", register.Verifying)
	b.review("2024-07-01", "NC-1", "rita", register.Effective, "seen")
	b.move("2024-07-01", "NC-1", register.Closed)
	b.file("2025-02-01", "NC-2", "identified_at=2025-02-01", "cause_category=process", "requirement_refs=A.5.18", "root_cause=The list of NC-1 was given up", "scope=payroll")
	again := register.Recurrence{To: "id-NC-1", Ref: "NC-1", Why: "the same requirement (a.5.18)", State: register.RecurrenceConfirmed, By: "irene", At: on("2025-02-03"), Reason: "the same export"}
	b.tell("2025-02-03", "NC-2", register.Fact{Kind: register.FactRecurrence, At: on("2025-02-03"), Recurrence: &again})
	a := register.Approval{Event: "x:recurrence:id-NC-2", Subject: register.SubjectEffectiveness, Outcome: register.Ineffective, Trigger: register.TriggerRecurrence, By: "irene", At: on("2025-02-03")}
	b.tell("2025-02-03", "NC-1", register.Fact{Kind: register.FactDecided, At: a.At, Decision: &a},
		register.Fact{Kind: register.FactMoved, At: a.At, Move: &register.Moved{From: register.Closed, To: register.Analysis}},
		register.Fact{Kind: register.FactRound, At: a.At, Attempt: &register.Attempt{Review: a.Event, RootCause: "Nobody looked", Actions: []string{"Look each week", "Write it down"}}})
	b.set("2025-03-01", "NC-1", register.FieldRootCause, "Another cause")

	d := b.make(report.RepeatCauses, "2025-12-31", "2025")
	want := []report.RepeatRow{{
		Record: "NC-2", Title: "Title of NC-2", Found: "2025-02-01", Again: "NC-1", AgainName: "Title of NC-1", Closed: "2024-07-01", Days: new(215), Same: "the same requirement (a.5.18)",
		Confirmed: "2025-02-03", By: "irene", Why: "the same export", Earlier: "Nobody looked", Tried: []string{"Look each week", "Write it down"}, Cause: "The list of NC-1 was given up", Counts: []string{"K14", "K13"},
	}}
	if diff := cmp.Diff(want, d.Rows); diff != "" {
		t.Errorf("the rows (-want +got):\n%s", diff)
	}
	if v := value(t, d, "K30", "cause category process"); v.N != 1 {
		t.Errorf("K30 counts %d, want 1", v.N)
	}
	if v := value(t, d, "K13", "came up again of closed"); *v.Value != 100 || v.N != 1 {
		t.Errorf("K13 is %v of %d", *v.Value, v.N)
	}
	if !strings.Contains(d.Text(register.Edition2022), "    cause category process  1  ####################\n") {
		t.Errorf("the text has no bar:\n%s", d.Text(register.Edition2022))
	}
	// K13 counts the closed record where the new one is not asked about.
	d = b.make(report.RepeatCauses, "2025-12-31", "2025-Q4", func(a *kpi.Ask) { a.Scope = "payroll" })
	if rows, _ := d.Rows.([]report.RepeatRow); len(rows) != 0 || leftOut(d)["recurrences that were found and confirmed outside of the period, and are not in the cohort of K13"] != 1 {
		t.Errorf("rows %+v, left out %v", rows, leftOut(d))
	}
	d = b.make(report.RepeatCauses, "2024-12-31", "2024")
	if rows, _ := d.Rows.([]report.RepeatRow); len(rows) != 0 {
		t.Errorf("before it came up again the report has %+v", rows)
	}
}

// A value that was erased from the log stands empty, and the report says so.
func TestErasedTexts(t *testing.T) {
	b := newBook(t)
	b.file("2026-05-01", "NC-1", "identified_at=2026-05-01")
	q, err := kpi.Ask{At: "2026-10-01"}.Question(on("2099-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	l, _ := q.Line(b.courses["NC-1"])
	life := b.life("NC-1", q.At)
	life.Erase(register.FieldTitle)
	sheets, err := kpi.Figures(b.all, noDiscrepancy, q)
	if err != nil {
		t.Fatal(err)
	}
	d := report.Make(report.Ageing, report.Past{Sheet: sheets[0], Known: []report.Known{{Line: l, Life: life}}}, func(id string) string { return id })
	if got := column(t, d, "Title"); got[0] != "" || len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "erased from the log, and stand empty here: NC-1") {
		t.Errorf("title %q, notes %q", got, d.Notes)
	}
}

// Each row for a spreadsheet says as of when it is, and from which log.
func TestRectangle(t *testing.T) {
	b := newBook(t)
	b.file("2026-05-01", "NC-1", "identified_at=2026-05-01", "grade=minor")
	d := b.make(report.Ageing, "2026-05-31", "", func(a *kpi.Ask) { a.Grade = "minor" })
	want := [][]string{
		{"Record", "Days", "Found", "Kind", "Grade", "Risk", "Owner", "State", "Waits for", "Next milestone", "Due", "Days overdue", "Title", "Period", "As of", "Log entries", "Log root", "Filters"},
		{"NC-1", "30", "2026-05-01", "nonconformity", "minor", "", "", "reported", "triage", "", "", "", "Title of NC-1", "", "2026-05-31T23:59:59Z", "0", "ROOT", "grade minor"},
	}
	if diff := cmp.Diff(want, d.Rectangle()); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}
