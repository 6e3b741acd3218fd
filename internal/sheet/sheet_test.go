package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/conformd/conformd/internal/sheet"
)

func rows() [][]string {
	return [][]string{
		{"NUMBER", "TITLE"},
		{"NC-1", "=cmd|'/C calc'!A0"},
		{"NC-2", "+1"},
		{"NC-3", "-1+2"},
		{"NC-4", "@SUM(A1)"},
		{"NC-5", "\t =1"},
		{"NC-6", "＝1"},
		{"NC-7", "-"},
		{"NC-8", "a \"quoted\"; text,\nof two lines\r\x00\x1b[2J\u202e"},
		{"NC-9", "Ärger 😀"},
		{"NC-10", "<b>&amp;"},
		{"NC-11", "\xff"},
	}
}

// A number below zero is no formula; what only begins like one is.
func TestANumberBelowZeroStays(t *testing.T) {
	b, err := sheet.CSV([][]string{{"-12.5", "-3", "-3 ", "-A1", "-1e5", "+3"}}, false)
	if want := "-12.5,-3,'-3 ,'-A1,'-1e5,'+3\r\n"; err != nil || string(b) != want {
		t.Errorf("CSV = %q, %v, want %q", b, err, want)
	}
}

// A cell that a program would work out is a text, and all others are as they were.
func TestCSVHoldsNoFormula(t *testing.T) {
	b, err := sheet.CSV(rows(), false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"NUMBER", "TITLE"},
		{"NC-1", "'=cmd|'/C calc'!A0"},
		{"NC-2", "'+1"},
		{"NC-3", "'-1+2"},
		{"NC-4", "'@SUM(A1)"},
		{"NC-5", "'  =1"},
		{"NC-6", "'＝1"},
		{"NC-7", "-"},
		{"NC-8", "a \"quoted\"; text,\nof two lines [2J"},
		{"NC-9", "Ärger 😀"},
		{"NC-10", "<b>&amp;"},
		{"NC-11", "\uFFFD"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the cells (-want +got):\n%s", diff)
	}
	marked, err := sheet.CSV(rows(), true)
	if err != nil || !bytes.Equal(marked, append([]byte("\xef\xbb\xbf"), b...)) || !bytes.Contains(b, []byte("NC-2,'+1\r\n")) {
		t.Errorf("with a mark it is %q, %v", marked[:20], err)
	}
}

// A workbook has every cell as a text, also one that looks like a formula or a number, and none
// that Excel cannot hold.
func TestWorkbookHoldsTexts(t *testing.T) {
	all := append(rows(), []string{"NC-12", strings.Repeat("😀", 20000)}, []string{"NC-13", "0012"})
	b, err := sheet.Workbook("Register", all)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := f.GetRows("Register")
	if err != nil || len(got) != len(all) {
		t.Fatalf("%d rows of %d, %v", len(got), len(all), err)
	}
	for n, want := range map[int]string{1: "=cmd|'/C calc'!A0", 2: "+1", 9: "Ärger 😀", 10: "<b>&amp;", 13: "0012"} {
		if got[n][1] != want {
			t.Errorf("row %d says %q, want %q", n, got[n][1], want)
		}
	}
	if n := len([]rune(got[12][1])); n != 16383 {
		t.Errorf("a text of 20,000 characters of two units is cut to %d, want 16,383", n)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("<f>")) || bytes.Contains(text, []byte("<f ")) {
			t.Errorf("%s has a formula", part.Name)
		}
	}
}

// A book has its sheets in order, each with its rows as they were given.
func TestABookOfSheets(t *testing.T) {
	about := [][]string{{"As of", "=now"}, {"Left out", "2"}}
	b, err := sheet.Book(sheet.Page{Name: "Records", Rows: rows()[:3]}, sheet.Page{Name: "About", Rows: about}, sheet.Page{Name: "Empty"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if diff := cmp.Diff([]string{"Records", "About", "Empty"}, f.GetSheetList()); diff != "" {
		t.Errorf("the sheets (-want +got):\n%s", diff)
	}
	for name, want := range map[string][][]string{"Records": rows()[:3], "About": about} {
		got, err := f.GetRows(name)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("sheet %s, %v (-want +got):\n%s", name, err, diff)
		}
	}
	if formula, err := f.GetCellFormula("About", "B1"); formula != "" || err != nil {
		t.Errorf("a cell has the formula %q, %v", formula, err)
	}
}
