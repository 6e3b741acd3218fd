package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/reportfile"
	"github.com/conformd/conformd/register"
)

// The forms of a file in the place of a table and JSON.
const (
	formatCSV      = "csv"
	formatXLSX     = "xlsx"
	formatHTML     = "html"
	formatMarkdown = "markdown"
)

// A fileForm says in which form a command writes what it prints otherwise, and into which file.
type fileForm struct {
	format, out string
	mark        bool
}

// flags adds the flags of the form to a command.
func (x *fileForm) flags(c *cobra.Command, usage string) {
	f := c.Flags()
	f.StringVar(&x.format, "format", "", usage)
	f.StringVarP(&x.out, "output", "o", "", "file to write, in place of one that is there; needed for xlsx")
	f.BoolVar(&x.mark, "bom", false, "begin CSV with a byte order mark, by which Excel knows UTF-8")
}

// of is the form of a file of a report.
func (x fileForm) of(ed register.Edition) reportfile.Form {
	return reportfile.Form{Format: reportfile.Format(x.format), Mark: x.mark, Edition: ed}
}

// written prints a document as JSON or as text, or writes it in the form that is asked for. What names it to
// people; data makes a file of it.
func (s *session) written(x fileForm, what string, doc any, text func() string, data func() ([]byte, error)) error {
	switch {
	case s.json:
		return s.printJSON(doc)
	case x.out == "" && (x.format == "" || x.format == formatText):
		return s.print("%s", text())
	}
	file, err := data()
	if err != nil {
		return err
	}
	return s.deliver(x.out, what, file)
}

// check judges the flags. What is "list" or "report", command the command as people type it, and file
// the name of its file without an ending.
func (x fileForm) check(json bool, what, command, file string, formats ...string) error {
	known := "one of " + strings.Join(formats, ", ")
	if len(formats) == 2 {
		known = strings.Join(formats, " or ")
	}
	switch {
	case x.format != "" && !slices.Contains(formats, x.format):
		return misuse(fmt.Sprintf("--format is %q, and must be %s", x.format, known), command+" --format csv; --json prints JSON")
	case x.format != "" && json:
		return misuse("--format and --json are two forms of one "+what, "give one of them")
	case x.format == formatXLSX && x.out == "":
		return misuse("a workbook needs a file", command+" --format xlsx -o "+file+".xlsx")
	case x.format == "" && x.out != "":
		return misuse("-o needs a format", command+" --format csv -o "+oneLine(x.out))
	case x.mark && x.format != formatCSV:
		return misuse("--bom is of CSV", command+" --format csv --bom -o "+file+".csv")
	default:
		return nil
	}
}
