package service

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
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
	entries, err := r.overviews(ctx, present.Sketch)
	if err != nil {
		return 0, err
	}
	const ahead = 2 // parts
	parts, told := make(chan []store.Row, ahead), make(chan [][]string, ahead)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(parts)
		return r.everyPart(ctx, q, func(rows []store.Row) error { return send(ctx, parts, rows) })
	})
	g.Go(func() error {
		defer close(told)
		for rows := range parts {
			cells, err := r.fileRows(ctx, rows, own, entries)
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

// fileRows are records in a file. The rules that judge texts take most of the time, so every processor takes a share.
func (r *Register) fileRows(ctx context.Context, rows []store.Row, own []register.FieldInfo, overviews entering) ([][]string, error) {
	ids := idsOf(rows)
	around, err := r.Store.Surroundings(ctx, ids)
	if err != nil {
		return nil, err
	}
	issues, err := r.Store.IssueAddresses(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(rows))
	share := max(1, (len(rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	g, ctx := errgroup.WithContext(ctx)
	for from := 0; from < len(rows); from += share {
		g.Go(func() error {
			entries, err := overviews(ctx, rows[from:min(from+share, len(rows))], around)
			for i, e := range entries {
				row := listRow(e, issues[e.Record.ID], r.now())
				for _, info := range own {
					row = append(row, oneLine(e.Names.Value(info.Field, e.Record.Fields[info.Field])))
				}
				out[from+i] = row
			}
			return err
		})
	}
	return out, g.Wait()
}

// oneLine is a text of a tracker as one cell shows it.
func oneLine(s string) string {
	return terminal.Line(strings.NewReplacer("\u200b", "", "\u2060", "").Replace(s))
}

func listColumns() []string {
	return []string{
		"Number", "Title", "Kind", "Grade", "Risk", "State", "Requested", "Held", "Owner", "Reporter", "Source", "Source reference", "Requirements", "Standards", "Scope", "Identified", "Recorded", "Confirmed", "Implemented", "Closed",
		"Next date", "What", "Late", "Extended", "Certification body's date", "Issues", "Needed", "Attention",
	}
}

// listRow is a record in a file, with the addresses of its issues.
func listRow(e Entry, issues []string, at time.Time) []string {
	r := e.Record
	field := func(f register.Field) string { return oneLine(e.Names.Value(f, r.Fields[f])) }
	set := func(f register.Field) string {
		return oneLine(strings.ReplaceAll(r.Fields[f], "\n", "; "))
	}
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
	extended := 0
	for _, x := range r.Extensions {
		if x.State == register.ExtensionApproved {
			extended++
		}
	}
	next := NextDue(r, at)
	what := ""
	if next.Due != "" {
		what = oneLine(next.What())
	}
	return []string{
		r.Ref, field(register.FieldTitle), string(r.Kind()), field(register.FieldGrade), field(register.FieldRisk), string(r.State), string(r.Requested), yes(e.View.Held), field(register.FieldOwner), field(register.FieldReporter),
		field(register.FieldSource), field(register.FieldSourceRef), set(register.FieldRequirements), set(register.FieldStandards), set(register.FieldScope), field(register.FieldIdentified), day(r.Recorded), day(r.Confirmed), day(r.Done), day(r.Closed),
		next.Due, what, yes(Late(r, at)), strconv.Itoa(extended), field(register.FieldDeadline), oneLine(strings.Join(issues, " ")), oneLine(e.View.Brief()), oneLine(strings.Join(e.View.Attention(), ", ")),
	}
}
