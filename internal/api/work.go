package api

import (
	"context"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func (a *API) work() {
	add(a, get("/actions", "list-actions", ofWork, "Actions of open records",
		"Corrective, preventive and improvement actions, record by record. A stretch has the actions of at most limit records."), a.actions)
	add(a, get("/needs", "list-needs", ofWork, "What open records need for their next step",
		"Record by record: what is missing, where people put it, who gives it, and the rule that asks for it."), a.needs)
	add(a, get("/due", "list-due", ofWork, "Dates that are to be kept",
		"Milestones, actions, measurements and exceptions, the earliest first, with who is expected to act and what was missed."), a.due)
	add(a, get("/conflicts", "list-conflicts", ofWork, "Values that wait for a person to decide",
		"Fields to which two trackers gave different values. Nothing is overwritten until a person decides."), a.conflicts)
}

// stretch says which open records are asked about.
type stretch struct {
	Owner string `query:"owner" maxLength:"200" doc:"Id of the person who owns the records"`
	After string `query:"after" maxLength:"1000" doc:"next of the answer before"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many records are looked at"`
}

func (a *API) openRecords(ctx context.Context, in *stretch) (service.ListPage, error) {
	return a.o.Register.Browse(ctx, service.ListQuery{Open: true, Owner: in.Owner}, in.After, in.Limit)
}

// An Action is an action with its record.
type Action struct {
	Record string `json:"record" doc:"Number of its record"`
	Of     string `json:"record_title"` // not Title: the document would lose that of the action
	register.Action
}

// Actions is a stretch of actions.
type Actions struct {
	Actions []Action `json:"actions" nullable:"false"`
	Next    string   `json:"next,omitempty" doc:"The parameter after of the next stretch"`
}

func (a *API) actions(ctx context.Context, in *stretch) (*answer[Actions], error) {
	page, err := a.openRecords(ctx, in)
	out := Actions{Actions: []Action{}, Next: page.Next}
	for _, e := range page.Entries {
		for _, x := range e.Record.AllActions() {
			out.Actions = append(out.Actions, Action{e.Record.Ref, e.Record.Fields[register.FieldTitle], x})
		}
	}
	return &answer[Actions]{out}, err
}

// A Lacking is what a record needs.
type Lacking struct {
	Record string         `json:"record" doc:"Its number"`
	Title  string         `json:"title"`
	State  register.State `json:"state"`
	Owner  string         `json:"owner,omitempty"`
	For    register.State `json:"needed_for,omitempty" doc:"The state that it is needed for"`
	Held   bool           `json:"held" doc:"People closed its issue, and the register does not count it yet"`
	Needs  []present.Told `json:"needs" nullable:"false" doc:"What holds the record"`
	Advice []present.Told `json:"advice,omitempty" doc:"What is reported and holds nothing"`
}

// Needs is a stretch of records with what they need.
type Needs struct {
	Records []Lacking `json:"records" nullable:"false"`
	Next    string    `json:"next,omitempty" doc:"The parameter after of the next stretch"`
}

func (a *API) needs(ctx context.Context, in *stretch) (*answer[Needs], error) {
	page, err := a.openRecords(ctx, in)
	out := Needs{Records: []Lacking{}, Next: page.Next}
	for _, e := range page.Entries {
		r, v := e.Record, e.View
		out.Records = append(out.Records, Lacking{r.Ref, r.Fields[register.FieldTitle], r.State, r.Fields[register.FieldOwner], v.For, v.Held, v.Needs, v.Advice})
	}
	return &answer[Needs]{out}, err
}

type dates struct {
	Until  string `query:"until" format:"date" doc:"Last day; all dates if it is not given"`
	Person string `query:"person" maxLength:"200" doc:"Id of a person of whom something is expected, or who owns the record"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"200" doc:"How many dates are answered"`
}

// Due is what is to do by a date.
type Due struct {
	service.DueList
	LeftOut int `json:"left_out" doc:"How many later dates are not in the answer"`
}

func (a *API) due(ctx context.Context, in *dates) (*answer[Due], error) {
	all, err := a.o.Register.Due(ctx, service.DueQuery{At: a.now(), Until: in.Until, Person: in.Person})
	out := Due{DueList: all}
	if n := len(all.Items); n > in.Limit {
		out.Items, out.LeftOut = all.Items[:in.Limit], n-in.Limit
	}
	return &answer[Due]{out}, err
}

type few struct {
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many are answered"`
}

// A Conflict is a field that waits for a person to decide.
type Conflict struct {
	Record string               `json:"record" doc:"Number of its record"`
	Field  register.Field       `json:"field"`
	Label  string               `json:"label" doc:"Name of the field for people"`
	Since  time.Time            `json:"since"`
	Values []plan.ConflictValue `json:"values" nullable:"false"`
	Words  []present.Value      `json:"words" nullable:"false" doc:"The same values as people read them"`
}

// Conflicts is what waits for people to decide.
type Conflicts struct {
	Count     int        `json:"count" doc:"How many there are"`
	Conflicts []Conflict `json:"conflicts" nullable:"false" doc:"The newest"`
}

func (a *API) conflicts(ctx context.Context, in *few) (*answer[Conflicts], error) {
	rows, n, err := a.o.Store.OpenConflicts(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	told, err := a.o.Register.ConflictWords(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := Conflicts{Count: n, Conflicts: []Conflict{}}
	for i, row := range rows {
		out.Conflicts = append(out.Conflicts, Conflict{row.Ref, row.Conflict.Field, told[i].Label, row.Opened, row.Conflict.Values, told[i].Values})
	}
	return &answer[Conflicts]{out}, nil
}
