// Package sheet writes tables for spreadsheets: CSV and Excel workbooks. What people wrote stays
// text there: no cell becomes a formula.
package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/csv"
	"errors"
	"io"
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
	t := NewCSV(&b, mark)
	for _, r := range rows {
		if err := t.Row(r); err != nil {
			return nil, err
		}
	}
	err := t.Close()
	return b.Bytes(), err
}

// A Table takes the rows of a table one by one, so that nobody holds all of them. Close writes what is left of it.
type Table interface {
	Row(cells []string) error
	Close() error
	Discard() error // in the place of Close
}

// NewCSV returns a table that is written as [CSV] has it.
func NewCSV(to io.Writer, mark bool) Table {
	t := &csvTable{to: to, mark: mark, w: csv.NewWriter(to)}
	t.w.UseCRLF = true
	return t
}

type csvTable struct {
	to   io.Writer
	mark bool // has yet to be written
	w    *csv.Writer
	row  []string
}

func (t *csvTable) Row(cells []string) error {
	if t.mark {
		t.mark = false
		if _, err := io.WriteString(t.to, "\ufeff"); err != nil {
			return err
		}
	}
	t.row = t.row[:0]
	for _, c := range cells {
		t.row = append(t.row, harmless(clean(c)))
	}
	return t.w.Write(t.row)
}

func (t *csvTable) Close() error {
	t.w.Flush()
	return t.w.Error()
}

func (t *csvTable) Discard() error { return nil }

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
	if plain(s) {
		return s
	}
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

// plain reports whether a text has nothing but printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
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
	f := newBook()
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
	x, err := newPaper(f, p.Name)
	if err != nil {
		return err
	}
	for _, r := range p.Rows {
		if err := x.row(r); err != nil {
			return err
		}
	}
	return x.end()
}

// A paper is a sheet that is written row by row.
type paper struct {
	f       *excelize.File
	name    string
	w       *excelize.StreamWriter
	n, wide int // rows so far, and the cells of the first one
	cells   []any
}

func newPaper(f *excelize.File, name string) (*paper, error) {
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	return &paper{f: f, name: name, w: w}, w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (x *paper) row(r []string) error {
	if x.n++; x.n == 1 {
		x.wide = len(r)
	}
	x.cells = x.cells[:0]
	for _, c := range r {
		x.cells = append(x.cells, cut(clean(c)))
	}
	at, err := excelize.CoordinatesToCellName(1, x.n)
	if err != nil {
		return err
	}
	return x.w.SetRow(at, x.cells)
}

func (x *paper) end() error {
	if err := x.w.Flush(); err != nil || x.wide == 0 {
		return err
	}
	last, err := excelize.CoordinatesToCellName(x.wide, x.n)
	if err != nil {
		return err
	}
	return x.f.AutoFilter(x.name, "A1:"+last, nil)
}

// newBook returns a workbook that is compressed quickly, because a person waits for it. With the default level the file would be
// a quarter smaller and compressing it would take twice as long.
func newBook() *excelize.File {
	return excelize.NewFile().SetZipWriter(func(to io.Writer) excelize.ZipWriter {
		z := zip.NewWriter(to)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		return z
	})
}

// MostRows is how many rows a sheet of Excel has.
const MostRows = excelize.TotalRows

// NewWorkbook returns a table that is written as [Workbook] has it. Its rows wait in a temporary file, and Close writes all of
// the workbook.
func NewWorkbook(to io.Writer, name string) (Table, error) {
	f := newBook()
	err := f.SetSheetName("Sheet1", name)
	var x *paper
	if err == nil {
		x, err = newPaper(f, name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return bookTable{row: x.row, discard: f.Close, close: func() error {
		err := x.end()
		if err == nil {
			err = x.send(to)
		}
		return errors.Join(err, f.Close())
	}}, nil
}

// A bookTable is functions alone: the linker keeps every method of a type that an interface leads to, which are two megabytes
// of excelize.
type bookTable struct {
	row            func([]string) error
	close, discard func() error
}

func (t bookTable) Row(cells []string) error { return t.row(cells) }

// Close also removes the temporary file.
func (t bookTable) Close() error { return t.close() }

func (t bookTable) Discard() error { return t.discard() }

// send writes the compressed workbook, which excelize makes in memory.
func (x *paper) send(to io.Writer) error {
	b, err := x.f.WriteToBuffer()
	if err != nil {
		return err
	}
	_, err = b.WriteTo(to)
	return err
}

// cut cuts a text to what a cell holds.
func cut(s string) string {
	if len(s) <= mostInCell {
		return s
	}
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
