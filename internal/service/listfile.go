package service

import (
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/terminal"
	"github.com/conformd/conformd/register"
)

// ListFile returns a list as the rows of a file for a spreadsheet, the first of them with the names of
// the columns. The organisation's own fields come last.
func ListFile(entries []Entry, at time.Time) [][]string {
	records := make([]register.Record, len(entries))
	for i, e := range entries {
		records[i] = e.Record
	}
	own := register.FieldsOf(records...)[len(register.Fields()):]
	rows := [][]string{listColumns()}
	for _, info := range own {
		rows[0] = append(rows[0], string(info.Field))
	}
	for _, e := range entries {
		row := listRow(e, at)
		for _, info := range own {
			row = append(row, oneLine(e.Names.Value(info.Field, e.Record.Fields[info.Field])))
		}
		rows = append(rows, row)
	}
	return rows
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

// listRow is a record in a file.
func listRow(e Entry, at time.Time) []string {
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
	yes := func(is bool) string { return map[bool]string{true: "yes", false: "no"}[is] }
	issues := make([]string, len(e.Links))
	for i, l := range e.Links {
		issues[i] = oneLine(l.Ref.Key)
		if l.Issue != nil && l.Issue.URL != "" {
			issues[i] = oneLine(l.Issue.URL)
		}
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
		next.Due, what, yes(Late(r, at)), strconv.Itoa(extended), field(register.FieldDeadline), strings.Join(issues, " "), oneLine(e.View.Brief()), oneLine(strings.Join(e.View.Attention(), ", ")),
	}
}
