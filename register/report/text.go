package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// Text returns a report for people to read at a terminal, with the clauses of an edition.
func (d *Document) Text(ed register.Edition) string {
	var b strings.Builder
	b.WriteString(d.Title() + "\n")
	for _, f := range d.Facts() {
		fmt.Fprintf(&b, "%s: %s\n", f[0], f[1])
	}
	for _, a := range d.Alerts {
		b.WriteString("\n!! " + a + "\n")
	}
	for _, n := range d.Notes {
		b.WriteString("Note: " + n + "\n")
	}
	for i := range d.Figures {
		f := &d.Figures[i]
		fmt.Fprintf(&b, "\n%-4s%s (%s)\n", f.ID, f.Name, strings.Join(f.Clauses(ed), ", "))
		b.WriteString(figure(d.Of(i)))
	}
	b.WriteString("\n" + d.Table.Title + "\n\n")
	d.Table.text(&b)
	return b.String()
}

// figure returns the values of a figure with what each is made of.
func figure(rows []FigureRow) string {
	if len(rows) == 0 {
		return "    none\n"
	}
	cells := make([][]string, len(rows))
	for i, x := range rows {
		cells[i] = []string{x.Name, x.Words, x.Beside()}
	}
	return strings.Join(aligned(cells, []Form{Short, Count, Short}, "    ", 0), "")
}

// Beside is what stands beside a value in a text: what it is made of, and its bar.
func (x *FigureRow) Beside() string {
	if x.Bar > 0 {
		return strings.TrimPrefix(x.MadeOf()+" ", " ") + strings.Repeat("#", x.Bar)
	}
	return x.MadeOf()
}

// MadeOf says what a value is made of: "of 9, median 40.0, 9 of 10 within 81.5, most 181.5".
func (x *FigureRow) MadeOf() string {
	var out []string
	if x.Unit != kpi.Count {
		out = append(out, "of "+strconv.Itoa(x.N))
	}
	if x.Median != nil {
		out = append(out, fmt.Sprintf("median %.1f, 9 of 10 within %.1f, most %.1f", *x.Median, *x.P90, *x.Max))
	}
	if c := x.Caution(); c != "" {
		out = append(out, c)
	}
	return strings.Join(out, ", ")
}

// text writes a list: what is short in columns, and the sentences of people below each row.
func (t *Table) text(b *strings.Builder) {
	if len(t.Rows) == 0 {
		b.WriteString(t.None + "\n")
		return
	}
	var forms []Form
	var head []string
	for _, c := range t.Columns {
		if c.Form.narrow() {
			head, forms = append(head, strings.ToUpper(c.Name)), append(forms, c.Form)
		}
	}
	cells := [][]string{head}
	for _, row := range t.Rows {
		var short []string
		for i, c := range t.Columns {
			if c.Form.narrow() {
				short = append(short, row[i])
			}
		}
		cells = append(cells, short)
	}
	lines := aligned(cells, forms, "", 1)
	b.WriteString(lines[0])
	for n, row := range t.Rows {
		b.WriteString(lines[n+1])
		for i, c := range t.Columns {
			if (c.Form == Long || c.Form == Name) && row[i] != "" {
				b.WriteString("    " + c.Name + ": " + row[i] + "\n")
			}
		}
	}
}

// aligned pads cells to columns, numbers to the right. Columns that have nothing below their head are
// left out. Head says how many of the rows are one.
func aligned(rows [][]string, forms []Form, indent string, head int) []string {
	widths := make([]int, len(forms))
	for i := range forms {
		empty := true
		for n, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
			empty = empty && (n < head || row[i] == "")
		}
		if empty {
			widths[i] = 0
		}
	}
	out := make([]string, len(rows))
	for n, row := range rows {
		var cells []string
		for i, cell := range row {
			if widths[i] == 0 {
				continue
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if forms[i] == Count {
				cells = append(cells, pad+cell)
			} else {
				cells = append(cells, cell+pad)
			}
		}
		out[n] = strings.TrimRight(indent+strings.Join(cells, "  "), " ") + "\n"
	}
	return out
}
