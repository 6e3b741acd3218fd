package service

import (
	"context"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/internal/terminal"
	"github.com/conformd/conformd/register"
)

// ListFile hands a list to write row by row, as a file for a spreadsheet has it: first the names of the columns, those of the
// organisation's own fields last. It returns how many records the list has, and holds a small part of them in memory at a
// time: one part is read while another is put into words.
func (r *Register) ListFile(ctx context.Context, q ListQuery, write func([]string) error) (records int, err error) {
	named, err := r.Store.FacetNames(ctx)
	if err != nil {
		return 0, err
	}
	fields := make([]register.Field, len(named))
	for i, name := range named {
		fields[i] = register.Field(name)
	}
	own := register.FieldsAnd(fields)[len(register.Fields()):]
	head := listColumns()
	for _, info := range own {
		head = append(head, string(info.Field))
	}
	if err := write(head); err != nil {
		return 0, err
	}
	const ahead = 2 // parts
	parts, told := make(chan []int64, ahead), make(chan [][]string, ahead)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(parts)
		return r.everyNumbered(ctx, q, func(ns []int64) error { return send(ctx, parts, ns) })
	})
	g.Go(func() error {
		defer close(told)
		for ns := range parts {
			cells, err := r.fileRows(ctx, ns, own)
			if err == nil {
				err = send(ctx, told, cells)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error {
		for cells := range told {
			for _, row := range cells {
				if err := write(row); err != nil {
					return err
				}
			}
			records += len(cells)
		}
		return nil
	})
	err = g.Wait()
	return records, err
}

func send[T any](ctx context.Context, to chan<- T, x T) error {
	select {
	case to <- x:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fileRows are records in a file.
func (r *Register) fileRows(ctx context.Context, ns []int64, own []register.FieldInfo) ([][]string, error) {
	lines, err := r.lines(ctx, ns)
	out := make([][]string, len(lines))
	for i, l := range lines {
		out[i] = listRow(l)
		for _, info := range own {
			out[i] = append(out[i], oneLine(l.Fields[info.Field]))
		}
	}
	return out, err
}

// oneLine is a text of a tracker as one cell shows it.
func oneLine(s string) string {
	return terminal.Line(strings.ReplaceAll(strings.ReplaceAll(s, "\u200b", ""), "\u2060", ""))
}

func listColumns() []string {
	return []string{
		"Number", "Title", "Kind", "Grade", "Risk", "State", "Requested", "Held", "Owner", "Reporter", "Source", "Source reference", "Requirements", "Standards", "Scope", "Identified", "Recorded", "Confirmed", "Implemented", "Closed",
		"Next date", "What", "Late", "Extended", "Certification body's date", "Issues", "Needed", "Attention",
	}
}

// listRow is a record in a file, with the addresses of its issues.
func listRow(l Line) []string {
	field := func(f register.Field) string { return oneLine(l.Fields[f]) }
	set := func(f register.Field) string { return oneLine(strings.ReplaceAll(l.Fields[f], "\n", "; ")) }
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	yes := func(is bool) string {
		if is {
			return "yes"
		}
		return "no"
	}
	what := ""
	if l.Due.Due != "" {
		what = oneLine(l.Due.What())
	}
	return []string{
		l.Ref, field(register.FieldTitle), string(l.Kind), field(register.FieldGrade), field(register.FieldRisk), string(l.State), string(l.Requested), yes(l.Held()), field(register.FieldOwner), field(register.FieldReporter),
		field(register.FieldSource), field(register.FieldSourceRef), set(register.FieldRequirements), set(register.FieldStandards), set(register.FieldScope), field(register.FieldIdentified), day(l.Recorded), day(l.Confirmed), day(l.Done), day(l.Closed),
		l.Due.Due, what, yes(l.Due.Missed), strconv.Itoa(l.Extended), field(register.FieldDeadline), oneLine(strings.Join(l.Issues, " ")), oneLine(l.Needed), oneLine(strings.Join(l.Attention(), ", ")),
	}
}
