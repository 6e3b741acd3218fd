package report

import (
	"cmp"
	"slices"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// An AgeingRow is an open record.
type AgeingRow struct {
	Record string         `json:"record"`
	Title  string         `json:"title"`
	Kind   register.Kind  `json:"kind"`
	Grade  string         `json:"grade"`
	Risk   string         `json:"risk"`
	Owner  string         `json:"owner"` // person id
	State  register.State `json:"state"`
	Found  string         `json:"found"`
	// Dated says that people gave the date; else the record counts from the day it was recorded.
	Dated bool `json:"dated"`
	// Days are whole days since then.
	Days int `json:"days"`
	// Waits names the step that the record is at.
	Waits string `json:"waits_for"`
	// Next is the milestone that is due first of those that are not met, and Due its present date.
	Next    register.Milestone `json:"next_milestone,omitempty"`
	Due     string             `json:"due,omitempty"`
	Overdue int                `json:"overdue_days,omitempty"`
}

// ageing lists the open records, the oldest first.
func (m *maker) ageing() {
	today := day(m.At)
	rows := make([]AgeingRow, 0, len(m.past.Known))
	undated := 0
	for _, k := range m.past.Known {
		f := k.Record.Fields
		x := AgeingRow{
			Record: k.Record.Ref, Title: f[register.FieldTitle], Kind: k.Record.Kind(), Grade: f[register.FieldGrade], Risk: f[register.FieldRisk], Owner: f[register.FieldOwner],
			State: k.State, Found: day(k.Found), Dated: k.Dated, Waits: waits(k.Line),
		}
		n, _ := days(x.Found, today)
		x.Days = max(0, n)
		if next, ok := next(k.Milestones); ok {
			x.Next, x.Due = next.Milestone, next.Present
			if late, _ := days(next.Present, today); next.Missed(m.At) {
				x.Overdue = late
			}
		}
		if !k.Dated {
			undated++
		}
		rows = append(rows, x)
	}
	slices.SortStableFunc(rows, func(a, b AgeingRow) int {
		return cmp.Or(cmp.Compare(a.Found, b.Found), cmp.Compare(a.Record, b.Record))
	})
	m.leaveOut(m.Records-len(rows), "closed or accepted")
	m.note(undated, "record has no date on which it was found, and counts from the day it was recorded", "records have no date on which they were found, and count from the day they were recorded")
	m.Rows = rows
	m.Table = Table{
		Title: "Open records, the oldest first", None: "Nothing is open.",
		Columns: []Column{
			{"Record", Date},
			{"Days", Count},
			{"Found", Date},
			{"Kind", Filed},
			{"Grade", Short},
			{"Risk", Short},
			{"Owner", Short},
			{"State", Short},
			{"Waits for", Short},
			{"Next milestone", Short},
			{"Due", Date},
			{"Days overdue", Count},
			{"Title", Name},
		},
	}
	for _, x := range rows {
		overdue := ""
		if x.Overdue > 0 {
			overdue = number(&x.Overdue)
		}
		m.Table.add(x.Record, number(&x.Days), x.Found, string(x.Kind), x.Grade, x.Risk, m.named(x.Owner), string(x.State), x.Waits, x.Next.Words(), x.Due, overdue, x.Title)
	}
}

// next returns the milestone that is due first of those that are not met.
func next(all []kpi.Milestone) (kpi.Milestone, bool) {
	open := slices.DeleteFunc(slices.Clone(all), func(x kpi.Milestone) bool { return x.Met })
	if len(open) == 0 {
		return kpi.Milestone{}, false
	}
	return slices.MinFunc(open, func(a, b kpi.Milestone) int { return cmp.Compare(a.Present, b.Present) }), true
}

// waits names the step that an open record is at.
func waits(l kpi.Line) string {
	deferred := slices.ContainsFunc(l.Milestones, func(x kpi.Milestone) bool { return x.Milestone == register.MilestoneDecision && !x.Met })
	switch {
	case l.State == register.Reported:
		return "triage"
	case deferred:
		return "decision"
	case l.State == register.Analysis:
		return "cause"
	case l.State == register.Planning:
		return "plan and its approval"
	case l.State == register.Implementing:
		return "implementation"
	default:
		return "review"
	}
}
