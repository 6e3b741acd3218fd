package findings

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxUnzipped is how many bytes all parts of a workbook may have together.
const maxUnzipped = 32 << 20

// workbook reads a list from a sheet of an Excel workbook. Formulas are not worked out: a cell
// has the value that Excel saved for it.
func workbook(data []byte, o Options) (*table, *Mistake) {
	if err := intact(data); err != nil {
		return nil, &Mistake{What: "the workbook cannot be read: " + err.Error(), Remedy: "open it in Excel and save it anew as .xlsx, or as CSV UTF-8"}
	}
	// With equal limits nothing is written to a temporary file.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, &Mistake{What: "the workbook cannot be read: " + err.Error(), Remedy: "open it in Excel and save it anew as .xlsx, or as CSV UTF-8"}
	}
	defer func() { _ = f.Close() }() // nothing was written
	sheets := f.GetSheetList()
	if o.Sheet != "" && !slices.Contains(sheets, o.Sheet) {
		return nil, &Mistake{What: fmt.Sprintf("the workbook has no sheet %q", o.Sheet), Remedy: "its sheets are " + quoted(sheets)}
	}
	var lacks *Mistake
	most := -1
	for _, name := range sheets {
		if o.Sheet != "" && name != o.Sheet {
			continue
		}
		lines, bad := sheet(f, name)
		if bad != nil {
			return nil, bad
		}
		t, missing, n := tableIn(lines, o)
		if t != nil {
			t.day, err = days(f)
			if err != nil {
				return nil, &Mistake{What: "the workbook cannot be read: " + err.Error()}
			}
			return t, nil
		}
		if n > most {
			missing.What = fmt.Sprintf("sheet %q: %s", name, missing.What)
			lacks, most = missing, n
		}
	}
	return nil, lacks
}

// intact holds that every part of a workbook is whole, that its sheets are XML to their end,
// and that all of it is small enough. The library stops at a damaged place without a word, and
// a finding would be missing.
func intact(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	left := int64(maxUnzipped)
	for _, f := range z.File {
		if left -= int64(min(f.UncompressedSize64, maxUnzipped+1)); left < 0 {
			return fmt.Errorf("it has more than %d bytes when unpacked", maxUnzipped)
		}
		part, err := f.Open()
		if err != nil {
			return err
		}
		if strings.HasSuffix(f.Name, ".xml") {
			err = wellFormed(part)
		} else {
			_, err = io.Copy(io.Discard, part) //nolint:gosec // the reader holds it to the size that was counted
		}
		if err = errors.Join(err, part.Close()); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func wellFormed(r io.Reader) error {
	d := xml.NewDecoder(r)
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// sheet reads the rows of a sheet, as Excel shows them and without number formats.
func sheet(f *excelize.File, name string) ([]line, *Mistake) {
	shown, bad := rows(f, name, false)
	if bad != nil {
		return nil, bad
	}
	raw, bad := rows(f, name, true)
	if bad != nil {
		return nil, bad
	}
	for i := range shown {
		if i < len(raw) {
			shown[i].raw = raw[i].cells
		}
	}
	return shown, nil
}

func rows(f *excelize.File, name string, raw bool) (out []line, bad *Mistake) {
	r, err := f.Rows(name)
	if err != nil {
		return nil, &Mistake{What: fmt.Sprintf("sheet %q cannot be read: %v", name, err)}
	}
	for n := 1; r.Next(); n++ {
		if n > maxLines {
			return nil, tooLong()
		}
		cells, err := r.Columns(excelize.Options{RawCellValue: raw})
		if err != nil {
			return nil, &Mistake{Row: n, What: fmt.Sprintf("sheet %q cannot be read: %v", name, err)}
		}
		out = append(out, line{row: n, cells: cells})
	}
	if err := r.Close(); err != nil {
		return nil, &Mistake{What: fmt.Sprintf("sheet %q cannot be read: %v", name, err)}
	}
	return out, nil
}

// days returns how the workbook counts days.
func days(f *excelize.File) (func(float64) (string, bool), error) {
	p, err := f.GetWorkbookProps()
	if err != nil {
		return nil, err
	}
	from1904 := p.Date1904 != nil && *p.Date1904
	return func(serial float64) (string, bool) {
		t, err := excelize.ExcelDateToTime(serial, from1904)
		if err != nil || t.Year() < 1990 || t.Year() > 2199 {
			return "", false // a year, or a number that is no date
		}
		return t.Format(time.DateOnly), true
	}, nil
}
