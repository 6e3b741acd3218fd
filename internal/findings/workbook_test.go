package findings_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheetOf makes a workbook as a certification body sends it: a cover sheet, a title above the
// list, dates as dates, a number as a number. Change may alter it.
func sheetOf(t testing.TB, change func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetCellValue("Sheet1", "A1", "Audit report"))
	_, err := f.NewSheet("Findings")
	must(err)
	american, err := f.NewStyle(&excelize.Style{NumFmt: 14}) // mm-dd-yy
	must(err)
	three := "000"
	digits, err := f.NewStyle(&excelize.Style{CustomNumFmt: &three})
	must(err)
	must(f.SetCellValue("Findings", "A1", "ACME Certification"))
	must(f.SetSheetRow("Findings", "A3", &[]any{"Nr.", "Kategorie", "Feststellung", "Frist", "Datum"}))
	must(f.SetSheetRow("Findings", "A4", &[]any{7, "Nebenabweichung", "Line one\r\nLine two", time.Date(2027, 2, 3, 0, 0, 0, 0, time.UTC), "12.11.2026"}))
	must(f.SetCellStyle("Findings", "A4", "A4", digits))
	must(f.SetCellStyle("Findings", "D4", "D4", american))
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	got := told("list.xlsx", sheetOf(t, nil), options())
	want := `row 4: SA-2026/007, nonconformity
  external_deadline: "2027-02-03"
  grade: "minor"
  identified_at: "2026-11-12"
  kind: "nonconformity"
  problem: "Line one\nLine two"
  source: "external_audit"
  source_ref: "SA-2026/007"
  title: "Line one"
`
	if got != want {
		t.Errorf("Read() =\n%s\nwant\n%s", got, want)
	}
}

// What Excel allows and a list does not is said, with the place.
func TestWorkbookQuirks(t *testing.T) {
	set := func(cell string, v any) func(*excelize.File) {
		return func(f *excelize.File) { _ = f.SetCellValue("Findings", cell, v) }
	}
	sheet := options()
	sheet.Sheet = "Sheet1"
	for name, c := range map[string]struct {
		change func(*excelize.File)
		want   string
	}{
		"a formula that was never worked out": {func(f *excelize.File) {
			_ = f.SetSheetRow("Findings", "A5", &[]any{"8", "minor"})
			_ = f.SetCellFormula("Findings", "C5", `CONCATENATE("a","b")`)
		}, "row 5, column \"Feststellung\": the finding has no text"},
		"a formula in a text":           {set("C4", "=cmd|'/C calc'!A0"), `problem: "=cmd|'/C calc'!A0"`},
		"a year in the place of a date": {set("D4", 2027), `Certification body's date "2027" is not a date`},
		"a date of the year 1904": {func(f *excelize.File) {
			yes := true
			_ = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		}, `external_deadline: "2031-02-04"`},
		"a control character":             {set("C4", "x\u202ey"), "row 4, column \"Feststellung\": the cell has the character U+202E"},
		"a cell beside the list":          {set("Z4", "see annex"), "row 4: the row has 26 cells, and the column names are 5"},
		"findings of a second sheet":      {func(f *excelize.File) { _, _ = f.NewSheet("More") }, "row 4: SA-2026/007"},
		"a row far below":                 {set("A20100", "x"), "the list has more than 20000 rows"},
		"a number that is a number alone": {set("A5", 1.1), "row 5, column \"Kategorie\": the finding has no grade"},
		"no list at all":                  {func(f *excelize.File) { _ = f.DeleteSheet("Findings") }, `sheet "Sheet1": no column is known for number and grade and finding; the row has "Audit report"`},
	} {
		if got := told("list.xlsx", sheetOf(t, c.change), options()); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := told("list.xlsx", sheetOf(t, nil), sheet); !strings.Contains(got, "no column is known") {
		t.Errorf("the sheet that was named: %s", got)
	}
	sheet.Sheet = "Nope"
	if got := told("list.xlsx", sheetOf(t, nil), sheet); !strings.Contains(got, `the workbook has no sheet "Nope"; its sheets are "Sheet1", "Findings"`) {
		t.Errorf("a sheet that is none: %s", got)
	}
}

// repacked writes a workbook anew with one part changed.
func repacked(t *testing.T, book []byte, part string, change func([]byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			content = change(content)
		}
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A workbook that is damaged or made to hurt is refused as a whole: no finding is missing
// without a word.
func TestDamagedWorkbooks(t *testing.T) {
	book, list := sheetOf(t, nil), "xl/worksheets/sheet2.xml"
	flipped := bytes.Clone(book)
	flipped[len(flipped)/2] ^= 0xff
	for name, c := range map[string]struct {
		book []byte
		want string
	}{
		"a bomb":          {repacked(t, book, list, func([]byte) []byte { return bytes.Repeat([]byte(" "), 40<<20) }), "it has more than 33554432 bytes when unpacked"},
		"a sheet cut off": {repacked(t, book, list, func(b []byte) []byte { return b[:len(b)/2] }), list + ": "},
		"cut off":         {book[:len(book)/2], "the workbook cannot be read"},
		"a flipped byte":  {flipped, "the workbook cannot be read"},
		"entities": {repacked(t, book, list, func([]byte) []byte {
			return []byte(`<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>`)
		}), list + ": "},
		"only the signature": {[]byte("PK\x03\x04"), "the workbook cannot be read"},
	} {
		if got := told("list.xlsx", c.book, options()); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.300s, want %s", name, got, c.want)
		}
	}
	lying := bytes.Clone(book)
	for i := range len(lying) - 4 { // sizes in the central directory that are far too small
		if string(lying[i:i+4]) == "PK\x01\x02" {
			copy(lying[i+24:], []byte{1, 0, 0, 0})
		}
	}
	if got := told("list.xlsx", lying, options()); !strings.Contains(got, "the workbook cannot be read") {
		t.Errorf("sizes that lie: %s", fmt.Sprintf("%.300s", got))
	}
}
