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
	out := [][]string{append(head, "Period", "As of", "Log entries", "Log root", "Filters")}
	about := []string{r.Period().String(), r.At.UTC().Format(time.RFC3339), strconv.FormatInt(r.Entries, 10), r.Root, strings.Join(r.Filters(), ", ")}
	for i := range r.Figures {
		f := &r.Figures[i]
		for _, x := range r.Of(i) {
			row := []string{f.ID, f.Name, strings.Join(f.Clauses(ed), ", "), x.Name, string(x.Unit), cell(x.Value.Value), strconv.Itoa(x.N), cell(x.Median), cell(x.P90), cell(x.Max), x.Note}
			for _, earlier := range x.Measures[:len(r.Trend)] {
				row = append(row, cell(earlier))
			}
			if r.YearBefore != nil {
				row = append(row, strings.TrimPrefix(x.Change, "+"), strings.TrimPrefix(x.YearAgo, "+"))
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

// A Row is a value of a figure for people, beside those of the periods before.
type Row struct {
	Value
	Words    string     // "12.5 %"
	Earlier  []string   // the same of the periods of the trend
	Change   string     // against the period before
	YearAgo  string     // against the same period a year before
	Measures []*float64 // of the periods of the trend and of this one, the oldest first
}

// Caution is what keeps a reader from relying on a number that is there.
func (x Row) Caution() string {
	if x.Value.Value == nil {
		return "" // the words say that there is none
	}
	return x.Note
}

// Of returns the values of figure i for a page.
func (r *Report) Of(i int) []Row {
	var out []Row
	for _, v := range r.Figures[i].Values {
		x := Row{Value: v, Words: v.words()}
		for n := range r.Trend {
			before := r.Trend[n].Figures[i].named(v)
			x.Earlier, x.Measures, x.Change = append(x.Earlier, before.words()), append(x.Measures, before.Value), v.change(before)
		}
		x.Measures = append(x.Measures, v.Value)
		if r.YearBefore != nil {
			x.YearAgo = v.change(r.YearBefore.Figures[i].named(v))
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
