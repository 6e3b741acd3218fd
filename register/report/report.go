// Package report lists the records behind the figures of a management review, as the log had them at
// a moment: how old the open ones are, which exceptions stand, what reviews found, and what came up
// again.
//
// The package is pure: the caller replays the log. Numbers that are figures come from register/kpi,
// and which record counts in a figure is asked there too.
package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// A Report is the name of a report, as people type it.
type Report string

// The reports.
const (
	Ageing        Report = "ageing"
	Exceptions    Report = "exceptions"
	Effectiveness Report = "effectiveness"
	RepeatCauses  Report = "repeat-causes"
)

// Reports returns all reports.
func Reports() []Report { return []Report{Ageing, Exceptions, Effectiveness, RepeatCauses} }

// Wants reports whether a report needs to know a record as a whole.
func (r Report) Wants(q kpi.Question, l kpi.Line) bool {
	switch r {
	case ManagementReview:
		return reviewed(q, l)
	case Ageing:
		return l.Asked && !l.State.Ended()
	case Exceptions:
		return l.Accepted && (l.Asked || l.Exception != nil && l.Exception.Ends == kpi.Past)
	case Effectiveness:
		return l.Asked && slices.ContainsFunc(l.Reviewed, q.In)
	default:
		return l.Repeat // of the closed record, which may be asked about where the new one is not
	}
}

// Refers returns the ids of the records that a record refers to and that a report speaks of.
func (r Report) Refers(rec register.Record) []string {
	var out []string
	if r == RepeatCauses {
		for _, x := range register.ConfirmedRecurrences(rec) {
			out = append(out, x.To)
		}
	}
	return out
}

// figures are the figures that stand beside the list.
func (r Report) figures() []string {
	switch r {
	case Ageing:
		return []string{"K3", "K4"}
	case Exceptions:
		return []string{"K19"}
	case Effectiveness:
		return []string{"K10", "K11", "K12"}
	default:
		return []string{"K30", "K13", "K14"}
	}
}

// A Document is a report with everything that readers see of it. As JSON it has people and fields as
// the register has them.
type Document struct {
	Report Report `json:"report"`
	kpi.Sheet
	Root string `json:"log_root"` // see [Past]
	// Alerts must be acted upon, and Notes explain the list.
	Alerts []string `json:"alerts"`
	Notes  []string `json:"notes"`
	Rows   any      `json:"rows"`
	// Table is the same as Rows, for people.
	Table Table `json:"-"`
}

// Make makes a report. Named returns the name of a person for people.
func Make(r Report, p Past, named func(id string) string) Document {
	d := Document{Report: r, Sheet: p.Sheet, Root: p.Root, Alerts: []string{}, Notes: []string{}}
	d.Figures = slices.DeleteFunc(slices.Clone(p.Sheet.Figures), func(f kpi.Figure) bool { return !slices.Contains(r.figures(), f.ID) })
	slices.SortStableFunc(d.Figures, func(a, b kpi.Figure) int {
		return slices.Index(r.figures(), a.ID) - slices.Index(r.figures(), b.ID)
	})
	d.LeftOut = slices.Clone(p.Sheet.LeftOut)
	for i, l := range d.LeftOut {
		if strings.HasPrefix(l.Why, kpi.OfAnotherKind) {
			d.LeftOut[i].Why = kpi.OfAnotherKind
		}
	}
	m := maker{Document: d, past: p, named: named}
	switch r {
	case Ageing:
		m.ageing()
	case Exceptions:
		m.exceptions()
	case Effectiveness:
		m.effectiveness()
	case RepeatCauses:
		m.repeatCauses()
	}
	m.lost()
	return m.Document
}

// A maker makes one document.
type maker struct {
	Document
	past  Past
	named func(string) string
}

// leaveOut notes what the list leaves out, and why.
func (m *maker) leaveOut(n int, why string) {
	if n > 0 {
		m.LeftOut = append(m.LeftOut, kpi.LeftOut{Why: why, N: n})
	}
}

func (m *maker) note(n int, one, many string) {
	if n == 1 {
		m.Notes = append(m.Notes, "1 "+one)
	} else if n > 1 {
		m.Notes = append(m.Notes, strconv.Itoa(n)+" "+many)
	}
}

// lost says which records the log no longer tells everything of.
func (m *maker) lost() {
	var refs []string
	for _, k := range m.past.Known {
		if k.Lost {
			refs = append(refs, k.Record.Ref)
		}
	}
	if len(refs) > 0 {
		m.Notes = append(m.Notes, "texts were erased from the log, and stand empty here: "+strings.Join(refs, ", "))
	}
}

// asked counts the records of the past that the figures are about.
func (m *maker) asked() int {
	n := 0
	for _, k := range m.past.Known {
		if k.Asked {
			n++
		}
	}
	return n
}

// report is the figures as kpi shows them.
func (d *Document) report() *kpi.Report { return &kpi.Report{Sheet: d.Sheet} }

// day writes the day of a moment in UTC, "" for the zero time.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// days counts the days from one date to another, false where one of them is none.
func days(from, to string) (int, bool) {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return 0, false
	}
	return int(b.Sub(a) / (24 * time.Hour)), true
}

// between is days as rows have it, nil where it is not known.
func between(from, to string) *int {
	n, ok := days(from, to)
	if !ok {
		return nil
	}
	return &n
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
