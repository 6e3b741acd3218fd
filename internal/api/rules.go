package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

func (a *API) rules() {
	add(a, get("/policy", "get-policy", ofRules, "The policy in force and who adopted it",
		"Every version with its author, time and reason, the document of the one in force, and how the configured policy differs."), a.policy)
	add(a, get("/rules", "list-rules", ofRules, "The rules that hold a record back", "The rules in force, each with the requirement that it serves."), a.guards)
	add(a, get("/people", "list-people", ofRules, "People of the register and their roles", ""), a.people)
	add(a, get("/you", "get-you", ofRules, "For whom this request is served", "Person, roles and scopes."), a.you)
	add(a, get("/figures", "get-figures", ofRules, "Figures for the management review",
		"The key figures of a period, as of any moment of the log, with their definitions."), a.figures)
}

// Policies are the policies that were adopted.
type Policies struct {
	InForce     store.Adopted           `json:"in_force"`
	Document    register.PolicyDocument `json:"policy"`
	Versions    []store.Adopted         `json:"versions" nullable:"false" doc:"The newest first"`
	Differences []register.Difference   `json:"differences" nullable:"false" doc:"How the configured policy differs from the one that was adopted last"`
	Notices     []string                `json:"notices" nullable:"false" doc:"Why the configured policy is not in force"`
}

func (a *API) policy(ctx context.Context, _ *struct{}) (*answer[Policies], error) {
	p, err := a.o.Policy(ctx)
	return &answer[Policies]{p}, err
}

// Guards are the rules in force.
type Guards struct {
	Rules []service.Rule `json:"rules" nullable:"false"`
}

func (a *API) guards(context.Context, *struct{}) (*answer[Guards], error) {
	return &answer[Guards]{Guards{service.Rules(a.o.Register.Policy)}}, nil
}

// People are those of the register.
type People struct {
	People []register.Person `json:"people" nullable:"false"`
}

func (a *API) people(context.Context, *struct{}) (*answer[People], error) {
	out := People{[]register.Person{}}
	for _, p := range a.o.Register.People {
		out.People = append(out.People, p)
	}
	slices.SortStableFunc(out.People, func(p, q register.Person) int { return cmp.Compare(p.ID, q.ID) })
	return &answer[People]{out}, nil
}

// You is for whom a request is served.
type You struct {
	Person string         `json:"person,omitempty" doc:"Id in the register; none for somebody who is not one of people"`
	Name   string         `json:"name"`
	Roles  []access.Role  `json:"roles" nullable:"false"`
	Scopes []access.Scope `json:"scopes" nullable:"false"`
	Token  string         `json:"token,omitempty" doc:"Id of the token of the request"`
}

func (a *API) you(ctx context.Context, _ *struct{}) (*answer[You], error) {
	c := caller(ctx)
	return &answer[You]{You{c.Person, c.Name, append([]access.Role{}, c.Roles...), append([]access.Scope{}, c.Scopes...), c.Token}}, nil
}

type ask struct {
	Period   string `query:"period" maxLength:"50" doc:"2026-Q3, 2026-H2, 2026, 2026-09 or 2026-07-01..2026-09-30; the quarter under way if it is not given"`
	At       string `query:"at" maxLength:"50" doc:"The last day, or a moment like 2026-09-30T12:00:00Z, that the log is read to"`
	Kind     string `query:"kind" maxLength:"50" doc:"A kind of record; nonconformities if it is not given"`
	Scope    string `query:"scope" maxLength:"200" doc:"Only records about this part of the ISMS"`
	Grade    string `query:"grade" maxLength:"50" doc:"Only records of this grade"`
	Source   string `query:"source" maxLength:"50" doc:"Only records from this source"`
	Owner    string `query:"owner" maxLength:"200" doc:"Only records of this person"`
	Standard string `query:"standard" maxLength:"50" doc:"Only records about this standard"`
	Trend    bool   `query:"trend" doc:"Also the three periods before, and the same period of the year before"`
}

func (a *API) figures(ctx context.Context, in *ask) (*answer[kpi.Report], error) {
	r, err := a.o.Register.Figures(ctx, kpi.Ask{Period: in.Period, At: in.At, Kind: in.Kind, Scope: in.Scope, Grade: in.Grade, Source: in.Source, Owner: in.Owner, Standard: in.Standard}, in.Trend)
	return &answer[kpi.Report]{r}, err
}
