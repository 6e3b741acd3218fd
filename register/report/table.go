package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// A Table is the list of a report for people.
type Table struct {
	Title   string     `json:"title"`
	Columns []Column   `json:"columns"`
	Rows    [][]string `json:"rows"`
	None    string     `json:"-"` // in the place of a list without rows
}

// A Column is a column of a list.
type Column struct {
	Name string `json:"name"`
	Form Form   `json:"-"`
}

// A Form says where a column has room.
type Form int

// The forms of a column.
const (
	Short Form = iota // a word or two
	Date              // a date, a number of a record
	Count             // a number
	Name              // a title; at a terminal on a line below its row
	Long              // sentences of people; below the row on a page as well
	Filed             // for spreadsheets only
)

// narrow reports whether a column has room beside others at a terminal.
func (f Form) narrow() bool { return f == Short || f == Date || f == Count }

// Shown returns the places of the columns that stand beside each other on a page. A column without
// anything in it is not among them, nor are titles where they would have no room.
func (t *Table) Shown() []int {
	const room = 9
	var out []int
	for i, c := range t.Columns {
		if (c.Form.narrow() || c.Form == Name && len(out) <= room) && slices.ContainsFunc(t.Rows, func(row []string) bool { return row[i] != "" }) {
			out = append(out, i)
		}
	}
	return out
}

// add adds a row. Its cells have one line each.
func (t *Table) add(cells ...string) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = strings.Join(strings.Fields(c), " ")
	}
	t.Rows = append(t.Rows, row)
}

// Rectangle returns the list as a table for spreadsheets. Each row says as of when it is and from which
// log, so that it still does when it was copied elsewhere.
func (d *Document) Rectangle() [][]string {
	head := make([]string, 0, len(d.Table.Columns))
	for _, c := range d.Table.Columns {
		head = append(head, c.Name)
	}
	period := d.Period().String()
	if d.Report == Ageing {
		period = "" // it is about a moment
	}
	out := [][]string{append(head, "Period", "As of", "Log entries", "Log root", "Filters")}
	about := []string{period, d.At.UTC().Format(time.RFC3339), strconv.FormatInt(d.Entries, 10), d.Root, strings.Join(d.Filters(), ", ")}
	for _, row := range d.Table.Rows {
		out = append(out, append(append([]string{}, row...), about...))
	}
	return out
}

// FigureRows returns the figures beside the list as a table for spreadsheets.
func (d *Document) FigureRows(ed register.Edition) [][]string { return d.report().Rows(ed) }

// Facts returns what a reader must know of the report before the list: as of when it is, from which
// log, about which records, and which it leaves out. A row is a name and a text.
func (d *Document) Facts() [][2]string {
	r := d.report()
	out := [][2]string{{"As of", r.AsOf()}}
	if d.Report != Ageing {
		out = append(out, [2]string{"Period", d.Period().String()})
	}
	out = append(out, [2]string{"From", "the first " + strconv.FormatInt(d.Entries, 10) + " entries of the audit log, root " + d.Root}, [2]string{"About", r.About()})
	for _, l := range d.LeftOut {
		out = append(out, [2]string{"Left out", strconv.Itoa(l.N) + " " + l.Why})
	}
	return out
}

// A FigureRow is a value of a figure for people.
type FigureRow struct {
	kpi.Row
	Bar int // its length against the longest one of the figure, of 20; 0 for none
}

// Of returns the values of figure i. Where they are counts of groups they have bars.
func (d *Document) Of(i int) []FigureRow {
	const longest = 20
	f := &d.Figures[i]
	var out []FigureRow
	most := 0
	for _, x := range d.report().Of(i) {
		out = append(out, FigureRow{Row: x})
		if x.Unit == kpi.Count {
			most = max(most, x.N)
		}
	}
	if f.ID != "K3" && f.ID != "K30" || most == 0 {
		return out
	}
	for n := range out {
		if x := &out[n]; x.Unit == kpi.Count && x.N > 0 {
			x.Bar = max(1, (x.N*longest+most/2)/most)
		}
	}
	return out
}

// Title names the report.
func (d *Document) Title() string {
	switch d.Report {
	case Ageing:
		return "Ageing of what is open"
	case Exceptions:
		return "Exceptions"
	case Effectiveness:
		return "Effectiveness reviews"
	default:
		return "Repeat causes"
	}
}
