package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// The groups of operations.
const (
	ofRecords = "records"
	ofWork    = "work"
	ofState   = "state"
	ofRules   = "rules"
	ofActs    = "acts"
)

// Named names a record.
type Named struct {
	Ref string `path:"ref" maxLength:"2000" doc:"Number of a record such as NC-2026-0007, or the key or the address of one of its issues, percent-encoded"`
}

// A search says which records are listed.
type search struct {
	Q          string   `query:"q" maxLength:"200" doc:"Words that a record has all of, in any of its texts"`
	Show       string   `query:"show" enum:"all,open,closed,held,late,problems" default:"all" doc:"A part of the register, as the pages have it"`
	State      []string `query:"state" maxItems:"20" nullable:"false" doc:"States, with commas between them"`
	Kind       []string `query:"kind" maxItems:"20" nullable:"false" doc:"Kinds of record, with commas between them"`
	Grade      []string `query:"grade" maxItems:"20" nullable:"false" doc:"Grades, or what they count as, with commas between them"`
	Risk       []string `query:"risk" maxItems:"20" nullable:"false" doc:"Risks, or what they count as, with commas between them"`
	Owner      string   `query:"owner" maxLength:"200" doc:"Id of a person"`
	Scope      string   `query:"scope" maxLength:"200" doc:"A part of the ISMS"`
	From       string   `query:"from" format:"date" doc:"First day on which a record was recorded"`
	To         string   `query:"to" format:"date" doc:"Last day on which a record was recorded"`
	ClosedFrom string   `query:"closed_from" format:"date" doc:"First day on which a record was closed, accepted or rejected"`
	ClosedTo   string   `query:"closed_to" format:"date" doc:"Last day on which a record was closed, accepted or rejected"`
	Sort       string   `query:"sort" doc:"By what it is sorted, with a - before it for the opposite order; the number if it is not given"`
	After      string   `query:"after" maxLength:"1000" doc:"next of the answer before"`
	Limit      int      `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many records are answered"`
}

func (s *search) query() service.ListQuery {
	q := service.ListQuery{
		Text: strings.TrimSpace(s.Q), Grades: s.Grade, Risks: s.Risk, Owner: s.Owner, Scope: s.Scope, From: s.From, To: s.To, ClosedFrom: s.ClosedFrom, ClosedTo: s.ClosedTo, Sort: s.Sort,
		Held: s.Show == "held", Open: s.Show == "open", Ended: s.Show == "closed", Problems: s.Show == "problems", Late: s.Show == "late",
	}
	for _, x := range s.State {
		q.States = append(q.States, register.State(x))
	}
	for _, x := range s.Kind {
		q.Kinds = append(q.Kinds, register.Kind(x))
	}
	return q
}

// A Summary is a record of a list.
type Summary struct {
	Record    string `json:"record" doc:"Its number"`
	Title     string `json:"title"`
	Kind      string `json:"kind"`
	Grade     string `json:"grade,omitempty"`
	State     string `json:"state"`
	Requested string `json:"requested,omitempty" doc:"The state that people ask for and that does not count yet"`
	Owner     string `json:"owner,omitempty" doc:"Id of a person, or an account of nobody"`
	Due       string `json:"due,omitempty" doc:"What is due first"`
	Late      bool   `json:"late" doc:"Something of it was missed"`
	Issues    string `json:"issues,omitempty" doc:"Keys of its issues"`
	Needs     string `json:"needs,omitempty" doc:"What it needs for the next step, in short"`
	Version   int64  `json:"version"`
}

// A Listing is a stretch of a list of records.
type Listing struct {
	Count   int       `json:"count" doc:"How many records the whole list has"`
	Beyond  bool      `json:"count_is_a_minimum" doc:"It has more than count"`
	Records []Summary `json:"records" nullable:"false"`
	Next    string    `json:"next,omitempty" doc:"The parameter after of the next stretch"`
}

// A read is a record, with its version in a header.
type read struct {
	ETag string `header:"ETag" doc:"Version of the record and digest of the answer"`
	Body service.Document
}

func (a *API) records() {
	list := get("/records", "list-records", ofRecords, "Search, filter and sort the register",
		"Lists records in stretches. All conditions must hold. A stretch begins after the last record of the one before, so that nothing is listed twice or left out because of records that change.")
	add(a, list, a.list)
	addTyped(a, get("/records/{ref}", "get-record", ofRecords, "Everything about one record",
		"Fields, causes, actions, evidence, decisions, what it needs before it can go on and under which rule, its issues and its open conflicts. With If-None-Match the answer is 304 while nothing changed.", http.StatusNotFound, http.StatusConflict), a.record)
	add(a, get("/records/{ref}/history", "get-record-history", ofRecords, "What happened to a record",
		"Newest first: who did what, how that is known and under which rules, with the numbers of the entries of the audit log.", http.StatusNotFound, http.StatusConflict), a.history)
	a.huma.OpenAPI().Paths["/records/{ref}"].Get.Responses["304"] = &huma.Response{Description: "Nothing changed"}
	path := a.huma.OpenAPI().Paths["/records"].Get
	enumerate(path, "state", service.States())
	info, _ := register.Info(register.FieldKind)
	enumerate(path, "kind", info.Enum)
	var sorts []string
	for _, k := range service.SortKeys() {
		sorts = append(sorts, k, "-"+k)
	}
	enumerate(path, "sort", sorts)
}

// enumerate names the values that a parameter may have.
func enumerate(op *huma.Operation, name string, values []string) {
	i := slices.IndexFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == name })
	s := op.Parameters[i].Schema
	if s.Items != nil {
		s = s.Items
	}
	s.Enum = nil
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	op.Parameters[i].Schema.PrecomputeMessages()
	s.PrecomputeMessages()
}

func (a *API) list(ctx context.Context, in *search) (*answer[Listing], error) {
	page, err := a.o.Register.Overview(ctx, in.query(), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := Listing{Count: page.Count, Beyond: page.Beyond, Records: []Summary{}, Next: page.Next}
	for _, l := range page.Lines {
		out.Records = append(out.Records, Summary{
			Record: l.Ref, Title: l.Fields[register.FieldTitle], Kind: string(l.Kind), Grade: l.Fields[register.FieldGrade], State: string(l.State), Requested: string(l.Requested),
			Owner: l.OwnerID, Due: l.Due.Due, Late: l.Due.Missed, Issues: l.Keys, Needs: l.Needed, Version: l.Version,
		})
	}
	return &answer[Listing]{out}, nil
}

// found returns the record that a name means as programs read it, with its tag.
func (a *API) found(ctx context.Context, name string) (*read, error) {
	row, err := a.o.Register.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	return a.shown(ctx, row)
}

// byID returns the record with an id as programs read it.
func (a *API) byID(ctx context.Context, id string) (*read, error) {
	row, err := a.o.Register.Store.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.shown(ctx, row)
}

func (a *API) shown(ctx context.Context, row store.Row) (*read, error) {
	e, err := a.o.Register.Entry(ctx, row)
	if err != nil {
		return nil, err
	}
	out := &read{Body: e.Document()}
	text, err := json.Marshal(out.Body)
	sum := sha256.Sum256(text)
	out.ETag = `"` + strconv.FormatInt(out.Body.Version, 10) + "." + hex.EncodeToString(sum[:8]) + `"`
	return out, err
}

// version reads the version of a record in a tag, which may have no digest; false for none.
func version(tag string) (int64, bool) {
	text, quoted := strings.CutPrefix(strings.TrimSpace(tag), `"`)
	text, ends := strings.CutSuffix(text, `"`)
	text, _, _ = strings.Cut(text, ".")
	n, err := strconv.ParseInt(text, 10, 64)
	return n, quoted && ends && err == nil && n > 0
}

type conditional struct {
	Named

	IfNoneMatch string `header:"If-None-Match" maxLength:"1000" doc:"ETag of an answer before"`
}

func (a *API) record(ctx context.Context, in *conditional) (*read, error) {
	out, err := a.found(ctx, in.Ref)
	if err != nil {
		return nil, err
	}
	for tag := range strings.SplitSeq(in.IfNoneMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == out.ETag {
			return nil, huma.ErrorWithHeaders(huma.Status304NotModified(), http.Header{"Etag": {out.ETag}})
		}
	}
	return out, nil
}

type past struct {
	Named

	Before int64 `query:"before" minimum:"0" doc:"next_before of the answer before"`
	Limit  int   `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many events are answered"`
}

func (a *API) history(ctx context.Context, in *past) (*answer[service.Page], error) {
	row, err := a.o.Register.Find(ctx, in.Ref)
	if err != nil {
		return nil, err
	}
	before := in.Before
	if before == 0 {
		before = service.Newest
	}
	page, err := a.o.Register.History(ctx, row.Record.ID, row.Record.Ref, before, in.Limit)
	return &answer[service.Page]{page}, err
}
