// Package reportpage shows the reports for a management review as pages to print and as Markdown.
package reportpage

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/paper"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/report"
)

//go:embed page.html
var page string

//go:embed list.html
var listPart string

// A sheet is what the page shows.
type sheet struct {
	Title, AsOf   string
	Facts         [][2]string
	Alerts, Notes []string
	Figures       []figure
	List          list
}

// A list is a table of records.
type list struct {
	Title, None string
	Columns     []column
	Rows        []row
}

// A figure is a table. A column is there if one of its rows has something in it.
type figure struct {
	ID, Name, Clauses string
	Rows              []report.FigureRow
	Bars, Made        bool
}

type column struct{ Name, Class string }

// A row is a record: its cells, and below them the sentences of people, each with its name.
type row struct {
	Cells []string
	Below [][2]string
}

// HTML returns a report as one page that needs nothing else: no script, no image, no font and no
// address. It reads in black and white, and a chart stands beside its numbers.
func HTML(d report.Document, ed register.Edition) ([]byte, error) {
	t, err := paper.Page("report", page+listPart, nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, sheetOf(d, ed))
	return b.Bytes(), err
}

func sheetOf(d report.Document, ed register.Edition) sheet {
	s := sheet{Title: d.Title(), Facts: d.Facts(), Alerts: d.Alerts, Notes: d.Notes, List: listOf(d.Table)}
	s.AsOf = s.Facts[0][1]
	for i := range d.Figures {
		f := &d.Figures[i]
		x := figure{ID: f.ID, Name: f.Name, Clauses: strings.Join(f.Clauses(ed), ", "), Rows: d.Of(i)}
		for _, r := range x.Rows {
			x.Bars, x.Made = x.Bars || r.Bar > 0, x.Made || r.MadeOf() != ""
		}
		s.Figures = append(s.Figures, x)
	}
	return s
}

func listOf(t report.Table) list {
	l := list{Title: t.Title, None: t.None}
	shown := t.Shown()
	for _, i := range shown {
		c := t.Columns[i]
		l.Columns = append(l.Columns, column{c.Name, class(c.Form)})
	}
	for _, cells := range t.Rows {
		var r row
		for i, c := range t.Columns {
			switch {
			case slices.Contains(shown, i):
				r.Cells = append(r.Cells, cells[i])
			case (c.Form == report.Long || c.Form == report.Name) && cells[i] != "":
				r.Below = append(r.Below, [2]string{c.Name, cells[i]})
			}
		}
		l.Rows = append(l.Rows, r)
	}
	return l
}

// class is the style of a column.
func class(f report.Form) string {
	switch f {
	case report.Count:
		return "number"
	case report.Date:
		return "date"
	case report.Name:
		return "title"
	default:
		return ""
	}
}

// Markdown returns a report as Markdown, a table for each figure and one for the list.
func Markdown(d report.Document, ed register.Edition) []byte {
	var b strings.Builder
	b.WriteString("# " + d.Title() + "\n\n")
	for _, f := range d.Facts() {
		fmt.Fprintf(&b, "- %s: %s\n", f[0], paper.Cell(f[1]))
	}
	for _, a := range d.Alerts {
		b.WriteString("\n**" + paper.Cell(a) + "**\n")
	}
	for _, n := range d.Notes {
		b.WriteString("\nNote: " + paper.Cell(n) + ".\n")
	}
	for i := range d.Figures {
		f := &d.Figures[i]
		fmt.Fprintf(&b, "\n## %s %s (%s)\n\n", f.ID, f.Name, strings.Join(f.Clauses(ed), ", "))
		rows := [][]string{{"value", "number", "made of"}}
		for _, x := range d.Of(i) {
			rows = append(rows, []string{x.Name, x.Words, x.Beside()})
		}
		table(&b, rows, "none")
	}
	fmt.Fprintf(&b, "\n## %s\n\n", d.Table.Title)
	rows := [][]string{nil}
	for _, c := range d.Table.Columns {
		rows[0] = append(rows[0], c.Name)
	}
	table(&b, append(rows, d.Table.Rows...), d.Table.None)
	return []byte(b.String())
}

// table writes a table whose first row is its head.
func table(b *strings.Builder, rows [][]string, none string) {
	if len(rows) == 1 {
		b.WriteString(none + "\n")
		return
	}
	for n, cells := range rows {
		out := make([]string, len(cells))
		for i, c := range cells {
			out[i] = paper.Cell(c)
		}
		b.WriteString(paper.Line(out))
		if n == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(cells)) + "\n")
		}
	}
}
