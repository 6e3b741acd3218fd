package kpi

import (
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// Rows returns a report as a table for spreadsheets, a row for each value. Each row says what it is
// about and as of when, so that it still does when it was copied elsewhere. Numbers have no unit in
// their cells, and a point before decimals.
func (r Report) Rows(ed register.Edition) [][]string {
	head := []string{"Figure", "Name", "Clauses", "Value", "Unit", "Number", "n", "Median", "9 of 10 within", "Most", "Note"}
	for _, s := range r.Trend {
		head = append(head, s.Period().String())
	}
	if r.YearBefore != nil {
		head = append(head, "Change", "To a year before")
	}
	out := [][]string{append(head, "Period", "As of", "Log entries", "Filters")}
	about := []string{r.Period().String(), r.At.UTC().Format(time.RFC3339), strconv.FormatInt(r.Entries, 10), strings.Join(r.Filters(), ", ")}
	for i := range r.Figures {
		f := &r.Figures[i]
		for _, v := range f.Values {
			row := []string{f.ID, f.Name, strings.Join(f.Clauses(ed), ", "), v.Name, string(v.Unit), cell(v.Value), strconv.Itoa(v.N), cell(v.Median), cell(v.P90), cell(v.Max), v.Note}
			for _, w := range r.earlier(i, v) {
				row = append(row, cell(w.Value))
			}
			if r.YearBefore != nil {
				for _, c := range r.changes(i, v) {
					row = append(row, strings.TrimPrefix(c, "+"))
				}
			}
			out = append(out, append(row, about...))
		}
	}
	return out
}

// cell is a number with one decimal at most, "" for none.
func cell(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

// earlier returns what a value of figure i was in the periods of the trend, the oldest first.
func (r *Report) earlier(i int, v Value) []Value {
	out := make([]Value, len(r.Trend))
	for n := range r.Trend {
		out[n] = r.Trend[n].Figures[i].named(v)
	}
	return out
}

// changes returns how a value of figure i changed against the period before, and against the same
// period a year before; "" where there is nothing to compare.
func (r *Report) changes(i int, v Value) []string {
	all := r.earlier(i, v)
	return []string{v.change(all[len(all)-1]), v.change(r.YearBefore.Figures[i].named(v))}
}

// A Row is a value of a figure for a page.
type Row struct {
	Value
	Words    string   // "12.5 %"
	Earlier  []string // the same of the periods of the trend
	Change   string
	YearAgo  string
	Measures []*float64 // of the periods of the trend and of this one, the oldest first
}

// Of returns the values of figure i for a page.
func (r *Report) Of(i int) []Row {
	var out []Row
	for _, v := range r.Figures[i].Values {
		x := Row{Value: v, Words: v.words()}
		for _, w := range r.earlier(i, v) {
			x.Earlier, x.Measures = append(x.Earlier, w.words()), append(x.Measures, w.Value)
		}
		x.Measures = append(x.Measures, v.Value)
		if r.YearBefore != nil {
			c := r.changes(i, v)
			x.Change, x.YearAgo = c[0], c[1]
		}
		out = append(out, x)
	}
	return out
}

// About says in words what a report is about: "14 nonconformities with grade major".
func (r *Report) About() string {
	one, many := r.called()
	out := strconv.Itoa(r.Records) + " " + plural(r.Records, one, many)
	if filters := r.Filters(); len(filters) > 0 {
		out += " with " + strings.Join(filters, ", ")
	}
	return out
}

// AsOf says until when the log was read.
func (r *Report) AsOf() string { return r.asOf() + " UTC" }
