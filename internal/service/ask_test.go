package service_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A counter is where people ask things of records, with a clock that the test moves.
type counter struct {
	*desk

	acts *service.Acts
	now  time.Time
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{desk: newDesk(t), now: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)}
	people := map[string]register.Person{
		"irene": {ID: "irene", Name: "Irene Ismail", Roles: []string{register.RoleISMSManager}},
		"rita":  {ID: "rita", Name: "Rita Rask", Roles: []string{register.RoleReviewer}},
		"erik":  {ID: "erik", Name: "Erik Eng"},
		"olga":  {ID: "olga", Name: "Olga Oss"},
		"ada":   {ID: "ada", Name: "Ada Auditor", Roles: []string{register.RoleAuditor}},
	}
	typing := &mapping.Profile{Binding: "register"}
	for id, p := range people {
		typing.People = append(typing.People, mapping.Account{Person: id, Name: p.Name})
	}
	c.acts = &service.Acts{
		Store: c.store, Policy: register.DefaultPolicy(), Typing: typing, People: people, Now: func() time.Time { return c.now }, Prefixes: func(register.Kind) string { return "NC" },
	}
	return c
}

// ask asks something in the pages.
func (c *counter) ask(id, who, name string, in map[string]string) (service.Acted, error) {
	return c.acts.Ask(c.Context(), id, service.By{Person: who, Account: "sign_in:" + who, How: register.BySignIn}, name, in)
}

// TestRecordByAsksAlone: a record lives from its filing to its closing without a tracker and without the command line, and
// everything that was decided is known to be decided in the pages.
func TestRecordByAsksAlone(t *testing.T) {
	c := newCounter(t)
	filed, err := c.acts.FileAsked(t.Context(), service.By{Person: "erik", How: register.BySignIn, Key: "once"}, map[string]string{
		"kind": "nonconformity", "title": "Leaver accounts stay enabled", "problem": "Three accounts of people who left in May are enabled in July.",
		"identified_at": "1 July 2026", "evidence": "The export of the directory of 1 July lists three of them.", "requirement_refs": "A.5.18",
		"location": "Directory of the office", "consequences": "Former colleagues could read customer mails for two months.",
	})
	if err != nil {
		t.Fatal(err)
	}
	id := filed.Record.ID
	if filed.Record.Fields[register.FieldIdentified] != "2026-07-01" || filed.Record.Fields[register.FieldReporter] != "erik" || filed.Version == 0 {
		t.Fatalf("filed was %+v", filed)
	}
	set := func(field, value string) map[string]string { return map[string]string{"field": field, "value": value} }
	for _, step := range []struct {
		who, ask string
		in       map[string]string
		days     int // that pass before it
		state    register.State
	}{
		{"erik", "set", set("correction", "The three accounts were disabled the same morning."), 0, register.Reported},
		{"irene", "triage", map[string]string{"grade": "minor", "risk": "medium", "source": "internal_audit", "owner": "Erik Eng"}, 0, register.Analysis},
		{"erik", "set", set("root_cause", "The list of leavers goes to IT by mail, and nobody notices when the mail of a month is missing."), 1, register.Analysis},
		{"erik", "set", set("cause_method", "five whys"), 0, register.Analysis},
		{"erik", "set", set("cause_category", "process"), 0, register.Analysis},
		{"erik", "set", set("extent_checked", "All accounts of the last twelve months were compared with the list of leavers: these three alone."), 0, register.Analysis},
		{"erik", "set", set("similarity", "Checked the accounts of suppliers in the same export: none belongs to somebody who left."), 0, register.Analysis},
		{"erik", "set", set("action_plan", "- [x] Import leavers from the HR system each night @olga due:2026-07-20 evidence: https://wiki.example/imports/42"), 0, register.Analysis},
		{"erik", "set", set("effectiveness_plan", "The export of each month until October holds no account of a leaver."), 0, register.Analysis},
		{"erik", "set", set("effectiveness_reviewer", "rita"), 0, register.Analysis},
		{"erik", "set", set("effectiveness_due", "1 November 2026"), 0, register.Analysis},
		{"irene", "approve", nil, 0, register.Implementing},
		{"erik", "set", set("isms_change", "The procedure for leavers names the nightly import now."), 10, register.Implementing},
		{"erik", "move", map[string]string{"to": "verifying"}, 0, register.Verifying},
		{"erik", "set", set("close_summary", "Leavers are imported each night since July, and four months without an old account show it."), 1, register.Verifying},
		{"rita", "review", map[string]string{"outcome": "effective", "reason": "The exports of July to November were compared with the list of leavers of HR: no account is left."}, 120, register.Closed},
	} {
		c.now = c.now.AddDate(0, 0, step.days)
		acted, err := c.ask(id, step.who, step.ask, step.in)
		if err != nil {
			t.Fatalf("%s as %s %v: %v", step.ask, step.who, step.in, err)
		}
		if acted.Record.State != step.state {
			t.Fatalf("%s as %s %v: the record is %s, want %s; missing %v", step.ask, step.who, step.in, acted.Record.State, step.state, register.Missing(acted.Record, c.acts.Context(), c.acts.Policy))
		}
	}
	row, err := c.store.Record(t.Context(), filed.Record.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if row.Record.State != register.Closed || len(row.Record.Approvals) != 3 {
		t.Fatalf("%s is %s with %d decisions, want it closed with three", row.Record.Ref, row.Record.State, len(row.Record.Approvals))
	}
	for _, a := range row.Record.Approvals {
		if a.How != register.BySignIn || !strings.HasPrefix(a.Account, "sign_in:") || !a.Counts() {
			t.Errorf("the decision %s is by %s (%s), counts %t", a.Subject, a.How, a.Account, a.Counts())
		}
	}
}

// TestAskSaysEveryFault: what cannot be used is said for each input at once, and nothing was done.
func TestAskSaysEveryFault(t *testing.T) {
	c := newCounter(t)
	id := c.recs[0].ID
	for _, tc := range []struct {
		ask    string
		in     map[string]string
		faults []string // inputs
	}{
		{"triage", map[string]string{"grade": "enormous", "owner": "nobody here", "colour": "red"}, []string{"grade", "owner", "colour"}},
		{"reject", map[string]string{"reason": "  \n "}, []string{"reason"}},
		{"accept", map[string]string{"until": "some day"}, []string{"until", "reason"}},
		{"set", map[string]string{"field": "due", "value": "31/31/2026"}, []string{"value"}},
		{"set", map[string]string{"field": "state", "value": "closed"}, []string{"field"}},
		{"set", map[string]string{"field": "ref", "value": "NC-1"}, []string{"field"}},
		{"review", map[string]string{"outcome": "approved", "reason": "looked at it"}, []string{"outcome"}},
	} {
		_, err := c.ask(id, "irene", tc.ask, tc.in)
		invalid, ok := errors.AsType[*service.InvalidError](err)
		if !ok {
			t.Errorf("%s %v: %v, want what is wrong with the inputs", tc.ask, tc.in, err)
			continue
		}
		var got []string
		for _, f := range invalid.Faults {
			got = append(got, f.Input)
			if f.What == "" || f.Remedy == "" {
				t.Errorf("%s: %+v says too little", tc.ask, f)
			}
		}
		if !slices.Equal(got, tc.faults) {
			t.Errorf("%s %v: faults of %v, want %v", tc.ask, tc.in, got, tc.faults)
		}
	}
	if _, err := c.ask(id, "irene", "delete", nil); !errors.Is(err, service.ErrNoAsk) {
		t.Errorf("an act that does not exist: %v", err)
	}
	row, err := c.store.Record(t.Context(), c.recs[0].Ref)
	if err != nil || row.Version != 1 {
		t.Errorf("the record has version %d (%v), want it untouched", row.Version, err)
	}
}

// TestAskOfAnotherVersion: what a person asks of a record that changed meanwhile is not done.
func TestAskOfAnotherVersion(t *testing.T) {
	c := newCounter(t)
	id := c.recs[0].ID
	saw := func(v int64) service.By {
		return service.By{Person: "irene", How: register.BySignIn, Saw: v}
	}
	value := map[string]string{"field": "location", "value": "The office in Berlin"}
	first, err := c.acts.Ask(t.Context(), id, saw(1), "set", value)
	if err != nil || first.Version != 2 {
		t.Fatalf("the first is done with version %d, %v; want 2", first.Version, err)
	}
	_, err = c.acts.Ask(t.Context(), id, saw(1), "set", map[string]string{"field": "location", "value": "The office in Bonn"})
	stale, ok := errors.AsType[*service.StaleError](err)
	if !ok || stale.Saw != 1 || stale.Now != 2 {
		t.Fatalf("the second gets %v, want that it saw version 1 of 2", err)
	}
	row, err := c.store.Record(t.Context(), c.recs[0].Ref)
	if err != nil || row.Record.Fields[register.FieldLocation] != value["value"] {
		t.Errorf("the record says %q, %v; want what came first", row.Record.Fields[register.FieldLocation], err)
	}
}

// TestAsksOfAPerson: a person is shown what they may ask of a record. An auditor may ask nothing, and an engineer nothing of
// a record that they have nothing to do with.
func TestAsksOfAPerson(t *testing.T) {
	c := newCounter(t)
	r := c.recs[0]
	r.Fields[register.FieldOwner] = "erik"
	names := func(who string) []string {
		var out []string
		for _, a := range c.acts.Asks(r, who) {
			out = append(out, a.Name)
		}
		return out
	}
	for who, want := range map[string]string{
		"irene": "set triage move reject extend accept link sent",
		"rita":  "set move extend accept sent",
		"erik":  "set move extend accept sent",
		"olga":  "", "ada": "", "a stranger": "",
	} {
		if got := strings.Join(names(who), " "); got != want {
			t.Errorf("%s may ask %q, want %q", who, got, want)
		}
	}
}

// TestFilingSaysEveryFault: a record is not filed in part, and an auditor files none.
func TestFilingSaysEveryFault(t *testing.T) {
	c := newCounter(t)
	_, err := c.acts.FileAsked(t.Context(), service.By{Person: "irene"}, map[string]string{"kind": "complaint", "identified_at": "soon", "root_cause": "unknown"})
	invalid, ok := errors.AsType[*service.InvalidError](err)
	if !ok || len(invalid.Faults) != 4 {
		t.Fatalf("%v, want four faults: kind, title, date and an input that it does not have", err)
	}
	_, err = c.acts.FileAsked(t.Context(), service.By{Person: "ada"}, map[string]string{"kind": "nonconformity", "title": "Leaver accounts stay enabled"})
	if _, ok := errors.AsType[*service.RefusedError](err); !ok {
		t.Errorf("an auditor files a record: %v", err)
	}
	rows, err := c.store.Records(t.Context())
	if err != nil || len(rows) != len(c.recs) {
		t.Errorf("%d records, %v; want none more than %d", len(rows), err, len(c.recs))
	}
}

// TestValueOfAFieldIsAskedForLikeTheField: once the field is chosen, its value is chosen from what it can be.
func TestValueOfAFieldIsAskedForLikeTheField(t *testing.T) {
	c := newCounter(t)
	r := c.recs[0]
	r.Fields[register.FieldGrade] = "minor"
	k, err := c.acts.AskOf(r, "set", map[string]string{"field": "grade"})
	if err != nil {
		t.Fatal(err)
	}
	v := k.Inputs[1]
	if v.Name != "value" || v.Value != "minor" || v.Type != register.TypeEnum || !slices.ContainsFunc(v.Options, func(o service.Option) bool { return o.Value == "major" }) {
		t.Errorf("the value of a grade is asked for as %+v", v)
	}
	if _, err := c.acts.AskOf(r, "erase", nil); !errors.Is(err, service.ErrNoAsk) {
		t.Errorf("an act that does not exist: %v", err)
	}
}
