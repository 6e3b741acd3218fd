package findings

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// csvTable reads a list whose cells are parted by commas, semicolons or tabs: by what names
// the most columns.
func csvTable(data []byte, o Options) (*table, *Mistake) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, &Mistake{What: "the file is encoded as UTF-16", Remedy: inUTF8}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if at := invalid(data); at >= 0 {
		return nil, &Mistake{
			Row: 1 + bytes.Count(data[:at], []byte("\n")), What: fmt.Sprintf("the file is not encoded as UTF-8, the byte 0x%02X shows it", data[at]), Remedy: inUTF8,
		}
	}
	from := 0
	if bytes.HasPrefix(data, []byte("sep=")) { // a hint for Excel
		_, rest, _ := bytes.Cut(data, []byte("\n"))
		data, from = rest, 1
	}
	var best *table
	var lacks *Mistake
	most := -1
	for _, comma := range []rune{',', ';', '\t'} {
		lines, bad := separated(data, comma, from)
		t, missing, n := tableIn(lines, o)
		if n <= most {
			continue
		}
		best, lacks, most = t, missing, n
		if bad != nil {
			best, lacks = nil, bad
		}
	}
	return best, lacks
}

const inUTF8 = `save the list as "CSV UTF-8" or as .xlsx`

// separated reads rows up to the first that is none, and says what is wrong there.
func separated(data []byte, comma rune, from int) ([]line, *Mistake) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = comma, -1
	var out []line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return out, &Mistake{Row: from + bad.StartLine, What: bad.Err.Error(), Remedy: `put a text with the separator, a quote or an end of line into quotes, and write a quote in it as ""`}
		} else if err != nil {
			return out, &Mistake{What: err.Error()}
		}
		row, _ := r.FieldPos(0)
		if out = append(out, line{row: from + row, cells: cells}); len(out) > maxLines {
			return out, tooLong()
		}
	}
}

func tooLong() *Mistake {
	return &Mistake{What: fmt.Sprintf("the list has more than %d rows, the blank ones included", maxLines), Remedy: "delete the rows that hold no finding"}
}

// invalid returns where a text stops being UTF-8, -1 if it is.
func invalid(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}
