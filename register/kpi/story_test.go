package kpi_test

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// A book is a register with its courses, as a log tells of them.
type book struct {
	records map[string]register.Record
	courses map[string]*kpi.Course

	discrepancies []kpi.Discrepancy
}

func newBook() *book {
	return &book{records: map[string]register.Record{}, courses: map[string]*kpi.Course{}}
}

// tell takes in what an entry of the log tells of a record.
func (b *book) tell(at time.Time, ref string, facts ...register.Fact) {
	c := b.courses[ref]
	if c == nil {
		c = &kpi.Course{Record: ref}
		b.courses[ref] = c
	}
	b.records[ref] = register.Replay(b.records[ref], facts)
	c.Take(at, b.records[ref])
}

func (b *book) all() iter.Seq2[*kpi.Course, error] {
	return func(yield func(*kpi.Course, error) bool) {
		for _, c := range b.courses {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (b *book) every() iter.Seq2[kpi.Discrepancy, error] {
	return func(yield func(kpi.Discrepancy, error) bool) {
		for _, d := range b.discrepancies {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// figures answers one question.
func (b *book) figures(t interface {
	Helper()
	Fatal(args ...any)
}, q kpi.Question,
) kpi.Sheet {
	t.Helper()
	all, err := kpi.Figures(b.all(), b.every(), q)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func parseTime(t *testing.T, text string) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04"
	if len(text) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// line takes in one line of a story: when the log recorded it, of which record, and what. A line
// that ends with "(of 2026-06-30 09:00)" tells of an earlier moment.
func (b *book) line(t *testing.T, text string) {
	t.Helper()
	words := strings.Fields(text)
	if len(words) < 4 {
		t.Fatalf("line %q: want a day, a time, a record and what happened", text)
	}
	recorded := parseTime(t, words[0]+" "+words[1])
	ref, verb, args := words[2], words[3], words[4:]
	at := recorded
	if i := slices.Index(args, "(of"); i >= 0 {
		at = parseTime(t, strings.TrimSuffix(strings.Join(args[i+1:], " "), ")"))
		args = args[:i]
	}
	if verb == "discrepancy" { // its kind and what it is about, and "ends"; "-" is no record
		ends := args[len(args)-1] == "ends"
		if ends {
			args = args[:len(args)-1]
		}
		b.discrepancies = append(b.discrepancies, kpi.Discrepancy{
			At: recorded, Kind: kpi.DiscrepancyKind(args[0]), Record: strings.TrimPrefix(ref, "-"), Thing: strings.Join(args[1:], " "), Ends: ends,
		})
		return
	}
	b.tell(recorded, ref, b.facts(t, recorded, at, ref, verb, args)...)
}

func (b *book) facts(t *testing.T, recorded, at time.Time, ref, verb string, args []string) []register.Fact {
	t.Helper()
	r := b.records[ref]
	arg := func(i int) string {
		if i >= len(args) {
			t.Fatalf("%s %s wants %d words after it", ref, verb, i+1)
		}
		return args[i]
	}
	switch verb {
	case "is": // filed, with the values that it begins with
		fields := map[register.Field]string{}
		for _, a := range args {
			name, value, _ := strings.Cut(a, "=")
			fields[register.Field(name)] = strings.ReplaceAll(value, "+", "\n")
		}
		return []register.Fact{{Kind: register.FactCarried, Record: &register.Record{ID: ref, Ref: ref, State: register.Reported, Recorded: recorded, Fields: fields}}}
	case "says": // a field has a value
		f := register.Field(arg(0))
		return []register.Fact{{Kind: register.FactSet, Field: f, Before: r.Fields[f], After: strings.Join(args[1:], " "), At: at}}
	case "contained":
		return []register.Fact{{Kind: register.FactSet, Field: register.FieldCorrection, After: "It was put right at once.", At: at, Contained: &register.Containment{Since: at}}}
	case "moves": // to a state
		m := register.Moved{From: r.State, To: register.State(arg(0)), Confirmed: r.Confirmed, Done: r.Done}
		if m.To.Rank() >= register.Analysis.Rank() && m.Confirmed.IsZero() {
			m.Confirmed = at
		}
		if m.To.Rank() >= register.Verifying.Rank() && m.Done.IsZero() {
			m.Done = at
		}
		if m.To == register.Closed {
			m.Closed = at
		}
		if len(args) > 1 && args[1] == "countersigned" {
			m.SmallOrg = &register.SmallOrgUse{Reviewer: "ana", By: "dee", At: at}
		}
		return []register.Fact{{Kind: register.FactMoved, At: at, Move: &m}}
	case "decides": // a subject, and the outcome
		return []register.Fact{{Kind: register.FactDecided, At: at, Decision: b.decision(r, at, arg(0), arg(1))}}
	case "recurred": // it came up again: a review that was not planned
		a := b.decision(r, at, "effectiveness", "ineffective")
		a.Trigger = register.TriggerRecurrence
		return []register.Fact{{Kind: register.FactDecided, At: at, Decision: a}}
	case "round":
		return []register.Fact{{Kind: register.FactRound, At: at}}
	case "due": // a milestone, and its date
		return []register.Fact{{Kind: register.FactDue, At: at, Due: []register.MilestoneDate{{Milestone: register.Milestone(arg(0)), Round: r.Round, Date: arg(1)}}}}
	case "extended": // a milestone, from and to
		e := register.Extension{Milestone: register.Milestone(arg(0)), Round: r.Round, Before: arg(1), To: arg(2), Date: arg(2), State: register.ExtensionApproved, Event: ref + at.String()}
		return []register.Fact{{Kind: register.FactExtension, At: at, Extension: &e}}
	case "accepted": // until
		a := register.Acceptance{Until: arg(0), Asked: arg(0), State: register.AcceptanceApproved, Event: ref + at.String(), Approved: []register.AcceptedBy{{Person: "ria", At: at}}}
		return append([]register.Fact{{Kind: register.FactAcceptance, At: at, Acceptance: &a}}, b.facts(t, recorded, at, ref, "moves", []string{"accepted"})...)
	case "again": // is the record that is named again
		x := register.Recurrence{To: arg(0), Ref: arg(0), State: register.RecurrenceConfirmed, At: at}
		return []register.Fact{{Kind: register.FactRecurrence, At: at, Recurrence: &x}}
	case "value": // a period, a value ("-" if the source did not answer) and whether it meets the target
		m := register.Measurement{Period: arg(0), Value: strings.TrimPrefix(arg(1), "-"), Met: len(args) > 2 && args[2] == "met", At: at, Source: register.FromPerson, Event: ref + at.String()}
		return []register.Fact{{Kind: register.FactMeasured, At: at, Measurement: &m}}
	case "action": // id and kind
		a := register.Action{ID: arg(0), Kind: register.ActionKind(arg(1)), Title: arg(0), State: register.ActionProposed}
		if len(args) > 3 { // state and day
			a.State, a.Due = register.ActionState(arg(2)), arg(3)
		}
		return []register.Fact{{Kind: register.FactAction, At: at, Action: &a}}
	}
	t.Fatalf("%s: %q is nothing that a story tells", ref, verb)
	return nil
}

func (b *book) decision(r register.Record, at time.Time, subject, outcome string) *register.Approval {
	return &register.Approval{Event: subject + at.String(), Subject: register.Subject(subject), Outcome: register.Outcome(outcome), By: "irene", At: at, Round: r.Round}
}

// table writes a sheet as the stories have it.
func table(s kpi.Sheet) []string {
	out := []string{fmt.Sprintf("records %d", s.Records)}
	for _, l := range s.LeftOut {
		out = append(out, fmt.Sprintf("left out %d: %s", l.N, l.Why))
	}
	num := func(x *float64) string { return strconv.FormatFloat(*x, 'f', -1, 64) }
	for _, f := range s.Figures {
		for _, v := range f.Values {
			line := fmt.Sprintf("%-3s %s: ", f.ID, v.Name)
			switch {
			case v.Value == nil:
				line += v.Note
			case v.Unit == kpi.Count:
				line += num(v.Value)
			default:
				line += fmt.Sprintf("%s %s of %d", num(v.Value), v.Unit, v.N)
			}
			if v.Median != nil {
				line += fmt.Sprintf(", median %s, p90 %s, max %s", num(v.Median), num(v.P90), num(v.Max))
			}
			if v.Value != nil && v.Note != "" {
				line += " (" + v.Note + ")"
			}
			out = append(out, line)
		}
	}
	return out
}
