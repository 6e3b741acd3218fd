// Package sheet writes tables for spreadsheets: CSV and Excel workbooks. What people wrote stays
// text there: no cell becomes a formula.
package sheet

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// CSV returns rows as CSV in UTF-8 with lines that end with CRLF (RFC 4180). A cell that a
// spreadsheet would take for a formula gets an apostrophe before it. Mark puts a byte order mark
// before the text, by which Excel knows that it is UTF-8.
func CSV(rows [][]string, mark bool) ([]byte, error) {
	var b bytes.Buffer
	if mark {
		b.WriteString("\ufeff")
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = harmless(clean(c))
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula. Blanks before
// it are no protection: some programs drop them. A number below zero is one as
// it stands; one with a plus sign, such as that of a telephone, would lose the sign.
func harmless(s string) string {
	if negative.MatchString(s) {
		return s
	}
	if t := strings.TrimLeftFunc(s, unicode.IsSpace); t != "" && strings.ContainsRune("=+-@＝＋－＠", firstOf(t)) && t != "-" {
		return "'" + s
	}
	return s
}

var negative = regexp.MustCompile(`^-\d+(?:\.\d+)?$`)

func firstOf(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// clean leaves out of a cell what a spreadsheet acts upon or XML cannot hold. Ends of line stay.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\t':
			return ' '
		case r == '\n':
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\ufffe' || r == '\uffff':
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// mostInCell is how many UTF-16 units a cell of Excel holds.
const mostInCell = 32767

// A Page is one sheet of a workbook. Its first row stays in sight and has filters.
type Page struct {
	Name string
	Rows [][]string
}

// Workbook returns rows as an Excel workbook with one sheet.
func Workbook(name string, rows [][]string) ([]byte, error) { return Book(Page{name, rows}) }

// Book returns an Excel workbook with some sheets. Every cell is a text; a longer one than Excel
// holds is cut.
func Book(pages ...Page) (data []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it has no file
	for n, p := range pages {
		if n == 0 {
			err = f.SetSheetName("Sheet1", p.Name)
		} else {
			_, err = f.NewSheet(p.Name)
		}
		if err == nil {
			err = p.write(f)
		}
		if err != nil {
			return nil, err
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (p Page) write(f *excelize.File) error {
	w, err := f.NewStreamWriter(p.Name)
	if err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for n, r := range p.Rows {
		cells := make([]any, len(r))
		for i, c := range r {
			cells[i] = cut(clean(c))
		}
		at, err := excelize.CoordinatesToCellName(1, n+1)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, cells); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(p.Rows) == 0 || len(p.Rows[0]) == 0 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(p.Rows[0]), len(p.Rows))
	if err != nil {
		return err
	}
	return f.AutoFilter(p.Name, "A1:"+last, nil)
}

// cut cuts a text to what a cell holds.
func cut(s string) string {
	units := 0
	for i, r := range s {
		n := 1
		if r > 0xFFFF {
			n = 2
		}
		if units += n; units > mostInCell {
			return s[:i]
		}
	}
	return s
}
