// Package kpipage shows the figures of a management review as a page to print and as Markdown.
package kpipage

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/paper"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

//go:embed page.html
var page string

//go:embed figures.html
var figures string

// A sheet is what the page shows.
type sheet struct {
	kpi.Report
	Edition register.Edition
	Periods []string // of the trend and of the report, the oldest first
	Only    []string // ids of the figures that are shown, nil for all
}

// Shows reports whether a figure is shown.
func (s *sheet) Shows(id string) bool { return s.Only == nil || slices.Contains(s.Only, id) }

// A table is one figure. A column is there if one of its rows has something in it.
type table struct {
	Rows             []kpi.Row
	N, Median, Noted bool
}

func tableOf(rows []kpi.Row) table {
	t := table{Rows: rows}
	for _, x := range rows {
		t.N = t.N || of(x) != ""
		t.Median = t.Median || x.Median != nil
		t.Noted = t.Noted || x.Caution() != ""
	}
	return t
}

// A bar is one period of a chart: a height of at most 20 units, and whether it is that of the report.
type bar struct {
	X, Y, Height int
	Now, None    bool // None: there is no number
}

// HTML returns a report as one page that needs nothing else: no script, no image, no font and no
// address. Charts are drawn in black and white and stand beside their numbers.
func HTML(r kpi.Report, ed register.Edition) ([]byte, error) { return render(page+figures, r, ed, nil) }

// Figures returns some figures of a report as a part of another page, which has the same style.
func Figures(r kpi.Report, ed register.Edition, only []string) ([]byte, error) {
	return render(`{{template "sheet" .}}`+figures, r, ed, only)
}

// render fills a page.
func render(page string, r kpi.Report, ed register.Edition, only []string) ([]byte, error) {
	s := sheet{Report: r, Edition: ed, Only: only}
	for _, t := range r.Trend {
		s.Periods = append(s.Periods, t.Period().String())
	}
	s.Periods = append(s.Periods, r.Period().String())
	t, err := paper.Page("figures", page, template.FuncMap{
		"of":    func(i int) table { return tableOf(s.Of(i)) },
		"one":   number,
		"bars":  bars,
		"comma": func(list []string) string { return strings.Join(list, ", ") },
		"said":  func(x kpi.Row) string { return said(s.Periods, append(slices.Clone(x.Earlier), x.Words)) },
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, &s)
	return b.Bytes(), err
}

// Heights of a chart in its own units.
const (
	tall  = 20
	width = 9 // of a bar with the gap behind it
)

// bars draws the numbers of a value against the largest of them. Nothing is drawn of values that have
// no number in any period, or are 0 in all.
func bars(numbers []*float64) []bar {
	most := 0.0
	for _, x := range numbers {
		if x != nil {
			most = max(most, *x, -*x)
		}
	}
	if most == 0 {
		return nil
	}
	out := make([]bar, len(numbers))
	for i, x := range numbers {
		out[i] = bar{X: i * width, Now: i == len(numbers)-1, None: x == nil, Y: tall}
		if x != nil {
			out[i].Height = int(max(*x, -*x)/most*tall + 0.5)
			out[i].Y = tall - out[i].Height
		}
	}
	return out
}

// said tells a chart to who cannot see it: "2026-Q2: 4; 2026-Q3: 7".
func said(periods, numbers []string) string {
	out := make([]string, 0, len(periods))
	for i, p := range periods {
		if i < len(numbers) {
			out = append(out, p+": "+numbers[i])
		}
	}
	return strings.Join(out, "; ")
}

// Markdown returns a report as Markdown, a table for each figure.
func Markdown(r kpi.Report, ed register.Edition) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Figures of %s\n\n%s, as of %s, from a log of %d entries.\n", r.Period(), paper.Cell(r.About()), r.AsOf(), r.Entries)
	if r.Root != "" {
		fmt.Fprintf(&b, "Root of the log: `%s`.\n", r.Root)
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(&b, "Left out: %d %s.\n", l.N, paper.Cell(l.Why))
	}
	for i := range r.Figures {
		f := &r.Figures[i]
		fmt.Fprintf(&b, "\n## %s %s (%s)\n\n", f.ID, paper.Cell(f.Name), strings.Join(f.Clauses(ed), ", "))
		rows := r.Of(i)
		if len(rows) == 0 {
			b.WriteString("none\n")
			continue
		}
		head := []string{"value"}
		for _, t := range r.Trend {
			head = append(head, t.Period().String())
		}
		head = append(head, r.Period().String(), "n", "median", "9 of 10 within", "note")
		if r.YearBefore != nil {
			head = append(head, "change", "to a year before")
		}
		b.WriteString(paper.Line(head))
		b.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
		for _, x := range rows {
			cells := append([]string{paper.Cell(x.Name)}, x.Earlier...)
			cells = append(cells, x.Words, of(x), number(x.Median), number(x.P90), x.Caution())
			if r.YearBefore != nil {
				cells = append(cells, x.Change, x.YearAgo)
			}
			b.WriteString(paper.Line(cells))
		}
	}
	return []byte(b.String())
}

// of is how many records a share or a mean is made of.
func of(x kpi.Row) string {
	if x.Unit == kpi.Count {
		return ""
	}
	return fmt.Sprint(x.N)
}

func number(x *float64) string {
	if x == nil {
		return ""
	}
	return fmt.Sprintf("%.1f", *x)
}
