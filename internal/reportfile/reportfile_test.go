package reportfile_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/reportfile"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// A workbook of a report opens and has the rows that its CSV has; in both a title that looks like a
// formula is a text.
func TestReportsForSpreadsheets(t *testing.T) {
	at := time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)
	var known []report.Known
	for _, title := range []string{"=cmd|'/C calc'!A0", "@SUM(1)", "Badges, \"lost\""} {
		r := register.Record{Ref: "NC-1", Fields: map[register.Field]string{register.FieldTitle: title}}
		known = append(known, report.Known{Line: kpi.Line{Asked: true, State: register.Analysis, Found: at.AddDate(0, 0, -9)}, Life: report.Life{Record: r}})
	}
	d := report.Make(report.Ageing, report.Past{Sheet: kpi.Sheet{Question: kpi.Question{At: at, From: at, To: at.AddDate(0, 0, 1)}}, Root: "=root", Known: known}, strings.ToUpper)
	want := d.Rectangle()

	data, err := reportfile.List(d, reportfile.Form{Format: reportfile.XLSX, Edition: register.Edition2022})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, cellsOf(t, data, len(want[0]))); diff != "" {
		t.Errorf("the workbook (-want +got):\n%s", diff)
	}
	data, err = reportfile.List(d, reportfile.Form{Format: reportfile.CSV, Edition: register.Edition2022})
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for n := range want {
		for i, cell := range want[n] {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") {
				want[n][i] = "'" + cell
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 4 {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}

// cellsOf reads the first sheet of a workbook without the library that wrote it.
func cellsOf(t *testing.T, data []byte, width int) [][]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Rows []struct {
			Cells []struct {
				Type    string `xml:"t,attr"`
				Formula string `xml:"f"`
				Text    string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal(doc, &sheet); err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, r := range sheet.Rows {
		row := make([]string, 0, width)
		for _, c := range r.Cells {
			if c.Type != "inlineStr" || c.Formula != "" {
				t.Errorf("a cell is no text: %+v", c)
			}
			row = append(row, c.Text)
		}
		out = append(out, row)
	}
	return out
}
