package findings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A table is a list whose columns are known.
type table struct {
	header line
	at     map[Column]int
	lines  []line // below the header; none is blank
	// day returns the date of a number that a workbook holds for it; nil where the cells hold
	// their texts.
	day func(serial float64) (string, bool)
}

// A line is one row of a file. Raw are the cells without their number formats, nil where they
// have none.
type line struct {
	row        int
	cells, raw []string
}

// cell returns the text of a column, with its ends of lines as everywhere.
func (t *table) cell(l line, c Column) string {
	i, ok := t.at[c]
	if !ok || i >= len(l.cells) {
		return ""
	}
	return strings.TrimSpace(ends.Replace(l.cells[i]))
}

// date returns the text of a column that tells a date. The format of a date in a workbook may
// leave out the century or turn day and month around; its number does not.
func (t *table) date(l line, c Column) string {
	i, ok := t.at[c]
	if t.day != nil && ok && i < len(l.raw) {
		if serial, err := strconv.ParseFloat(l.raw[i], 64); err == nil {
			if d, ok := t.day(serial); ok {
				return d
			}
			return l.raw[i]
		}
	}
	return t.cell(l, c)
}

var ends = strings.NewReplacer("\r\n", "\n", "\r", "\n") //nolint:gochecknoglobals // a constant

// called is the header of a column as it stands in the file.
func (t *table) called(c Column) string {
	if i, ok := t.at[c]; ok {
		return strings.Join(strings.Fields(t.header.cells[i]), " ")
	}
	return string(c)
}

// ignored returns the headers of the columns that are not read.
func (t *table) ignored() []string {
	var out []string
	for i, h := range t.header.cells {
		read := false
		for _, at := range t.at {
			read = read || at == i
		}
		if h = strings.Join(strings.Fields(h), " "); !read && h != "" {
			out = append(out, h)
		}
	}
	return out
}

// tableIn finds the row of headers among the lines of a file: the first one that names the
// columns that are needed. Without one it says what the best row lacks, and how many columns
// that row names.
func tableIn(lines []line, o Options) (*table, *Mistake, int) {
	lines = slices.DeleteFunc(slices.Clone(lines), blank)
	best, bestAt := line{}, map[Column]int{}
	for n, l := range lines[:min(len(lines), headerRows)] {
		at, twice := columnsOf(l.cells, o.Columns)
		if len(lacking(at)) == 0 {
			if x := headerMistake(l, at, twice, o); x != nil {
				return nil, x, len(at)
			}
			return &table{header: l, at: at, lines: lines[n+1:]}, nil, len(at)
		}
		if best.row == 0 || len(at) > len(bestAt) {
			best, bestAt = l, at
		}
	}
	if best.row == 0 {
		return nil, &Mistake{What: "the list is empty", Remedy: "give a list with a row of column names and a row for each finding"}, 0
	}
	names := lacking(bestAt)
	return nil, &Mistake{
		Row: best.row, What: "no column is known for " + strings.Join(names, " and ") + "; the row has " + quoted(best.cells),
		Remedy: fmt.Sprintf("name it: --column %s=%q", names[0], "Header"),
	}, len(bestAt)
}

// headerMistake says what is ambiguous in a row of headers.
func headerMistake(l line, at map[Column]int, twice []Column, o Options) *Mistake {
	if len(l.cells) > maxColumns {
		return &Mistake{Row: l.row, What: fmt.Sprintf("the list has %d columns, and cannot have more than %d", len(l.cells), maxColumns), Remedy: "delete the other ones"}
	}
	if len(twice) > 0 {
		return &Mistake{
			Row: l.row, What: fmt.Sprintf("several columns could be %s, %q is one of them", twice[0], strings.Join(strings.Fields(l.cells[at[twice[0]]]), " ")),
			Remedy: fmt.Sprintf("say which: --column %s=%q", twice[0], "Header"),
		}
	}
	for _, c := range Columns() {
		if name, given := o.Columns[c]; given {
			if _, found := at[c]; !found {
				return &Mistake{Row: l.row, What: fmt.Sprintf("there is no column %q", name), Remedy: "the row has " + quoted(l.cells)}
			}
		}
	}
	return nil
}

// lacking returns the columns that are needed and not there.
func lacking(at map[Column]int) []string {
	var out []string
	for _, c := range needed() {
		if _, ok := at[c]; !ok {
			out = append(out, string(c))
		}
	}
	return out
}

func blank(l line) bool {
	return !slices.ContainsFunc(l.cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// quoted lists the cells of a row for people, the first of many.
func quoted(cells []string) string {
	const most, long = 15, 40
	var out []string
	for _, c := range cells {
		c = strings.Join(strings.Fields(c), " ")
		if r := []rune(c); len(r) > long {
			c = string(r[:long]) + "…"
		}
		if c != "" && len(out) < most {
			out = append(out, strconv.Quote(c))
		}
	}
	return strings.Join(out, ", ")
}
