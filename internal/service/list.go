package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A ListQuery says which records are listed and in which order. What is empty limits nothing.
type ListQuery struct {
	Scope  string // a part of the ISMS
	States []register.State
	Kinds  []register.Kind
	// Grades and Risks are steps of a scale by their name, or what they count as.
	Grades, Risks []string
	Sources       []string
	Owner         string // person id
	Requirement   string // as the record names it
	Standard      string // id; a record that names none concerns ISO/IEC 27001
	// Fields are values that records have, of a set one of its members; "" is a field without a value.
	Fields map[register.Field]string
	// From and To are the first and last day on which a record was recorded, 2006-01-02.
	From, To string
	Open     bool // neither closed nor accepted nor rejected
	Held     bool // people closed its issue, and the register does not count it
	Late     bool // something of it was missed
	// Sort is a name of SortKeys, with a - before it for the opposite order; "" is the number.
	Sort string
}

// sortKeys are what a list can be sorted by.
func sortKeys() map[string]func(r register.Record, at time.Time) string {
	field := func(f register.Field) func(register.Record, time.Time) string {
		return func(r register.Record, _ time.Time) string { return r.Fields[f] }
	}
	ranked := func(f register.Field) func(register.Record, time.Time) string {
		info, _ := register.Info(f)
		return func(r register.Record, _ time.Time) string {
			i := slices.Index(info.Enum, register.CountsAs(f, r.Fields[f]))
			if i < 0 {
				i = len(info.Enum)
			}
			return fmt.Sprintf("%03d %s", i, r.Fields[f])
		}
	}
	return map[string]func(register.Record, time.Time) string{
		"number": func(register.Record, time.Time) string { return "" },
		"title":  field(register.FieldTitle), "owner": field(register.FieldOwner), "source": field(register.FieldSource), "kind": func(r register.Record, _ time.Time) string { return string(r.Kind()) },
		"grade": ranked(register.FieldGrade), "risk": ranked(register.FieldRisk),
		"state": func(r register.Record, _ time.Time) string {
			if r.State.Rank() < 0 { // an exit of the lifecycle
				return "9 " + string(r.State)
			}
			return fmt.Sprint(r.State.Rank())
		},
		"recorded":   func(r register.Record, _ time.Time) string { return r.Recorded.UTC().Format(time.RFC3339Nano) },
		"identified": field(register.FieldIdentified),
		"due":        func(r register.Record, at time.Time) string { return cmp.Or(NextDue(r, at).Due, endOfTime) },
	}
}

// SortKeys are the names by which a list can be sorted.
func SortKeys() []string {
	return []string{"number", "title", "kind", "grade", "risk", "state", "owner", "source", "recorded", "identified", "due"}
}

// NextDue returns what of a record is due first, the zero value if nothing is.
func NextDue(r register.Record, at time.Time) register.DueItem {
	for _, d := range register.Due(r, at) {
		return d
	}
	return register.DueItem{}
}

// Late reports whether something of a record that is not at its end was missed.
func Late(r register.Record, at time.Time) bool {
	return slices.ContainsFunc(register.Due(r, at), func(d register.DueItem) bool { return d.Missed })
}

// List returns the records of a query, in its order, with everything that readers see of them.
func (r *Register) List(ctx context.Context, q ListQuery) ([]Entry, error) {
	rows, err := r.Store.Records(ctx)
	if err != nil {
		return nil, err
	}
	rows, err = q.of(rows, r.now())
	if err != nil {
		return nil, err
	}
	return r.Entries(ctx, rows)
}

// of returns the rows of a query, in its order. The rows come by number.
func (q ListQuery) of(rows []store.Row, at time.Time) ([]store.Row, error) {
	name, down := strings.CutPrefix(q.Sort, "-")
	key, known := sortKeys()[cmp.Or(name, "number")]
	if !known {
		return nil, fmt.Errorf("a list cannot be sorted by %q", name)
	}
	rows = slices.DeleteFunc(rows, func(row store.Row) bool { return !q.asks(row.Record, at) })
	slices.SortStableFunc(rows, func(a, b store.Row) int {
		c := cmp.Or(cmp.Compare(key(a.Record, at), key(b.Record, at)), cmp.Compare(a.Record.Ref, b.Record.Ref))
		if down {
			return -c
		}
		return c
	})
	return rows, nil
}

// asks reports whether a query asks for a record.
func (q ListQuery) asks(r register.Record, at time.Time) bool {
	day := r.Recorded.UTC().Format(time.DateOnly)
	switch {
	case q.Scope != "" && !lists(r.Fields[register.FieldScope], q.Scope),
		q.Requirement != "" && !lists(r.Fields[register.FieldRequirements], q.Requirement),
		q.Standard != "" && !r.Concerns(q.Standard),
		len(q.States) > 0 && !slices.Contains(q.States, r.State),
		len(q.Kinds) > 0 && !slices.Contains(q.Kinds, r.Kind()),
		len(q.Sources) > 0 && !slices.Contains(q.Sources, r.Fields[register.FieldSource]),
		!step(register.FieldGrade, r, q.Grades), !step(register.FieldRisk, r, q.Risks),
		q.Owner != "" && r.Fields[register.FieldOwner] != q.Owner,
		q.From != "" && day < q.From, q.To != "" && day > q.To,
		q.Open && r.State.Ended(), q.Held && !r.Requested.Ended(), q.Late && !Late(r, at):
		return false
	}
	for f, v := range q.Fields {
		if now := r.Fields[f]; !strings.EqualFold(now, v) && (v == "" || !lists(now, v)) {
			return false
		}
	}
	return true
}

// lists reports whether a set, a member a line, has a member.
func lists(set, member string) bool {
	return slices.ContainsFunc(strings.Split(set, "\n"), func(m string) bool { return strings.EqualFold(m, member) })
}

// step reports whether the value of a record is one of the steps, by name or by what it counts as.
func step(f register.Field, r register.Record, steps []string) bool {
	v := r.Fields[f]
	return len(steps) == 0 || slices.ContainsFunc(steps, func(s string) bool {
		return strings.EqualFold(s, register.StepName(f, v)) || strings.EqualFold(s, register.CountsAs(f, v))
	})
}
