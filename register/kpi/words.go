package kpi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/register"
)

// Text returns a report for people to read at a terminal, with the clauses of an edition.
func (r Report) Text(ed register.Edition) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Figures of %s, as of %s UTC, from a log of %d %s\n", r.Period(), r.asOf(), r.Entries, plural(int(r.Entries), "entry", "entries"))
	if r.Root != "" {
		b.WriteString("Root of the log: " + r.Root + "\n")
	}
	b.WriteString(r.About() + "\n")
	for _, l := range r.LeftOut {
		fmt.Fprintf(&b, "Left out: %d %s\n", l.N, l.Why)
	}
	if r.YearBefore == nil {
		r.plain(&b, ed)
	} else {
		r.trend(&b, ed)
	}
	return b.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Clauses returns the clauses that a figure is evidence for.
func (f *Figure) Clauses(ed register.Edition) []string {
	var clauses []string
	for _, key := range f.Requirements {
		if c := register.Clause(key, ed); c != "" && !slices.Contains(clauses, c) {
			clauses = append(clauses, c)
		}
	}
	return clauses
}

// heading is the line above the values of a figure.
func (f *Figure) heading(ed register.Edition) string {
	return fmt.Sprintf("\n%-4s%s (%s)\n", f.ID, f.Name, strings.Join(f.Clauses(ed), ", "))
}

// plain writes each value with what it is made of.
func (r *Report) plain(b *strings.Builder, ed register.Edition) {
	r.table(b, ed, []string{"", "", "n", "median", "9 of 10 within", ""}, func(x Row) []string {
		n, median, p90 := "", "", ""
		if x.Unit != Count {
			n = strconv.Itoa(x.N)
		}
		if x.Median != nil {
			median, p90 = decimal(*x.Median), decimal(*x.P90)
		}
		return []string{x.Name, x.Words, n, median, p90, x.Caution()}
	})
}

// trend writes each value beside those of the periods before, and how it changed.
func (r *Report) trend(b *strings.Builder, ed register.Edition) {
	head := []string{""}
	for _, s := range r.Trend {
		head = append(head, s.Period().String())
	}
	r.table(b, ed, append(head, r.Period().String(), "change", "to a year before", ""), func(x Row) []string {
		return slices.Concat([]string{x.Name}, x.Earlier, []string{x.Words, x.Change, x.YearAgo, x.Caution()})
	})
}

// table writes the values of all figures in the same columns, each figure under its heading.
func (r *Report) table(b *strings.Builder, ed register.Edition, head []string, cells func(Row) []string) {
	rows := [][]string{head}
	for i := range r.Figures {
		for _, x := range r.Of(i) {
			rows = append(rows, cells(x))
		}
	}
	lines := columns(rows)
	b.WriteString("\n" + lines[0])
	lines = lines[1:]
	for _, f := range r.Figures {
		b.WriteString(f.heading(ed))
		b.WriteString(block(lines[:len(f.Values)]))
		lines = lines[len(f.Values):]
	}
}

// block is the lines of a figure; one that lists what is most frequent may have none.
func block(lines []string) string {
	if len(lines) == 0 {
		return "    none\n"
	}
	return strings.Join(lines, "")
}

// named returns the value of a figure with the name of another one. A group that a sheet does not
// have was counted and is 0.
func (f *Figure) named(like Value) Value {
	for _, v := range f.Values {
		if v.Name == like.Name {
			return v
		}
	}
	if like.Unit == Count {
		return count(like.Name, 0)
	}
	return Value{Name: like.Name, Unit: like.Unit, Note: NotApplicable}
}

// words is the number with its unit.
func (v Value) words() string {
	if v.Value == nil {
		return v.Note
	}
	switch v.Unit {
	case Count:
		return strconv.FormatFloat(*v.Value, 'f', 0, 64)
	case Percent:
		return decimal(*v.Value) + " %"
	case Points:
		return decimal(*v.Value) + " points"
	case Days:
		return decimal(*v.Value) + " days"
	default:
		return decimal(*v.Value)
	}
}

// change is the difference to an earlier value, "" where one of them is not applicable.
func (v Value) change(before Value) string {
	if v.Value == nil || before.Value == nil {
		return ""
	}
	d := *v.Value - *before.Value
	if v.Unit == Count {
		return fmt.Sprintf("%+.0f", d)
	}
	return fmt.Sprintf("%+.1f", d)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// columns pads the cells of rows to columns, the first one to the left and the others to the
// right.
func columns(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	out := make([]string, len(rows))
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			switch i {
			case 0:
				b.WriteString("    " + cell + pad)
			case len(row) - 1:
				b.WriteString("  " + cell)
			default:
				b.WriteString("  " + pad + cell)
			}
		}
		out[n] = strings.TrimRight(b.String(), " ") + "\n"
	}
	return out
}
