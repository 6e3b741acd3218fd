package mcpserver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// tools adds all tools. Whoever adds one that writes fails the test that lists them.
func (d Desk) tools(s *mcp.Server) {
	tool(d, s, "search_records", "Search the register",
		"Lists records: by words in any of their texts, and by state, kind, grade, owner, lateness. All conditions must hold. Answers at most limit records and a cursor for the next ones.", search)
	tool(d, s, "show_record", "Show a record",
		"Everything about one record: fields, causes, actions, evidence, decisions, what it needs before it can close and under which rule, its issues and open conflicts.", show)
	tool(d, s, "record_history", "History of a record",
		"What happened to a record, newest first: who did what, how that is known, under which rules, with the numbers of the entries in the audit log.", history)
	tool(d, s, "list_due", "What is due",
		"Dates that are to be kept until a day: milestones, actions, measurements, exceptions, with who is expected to act and what was missed.", due)
	tool(d, s, "list_conflicts", "Open conflicts",
		"Values that two trackers changed differently and that wait for a person to decide.", conflicts)
	tool(d, s, "figures", "Figures for the management review",
		"The key figures K1 to K32 of a period, as of any moment of the log: how many records were found and closed, how late, how effective, with their definitions.", figures)
}

// A Search says which records are listed.
type Search struct {
	Text   string   `json:"text,omitempty" jsonschema:"words that a record has all of, in any of its texts; the last word may be the beginning of one"`
	States []string `json:"states,omitempty" jsonschema:"reported, analysis, planning, implementing, verifying, closed, accepted, rejected"`
	Kinds  []string `json:"kinds,omitempty" jsonschema:"nonconformity, potential_nonconformity, improvement, observation, signal, objective, measure, control_check, audit, management_review"`
	Grades []string `json:"grades,omitempty" jsonschema:"major, minor, observation, ofi, or the organisation's own names"`
	Owner  string   `json:"owner,omitempty" jsonschema:"id of a person, as list_due and show_record name them"`
	Open   bool     `json:"open,omitempty" jsonschema:"only records that are neither closed nor accepted nor rejected"`
	Held   bool     `json:"held,omitempty" jsonschema:"only records whose issue people closed and that do not count as closed"`
	Late   bool     `json:"late,omitempty" jsonschema:"only records of which a date was missed"`
	Sort   string   `json:"sort,omitempty" jsonschema:"number, title, kind, grade, risk, state, owner, source, recorded, identified, due or closed; with a - before it the other way round"`
	Cursor string   `json:"cursor,omitempty" jsonschema:"next of the answer before"`
	Limit  int      `json:"limit,omitempty" jsonschema:"1 to 50; 20 if it is not given"`
}

// A found is a record of a list.
type found struct {
	Record string `json:"record"`
	Title  string `json:"title"`
	Kind   string `json:"kind"`
	Grade  string `json:"grade,omitempty"`
	State  string `json:"state"`
	Owner  string `json:"owner,omitempty"`
	Due    string `json:"due,omitempty"`
	Late   bool   `json:"late,omitempty"`
	Issues string `json:"issues,omitempty"`
	Needs  string `json:"needs,omitempty"`
}

func search(ctx context.Context, reg *service.Register, in Search) (any, error) {
	limit, err := atMost(in.Limit)
	if err != nil {
		return nil, err
	}
	q := service.ListQuery{Text: in.Text, Grades: in.Grades, Owner: in.Owner, Open: in.Open, Held: in.Held, Late: in.Late, Sort: in.Sort}
	if k := strings.TrimPrefix(in.Sort, "-"); in.Sort != "" && !slices.Contains(service.SortKeys(), k) {
		return nil, fmt.Errorf("sort %q is not one of %s", in.Sort, strings.Join(service.SortKeys(), ", "))
	}
	for _, s := range in.States {
		if !register.State(s).Valid() {
			return nil, fmt.Errorf("%q is not a state", s)
		}
		q.States = append(q.States, register.State(s))
	}
	info, _ := register.Info(register.FieldKind)
	for _, k := range in.Kinds {
		if !slices.Contains(info.Enum, k) {
			return nil, fmt.Errorf("%q is not a kind of record: %s", k, strings.Join(info.Enum, ", "))
		}
		q.Kinds = append(q.Kinds, register.Kind(k))
	}
	page, err := reg.Overview(ctx, q, in.Cursor, limit)
	if err != nil {
		return nil, err
	}
	out := struct {
		Count   int     `json:"count"`
		More    bool    `json:"count_is_a_minimum,omitempty"`
		Records []found `json:"records"`
		Next    string  `json:"next,omitempty"`
	}{page.Count, page.Beyond, []found{}, page.Next}
	for _, l := range page.Lines {
		out.Records = append(out.Records, found{
			l.Ref, l.Fields[register.FieldTitle], string(l.Kind), l.Fields[register.FieldGrade], string(l.State), l.OwnerID, l.Due.Due, l.Due.Missed, l.Keys, l.Needed,
		})
	}
	return out, nil
}

// A Name names a record.
type Name struct {
	Name string `json:"name" jsonschema:"number of a record such as NC-2026-0007, or the key or the address of one of its issues"`
}

func show(ctx context.Context, reg *service.Register, in Name) (any, error) {
	row, err := reg.Find(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	e, err := reg.Entry(ctx, row)
	return e.Document(), err
}

// A Past says which part of a history is asked for.
type Past struct {
	Name   string `json:"name" jsonschema:"number of a record such as NC-2026-0007, or the key or the address of one of its issues"`
	Before int64  `json:"before,omitempty" jsonschema:"next_before of the answer before"`
}

func history(ctx context.Context, reg *service.Register, in Past) (any, error) {
	row, err := reg.Find(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	return reg.History(ctx, row.Record.ID, row.Record.Ref, cmp.Or(in.Before, service.Newest), mostEvents)
}

// A Dates says which dates are asked for.
type Dates struct {
	Until  string `json:"until,omitempty" jsonschema:"last day, such as 2026-12-31; all dates if it is not given"`
	Person string `json:"person,omitempty" jsonschema:"id of a person of whom something is expected, or who owns the record"`
}

func due(ctx context.Context, reg *service.Register, in Dates) (any, error) {
	if _, err := time.Parse(time.DateOnly, in.Until); in.Until != "" && err != nil {
		return nil, fmt.Errorf("until %q is not a day: write it like 2026-12-31", in.Until)
	}
	all, err := reg.Due(ctx, service.DueQuery{At: time.Now(), Until: in.Until, Person: in.Person})
	if err != nil {
		return nil, err
	}
	out := struct {
		service.DueList
		LeftOut int `json:"left_out,omitempty"` // dates after those
	}{DueList: all}
	if n := len(all.Items); n > mostDue {
		out.Items, out.LeftOut = all.Items[:mostDue], n-mostDue
	}
	return out, nil
}

func conflicts(ctx context.Context, reg *service.Register, _ struct{}) (any, error) {
	rows, n, err := reg.Store.OpenConflicts(ctx, mostRecords)
	if err != nil {
		return nil, err
	}
	words, err := reg.ConflictWords(ctx, rows)
	if err != nil {
		return nil, err
	}
	type value struct{ Place, Value string }
	type conflict struct {
		Record string    `json:"record"`
		Field  string    `json:"field"`
		Since  time.Time `json:"since"`
		Values []value   `json:"values"`
	}
	out := struct {
		Count     int        `json:"count"`
		Conflicts []conflict `json:"conflicts"`
	}{n, []conflict{}}
	for i, row := range rows {
		c := conflict{Record: row.Ref, Field: words[i].Label, Since: row.Opened}
		for _, v := range words[i].Values {
			c.Values = append(c.Values, value{v.Place, v.Text})
		}
		out.Conflicts = append(out.Conflicts, c)
	}
	return out, nil
}

// A Period says which figures are asked for.
type Period struct {
	Period string `json:"period,omitempty" jsonschema:"2026-Q3, 2026-H2, 2026 or 2026-07-01..2026-09-30; the quarter under way if it is not given"`
	At     string `json:"at,omitempty" jsonschema:"the last day, or a moment like 2026-09-30T12:00:00Z, that the log is read to"`
	Kind   string `json:"kind,omitempty" jsonschema:"a kind of record; nonconformities if it is not given"`
	Scope  string `json:"scope,omitempty" jsonschema:"only records about this part of the scope"`
	Grade  string `json:"grade,omitempty" jsonschema:"only records of this grade"`
	Owner  string `json:"owner,omitempty" jsonschema:"only records of this person"`
}

func figures(ctx context.Context, reg *service.Register, in Period) (any, error) {
	return reg.Figures(ctx, kpi.Ask{Period: in.Period, At: in.At, Kind: in.Kind, Scope: in.Scope, Grade: in.Grade, Owner: in.Owner}, false)
}
