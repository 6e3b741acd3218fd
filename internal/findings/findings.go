// Package findings reads the list of findings that a certification body hands over after an
// audit, as CSV or as an Excel workbook, into values of the register. The file comes from
// another organisation: its size, rows and cells are bounded, and one mistake anywhere means
// that nothing of it is taken.
package findings

import (
	"bytes"
	"strings"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// MaxFile is how many bytes a list may have.
const MaxFile = 4 << 20

// The bounds of what is in a list. A cell holds what a cell of Excel does.
const (
	maxFindings = 2000
	maxLines    = 20_000 // rows, the blank ones included
	maxColumns  = 200
	maxCell     = 32_767
	maxTitle    = 255
	maxShort    = 120 // of a title that is made of the finding
	headerRows  = 25  // in which the row of column names is looked for
)

// A Finding is one row of the list in the words of the register.
type Finding struct {
	Row int `json:"row"` // in the file
	// Ref is the body's number behind the name of the audit: "SA-2026/F-03". It is the source
	// reference of the record, and by it the finding is known again.
	Ref  string        `json:"finding"`
	Kind register.Kind `json:"kind"`
	// Values are those of the fields that the row tells, source and source reference included.
	Values map[register.Field]string `json:"values"`
	// Titled says that the list has a title for the finding. Else its title is the beginning
	// of the text.
	Titled bool `json:"-"`
}

// A List is what a file holds.
type List struct {
	Findings []Finding
	// Ignored are the headers of the columns that were not read.
	Ignored []string
}

// Options say how a file is to be read.
type Options struct {
	Audit   string            // name of the audit, "SA-2026"; a number that begins with it stays as it is
	Source  string            // of the findings; "" is external_audit
	Sheet   string            // of a workbook; "" for the first one that has the columns
	Columns map[Column]string // headers of columns, where their names are not known
	Grades  map[string]Grade  // further words of the body for its grades
	// Typed reads a value as people type it, see mapping.Profile.Typed.
	Typed func(register.Field, string) (string, mapping.Problem)
}

// Read reads a list from the content of a file with a name. The error is Mistakes.
func Read(name string, data []byte, o Options) (List, error) {
	t, err := tableOf(data, o)
	if err != nil {
		return List{}, Mistakes{File: name, All: []Mistake{*err}}
	}
	o.Audit = strings.TrimRight(strings.TrimSpace(o.Audit), "/ ")
	r := &reader{Options: o, table: t}
	r.rows()
	if len(r.mistakes) > 0 {
		return List{}, Mistakes{File: name, All: r.mistakes}
	}
	return List{Findings: r.findings, Ignored: t.ignored()}, nil
}

// tableOf tells a workbook from CSV by the first bytes of the file, and not by its name.
func tableOf(data []byte, o Options) (*table, *Mistake) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &Mistake{What: "the file is empty", Remedy: "give the list of findings"}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return workbook(data, o)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, &Mistake{What: "it is an old Excel file (.xls), or one with a password", Remedy: "save it as .xlsx without a password, or as CSV UTF-8"}
	default:
		return csvTable(data, o)
	}
}

// known is the form in which words are compared: letters and digits in lower case.
func known(s string) string {
	return strings.Map(func(r rune) rune {
		if letterOrDigit(r) {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// look finds what a text means in a list of words: the whole text, or the parts of one that
// says the same twice, such as "Grade / Kategorie" or "Major (Hauptabweichung)". Parts that
// mean different things mean nothing.
func look[V comparable](words map[string]V, text string) (found V, ok bool) {
	if v, whole := words[known(text)]; whole {
		return v, true
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/()|\n", r) }) {
		v, is := words[known(part)]
		if is && ok && v != found {
			return found, false
		}
		if is {
			found, ok = v, true
		}
	}
	return found, ok
}
