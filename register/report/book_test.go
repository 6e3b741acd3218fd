package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// A book is a small register with what its log recorded when.
type book struct {
	t       *testing.T
	refs    []string
	courses map[string]*kpi.Course
	told    map[string][]told
	lives   map[string]*report.Life // up to now
}

type told struct {
	at    time.Time
	facts []register.Fact
}

func newBook(t *testing.T) *book {
	return &book{t: t, courses: map[string]*kpi.Course{}, told: map[string][]told{}, lives: map[string]*report.Life{}}
}

func on(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(9 * time.Hour)
}

// file begins a record with values "field=value".
func (b *book) file(day, ref string, fields ...string) {
	r := register.Record{ID: "id-" + ref, Ref: ref, State: register.Reported, Recorded: on(day), Fields: map[register.Field]string{register.FieldTitle: "Title of " + ref}}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		r.Fields[register.Field(name)] = value
	}
	b.tell(day, ref, register.Fact{Kind: register.FactCarried, Record: &r})
}

func (b *book) tell(day, ref string, facts ...register.Fact) {
	if b.courses[ref] == nil {
		b.refs = append(b.refs, ref)
		b.courses[ref], b.lives[ref] = &kpi.Course{}, &report.Life{}
	}
	for _, f := range facts {
		b.lives[ref].Take(f)
	}
	b.courses[ref].Take(on(day), b.lives[ref].Record)
	b.told[ref] = append(b.told[ref], told{on(day), facts})
}

func (b *book) set(day, ref string, f register.Field, value string) {
	b.tell(day, ref, register.Fact{Kind: register.FactSet, Field: f, Before: b.lives[ref].Record.Fields[f], After: value, At: on(day)})
}

func (b *book) move(day, ref string, to register.State) {
	r := b.lives[ref].Record
	m := register.Moved{From: r.State, To: to, Confirmed: r.Confirmed, Done: r.Done}
	if to.Rank() >= register.Verifying.Rank() && m.Done.IsZero() {
		m.Done = on(day)
	}
	if to == register.Closed {
		m.Closed = on(day)
	}
	b.tell(day, ref, register.Fact{Kind: register.FactMoved, At: on(day), Move: &m})
}

func (b *book) review(day, ref, by string, outcome register.Outcome, why string) {
	a := register.Approval{Event: "review:" + ref + day, Subject: register.SubjectEffectiveness, Outcome: outcome, By: by, At: on(day), Reason: why, Round: b.lives[ref].Record.Round}
	facts := []register.Fact{{Kind: register.FactDecided, At: on(day), Decision: &a}}
	if outcome != register.Effective { // as Decide has it, in the same transaction
		facts = append(facts,
			register.Fact{Kind: register.FactMoved, At: on(day), Move: &register.Moved{From: register.Verifying, To: register.Analysis}},
			register.Fact{Kind: register.FactRound, At: on(day), Attempt: &register.Attempt{Review: a.Event, RootCause: b.lives[ref].Record.Fields[register.FieldRootCause], Actions: []string{"Tried " + ref}}})
	}
	b.tell(day, ref, facts...)
}

func (b *book) due(day, ref string, m register.Milestone, date string) {
	b.tell(day, ref, register.Fact{Kind: register.FactDue, At: on(day), Due: []register.MilestoneDate{{Milestone: m, Round: b.lives[ref].Record.Round, Date: date}}})
}

func noDiscrepancy(func(kpi.Discrepancy, error) bool) {}

func (b *book) all(yield func(*kpi.Course, error) bool) {
	for _, ref := range b.refs {
		if !yield(b.courses[ref], nil) {
			return
		}
	}
}

// life is a record as it was at a moment.
func (b *book) life(ref string, at time.Time) report.Life {
	var l report.Life
	for _, x := range b.told[ref] {
		if x.at.After(at) {
			break
		}
		for _, f := range x.facts {
			l.Take(f)
		}
	}
	return l
}

// make makes a report of the period, as of a day.
func (b *book) make(which report.Report, asOf, period string, filters ...func(*kpi.Ask)) report.Document {
	b.t.Helper()
	ask := kpi.Ask{At: asOf, Period: period}
	for _, f := range filters {
		f(&ask)
	}
	q, err := ask.Question(on("2099-01-01"))
	if err != nil {
		b.t.Fatal(err)
	}
	sheets, err := kpi.Figures(b.all, noDiscrepancy, q)
	if err != nil {
		b.t.Fatal(err)
	}
	p := report.Past{Sheet: sheets[0], Root: "ROOT", Others: map[string]report.Known{}}
	known := func(ref string) (report.Known, bool) {
		l, ok := q.Line(b.courses[ref])
		return report.Known{Line: l, Life: b.life(ref, q.At)}, ok
	}
	for _, ref := range b.refs {
		k, ok := known(ref)
		if !ok || !which.Wants(q, k.Line) {
			continue
		}
		p.Known = append(p.Known, k)
		for _, id := range which.Refers(k.Record) {
			p.Others[id], _ = known(strings.TrimPrefix(id, "id-"))
		}
	}
	return report.Make(which, p, func(id string) string { return strings.ToUpper(id) })
}

// value returns a value of a figure of a document.
func value(t *testing.T, d report.Document, id, name string) kpi.Value {
	t.Helper()
	for _, f := range d.Figures {
		for _, v := range f.Values {
			if f.ID == id && v.Name == name {
				return v
			}
		}
	}
	t.Fatalf("the report has no %s %s", id, name)
	return kpi.Value{}
}

// leftOut returns why records are left out, and how many.
func leftOut(d report.Document) map[string]int {
	out := map[string]int{}
	for _, l := range d.LeftOut {
		out[l.Why] = l.N
	}
	return out
}

// column returns a column of the list.
func column(t *testing.T, d report.Document, name string) []string {
	t.Helper()
	i := slices.IndexFunc(d.Table.Columns, func(c report.Column) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("the list has no column %q", name)
	}
	var out []string
	for _, row := range d.Table.Rows {
		out = append(out, row[i])
	}
	return out
}
