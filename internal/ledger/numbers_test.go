package ledger

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// written returns what comes of a text that ben writes.
func written(t *testing.T, r register.Record, f register.Field, text string, at time.Time) []register.Fact {
	t.Helper()
	facts, err := register.Decide(r, register.Propose{By: register.Author{Person: "ben", At: at, From: "gh", Means: "changelog"}, Field: f, Value: text}, register.Context{At: at, People: people()}, register.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// An earlier version told the log of texts and knew no numbers, and neither did its rows.
// Whatever the texts went through, both count their things from 1 when this version comes, and
// both go on in the same way.
func TestALogFromBeforeThereWereNumbers(t *testing.T) {
	const doc = `{"id":"rec-1","ref":"NC-2026-0001","state":"implementing","recorded_at":"2026-03-02T09:30:00Z","fields":{` +
		`"kind":"nonconformity","root_cause":"- Nobody compares accounts\n- The feed has no owner","action_plan":"- [x] Give the feed an owner cause:2 evidence:list"},` +
		`"involved":[{"as":"author","person":"ben","field":"root_cause","since":"2026-03-02T09:30:00.123456789Z"},{"as":"author","person":"ben","field":"action_plan","since":"2026-03-02T09:30:00.123456789Z"}]}`
	var row register.Record
	if err := json.Unmarshal([]byte(doc), &row); err != nil {
		t.Fatal(err)
	}
	begin := register.Record{ID: row.ID, Ref: row.Ref, State: row.State, Recorded: row.Recorded, Fields: map[register.Field]string{register.FieldKind: "nonconformity"}}
	replay := NewReplay()
	tell(t, replay, 0, CarriedEntry(begin, 1))
	before, seq := "", int64(1)
	for _, text := range []string{"- The feed has no owner\n- Contracts end without a ticket", "- Nobody compares accounts\n- The feed has no owner"} {
		e := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldRootCause, Before: before, After: text, By: "ben", At: day(), From: "gh", Means: "changelog"}})[0]
		e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: row.ID, Ref: row.Ref}
		tell(t, replay, seq, e)
		before, seq = text, seq+1
	}
	e := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldActionPlan, After: row.Fields[register.FieldActionPlan], By: "ben", At: day(), From: "gh", Means: "changelog"}})[0]
	e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: row.ID, Ref: row.Ref}
	tell(t, replay, seq, e)
	if d := differences(replay.records[row.ID].record, row, nil); len(d) > 0 {
		t.Fatalf("the old log and the old row differ: %+v", d)
	}
	facts := written(t, row, register.FieldRootCause, "- Mails go to nobody\n- Nobody compares accounts\n- The feed has no owner", day().Add(time.Hour))
	row = register.Replay(row, facts)
	for _, e := range Entries(facts) {
		seq++
		e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: row.ID, Ref: row.Ref}
		tell(t, replay, seq, e)
	}
	want := []register.Cause{{ID: "C3", Text: "Mails go to nobody"}, {ID: "C1", Text: "Nobody compares accounts"}, {ID: "C2", Text: "The feed has no owner"}}
	if diff := cmp.Diff(want, replay.records[row.ID].record.Causes()); diff != "" {
		t.Errorf("the causes of the log (-want +got):\n%s", diff)
	}
	if got := row.AllActions()[0].Addresses; !cmp.Equal(got, []string{"C2"}) {
		t.Errorf("the action addresses %v, want C2 as before", got)
	}
	if d := differences(replay.records[row.ID].record, row, nil); len(d) > 0 {
		t.Errorf("the log and the row differ afterwards: %+v", d)
	}
}

// Numbers stand beside the value that they are of, and in no entry of their own.
func TestNumbersStandBesideTheirValue(t *testing.T) {
	r := register.Record{ID: "rec-1", State: register.Analysis, Fields: map[register.Field]string{register.FieldRootCause: "- Nobody compares accounts\n- The feed has no owner"}}
	facts := written(t, r, register.FieldRootCause, "- The feed has no owner", day())
	facts = append(facts, written(t, register.Replay(r, facts), register.FieldTitle, "Leavers keep accounts", day())...)
	es := Entries(facts)
	if len(es) != 1 || len(es[0].Changes) != 2 || es[0].Facts == nil {
		t.Fatalf("Entries() = %+v, want one with both values and the numbers", es)
	}
	if want := `[{"kind":"numbered","numbers":{"root_cause":{"next":3,"items":[{"n":2}]}}}]`; es[0].Facts.Value != want {
		t.Errorf("facts = %s, want %s", es[0].Facts.Value, want)
	}
	plain := Entries(written(t, register.Record{ID: "rec-1", State: register.Analysis}, register.FieldRootCause, "- Nobody compares accounts\n- The feed has no owner", day()))
	if len(plain) != 1 || plain[0].Facts != nil {
		t.Errorf("Entries() = %+v, want no numbers where they count from 1", plain)
	}
}

// The method and the text of a cause number the same things: their order in the log stays.
func TestNumbersOfOneSourceKeepTheirOrder(t *testing.T) {
	r := register.Record{ID: "rec-1", State: register.Analysis, Fields: map[register.Field]string{register.FieldRootCause: "- Nobody compares accounts\n- The feed has no owner", register.FieldCauseMethod: "five_whys"}}
	r.Numbers = map[string]register.Numbers{"root_cause": {Next: 5, Items: []register.Numbered{{N: 4}}}}
	facts := written(t, r, register.FieldCauseMethod, "fishbone", day().Add(time.Hour))
	facts = append(facts, written(t, register.Replay(r, facts), register.FieldRootCause, "- Mails go to nobody\n- The feed has no owner", day())...)
	var order []string
	for _, e := range Entries(facts) {
		for _, c := range e.Changes {
			order = append(order, c.Field)
		}
	}
	if got := strings.Join(order, " "); got != "cause_method root_cause" {
		t.Errorf("the log tells %s, want the method before the text that was numbered after it", got)
	}
}
