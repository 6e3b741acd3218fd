package web

import (
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// A Column is one column of the register beside the number.
type Column struct {
	ID    ColumnID
	Label string
	Shown bool
}

// A ColumnID names a column in addresses.
type ColumnID string

// The columns that are more than a text.
const (
	ColumnGrade     ColumnID = "grade"
	ColumnAttention ColumnID = "attention"
)

// Columns are all columns in their order, the usual ones shown.
func Columns() []Column {
	return []Column{
		{"title", "Title", true},
		{"kind", "Kind", false},
		{ColumnGrade, "Grade", true},
		{"risk", "Risk", false},
		{"owner", "Owner", true},
		{"state", "State", true},
		{"due", "Due", true},
		{"needed", "Needed", true},
		{"source", "Source", false},
		{"requirement", "Requirement", false},
		{"scope", "Scope", false},
		{"recorded", "Recorded", false},
		{"issues", "Issues", true},
		{ColumnAttention, "Attention", true},
	}
}

// cell is the text of a record in a column.
func cell(l service.Line, id ColumnID) string {
	lines := func(f register.Field) string { return strings.ReplaceAll(l.Fields[f], "\n", ", ") }
	switch id {
	case "title":
		return l.Fields[register.FieldTitle]
	case "kind":
		return present.Words(string(l.Kind))
	case "risk":
		return l.Fields[register.FieldRisk]
	case "owner":
		return l.Owner
	case "state":
		return standingAs(l.State, l.Requested)
	case "due":
		return DueRow{Due: l.Due.Due, Missed: l.Due.Missed}.due()
	case "needed":
		return l.Needed
	case "source":
		return present.Words(l.Fields[register.FieldSource])
	case "requirement":
		return lines(register.FieldRequirements)
	case "scope":
		return lines(register.FieldScope)
	case "recorded":
		return l.Recorded.UTC().Format(time.DateOnly)
	case "issues":
		return l.Keys
	}
	return ""
}

// shown are the columns that are shown.
func (l List) shown() []Column {
	var out []Column
	for _, c := range l.Columns {
		if c.Shown {
			out = append(out, c)
		}
	}
	return out
}

// width is how many cells a row has.
func (l List) width() string {
	n := len(l.shown()) + 1
	if l.Pick.May {
		n++
	}
	return number(n)
}

// chosen reports whether one of some choices narrows the list.
func chosen(list []Choice) bool {
	for _, c := range list {
		if c.Value != "" {
			return true
		}
		for _, o := range c.Options {
			if o.Chosen && o.Value != "" {
				return true
			}
		}
	}
	return false
}
