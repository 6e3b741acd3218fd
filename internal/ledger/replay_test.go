package ledger

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/register"
)

// working is a record with something of everything, and a replay that was told of it.
func working(t *testing.T) (register.Record, *Replay) {
	t.Helper()
	at := day()
	r := register.Record{
		ID: "rec-1", Ref: "NC-2026-0001", State: register.Implementing, Requested: register.Closed, RequestedAt: at, Recorded: at, Confirmed: at, Round: 1,
		Fields:    map[register.Field]string{register.FieldTitle: "Leavers keep accounts", register.FieldGrade: "major", register.FieldOwner: "ana", register.FieldMissing: "G07"},
		Actions:   []register.Action{{ID: "gh:1", Title: "Automate it", State: register.ActionDone, Done: at}},
		Approvals: []register.Approval{{Event: "e1", Subject: register.SubjectTriage, Outcome: register.Approved, By: "dee", At: at, How: register.ByComment}},
		Attempts:  []register.Attempt{{Review: "e0", RootCause: "Nobody knows"}},
		Proposals: []register.Proposal{{Field: register.FieldGrade, Value: "minor", From: "gh", At: at}},
		Involved:  []register.Involvement{{Person: "ana", As: register.InvolvedOwner}},
		Sent:      []register.Sending{{To: "Body X", On: "2026-03-01", File: "response.html", SHA256: "0a", By: "dee", At: at, Event: "e3"}},
	}
	replay := NewReplay()
	tell(t, replay, 0, CarriedEntry(r, 1))
	return r, replay
}

// tell has a replay read an entry.
func tell(t *testing.T, replay *Replay, seq int64, e audit.Entry, erased ...string) {
	t.Helper()
	e.At = day()
	b := beside{}
	b.keep(e)
	x, err := replay.Read(&e, func(field string, v *audit.Text) (string, bool) {
		if slices.Contains(erased, field) {
			return "", false
		}
		return b.value(field, v)
	})
	if err != nil {
		t.Fatal(err)
	}
	replay.Apply(seq, x)
}

// Whatever is changed in a row is found, and named.
func TestEveryDifferenceIsNamed(t *testing.T) {
	second := day().Add(time.Second)
	for name, c := range map[string]struct {
		change          func(*register.Record)
		text, want, got string
	}{
		"a field":          {func(r *register.Record) { r.Fields[register.FieldGrade] = "minor" }, "NC-2026-0001: Grade is not what the log says; the last entry about the record is 0", "major", "minor"},
		"a field more":     {func(r *register.Record) { r.Fields[register.FieldRootCause] = "none" }, "Root cause", "", "none"},
		"a field less":     {func(r *register.Record) { delete(r.Fields, register.FieldOwner) }, "Owner", "ana", ""},
		"the state":        {func(r *register.Record) { r.State = register.Closed }, "State", "implementing", "closed"},
		"the request":      {func(r *register.Record) { r.Requested = "" }, "the state that is asked for", "closed", ""},
		"the number":       {func(r *register.Record) { r.Ref = "NC-2026-0002" }, "the number", "NC-2026-0001", "NC-2026-0002"},
		"the round":        {func(r *register.Record) { r.Round = 0 }, "the round", "1", "0"},
		"a time":           {func(r *register.Record) { r.Closed = second }, "the time of closing", "", "2026-03-02T09:30:01.123Z"},
		"the containment":  {func(r *register.Record) { r.Contained = second }, "the time of containment", "", "2026-03-02T09:30:01.123Z"},
		"the waiting time": {func(r *register.Record) { r.Done = second }, "the time at which the work was done", "", "2026-03-02T09:30:01.123Z"},
		"an approval more": {func(r *register.Record) {
			r.Approvals = append(r.Approvals, register.Approval{Event: "e2", Subject: register.SubjectEffectiveness, By: "cem"})
		}, "decision effectiveness by cem (e2)", "", `{"event":"e2"`},
		"an approval less":     {func(r *register.Record) { r.Approvals = nil }, "decision triage by dee (e1)", `{"event":"e1"`, ""},
		"whose approval":       {func(r *register.Record) { r.Approvals[0].By = "cem" }, "decision triage by", "", ""},
		"a refusal taken away": {func(r *register.Record) { r.Approvals[0].Void = "x" }, "decision triage by dee (e1)", `"how":"comment"}`, `"void":"x"`},
		"an action":            {func(r *register.Record) { r.Actions[0].State = register.ActionProposed }, "action gh:1", `"state":"done"`, `"state":"proposed"`},
		"an action less":       {func(r *register.Record) { r.Actions = nil }, "action gh:1", `{"id":"gh:1"`, ""},
		"an attempt less":      {func(r *register.Record) { r.Attempts = nil }, "attempt e0", `"root_cause":"Nobody knows"`, ""},
		"a proposal less":      {func(r *register.Record) { r.Proposals = nil }, "proposal grade from gh", `"value":"minor"`, ""},
		"which cause is which": {func(r *register.Record) {
			r.Numbers = map[string]register.Numbers{"root_cause": {Next: 3, Items: []register.Numbered{{N: 2}}}}
		}, "numbering of Root cause", "", `"n":2`},
		"a document sent less":     {func(r *register.Record) { r.Sent = nil }, "document sent to Body X on 2026-03-01 (e3)", `"sha256":"0a"`, ""},
		"another document":         {func(r *register.Record) { r.Sent[0].SHA256 = "0b" }, "document sent to Body X on 2026-03-01 (e3)", `"sha256":"0a"`, `"sha256":"0b"`},
		"somebody no longer in it": {func(r *register.Record) { r.Involved = nil }, "involvement owner ana", `"person":"ana"`, ""},
	} {
		r, replay := working(t)
		c.change(&r)
		got, err := replay.Compare(rowsOf(Row{Record: r}), "record")
		if err != nil || len(got.Findings) == 0 {
			t.Errorf("%s: Compare() = %+v, %v, want a finding", name, got, err)
			continue
		}
		f := got.Findings[0]
		if f.Code != verify.RegisterDiffers || f.Where != "record" || !strings.Contains(f.Text, c.text) || !strings.Contains(f.Want, c.want) || !strings.Contains(f.Got, c.got) {
			t.Errorf("%s: %+v, want %q, %q instead of %q", name, f, c.text, c.got, c.want)
		}
	}
}

// What the register works out about itself, what is known to be empty, and fractions of a
// millisecond are no differences.
func TestWhatIsNoDifference(t *testing.T) {
	r, replay := working(t)
	r.Fields[register.FieldMissing], r.Fields[register.FieldLocation] = "G08", ""
	r.Confirmed = r.Confirmed.Truncate(time.Millisecond).In(time.FixedZone("CET", 3600))
	r.Actions[0].Addresses = []string{}
	c, err := replay.Compare(rowsOf(Row{Record: r}), "record")
	if err != nil || len(c.Findings) != 0 || c.Records != 1 {
		t.Errorf("Compare() = %+v, %v, want nothing", c, err)
	}
}

// Rows that the log does not know, records that are gone, rows twice, rows that lists show
// otherwise, and what is no row, are found.
func TestRowsThatAreNoneOfTheLog(t *testing.T) {
	r, replay := working(t)
	tell(t, replay, 3, CarriedEntry(register.Record{ID: "rec-2", Ref: "NC-2026-0002"}, 1))
	lines := [][]byte{
		Row{Record: r, Listed: &Listed{Ref: r.Ref, State: register.Closed}}.Line(),
		Row{Record: r}.Line(),
		Row{Record: register.Record{ID: "rec-3", Ref: "NC-2026-0003"}}.Line(),
		Row{Record: register.Record{ID: "rec-4", Ref: "NC-2026-0004"}, Waiting: true}.Line(),
		[]byte("{}\n"), []byte("\n"),
	}
	c, err := replay.Compare(func(yield func(any, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}, "register.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range c.Findings {
		got = append(got, f.Text)
	}
	want := []string{
		"the register lists NC-2026-0001 otherwise than its record says",
		"the register holds NC-2026-0001, and the log tells nothing of it",
		"the register holds NC-2026-0003, and the log tells nothing of it",
		"row 5 of register.jsonl is no record", "row 6 of register.jsonl is no record",
		"the log tells of NC-2026-0002, and the register does not hold it",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || c.Records != 1 || c.Waiting != 1 {
		t.Errorf("Compare() = %d compared, %d waiting:\n%s\nwant:\n%s", c.Records, c.Waiting, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if f := c.Findings[0]; f.Want != `NC-2026-0001 in implementing, requested "closed"` || f.Got != `NC-2026-0001 in closed, requested ""` {
		t.Errorf("what is listed: %+v", f)
	}
}

// A value that was erased is not compared, until the log tells another one; facts that were
// erased leave the record out.
func TestErasedValuesAreNotCompared(t *testing.T) {
	title := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldTitle, After: "Ada Example left", At: day(), By: "ana"}})[0]
	title.Subject = audit.Subject{Type: audit.SubjectRecord, ID: "rec-1", Ref: "NC-2026-0001"}
	compare := func(replay *Replay, r register.Record) verify.Compared {
		c, err := replay.Compare(rowsOf(Row{Record: r}), "record")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	r, replay := working(t)
	tell(t, replay, 1, title, "title/after")
	r.Fields[register.FieldTitle] = "whatever it was"
	if c := compare(replay, r); len(c.Findings) != 0 || c.Unknown != 1 || c.Records != 1 {
		t.Errorf("Compare() = %+v, want one value that cannot be compared", c)
	}
	r, replay = working(t)
	tell(t, replay, 1, title, "title/after")
	tell(t, replay, 2, title)
	if c := compare(replay, r); len(c.Findings) != 1 || c.Unknown != 0 {
		t.Errorf("Compare() = %+v, want the title found: the log tells it again", c)
	}
	r, replay = working(t)
	moved := Entries([]register.Fact{{Kind: register.FactMoved, Move: &register.Moved{From: register.Implementing, To: register.Verifying}}})[0]
	moved.Subject = title.Subject
	tell(t, replay, 1, moved, "facts")
	if c := compare(replay, r); len(c.Findings) != 0 || c.Unknown != 1 || c.Records != 0 {
		t.Errorf("Compare() = %+v, want the record left out", c)
	}
}

// A record that the log knows cannot be brought into it anew with other values.
func TestARecordIsCarriedOnce(t *testing.T) {
	r, replay := working(t)
	tell(t, replay, 1, CarriedEntry(r, 2))
	r.State = register.Closed
	tell(t, replay, 2, CarriedEntry(r, 3))
	c, err := replay.Compare(rowsOf(Row{Record: r}), "record")
	if err != nil || len(c.Findings) != 1 {
		t.Fatalf("Compare() = %+v, %v, want one finding", c, err)
	}
	if f := c.Findings[0]; f.Seq != 2 || f.Text != "entry 2 carries NC-2026-0001 into the log anew, with another State than the log had told" || f.Want != "implementing" || f.Got != "closed" {
		t.Errorf("found %+v", f)
	}
}

// A log that tells of a record without its beginning says so.
func TestARecordWithoutABeginning(t *testing.T) {
	replay := NewReplay()
	e := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldTitle, After: "x", At: day(), By: "ana"}})[0]
	e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: "rec-1", Ref: "NC-2026-0001"}
	tell(t, replay, 7, e)
	c, err := replay.Compare(rowsOf(Row{Record: register.Record{ID: "rec-1", Ref: "NC-2026-0001"}}), "record")
	if err != nil || len(c.Findings) != 1 || c.Findings[0].Seq != 7 || c.Findings[0].Text != "the log does not tell how NC-2026-0001 began" {
		t.Errorf("Compare() = %+v, %v", c, err)
	}
}

// Facts that are none are an error, and no panic: an export comes from anybody.
func FuzzRead(f *testing.F) {
	f.Add(`[{"kind":"decided"},{"kind":"moved"},{"kind":"proposed"},{"kind":"action"},{"kind":"carried"}]`)
	f.Add(`[{"kind":"set","field":"title","after":"x"},{"kind":"carried","record":{"id":"rec-1"}}]`)
	f.Add(`{"kind":"set"}`)
	f.Fuzz(func(t *testing.T, doc string) {
		e := audit.Entry{Verb: audit.RecordTransitioned, Subject: audit.Subject{Type: audit.SubjectRecord, ID: "rec-1"}, Facts: audit.NewText(doc)}
		replay := NewReplay()
		x, err := replay.Read(&e, func(_ string, v *audit.Text) (string, bool) { return v.Value, true })
		if err != nil || x == nil {
			return
		}
		replay.Apply(0, x)
		if _, err := replay.Compare(rowsOf(Row{Record: register.Record{ID: "rec-1"}}), "record"); err != nil {
			t.Errorf("Compare() = %v", err)
		}
	})
}
