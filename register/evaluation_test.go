package register_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// evaluation returns a record by which the ISMS is measured or reviewed. It is under way and lacks
// nothing to be closed.
func evaluation(k register.Kind) register.Record {
	r := register.Record{
		ID: "0b4a7f0e-2d3c-4d5e-8f60-718293a4b5c6", Ref: "MEA-2026-0001", State: register.Implementing,
		Fields: map[register.Field]string{
			register.FieldKind: string(k), register.FieldTitle: "Restore tests that pass", register.FieldOwner: "ana", register.FieldIdentified: "2026-07-01",
			register.FieldCloseSummary: "The backups moved to the provider, who reports this.",
		},
		Recorded: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), Confirmed: time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC),
		Approvals: []register.Approval{{
			Event: "t", Subject: register.SubjectTriage, Outcome: register.Approved, By: "ira", At: time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC), How: register.ByTerminal,
		}},
	}
	more := map[register.Kind]map[register.Field]string{
		register.Signal: {
			register.FieldStatement: "Two customers ask where their data is kept; we say it differs by product.", register.FieldSignal: register.SignalCustomerFeedback,
			register.FieldParty: "Customers A and B", register.FieldDriver: "external_context",
		},
		register.Objective:    {register.FieldStatement: "Every restore test of the year passes.", register.FieldCadence: "quarterly", register.FieldTarget: "≥ 95 %"},
		register.Measure:      {register.FieldMeasured: "Share of restore tests that pass.", register.FieldMethod: "Passed tests by all tests in the log of the backup system.", register.FieldAnalyst: "ira", register.FieldCadence: "quarterly", register.FieldTarget: "≥ 95 %"},
		register.ControlCheck: {register.FieldControl: "A.8.13", register.FieldMethod: "One file of each server is restored and compared.", register.FieldCadence: "monthly", register.FieldTarget: "passed"},
		register.Audit: {
			register.FieldScope: "Offboarding\nBackup", register.FieldAuditors: "Eva Example", register.FieldPlannedFor: "2026-09-01", register.FieldHeldOn: "2026-09-02",
			register.FieldSourceRef: "IA-2026-02", register.FieldFindings: "F-01", register.FieldConclusion: "The ISMS conforms, but for one finding about leavers.",
		},
		register.ManagementReview: {
			register.FieldPeriod: "2026-H1", register.FieldPlannedFor: "2026-07-15", register.FieldHeldOn: "2026-07-15", register.FieldAttendees: "Dee Director\nIra Manager",
			register.FieldSuitability: "The scope fits the company as it is after the merger.", register.FieldAdequacy: "Two people look after it, which is enough this year.",
			register.FieldEffective:  "Leavers lose access in time since May; restores do not work in time yet.",
			register.FieldActionPlan: "- [ ] Name a deputy for backups @ben due:2026-09-30 kind:resource",
		},
	}
	maps.Copy(r.Fields, more[k])
	if k == register.Objective {
		r.Measurements = []register.Measurement{{Period: "2026-Q3", Value: "97", Target: "≥ 95 %", Met: true, By: "ana", At: now, Source: register.FromPerson, Event: "m1"}}
	}
	if k != register.ManagementReview {
		return r
	}
	for _, f := range register.ReviewInputs() {
		r.Fields[f] = "Nothing to report"
		r.Involved = append(r.Involved, register.Involvement{Person: "ira", As: register.InvolvedAuthor, Field: f, Since: r.Confirmed})
	}
	r.Fields[register.FieldInputD1] = "Twelve opened, nine closed; two came up again."
	r.Figures = []register.Figures{{Period: "2026-H1", AsOf: r.Confirmed, Digest: "0a", By: "ira", At: r.Confirmed, Event: "f1"}}
	r.Approvals = append(r.Approvals, register.Approval{
		Event: "s", Subject: register.SubjectSigning, Outcome: register.Approved, By: "dee", At: time.Date(2026, 7, 16, 9, 0, 0, 0, time.UTC), How: register.ByTerminal,
		Reason: "Read and discussed in the meeting.", Covers: register.SigningDigest(r),
	})
	return r
}

// evaluationCases say of each rule about these records what it asks for.
func evaluationCases() []guardCase {
	const measured, result, audit, prevent = "9.1", "9.3.3", "9.2", "6.1.1"
	row := func(kind register.Kind, name, guard, clause string, edit func(*register.Record), lacks ...string) guardCase {
		is13 := map[string]string{result: "9.3", "9.3.2 d1": "9.3 c1"}[clause]
		if is13 == "" {
			is13 = clause
		}
		return guardCase{name: name, kind: kind, edit: edit, guard: guard, is2022: clause, is13: is13, lacks: lacks}
	}
	inputs := func(edit func(*register.Record)) func(*register.Record) { return edit }
	unsigned := func(r *register.Record) { r.Approvals = r.Approvals[:1] }
	return []guardCase{
		row(register.Measure, "nothing is measured that nobody took in", "G50", measured, func(r *register.Record) { r.Approvals = nil }, "Not triaged yet; that takes an ISMS manager"),
		row(register.Measure, "a measure has a target", "G51", measured, drop(register.FieldTarget), "Target is missing"),
		row(register.Measure, "that can be read", "G51", measured, set(register.FieldTarget, "as high as possible"), `Target "as high as possible" cannot be read; write it like >= 95 %, <= 4 days, 0, yes or passed`),
		row(register.Measure, "and a cadence", "G51", measured, set(register.FieldCadence, "now and then"), `Cadence "now and then" is not known`),
		row(register.Measure, "somebody analyses it", "G51", measured, drop(register.FieldAnalyst), "Analyst is missing"),
		row(register.Measure, "it is said how", "G51", measured, set(register.FieldMethod, "tbd"), "How it is measured says nothing"),
		row(register.ControlCheck, "a check names its control", "G51", measured, drop(register.FieldControl), "Control is missing"),
		row(register.Objective, "an objective says what it is about", "G51", measured, drop(register.FieldStatement), "What it is about is missing"),
		row(register.Measure, "it is said why a measure ends", "G56", measured, drop(register.FieldCloseSummary), "Closing summary is missing"),
		row(register.Objective, "an objective has a value before it ends", "G56", measured, func(r *register.Record) { r.Measurements = nil },
			"No value was entered, so nobody knows whether the objective was met; enter one with `/capa measure`"),

		row(register.Signal, "a signal says what it is about", "G52", prevent, drop(register.FieldStatement), "What it is about is missing"),
		row(register.Signal, "feedback says from whom", "G52", prevent, drop(register.FieldParty), "Interested party is missing"),
		row(register.Signal, "a threat is from nobody", "", prevent, func(r *register.Record) {
			r.Fields[register.FieldSignal] = register.SignalThreat
			delete(r.Fields, register.FieldParty)
		}),
		row(register.Signal, "a signal does not end in silence", "G55", prevent, drop(register.FieldCloseSummary), "Closing summary is missing"),

		row(register.Audit, "an audit has a scope", "G53", audit, drop(register.FieldScope), "Scope is missing"),
		row(register.Audit, "an audit was held", "G57", audit, drop(register.FieldHeldOn), "Held on is missing"),
		row(register.Audit, "every finding has a record", "G57", audit, set(register.FieldFindings, "F-01\nF-02"), `The finding "F-02" has no record; file one with the source reference IA-2026-02/F-02`),
		row(register.Audit, "every record that names the audit is in its report", "G57", audit, drop(register.FieldFindings), "NC-2026-0009 names this audit as its source, and its finding is not in the list of findings"),

		row(register.ManagementReview, "a review has a period", "G54", result, set(register.FieldPeriod, "last half"), `Period "last half" is no period; write it like 2026-H2 or 2026`),
		row(register.ManagementReview, "no input is left blank", "G58", "9.3.2 d1", inputs(drop(register.FieldInputC)), `Changed needs of interested parties is blank; write what there is, or "nothing to report"`),
		row(register.ManagementReview, "an evasion is no input", "G58", "9.3.2 d1", set(register.FieldInputE, "n/a"), "Feedback from interested parties says nothing"),
		row(register.ManagementReview, "a person supplies it", "G58", "9.3.2 d1", func(r *register.Record) {
			r.Involved = slices.DeleteFunc(slices.Clone(r.Involved), func(i register.Involvement) bool { return i.Field == register.FieldInputF })
		}, "Nobody known supplied Risk assessment and treatment plan; somebody in the register's list of people gives it again"),
		row(register.ManagementReview, "in German, too", "", "9.3.2 d1", set(register.FieldInputB, "Nichts zu berichten.")),
		row(register.ManagementReview, "each judgement stands apart", "G59", result, func(r *register.Record) { r.Fields[register.FieldAdequacy] = r.Fields[register.FieldSuitability] },
			`Adequacy of the ISMS is the same as "Suitability of the ISMS"; judge each apart`),
		row(register.ManagementReview, "none is blank", "G59", result, drop(register.FieldEffective), "Effectiveness of the ISMS is missing"),
		row(register.ManagementReview, "a decision has a day and says what it is", "G60", result, set(register.FieldActionPlan, "- [ ] Name a deputy for backups @ben"),
			`The decision "Name a deputy for backups" has no day by which it is carried out`, `The decision "Name a deputy for backups" does not say what it is: kind:improvement, kind:isms_change or kind:resource`),
		row(register.ManagementReview, "a review without decisions says why", "G60", result, drop(register.FieldActionPlan),
			"No decision could be read. One line each: `- [ ] what @who due:2026-12-31 kind:isms_change` (improvement, isms_change or resource); a review without decisions says why"),
		row(register.ManagementReview, "it had the figures before it", "G61", result, func(r *register.Record) { r.Figures = nil }, "The figures of the period are not frozen yet; `conformd review freeze` does that"),
		row(register.ManagementReview, "somebody attended", "G61", result, drop(register.FieldAttendees), "Attendees is missing"),
		row(register.ManagementReview, "top management signs", "G62", result, unsigned, "Not signed yet; that takes top management"),
	}
}

// enter lets somebody enter a value, and returns the record and why it was refused.
func enter(r register.Record, c register.Enter, ctx register.Context) (register.Record, error) {
	if c.By.Event == "" {
		c.By = register.Author{Person: "ana", At: ctx.At, How: register.ByComment, Event: "e" + c.Period + c.Value + c.Note, From: "gh-isms"}
	}
	facts, err := register.Decide(r, c, ctx, register.DefaultPolicy())
	return register.Replay(r, facts), err
}

func TestAValueIsEntered(t *testing.T) {
	inForce := evaluation(register.Measure)
	for _, c := range []struct {
		name   string
		edit   func(*register.Record)
		enter  register.Enter
		period string
		value  string
		met    bool
		want   string // refusal
	}{
		{name: "for the last period that is over", enter: register.Enter{Value: "97"}, period: "2026-Q3", value: "97", met: true},
		{name: "or the one that is named", enter: register.Enter{Value: "94.5 %", Period: "2026-q2"}, period: "2026-Q2", value: "94.5"},
		{name: "a comma is read in two ways", enter: register.Enter{Value: "97,5"}, want: `"97,5" is no value of this record: write a number, with a point for decimals: 97 or 97.5`},
		{name: "in the unit of the target", enter: register.Enter{Value: "97 days"}, want: `"97 days" is no value of this record: the target is in %, and the value in days`},
		{name: "of the cadence of the measure", enter: register.Enter{Value: "97", Period: "2026-09"}, want: "2026-09 is no period of a record that is measured quarterly"},
		{name: "that has begun", enter: register.Enter{Value: "97", Period: "2027-Q1"}, want: "2027-Q1 has not begun"},
		{name: "that is a period", enter: register.Enter{Value: "97", Period: "summer"}, want: `"SUMMER" is no period: write it like 2026-Q3, 2026-H2, 2026, 2026-09, 2026-W37 or 2026-07-01..2026-09-30`},
		{name: "nothing is no value", enter: register.Enter{}, want: "the value is empty"},
		{name: "a source that does not answer leaves no zero", enter: register.Enter{Source: "http", Note: "no answer within 10 s"}, period: "2026-Q3"},
		{name: "a measure without a target", edit: drop(register.FieldTarget), enter: register.Enter{Value: "97"}, want: "G51: the record has no target that can be read"},
		{name: "a measure nobody took in", edit: func(r *register.Record) { r.State = register.Reported }, enter: register.Enter{Value: "97"}, want: "G50: the record is not triaged"},
		{name: "a measure that ended", edit: func(r *register.Record) { r.State = register.Closed }, enter: register.Enter{Value: "97"}, want: "the record is at its end"},
		{name: "a nonconformity is not measured", edit: set(register.FieldKind, "nonconformity"), enter: register.Enter{Value: "97"}, want: "no values are entered for a nonconformity"},
		{name: "a check passes or fails", edit: func(r *register.Record) { *r = evaluation(register.ControlCheck) }, enter: register.Enter{Value: "bestanden"}, period: "2026-11", value: "passed", met: true},
		{name: "and nothing else", edit: func(r *register.Record) { *r = evaluation(register.ControlCheck) }, enter: register.Enter{Value: "yes"}, want: `"yes" is no value of this record: answer passed or failed`},
		{name: "in the name of somebody known", enter: register.Enter{Value: "97", Source: "ci backup", By: register.Author{Person: "zoe", Event: "x"}}, want: `"zoe" is not in the register's list of people`},
		{name: "by somebody known", enter: register.Enter{Value: "97", By: register.Author{Person: "zoe", How: register.ByComment, Event: "x"}}, want: `"zoe" is not in the register's list of people`},
		{name: "not by a program", enter: register.Enter{Value: "97", By: register.Author{Person: "ana", How: register.ByComment, Event: "x", Bot: true}}, want: "it is not an attributable event"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := inForce.Clone()
			if c.edit != nil {
				c.edit(&r)
			}
			got, err := enter(r, c.enter, at(now))
			if c.want != "" {
				if err == nil || err.Error() != c.want {
					t.Fatalf("refused with %v, want %s", err, c.want)
				}
				if len(got.Measurements) > 0 {
					t.Errorf("a refused value was kept: %v", got.Measurements)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			m := got.Measurements[0]
			if m.Period != c.period || m.Value != c.value || m.Met != c.met || !m.At.Equal(now) {
				t.Errorf("entered %+v, want %s of %s, met %t, at the time of entry", m, c.value, c.period, c.met)
			}
		})
	}
}

// A comment that is read late, as on a fresh disk, was entered when it was written.
func TestAValueIsOfTheTimeAtWhichItWasWritten(t *testing.T) {
	written := time.Date(2026, 9, 29, 9, 0, 0, 0, time.UTC)
	by := register.Author{Person: "ana", At: written, How: register.ByComment, Event: "c1", From: "gh-isms"}
	r, err := enter(evaluation(register.Measure), register.Enter{By: by, Value: "97"}, at(now))
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Measurements[0]; m.Period != "2026-Q2" || !m.At.Equal(written) {
		t.Errorf("entered %+v, want the quarter that was over on the day of the comment, and that day", m)
	}
}

func TestAValueIsNeverReplaced(t *testing.T) {
	r, err := enter(evaluation(register.Measure), register.Enter{Value: "90", Period: "2026-Q3"}, at(now))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enter(r, register.Enter{Value: "97", Period: "2026-Q3"}, at(now)); err == nil || !strings.Contains(err.Error(), "2026-Q3 has the value 90 already") {
		t.Fatalf("a second value without a reason: %v", err)
	}
	later := now.AddDate(0, 0, 3)
	r, err = enter(r, register.Enter{Value: "97", Period: "2026-Q3", Note: "Two tests were counted twice."}, at(later))
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := register.Measured(r, "2026-Q3"); m.Value != "97" || !m.At.Equal(later) {
		t.Errorf("the value that counts is %+v, want 97 of %s", m, later)
	}
	if first := r.Measurements[0]; first.Value != "90" || !first.At.Equal(now) {
		t.Errorf("the first value is %+v, want 90 as it was entered", first)
	}
	again, err := enter(r, register.Enter{Value: "97", By: register.Author{Person: "ana", How: register.ByComment, Event: r.Measurements[1].Event}}, at(later))
	if err != nil || len(again.Measurements) != 2 {
		t.Errorf("the same event again: %v, %d values, want 2", err, len(again.Measurements))
	}
}

// A source that is asked replaces no value, whatever it says of it. Nothing that it has not got replaces
// one, and a value that a person enters after a source did not answer stands beside that.
func TestASourceReplacesNoValue(t *testing.T) {
	source := register.Enter{Period: "2026-Q3", Value: "97", Source: "file backup.json", Note: "as it was on 2026-10-01"}
	r, err := enter(evaluation(register.Measure), register.Enter{Value: "90", Period: "2026-Q3"}, at(now))
	if err != nil {
		t.Fatal(err)
	}
	silent := source
	silent.Value = ""
	for _, c := range []register.Enter{source, silent} {
		if got, err := enter(r, c, at(now)); err == nil || err.Error() != "2026-Q3 has the value 90 already, and a source replaces none" || len(got.Measurements) != 1 {
			t.Errorf("%+v: %v, %d values", c, err, len(got.Measurements))
		}
	}
	r, err = enter(evaluation(register.Measure), silent, at(now))
	if err != nil {
		t.Fatal(err)
	}
	r, err = enter(r, register.Enter{Value: "96", Period: "2026-Q3"}, at(now.AddDate(0, 0, 1)))
	if err != nil || len(r.Measurements) != 2 || !r.Measurements[0].Missed() || r.Measurements[1].Value != "96" {
		t.Errorf("a person after a source that did not answer: %v, %+v", err, r.Measurements)
	}
}

// TestValuesAreDue follows a monthly check from its triage on 2 July: July, August, … are due 14 days
// after their end.
func TestValuesAreDue(t *testing.T) {
	r := evaluation(register.ControlCheck)
	on := func(month time.Month, day int) []string {
		var out []string
		for _, d := range register.Due(r, time.Date(2026, month, day, 9, 0, 0, 0, time.UTC)) {
			if d.Reading != "" {
				late := ""
				if d.Missed {
					late = " missed"
				}
				out = append(out, d.What()+" by "+d.Due+" "+d.Who+late)
			}
		}
		return out
	}
	if diff := cmp.Diff([]string{"value of 2026-07 by 2026-08-14 ana"}, on(time.July, 31)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"value of 2026-07 by 2026-08-14 ana", "value of 2026-08 by 2026-09-14 ana"}, on(time.August, 14)); diff != "" {
		t.Error(diff)
	}
	r, err := enter(r, register.Enter{Value: "passed", Period: "2026-07"}, at(time.Date(2026, 8, 20, 9, 0, 0, 0, time.UTC)))
	if err != nil {
		t.Fatal(err)
	}
	r, _ = enter(r, register.Enter{Source: "file backup.json", Period: "2026-08", Note: "The file could not be read."}, at(time.Date(2026, 9, 2, 9, 0, 0, 0, time.UTC)))
	want := []string{"value of 2026-08 by 2026-09-14 ana missed", "value of 2026-09 by 2026-10-14 ana missed", "value of 2026-10 by 2026-11-14 ana"}
	if diff := cmp.Diff(want, on(time.October, 20)); diff != "" {
		t.Error(diff)
	}
	r.State = register.Closed
	if got := on(time.October, 20); got != nil {
		t.Errorf("of a check that ended: %v", got)
	}
}

func TestAMissedTargetProposesASignal(t *testing.T) {
	r, _ := enter(evaluation(register.Measure), register.Enter{Value: "90", Note: "The tape robot was down."}, at(now))
	s, ok := r.Measurements[0].Signalled(r)
	if !ok || s.Kind() != register.Signal || s.Fields[register.FieldStatement] != "MEA-2026-0001 was 90 in 2026-Q3, and its target is ≥ 95 %: The tape robot was down." {
		t.Fatalf("Signalled = %v, %t", s.Fields, ok)
	}
	s.Approvals = evaluation(register.Signal).Approvals
	if held := must(register.Check(s, register.Analysis, at(now), register.DefaultPolicy())); len(held) > 0 {
		t.Errorf("a signal that conformd files cannot be triaged: %v", words(held))
	}
	for _, m := range []register.Measurement{{Value: "97", Met: true}, {Value: ""}} {
		if _, proposes := m.Signalled(r); proposes {
			t.Errorf("%+v proposes a signal", m)
		}
	}
}

func TestASignalBecomesMore(t *testing.T) {
	r := evaluation(register.Signal)
	delete(r.Fields, register.FieldCloseSummary)
	got, a := approve(r, promotion(register.Improvement, "ira"), at(now), register.DefaultPolicy())
	if a.Refused != "" || got.State != register.Closed {
		t.Fatalf("promoted: %q, %s", a.Refused, got.State)
	}
	next, _ := a.PromotedFrom(got)
	if next.Fields[register.FieldProblem] != r.Fields[register.FieldStatement] || next.Fields[register.FieldDriver] != "external_context" {
		t.Errorf("the improvement says %v", next.Fields)
	}
}

// TestAReviewIsSigned follows a management review to its signature: a blank is named, somebody else
// cannot sign, what was signed stands, and a change before that needs another signature.
func TestAReviewIsSigned(t *testing.T) {
	r := evaluation(register.ManagementReview)
	r.Approvals = r.Approvals[:1]
	sign := func(r register.Record, by, event string) (register.Record, register.Approval) {
		return approve(r, register.Approval{Event: event, Subject: register.SubjectSigning, Outcome: register.Approved, By: by, At: now, How: register.ByTerminal, Reason: "As discussed in the meeting of 15 July."}, at(now), register.DefaultPolicy())
	}
	blank := r.Clone()
	delete(blank.Fields, register.FieldInputD2)
	delete(blank.Fields, register.FieldAdequacy)
	if _, a := sign(blank, "dee", "s0"); a.Refused != `G58: it cannot be signed yet: Trend of measurement results is blank; write what there is, or "nothing to report"; Adequacy of the ISMS is missing` {
		t.Errorf("with two blanks: %q", a.Refused)
	}
	if _, a := sign(r, "ira", "s1"); a.Refused != "G62: Ira Manager may not sign a management review; that takes top management" {
		t.Errorf("by the manager: %q", a.Refused)
	}
	signed, a := sign(r, "dee", "s2")
	if a.Refused != "" || signed.State != register.Closed {
		t.Fatalf("signed: %q, %s", a.Refused, signed.State)
	}
	if later := propose(signed, "ira", register.FieldAdequacy, "It was not enough after all.", at(now)); len(later.Proposals) != 1 || later.Fields[register.FieldAdequacy] != r.Fields[register.FieldAdequacy] {
		t.Errorf("an edit after the signature: %v", later.Proposals)
	}
}

// What belongs to nonconformities alone is refused for what evaluates the ISMS, and no matrix gives it milestones.
func TestWhatEvaluatesHasNoWorkOfItsOwn(t *testing.T) {
	p := register.DefaultPolicy()
	p.Times = append([]register.TimeRow{{Days: map[register.Milestone]int{register.MilestoneTriage: 1, register.MilestoneContainment: 2}}}, p.Times...)
	by := register.Author{Person: "ana", At: now, How: register.ByComment, Event: "x", From: "gh-isms"}
	for _, k := range []register.Kind{register.Signal, register.Objective, register.Measure, register.ControlCheck, register.Audit, register.ManagementReview} {
		r := evaluation(k)
		for name, c := range map[string]register.Command{
			"an exception": register.Accept{By: by, Until: "2026-12-31", Reason: "The old system is replaced in January, and until then it stands in a locked room."},
			"a plan":       register.Judge{Approval: register.Approval{Event: "p", Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment}},
			"a review":     register.Judge{Approval: register.Approval{Event: "e", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "cem", At: now, How: register.ByComment, Reason: "Checked four exports of October."}},
		} {
			if facts, err := register.Decide(r, c, at(now), p); err == nil {
				t.Errorf("%s of a %s: %v, want a refusal", name, k, facts)
			}
		}
		reported := r.Clone()
		reported.State, reported.Approvals, reported.Confirmed = register.Reported, nil, time.Time{}
		facts, err := register.Decide(reported, register.Judge{Approval: r.Approvals[0]}, at(now), p)
		if err != nil {
			t.Fatal(err)
		}
		taken := register.Replay(reported, facts)
		if taken.State != register.Implementing || len(register.Deadlines(taken, now)) > 0 {
			t.Errorf("a %s that is taken in is %s with the milestones %v", k, taken.State, register.Deadlines(taken, now))
		}
		// A status in a tracker that it does not have keeps it where it is.
		facts, _ = register.Decide(taken, register.Move{By: by, To: register.Planning}, at(now), p)
		if moved := register.Replay(taken, facts); moved.State != register.Implementing || moved.Requested != "" {
			t.Errorf("a %s that somebody moves to planning is %s, %s requested", k, moved.State, moved.Requested)
		}
	}
}
