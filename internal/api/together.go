package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Chosen is one of the records that an act is asked of.
type Chosen struct {
	Record  string `json:"record" minLength:"1" maxLength:"2000" doc:"Its number, or the key or the address of one of its issues"`
	Version int64  `json:"version,omitempty" minimum:"1" nullable:"true" doc:"The version that you saw; a dry run answers it. Only a dry run goes without it"`
}

// A Several is an act with the records that it is asked of.
type Several struct {
	Records []Chosen          `json:"records" minItems:"1" maxItems:"100" nullable:"false"`
	Inputs  map[string]string `json:"inputs" doc:"Values by the names of the inputs, as people write them"`
	DryRun  bool              `json:"dry_run,omitempty" nullable:"true" doc:"Says for each record what would come of it, and changes nothing"`
}

// An Outcome is what came of an act for one of several records.
type Outcome struct {
	Record  string   `json:"record" doc:"Its number; as you named it, if there is no such record"`
	Outcome string   `json:"outcome" enum:"done,same,refused,foreign,stale,failed" doc:"done, or would be; same: it was so already; refused; foreign: it is not one of yours; stale: it changed since your version; failed: it could not be tried"`
	Again   bool     `json:"again" doc:"It was done before under this Idempotency-Key"`
	Version int64    `json:"version,omitempty" doc:"Version of the record as it is now, if it was looked at"`
	Changes []Change `json:"changes" nullable:"false" doc:"What changes"`
	Problem *Problem `json:"problem,omitempty" doc:"Why it was not done, as if it were asked of this record alone"`
}

// A Change is a value that an act changes.
type Change struct {
	Field register.Field `json:"field,omitempty" doc:"The field; none for a date that is moved"`
	Label string         `json:"label" doc:"Its name for people"`
	From  string         `json:"from"`
	To    string         `json:"to"`
	Waits bool           `json:"waits" doc:"It is proposed, and waits for a decision"`
}

// Outcomes are what came of an act for several records.
type Outcomes struct {
	DryRun   bool      `json:"dry_run" doc:"Nothing was changed"`
	Outcomes []Outcome `json:"outcomes" nullable:"false" doc:"In the order of the request"`
}

type actingTogether struct {
	Keyed

	Act  string `path:"act" maxLength:"50" doc:"Name of an act that list-acts marks with several"`
	Body Several
}

func (a *API) actTogether(ctx context.Context, in *actingTogether) (*answer[Outcomes], error) {
	k, err := a.several(in)
	if err != nil {
		return nil, err
	}
	c := caller(ctx)
	if p := a.mayAct(c, k.Approves && !in.Body.DryRun); p != nil {
		return nil, p
	}
	out := Outcomes{DryRun: in.Body.DryRun, Outcomes: make([]Outcome, len(in.Body.Records))}
	var members []service.Member
	var rows []store.Row
	var places []int // of the members, in the request
	named := map[string]string{}
	for i, x := range in.Body.Records {
		row, err := a.o.Register.Find(ctx, x.Record)
		if err != nil {
			p := a.whyNot(ctx, err)
			if p.Status >= http.StatusInternalServerError {
				return nil, p
			}
			out.Outcomes[i] = Outcome{Record: x.Record, Outcome: string(service.FateRefused), Changes: []Change{}, Problem: p.at(ofChosen(i, "record"))}
			continue
		}
		if before, twice := named[row.Record.ID]; twice {
			return nil, newProblem(http.StatusUnprocessableEntity, codeInvalid, fmt.Sprintf("%s and %s are the same record", before, x.Record), "name each record once").at(ofChosen(i, "record"))
		}
		named[row.Record.ID] = x.Record
		members, rows, places = append(members, service.Member{ID: row.Record.ID, Ref: row.Record.Ref, Saw: x.Version}), append(rows, row), append(places, i)
	}
	by := service.By{Person: c.Person, Account: c.Account, How: c.How}
	if in.Key != "" {
		by.Request = &store.Request{Person: c.Person, Key: in.Key}
	}
	results, err := a.acts(ctx).Together(ctx, by, members, service.Together{Name: k.Name, Given: in.Body.Inputs, Rehearsed: in.Body.DryRun})
	if err != nil {
		return nil, err
	}
	for n, r := range results {
		out.Outcomes[places[n]] = a.outcome(ctx, k, rows[n].Record, r, places[n])
	}
	return &answer[Outcomes]{out}, nil
}

// several returns the act that a request asks of several records, or why it cannot be asked.
func (a *API) several(in *actingTogether) (service.Ask, error) {
	if a.o.Acts == nil {
		return service.Ask{}, noActs()
	}
	k, err := service.AskNamed(in.Act)
	if err != nil {
		return k, err
	}
	if !k.Several {
		return k, newProblem(http.StatusUnprocessableEntity, codeInvalid, in.Act+" is a judgement about one record", "send it to "+Prefix+"/records/{ref}/acts/"+in.Act).at("path.act")
	}
	for i, x := range in.Body.Records {
		if x.Version == 0 && !in.Body.DryRun {
			return k, newProblem(http.StatusPreconditionRequired, codeNoVersion, "the request does not say which version of "+x.Record+" you saw", "send the request with dry_run, and the versions that it answers without it").at(ofChosen(i, "version"))
		}
	}
	return k, nil
}

// ofChosen is where something is wrong with one of the records of a request.
func ofChosen(i int, what string) string { return fmt.Sprintf("body.records[%d].%s", i, what) }

// outcome says what came of an act for the record at a place of the request.
func (a *API) outcome(ctx context.Context, k service.Ask, rec register.Record, r service.Result, place int) Outcome {
	out := Outcome{Record: r.Ref, Outcome: string(r.Fate), Again: r.Again, Version: r.Version, Changes: []Change{}}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, Change(c))
	}
	if r.Err == nil {
		return out
	}
	if _, changed := errors.AsType[*service.StaleError](r.Err); changed {
		out.Problem = newProblem(http.StatusPreconditionFailed, codeStale, r.Why, "read the record, and send it again with the version that it has now").at(ofChosen(place, "version"))
		return out
	}
	if out.Problem = roleless(a.acts(ctx), rec, k, caller(ctx).Person, r.Err); out.Problem == nil {
		out.Problem = a.whyNot(ctx, r.Err)
	}
	return out
}

// whyNot is the problem of an error.
func (a *API) whyNot(ctx context.Context, err error) *Problem {
	p, ok := errors.AsType[*Problem](a.problem(ctx, a.refused(ctx, err)))
	if !ok {
		return a.ours(err)
	}
	return p
}
