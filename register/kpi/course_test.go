package kpi_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// drawFact draws one fact of a record, at a moment.
func drawFact(t *rapid.T, r register.Record, at time.Time) register.Fact {
	states := []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.Accepted, register.StateRejected}
	event := at.String() + fmt.Sprint(len(r.Approvals))
	date := func() string { return at.AddDate(0, 0, rapid.IntRange(-40, 40).Draw(t, "days")).Format(time.DateOnly) }
	milestone := func() register.Milestone { return rapid.SampledFrom(register.MilestoneList()).Draw(t, "milestone") }
	switch rapid.IntRange(0, 10).Draw(t, "fact") {
	case 0, 1:
		f := rapid.SampledFrom(register.Fields()).Draw(t, "field").Field
		after := rapid.SampledFrom([]string{"", "a=b\n@1\\n", "no change", date(), "major", "improvement", "external_audit", "NC-2026-0001 and NC-2026-0002", "- [ ] Do it kind:preventive\n- [ ] And that"}).Draw(t, "value")
		return register.Fact{Kind: register.FactSet, Field: f, Before: r.Fields[f], After: after, At: at}
	case 2, 3:
		m := register.Moved{From: r.State, To: rapid.SampledFrom(states).Draw(t, "state"), Confirmed: r.Confirmed, Done: r.Done}
		if m.To == register.Closed {
			m.Closed = at
		}
		return register.Fact{Kind: register.FactMoved, Move: &m, At: at}
	case 4:
		a := register.Approval{
			Event: event, Subject: rapid.SampledFrom([]register.Subject{register.SubjectPlan, register.SubjectEffectiveness, register.SubjectAdoption}).Draw(t, "subject"), At: at, Round: r.Round,
			Outcome: rapid.SampledFrom([]register.Outcome{register.Approved, register.Effective, register.Partially, register.Ineffective, register.Adopted}).Draw(t, "outcome"),
		}
		return register.Fact{Kind: register.FactDecided, Decision: &a, At: at}
	case 5:
		if len(r.Approvals) == 0 {
			return register.Fact{Kind: register.FactRestarted, At: at}
		}
		return register.Fact{Kind: register.FactVoided, Event: rapid.SampledFrom(r.Approvals).Draw(t, "voided").Event, Why: "changed", At: at}
	case 6:
		return register.Fact{Kind: register.FactRound, At: at}
	case 7:
		return register.Fact{Kind: register.FactDue, Due: []register.MilestoneDate{{Milestone: milestone(), Round: r.Round, Date: date(), Start: at}}, At: at}
	case 8:
		e := register.Extension{Milestone: milestone(), Round: r.Round, Before: date(), Date: date(), State: register.ExtensionApproved, Event: event}
		return register.Fact{Kind: register.FactExtension, Extension: &e, At: at}
	case 9:
		a := register.Acceptance{Until: date(), State: rapid.SampledFrom([]register.AcceptanceState{register.AcceptanceApproved, register.AcceptanceEnded}).Draw(t, "acceptance"), Event: "one", Approved: []register.AcceptedBy{{At: at}}}
		return register.Fact{Kind: register.FactAcceptance, Acceptance: &a, At: at}
	default:
		a := register.Action{ID: rapid.SampledFrom([]string{"A1", "gh 7/8", "A3"}).Draw(t, "id"), Kind: rapid.SampledFrom([]register.ActionKind{register.Corrective, register.Preventive}).Draw(t, "kind"), Title: "Do it"}
		if rapid.Bool().Draw(t, "dropped") {
			return register.Fact{Kind: register.FactDropped, Event: a.ID, At: at}
		}
		return register.Fact{Kind: register.FactAction, Action: &a, At: at}
	}
}

// A drawn is an entry of a log.
type drawn struct {
	at   time.Time
	ref  string
	fact register.Fact
}

// drawLog draws the entries of a log about a few records: the moment of each never lies before
// that of the one before it, and what it tells may lie before or after.
func drawLog(t *rapid.T) []drawn {
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	records := map[string]register.Record{}
	var out []drawn
	for i := range rapid.IntRange(1, 40).Draw(t, "entries") {
		at = at.Add(rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Hour, 100 * time.Hour}).Draw(t, "later"))
		ref := fmt.Sprint("NC-", rapid.IntRange(1, 3).Draw(t, "record"))
		r, known := records[ref]
		f := register.Fact{Kind: register.FactCarried, Record: &register.Record{ID: ref, Ref: ref, State: register.Reported, Recorded: at, Fields: map[register.Field]string{register.FieldIdentified: at.Format(time.DateOnly)}}}
		if known {
			f = drawFact(t, r, at.Add(time.Duration(rapid.IntRange(-300, 300).Draw(t, fmt.Sprint("told ", i)))*time.Hour))
		}
		records[ref] = register.Apply(r, f)
		out = append(out, drawn{at, ref, f})
	}
	return out
}

// Figures as of a moment do not change by what the log records later, whatever it tells of.
func TestLaterEntriesChangeNoFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		cut := rapid.IntRange(0, len(log)-1).Draw(t, "cut")
		q := kpi.Question{At: log[cut].at, From: log[0].at.AddDate(0, -1, 0), To: log[cut].at.AddDate(0, rapid.IntRange(0, 2).Draw(t, "months"), 1)}
		before, after := newBook(), newBook()
		for _, e := range log {
			if !e.at.After(q.At) {
				before.tell(e.at, e.ref, e.fact)
			}
			after.tell(e.at, e.ref, e.fact)
		}
		if want, got := before.figures(t, q), after.figures(t, q); !reflect.DeepEqual(want, got) {
			t.Fatalf("as of %s the figures were\n%s\nand are\n%s", q.At, strings.Join(table(want), "\n"), strings.Join(table(got), "\n"))
		}
	})
}

// What a log tells in one transaction is one step, however many entries it takes; and entries that
// concern no figure may be left out.
func TestCourseFollowsFromTheMoments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		each := newBook()
		records := map[string]register.Record{}
		once := map[string]*kpi.Course{}
		for i, e := range log {
			each.tell(e.at, e.ref, e.fact)
			was := records[e.ref]
			records[e.ref] = register.Apply(was, e.fact)
			if once[e.ref] == nil {
				once[e.ref] = &kpi.Course{}
			}
			last := true
			for _, later := range log[i+1:] {
				last = last && (later.ref != e.ref || !later.at.Equal(e.at))
			}
			if last {
				once[e.ref].Take(e.at, records[e.ref])
			}
			if !kpi.Concerns(e.fact) {
				var with, without kpi.Course
				with.Take(e.at, was)
				without = with
				with.Take(e.at.Add(time.Hour), records[e.ref])
				if with.String() != without.String() {
					t.Fatalf("%s of %q changes a value and is said to concern none", e.fact.Kind, e.fact.Field)
				}
			}
		}
		for ref, c := range each.courses {
			if got, want := once[ref].String(), c.String(); got != want {
				t.Fatalf("%s: one step gives\n%s\nand an entry after the other\n%s", ref, got, want)
			}
		}
	})
}

// A course is read as it was written.
func TestCourseIsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook()
		for _, e := range drawLog(t) {
			b.tell(e.at, e.ref, e.fact)
		}
		for _, c := range b.courses {
			got, err := kpi.Parse(c.String())
			if err != nil {
				t.Fatal(err)
			}
			got.Record = c.Record // which is not in the text
			if got.String() != c.String() || !reflect.DeepEqual(got, *c) {
				t.Fatalf("written as\n%s\nread as\n%s", c, &got)
			}
		}
	})
}

func TestCourseThatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                           `form ""`,
		"3\n":                        `form "3", this conformd knows 2`,
		"2\nstate=closed\n":          "line 2",
		"2\n@soon\n":                 `"soon" is no later time`,
		"2\n@5\n@4\n":                `"4" is no later time`,
		"2\n@5\ncolour=red\n":        "line 3",
		"2\n@5\nstate=reported\nx\n": "line 4",
	} {
		if _, err := kpi.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want an error with %q", text, err, want)
		}
	}
}

// A clock that went back counts as one that stood still: the later entry still counts.
func TestClockThatGoesBack(t *testing.T) {
	var c kpi.Course
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	r := register.Record{Recorded: noon, State: register.Reported}
	c.Take(noon, r)
	r.State = register.Analysis
	c.Take(noon.Add(-time.Hour), r)
	if _, ok := c.At(noon.Add(-time.Minute)); ok {
		t.Error("the record stands before the log told of it")
	}
	if text := c.String(); !strings.Contains(text, "state=analysis") || strings.Count(text, "@") != 1 {
		t.Errorf("course\n%s\nwant one step with the later state", text)
	}
}
