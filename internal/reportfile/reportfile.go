// Package reportfile writes the reports for a management review as files: for people to print, for
// spreadsheets, and as Markdown. The command line and the pages give the same files.
package reportfile

import (
	"fmt"

	"github.com/conformd/conformd/internal/kpipage"
	"github.com/conformd/conformd/internal/reportpage"
	"github.com/conformd/conformd/internal/sheet"
	"github.com/conformd/conformd/internal/terminal"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// A Format is the form of a file.
type Format string

// The formats. Text is that of a terminal.
const (
	Text     Format = "text"
	CSV      Format = "csv"
	XLSX     Format = "xlsx"
	HTML     Format = "html"
	Markdown Format = "markdown"
)

// A Form is a format with what belongs to it.
type Form struct {
	Format  Format
	Mark    bool             // CSV begins with a byte order mark, by which Excel knows UTF-8
	Edition register.Edition // whose clauses are named
}

// Figures is a report of figures as a file.
func Figures(r kpi.Report, f Form) ([]byte, error) {
	switch f.Format {
	case CSV:
		return sheet.CSV(r.Rows(f.Edition), f.Mark)
	case XLSX:
		return sheet.Workbook("Figures", r.Rows(f.Edition))
	case HTML:
		return kpipage.HTML(r, f.Edition)
	default:
		return kpipage.Markdown(r, f.Edition), nil
	}
}

// List is a report that lists records as a file. CSV has the list alone.
func List(d report.Document, f Form) ([]byte, error) {
	switch f.Format {
	case CSV:
		return sheet.CSV(d.Rectangle(), f.Mark)
	case XLSX:
		return sheet.Book(sheet.Page{Name: "Records", Rows: d.Rectangle()}, sheet.Page{Name: "Figures", Rows: d.FigureRows(f.Edition)}, sheet.Page{Name: "About", Rows: about(d)})
	case HTML:
		return reportpage.HTML(d, f.Edition)
	case Markdown:
		return reportpage.Markdown(d, f.Edition), nil
	default:
		return []byte(terminal.Safe(d.Text(f.Edition))), nil
	}
}

// about is what a report says of itself.
func about(d report.Document) [][]string {
	out := [][]string{{"Report", d.Title()}}
	for _, f := range d.Facts() {
		out = append(out, []string{f[0], f[1]})
	}
	for _, a := range d.Alerts {
		out = append(out, []string{"Act", a})
	}
	for _, n := range d.Notes {
		out = append(out, []string{"Note", n})
	}
	return out
}

// Review is the report of a management review as a file.
func Review(p report.Pack, f Form) ([]byte, error) {
	switch f.Format {
	case CSV:
		return sheet.CSV(reportpage.ReviewRows(p, f.Edition), f.Mark)
	case XLSX:
		pages := []sheet.Page{{Name: "Review", Rows: reportpage.ReviewRows(p, f.Edition)}}
		for _, in := range p.Inputs {
			for i, l := range in.Lists {
				pages = append(pages, sheet.Page{Name: fmt.Sprintf("Input %s %d", in.Key, i+1), Rows: reportpage.ListRows(l)})
			}
		}
		return sheet.Book(append(pages, sheet.Page{Name: "Decisions", Rows: reportpage.ListRows(p.Decisions)}, sheet.Page{Name: "Figures", Rows: p.Rows(f.Edition)})...)
	case HTML:
		return reportpage.ReviewHTML(p, f.Edition)
	default:
		return reportpage.ReviewMarkdown(p, f.Edition), nil
	}
}
