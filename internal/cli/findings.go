package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/findings"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

func (s *session) findingsCommand() *cobra.Command {
	return group("findings", "The findings of the certification body", `  conformd findings import list.csv --audit SA-2026 --as irene --dry-run`, s.findingsImportCommand())
}

// An importing is one call of findings import.
type importing struct {
	act
	audit, sheet, source string
	columns              []string
	grades               []string
	values               []string
	dry                  bool
}

func (s *session) findingsImportCommand() *cobra.Command {
	var x importing
	c := s.jsonFlag(&cobra.Command{
		Use: "import FILE", Short: "File a record for each finding of a list (CSV or Excel)", Args: oneArg("the file of the list", "conformd findings import list.xlsx --audit SA-2026 --as irene"),
		Long: `Reads the certification body's list of findings and files a record without an issue for
each: source external_audit, the body's number as source reference, the body's text, grade
and deadline. The list is CSV in UTF-8, with commas, semicolons or tabs, or an Excel
workbook (.xlsx). Its column names and grades may be English or German; --column and --grade
name further ones. The columns are number, grade and finding, and where the list has them
requirement, evidence, location, deadline, title and date.

If a row is wrong, every wrong row is named and nothing is filed. A finding that the register
has already is never filed again: the import names its record and what differs, and changes
nothing of it. Where the register has the audit as a record, its list of findings names each, so that the
audit ends only when all of them have records. After an interruption the same command files the rest. Triage confirms the
grade and what else the list says.

` + atTerminal,
		Example: `  conformd findings import list.csv --audit SA-2026 --as irene --dry-run
  conformd findings import list.xlsx --audit SA-2026 --as irene --set identified_at=2026-11-12
  conformd findings import list.csv --audit SA-2026 --as irene --column finding="Details of the case" --grade Critical=major`,
		RunE: func(c *cobra.Command, a []string) error { return s.findingsImport(c.Context(), a[0], x) },
	})
	f := c.Flags()
	f.StringVar(&x.as, "as", "", "the id of the person who acts (needed, but for --dry-run)")
	f.StringVar(&x.audit, "audit", "", "the name of the audit, which comes before each number: SA-2026 (needed)")
	f.StringVar(&x.source, "source", "external_audit", "external_audit, or internal_audit for the findings of your own auditors")
	f.StringArrayVar(&x.columns, "column", nil, "COLUMN=HEADER, where a column has another name; may be repeated")
	f.StringArrayVar(&x.grades, "grade", nil, "WORD=GRADE, a word of the body for major, minor, ofi or observation; may be repeated")
	f.StringArrayVar(&x.values, "set", nil, "FIELD=VALUE, for each finding that does not tell the field; may be repeated")
	f.StringVar(&x.sheet, "sheet", "", "the sheet of the workbook; the first one with the columns if it is not given")
	f.BoolVar(&x.dry, "dry-run", false, "say what would be filed, and file nothing")
	return c
}

func (s *session) findingsImport(ctx context.Context, path string, x importing) error {
	options, more, err := x.options(s)
	if err != nil {
		return err
	}
	data, err := regular.Read(path, findings.MaxFile)
	if err != nil {
		return &fault{Code: "CLI-080", Exit: ExitUsage, What: "the list cannot be read: " + err.Error(), Remedy: "give a CSV file or an Excel workbook (.xlsx)", Err: err}
	}
	// The file of a stranger has a name of a stranger, and the log takes UTF-8.
	name := strings.ToValidUTF8(filepath.Base(path), "\uFFFD")
	var listed []findings.Finding
	do := func(r *reading, file filing) error {
		list, err := readFindings(r, name, data, options)
		if err != nil {
			return err
		}
		for f, v := range more {
			if more[f], err = typed(r, f, v); err != nil {
				return err
			}
		}
		rows, err := r.store.Records(ctx)
		if err != nil {
			return err
		}
		listed = list.Findings
		if len(list.Ignored) > 0 {
			s.say("not read: the columns %s", oneLine(strings.Join(list.Ignored, ", ")))
		}
		return s.fileFindings(service.Match(rows, list.Findings), more, file)
	}
	if x.dry {
		r, err := s.read(ctx)
		if err != nil {
			return err
		}
		return errors.Join(do(r, nil), r.store.Close())
	}
	return s.asPerson(ctx, x.act, func(a *app.App, r *reading, by service.By) error {
		why := fmt.Sprintf("%s, SHA-256 %x", name, sha256.Sum256(data))
		err := do(r, func(f findings.Finding) (register.Record, error) {
			return a.Acts().FileFinding(ctx, by, f, more, fmt.Sprintf("row %d of %s", f.Row, why))
		})
		if err != nil {
			return err
		}
		rows, err := r.store.Records(ctx)
		if err != nil {
			return err
		}
		acted, found, err := a.Acts().ListFindings(ctx, rows, by, x.audit, listed, "the list "+why)
		if err != nil || !found {
			return err
		}
		s.say("%s lists %s of the audit", acted.Record.Ref, present.Count(len(register.FindingsOf(acted.Record)), "finding", "findings"))
		return nil
	})
}

// options reads the flags that say how the list is to be read, and the values of all findings.
func (x importing) options(s *session) (findings.Options, map[register.Field]string, error) {
	o := findings.Options{Audit: x.audit, Sheet: x.sheet, Source: x.source, Columns: map[findings.Column]string{}, Grades: map[string]findings.Grade{}}
	if strings.Trim(x.audit, "/ ") == "" {
		return o, nil, misuse("it is not said which audit the list is of", "name it, so that its numbers are told from those of another audit: --audit SA-2026")
	}
	if x.source != "external_audit" && x.source != "internal_audit" {
		return o, nil, misuse("--source is "+x.source+", and findings come from an audit", "give external_audit or internal_audit")
	}
	for _, p := range x.columns {
		name, header, _ := strings.Cut(p, "=")
		c := findings.Column(strings.ToLower(strings.TrimSpace(name)))
		if !slices.Contains(findings.Columns(), c) || strings.TrimSpace(header) == "" {
			return o, nil, misuse("--column "+p+" names no column", fmt.Sprintf("write --column COLUMN=HEADER; the columns are %v", findings.Columns()))
		}
		o.Columns[c] = header
	}
	for _, p := range x.grades {
		word, grade, _ := strings.Cut(p, "=")
		g, ok := findings.GradeNamed(grade)
		if !ok || strings.TrimSpace(word) == "" {
			return o, nil, misuse("--grade "+p+" names no grade", "write --grade WORD=GRADE; the grades are major, minor, ofi and observation")
		}
		o.Grades[word] = g
	}
	more, err := s.pairs(x.values)
	if err != nil {
		return o, nil, err
	}
	for _, f := range []register.Field{register.FieldKind, register.FieldGrade, register.FieldSource, register.FieldSourceRef, register.FieldReporter} {
		if _, ok := more[f]; ok {
			return o, nil, misuse("the import sets "+string(f)+" itself", "leave out --set "+string(f))
		}
	}
	return o, more, nil
}

// readFindings reads the list.
func readFindings(r *reading, name string, data []byte, o findings.Options) (findings.List, error) {
	o.Typed = app.Typing(r.config, r.register.Policy).Typed
	list, err := findings.Read(name, data, o)
	if wrong, ok := errors.AsType[findings.Mistakes](err); ok {
		err = &fault{
			Code: "CLI-080", Exit: ExitUsage, What: present.Count(len(wrong.All), "mistake", "mistakes") + " in " + wrong.Error(), Err: wrong,
			Remedy: "correct the list and import it again; nothing was filed",
		}
	}
	return list, err
}
