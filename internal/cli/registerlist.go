package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/sheet"
	"github.com/conformd/conformd/register"
)

// A listing is what register list is asked for.
type listing struct {
	service.ListQuery
	fileForm
	states, kinds []string
	fields        []string
}

func (s *session) registerListCommand() *cobra.Command {
	var x listing
	c := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "All records: where each stands, what it needs, what to look at", Args: noArgs,
		Long: `Lists the records of the register. NEEDED names what a record needs: to close, where
people closed its issue, and else for its next step. ATTENTION counts conflicts, values
that cannot be read, and writes that a brake stops; "register show" says more.

A flag that takes several words wants one of them to hold, and all flags must hold. A grade or
a risk is a step of the scale, or what it counts as. --format csv and xlsx have more columns;
no cell of them becomes a formula.`,
		Example: `  conformd register list
  conformd register list --open --late --owner erik --sort due
  conformd register list --grade major --source external_audit --json
  conformd register list --search 'restore test' --open
  conformd register list --format xlsx -o register.xlsx`,
		RunE: func(c *cobra.Command, _ []string) error { return s.registerList(c.Context(), x) },
	})
	f := c.Flags()
	f.StringVar(&x.Scope, "scope", "", "only records about this part of the ISMS")
	f.StringSliceVar(&x.states, "state", nil, "only records in these states")
	f.StringSliceVar(&x.kinds, "kind", nil, "only records of these kinds")
	f.StringSliceVar(&x.Grades, "grade", nil, "only records of these grades")
	f.StringSliceVar(&x.Risks, "risk", nil, "only records of these risks")
	f.StringSliceVar(&x.Sources, "source", nil, "only records from these sources, such as internal_audit")
	f.StringVar(&x.Owner, "owner", "", "only records of this person")
	f.StringVar(&x.Requirement, "requirement", "", "only records about this requirement, such as A.5.18")
	f.StringVar(&x.Standard, "standard", "", "only records about this standard, such as iso9001; without a standard a record is about ISO/IEC 27001")
	f.StringArrayVar(&x.fields, "field", nil, "NAME=VALUE: only records with this value in a field; may be repeated")
	f.StringVar(&x.From, "from", "", "only records that were recorded on this day or later")
	f.StringVar(&x.To, "to", "", "only records that were recorded on this day or before")
	f.StringVar(&x.ClosedFrom, "closed-from", "", "only records that were closed, accepted or rejected on this day or later")
	f.StringVar(&x.ClosedTo, "closed-to", "", "only records that were closed, accepted or rejected on this day or before")
	f.BoolVar(&x.Open, "open", false, "only records that are neither closed nor accepted nor rejected")
	f.BoolVar(&x.Held, "held", false, "only records whose issue people closed and that do not count as closed")
	f.BoolVar(&x.Problems, "problems", false, "only records of which an issue does not tell a value, or does not take one")
	f.StringVar(&x.Text, "search", "", "only records with these words in any of their texts; the last word may be the beginning of one")
	f.BoolVar(&x.Late, "late", false, "only records of which a date was missed")
	f.StringVar(&x.Sort, "sort", "", strings.Join(service.SortKeys(), ", ")+"; with a - before it the other way round")
	x.flags(c, formatCSV+" or "+formatXLSX+" instead of a table")
	return c
}

func (s *session) registerList(ctx context.Context, x listing) error {
	if err := x.check(s.json); err != nil {
		return err
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if err := x.words(r); err != nil {
		return err
	}
	if x.Fields, err = s.pairs(x.fields); err != nil {
		return err
	}
	for f, v := range x.Fields {
		if strings.TrimSpace(v) == "" {
			x.Fields[f] = ""
			continue
		}
		if x.Fields[f], err = typed(r, f, v); err != nil {
			return err
		}
	}
	if x.format != "" {
		return s.listFile(ctx, r.register, x)
	}
	entries, err := r.register.List(ctx, x.ListQuery)
	if err != nil {
		return err
	}
	if s.json {
		out := make([]service.Document, len(entries))
		for i, e := range entries {
			out[i] = e.Document()
		}
		return s.printJSON(out)
	}
	table := [][]string{{"NUMBER", "GRADE", "STATE", "OWNER", "ISSUES", "NEEDED", "ATTENTION", "TITLE"}}
	for _, e := range entries {
		table = append(table, row(e))
	}
	if err := s.table(table); err != nil {
		return err
	}
	return s.registerSummary(ctx, r, entries, x.narrowed())
}

// check holds what can be said of the flags without a register.
func (x *listing) check(json bool) error {
	if key := strings.TrimPrefix(x.Sort, "-"); x.Sort != "" && !slices.Contains(service.SortKeys(), key) {
		return misuse(fmt.Sprintf("--sort is %q", x.Sort), "give one of "+strings.Join(service.SortKeys(), ", ")+", or one with a - before it")
	}
	if err := x.fileForm.check(json, "list", "conformd register list", "register", formatCSV, formatXLSX); err != nil {
		return err
	}
	for _, d := range []struct{ flag, text string }{{"--from", x.From}, {"--to", x.To}, {"--closed-from", x.ClosedFrom}, {"--closed-to", x.ClosedTo}} {
		if _, err := givenDay(d.flag, d.text); err != nil {
			return err
		}
	}
	for _, v := range x.states {
		if !register.State(v).Valid() {
			return misuse(fmt.Sprintf("--state %q is not a state", v), "give one of "+strings.Join(service.States(), ", "))
		}
		x.States = append(x.States, register.State(v))
	}
	info, _ := register.Info(register.FieldKind)
	for _, v := range x.kinds {
		if !slices.Contains(info.Enum, v) {
			return misuse(fmt.Sprintf("--kind %q is not a kind of record", v), "give one of "+strings.Join(info.Enum, ", "))
		}
		x.Kinds = append(x.Kinds, register.Kind(v))
	}
	return nil
}

// words reads the values of flags as they are read in an issue.
func (x *listing) words(r *reading) (err error) {
	if x.Owner != "" {
		x.Owner, err = typed(r, register.FieldOwner, x.Owner)
	}
	for _, v := range []struct {
		field register.Field
		words []string
	}{{register.FieldGrade, x.Grades}, {register.FieldRisk, x.Risks}, {register.FieldSource, x.Sources}} {
		for i := range v.words {
			if err == nil && !countsAs(v.field, v.words[i]) {
				v.words[i], err = typed(r, v.field, v.words[i])
				v.words[i] = register.StepName(v.field, v.words[i])
			}
		}
	}
	if err == nil && x.Standard != "" {
		x.Standard, err = oneStandard(x.Standard)
	}
	if err == nil && x.Requirement != "" {
		x.Requirement, err = typed(r, register.FieldRequirements, x.Requirement)
	}
	return err
}

// oneStandard returns the id of the standard that a flag names.
func oneStandard(name string) (string, error) {
	id, ok := register.StandardNamed(name)
	if !ok {
		return "", misuse(fmt.Sprintf("--standard is %q, which conformd does not know", name), "give one of "+strings.Join(register.StandardIDs(), ", "))
	}
	return id, nil
}

// countsAs reports whether a word is what steps of a scale count as.
func countsAs(f register.Field, word string) bool {
	info, _ := register.Info(f)
	return slices.Contains(info.Enum, word)
}

// narrowed says what a list was narrowed to, "" if it was not.
func (x *listing) narrowed() string {
	same := func(q service.ListQuery) bool {
		q.Sort = x.Sort
		return fmt.Sprint(q) == fmt.Sprint(x.ListQuery)
	}
	switch {
	case same(service.ListQuery{}):
		return ""
	case same(service.ListQuery{Scope: x.Scope}):
		return " about " + oneLine(x.Scope)
	default:
		return " in this list"
	}
}

// listFile writes the list for a spreadsheet.
func (s *session) listFile(ctx context.Context, reg *service.Register, x listing) error {
	var data bytes.Buffer
	t := sheet.NewCSV(&data, x.mark)
	if x.format == formatXLSX {
		var err error
		if t, err = sheet.NewWorkbook(&data, "Register"); err != nil {
			return err
		}
	}
	n, err := reg.ListFile(ctx, x.ListQuery, t.Row)
	if err != nil {
		return errors.Join(err, t.Discard())
	}
	if err := t.Close(); err != nil {
		return err
	}
	if err := s.deliver(x.out, "the list", data.Bytes()); err != nil || x.out == "" {
		return err
	}
	s.say("%s in %s", present.Count(n, "record", "records"), oneLine(x.out))
	return nil
}
