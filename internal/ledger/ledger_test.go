package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

func day() time.Time { return time.Date(2026, 3, 2, 9, 30, 0, 123_456_789, time.UTC) }

// beside is what lies beside a log: long texts by digest.
type beside map[string]string

func (b beside) value(_ string, t *audit.Text) (string, bool) {
	if t.SHA256 == "" {
		return t.Value, t.Commitment == ""
	}
	s, ok := b[t.SHA256]
	return s, ok
}

// keep notes the long texts of an entry, as Log.Append does.
func (b beside) keep(e audit.Entry) {
	texts := []*audit.Text{e.Facts}
	for _, c := range e.Changes {
		texts = append(texts, c.After)
	}
	for _, t := range texts {
		if t != nil && t.SHA256 != "" {
			b[t.SHA256] = t.Kept()
		}
	}
}

// logged writes the entries of facts as the log has them, and reads them again.
func logged(t *rapid.T, r register.Record, facts []register.Fact, b beside) (out []*Told) {
	for _, e := range Entries(facts) {
		e.At = day()
		e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref}
		b.keep(e)
		leaf, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := audit.ParseEntry(leaf)
		if err != nil {
			t.Fatal(err)
		}
		told, err := Facts(&again, b.value)
		if err != nil {
			t.Fatal(err)
		}
		if told == nil {
			t.Fatalf("the entry %s tells nothing", leaf)
		}
		out = append(out, told)
	}
	return out
}

// people are those who act. The last is known to nobody.
func people() map[string]register.Person {
	out := map[string]register.Person{}
	for id, roles := range map[string][]string{
		"ana": {register.RoleISMSManager}, "ben": nil, "cem": {register.RoleReviewer}, "dee": {register.RoleISMSManager, register.RoleReviewer, register.RoleTop},
	} {
		out[id] = register.Person{ID: id, Roles: roles}
	}
	return out
}

func drawAuthor(t *rapid.T, at time.Time, n int) register.Author {
	a := register.Author{
		Person: rapid.SampledFrom([]string{"ana", "ben", "cem", "dee", "account:gh:7", ""}).Draw(t, "who"),
		At:     at.Add(-time.Duration(rapid.IntRange(0, 2).Draw(t, "ago")) * 1_500_000_001),
		From:   rapid.SampledFrom([]string{"jira", "gh", "register"}).Draw(t, "from"),
		Means:  rapid.SampledFrom([]string{"", "changelog", "webhook"}).Draw(t, "means"), Bot: rapid.IntRange(0, 9).Draw(t, "bot") == 0,
	}
	if rapid.IntRange(0, 3).Draw(t, "untimed") == 0 {
		a.At = time.Time{}
	}
	if rapid.Bool().Draw(t, "event") {
		a.Event, a.How = fmt.Sprint("e", n), rapid.SampledFrom([]register.ApprovalHow{register.ByComment, register.ByTransition, register.ByTerminal}).Draw(t, "how")
	}
	return a
}

// drawValue draws a value that makes some progress, or none.
func drawValue(t *rapid.T, f register.Field) string {
	good := map[register.Field][]string{
		register.FieldKind: {"nonconformity", "nonconformity", "improvement", "observation"}, register.FieldDriver: {"threat"}, register.FieldGrade: {"major", "minor"},
		register.FieldRisk: {"high", "low"}, register.FieldOwner: {"ana", "ben"}, register.FieldReviewer: {"cem", "dee"},
		register.FieldActionPlan: {
			"- [x] Automate it @ben due:2026-12-20 kind:corrective cause:1 evidence:list", "- [ ] Train everybody @cem due:2026-12-20 kind:corrective cause:1",
			"- [x] Automate it @ana due:2026-12-20 kind:corrective cause:1 evidence:" + strings.Repeat("the list of all accounts ", 100),
			"- [ ] Train everybody cause:2\n- [x] Automate it cause:1 evidence:https://acme.example/1 https://acme.example/2", "- [ ] Train everybody cause:2",
		},
		register.FieldRootCause: {
			"- The feed has no owner\n- Nobody compares accounts", "- Nobody compares accounts\n- The feed has no owner", "- Contracts end without a ticket\n- The feed never had an owner", "Nobody compares accounts",
		},
		register.FieldCorrection: {"- The accounts were disabled\n- The customer was told", "- The customer was told", "The sessions were ended"},
		register.FieldEvidence:   {"- https://acme.example/7\n- Interview of 2 July", "Interview of 2 July", "https://acme.example/8"},

		register.FieldCauseMethod: {"five_whys", "fishbone"}, register.FieldCategory: {"process"}, register.FieldSource: {"incident"},
		register.FieldIdentified: {"2026-01-02"}, register.FieldDue: {"2026-12-31"}, register.FieldReviewDue: {"2026-03-01"},
		register.FieldProblem: {"Leavers keep their accounts for weeks.", strings.Repeat("Leavers keep their accounts. ", 100)},
	}[f]
	return rapid.SampledFrom(append(good, "", "split from NC-2026-0002", "Exit interviews of the group were never told to the team that runs accounts.", "No restore was tested <b>& nobody</b> saw it")).Draw(t, "value")
}

func drawFields() []register.Field {
	var out []register.Field
	for _, info := range register.Fields() {
		switch info.Field {
		case register.FieldState, register.FieldRef, register.FieldMissing:
		default:
			out = append(out, info.Field)
		}
	}
	return out
}

// drawCommand draws something that somebody asks of the register.
func drawCommand(t *rapid.T, r register.Record, by register.Author, at time.Time, n int) register.Command {
	if rapid.IntRange(0, 3).Draw(t, "another") == 0 {
		by = drawAuthor(t, at, n)
	}
	f := rapid.SampledFrom(drawFields()).Draw(t, "field")
	switch rapid.IntRange(0, 18).Draw(t, "command") {
	case 18:
		return register.Recur{By: by, ID: "rec-9", Ref: "NC-2026-0009", Reason: "The same accounts were found again."}
	case 17:
		return register.AnswerRecurrence{By: by, Name: rapid.SampledFrom([]string{"NC-2025-0004", "NC-2026-0002"}).Draw(t, "closed"), Again: rapid.Bool().Draw(t, "again"), Reason: "The same export shows them."}
	case 12:
		return register.AddLink{By: by, Kind: rapid.SampledFrom(register.LinkKinds()).Draw(t, "link"), Name: rapid.SampledFrom([]string{"NC-2026-0002", "NC-2026-0003", "NC-1"}).Draw(t, "other"), Reason: "The audit report says so."}
	case 13:
		return register.RemoveLink{By: by, Kind: rapid.SampledFrom(register.LinkKinds()).Draw(t, "link"), Name: rapid.SampledFrom([]string{"NC-2026-0002", "NC-2026-0003"}).Draw(t, "other"), Reason: "The audit report says so."}
	case 14:
		return register.Extend{By: by, Milestone: rapid.SampledFrom(register.MilestoneList()).Draw(t, "milestone"), To: at.AddDate(0, 0, rapid.IntRange(1, 400).Draw(t, "days")).Format(time.DateOnly), Reason: "The vendor delivers in May."}
	case 16:
		return register.Send{
			By: by, To: rapid.SampledFrom([]string{"Body <A>", "TÜV =cmd|'/C calc'!A0", ""}).Draw(t, "recipient"), On: at.AddDate(0, 0, rapid.IntRange(-2, 2).Draw(t, "sent")).Format(time.DateOnly),
			File: "response.html", SHA256: rapid.SampledFrom([]string{"", strings.Repeat("0a", 32)}).Draw(t, "digest"), Reason: rapid.SampledFrom([]string{"", "The answer to SA-2026/F-01."}).Draw(t, "said"),
		}
	case 15:
		return register.KeepDate{By: by, Milestone: rapid.SampledFrom(register.MilestoneList()).Draw(t, "milestone"), Reason: "The vendor has delivered."}
	case 0, 1, 2, 3, 4:
		v := drawValue(t, f)
		c := register.Propose{By: by, Field: f, Value: v, Why: rapid.SampledFrom([]string{"", "", "changed in a tracker"}).Draw(t, "why")}
		for range rapid.IntRange(0, 2).Draw(t, "with") {
			c.With = append(c.With, drawAuthor(t, at, n))
		}
		return c
	case 5:
		return register.Withdraw{By: by, Field: f}
	case 6:
		a := register.Action{ID: rapid.SampledFrom([]string{"gh:1", "gh:2"}).Draw(t, "action"), Kind: register.Corrective, Title: "Automate it", Assignee: by.Person, State: rapid.SampledFrom([]register.ActionState{register.ActionDone, register.ActionProposed}).Draw(t, "state")}
		if a.State == register.ActionDone {
			a.Evidence, a.Done = "list", at
		}
		return register.SetAction{By: by, Action: a}
	case 7:
		return register.DropAction{By: by, ID: rapid.SampledFrom([]string{"gh:1", "gh:2"}).Draw(t, "action")}
	case 8:
		return register.Judge{Approval: register.Approval{
			Event: fmt.Sprint("e", n), By: by.Person, At: at, How: register.ByComment, Reason: rapid.SampledFrom([]string{"", "Two exports of the accounts are clean."}).Draw(t, "reason"),
			Subject: rapid.SampledFrom([]register.Subject{register.SubjectTriage, register.SubjectPlan, register.SubjectEffectiveness, register.SubjectRejection, register.SubjectReopening, register.SubjectAdoption, register.SubjectPromotion}).Draw(t, "subject"),
			Outcome: rapid.SampledFrom([]register.Outcome{register.Approved, register.Effective, register.Ineffective, register.Adopted, register.Deferred, register.Outcome(register.Improvement)}).Draw(t, "outcome"), Until: rapid.SampledFrom([]string{"", "2028-01-02"}).Draw(t, "until"),
		}}
	case 9:
		switch rapid.IntRange(0, 2).Draw(t, "decides") {
		case 0:
			return register.Decline{By: by, Field: f, Reason: "The audit report says otherwise."}
		case 1:
			if len(r.Approvals) > 0 {
				return register.Retract{By: by, Event: rapid.SampledFrom(r.Approvals).Draw(t, "retracted").Event, Why: "the comment was edited after it"}
			}
		}
		v := drawValue(t, f)
		return register.Determine{By: by, Field: f, Value: v, Reason: "The audit report says otherwise."}
	default:
		return register.Move{By: by, To: rapid.SampledFrom([]register.State{register.Analysis, register.Implementing, register.Verifying, register.Closed, register.StateRejected, register.Reported}).Draw(t, "to")}
	}
}

// start is a record that needs little to be closed, as an earlier version left it.
func start(t *rapid.T) register.Record {
	r := register.Record{
		ID: "rec-1", Ref: "NC-2026-0001", State: rapid.SampledFrom([]register.State{register.Reported, register.Implementing, register.Verifying, register.Closed}).Draw(t, "start"),
		Recorded: day().AddDate(-1, 0, 0), Fields: map[register.Field]string{
			register.FieldKind: "nonconformity", register.FieldGrade: "minor", register.FieldRisk: "low", register.FieldOwner: "ana", register.FieldTitle: "Leavers keep accounts",
			register.FieldRequirements: "5.18", register.FieldScope: "hr",
			register.FieldActionPlan: "- [x] Automate it @ben due:2026-12-20 kind:corrective cause:1 evidence:list",
		},
	}
	if r.State.Rank() >= register.Verifying.Rank() {
		r.Confirmed, r.Done = r.Recorded, day().AddDate(0, -6, 0)
	}
	return Carried(r)
}

// closedBefore is a record that came up again as the one that start draws.
func closedBefore() register.Record {
	return register.Record{
		ID: "rec-4", Ref: "NC-2025-0004", State: register.Closed, Recorded: day().AddDate(-2, 0, 0), Closed: day().AddDate(-1, -3, 0),
		Fields: map[register.Field]string{register.FieldKind: "nonconformity", register.FieldOwner: "ben", register.FieldRequirements: "A.5.18", register.FieldScope: "hr"},
	}
}

// TestTheLogIsTheRegister: whatever is asked of a record, its entries, read from the log,
// bring about the same record: fields, decisions, involvement and times.
func TestTheLogIsTheRegister(t *testing.T) {
	kinds, numbered := map[register.FactKind]int{}, 0
	history := func(t *rapid.T) {
		policy := register.DefaultPolicy()
		policy.Disabled = map[string]bool{}
		if rapid.IntRange(0, 2).Draw(t, "lax") > 0 { // else hardly any history gets far
			for _, rule := range policy.Rules {
				if rapid.IntRange(0, 3).Draw(t, "off") > 0 {
					policy.Disabled[rule.ID] = true
				}
			}
		}
		r, b := start(t), beside{}
		replay := NewReplay()
		seq := int64(0)
		tell := func(facts []register.Fact) {
			for _, told := range logged(t, r, facts, b) {
				replay.Apply(seq, heard{told: told})
				seq++
			}
		}
		tell([]register.Fact{{Kind: register.FactCarried, Record: &r}})
		at := day()
		for n := range rapid.IntRange(1, 25).Draw(t, "acts") {
			at = at.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 40}).Draw(t, "days")).Add(1_000_001)
			var facts []register.Fact
			by := drawAuthor(t, at, n)
			for range rapid.IntRange(1, 6).Draw(t, "at once") {
				more, _ := register.Decide(r, drawCommand(t, r, by, at, n), register.Context{At: at, People: people(), Records: map[string]register.Other{
					"NC-2026-0002": {ID: "rec-2", Ref: "NC-2026-0002"}, "NC-2026-0003": {ID: "rec-3", Ref: "NC-2026-0003"},
				}, Similar: []register.Record{closedBefore()}}, policy) // a refusal is a fact, or nothing
				r = register.Replay(r, more)
				facts = append(facts, more...)
			}
			for _, f := range facts {
				kinds[f.Kind]++
				if f.Contained != nil {
					kinds[register.FactContained]++
				}
			}
			if len(r.Numbers) > 1 {
				numbered++
			}
			tell(facts)
			if d := differences(replay.records[r.ID].record, r, nil); len(d) > 0 {
				t.Fatalf("after %s\nthe log and the record differ: %+v", text(facts), d)
			}
		}
		c, err := replay.Compare(rowsOf(Row{Record: r}), "register")
		if err != nil || len(c.Findings) > 0 || c.Records != 1 || c.Unknown != 0 {
			t.Fatalf("Compare() = %+v, %v, want one record and nothing found", c, err)
		}
	}
	lacking := func() string {
		if numbered == 0 {
			return "a record with numbers of its own"
		}
		for _, k := range []register.FactKind{
			register.FactSet, register.FactAction, register.FactDropped, register.FactDecided, register.FactVoided, register.FactProposed, register.FactSettled,
			register.FactRestarted, register.FactRound, register.FactMoved, register.FactRequested, register.FactInvolved,
			register.FactLinked, register.FactUnlinked, register.FactDue, register.FactExtension, register.FactContained, register.FactSent, register.FactRecurrence,
		} {
			if kinds[k] == 0 {
				return "a fact " + string(k)
			}
		}
		return ""
	}
	drawtest.Until(t, lacking, history)
}

// rowsOf yields rows as the register has them: through JSON.
func rowsOf(rows ...Row) func(func(any, error) bool) {
	return func(yield func(any, error) bool) {
		for _, r := range rows {
			if !yield(r.Line(), nil) {
				return
			}
		}
	}
}

// Values of one person at one time in one place are one entry; what else happens between
// them parts them, so that nothing is told before it was so.
func TestEntriesKeepTheOrderOfFacts(t *testing.T) {
	set := func(f register.Field, by string) register.Fact {
		return register.Fact{Kind: register.FactSet, By: by, At: day(), From: "jira", Means: "changelog", Why: "changed", Field: f, After: "x"}
	}
	shape := func(facts ...register.Fact) (out []string) {
		for _, e := range Entries(facts) {
			s := string(e.Verb)
			for _, c := range e.Changes {
				s += " " + c.Field
			}
			if e.Facts != nil {
				var fs []register.Fact
				if err := json.Unmarshal([]byte(e.Facts.Value), &fs); err != nil {
					t.Fatal(err)
				}
				for _, f := range fs {
					s += " +" + string(f.Kind)
				}
			}
			out = append(out, s)
		}
		return out
	}
	voided := register.Fact{Kind: register.FactVoided, Event: "e1", Why: "Root cause changed after it"}
	restarted := register.Fact{Kind: register.FactRestarted, At: day()}
	hand := register.Fact{Kind: register.FactInvolved, By: "ben", Field: register.FieldRootCause}
	same := set(register.FieldTitle, "ana")
	same.Before = same.After
	decided := same
	decided.Event = "e7"
	for name, c := range map[string]struct {
		facts []register.Fact
		want  []string
	}{
		"one person":                           {[]register.Fact{set("title", "ana"), set("problem", "ana")}, []string{"sync.pulled title problem"}},
		"two people":                           {[]register.Fact{set("title", "ana"), set("problem", "ben")}, []string{"sync.pulled title", "sync.pulled problem"}},
		"one field twice":                      {[]register.Fact{set("title", "ana"), set("title", "ana")}, []string{"sync.pulled title", "sync.pulled title"}},
		"a decision falls between":             {[]register.Fact{set("root_cause", "ana"), voided, set("title", "ana")}, []string{"sync.pulled root_cause", "approval.voided +voided", "sync.pulled title"}},
		"the waiting time begins anew between": {[]register.Fact{set("root_cause", "ana"), restarted, set("title", "ana")}, []string{"sync.pulled root_cause +restarted", "sync.pulled title"}},
		"a hand in the first value":            {[]register.Fact{hand, set("root_cause", "ana"), set("title", "ana")}, []string{"sync.pulled root_cause title +involved"}},
		"a hand in a later value":              {[]register.Fact{set("title", "ana"), hand, set("root_cause", "ana")}, []string{"sync.pulled title root_cause +involved"}},
		"a hand after a decision":              {[]register.Fact{voided, hand, set("root_cause", "ana")}, []string{"approval.voided +voided", "sync.pulled root_cause +involved"}},
		"a hand in nothing":                    {[]register.Fact{voided, hand, voided}, []string{"approval.voided +voided", "record.updated +involved", "approval.voided +voided"}},
		"a value that was there":               {[]register.Fact{same, set("problem", "ana")}, []string{"sync.pulled problem"}},
		"a decision on a value that was there": {[]register.Fact{decided}, []string{"sync.pulled title"}},
		"nothing":                              {nil, nil},
	} {
		if diff := cmp.Diff(c.want, shape(c.facts...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A decision about a value stands in the log with its reason.
func TestADecisionOnAValueHasItsReason(t *testing.T) {
	r := register.Record{ID: "rec-1", State: register.Analysis, Fields: map[register.Field]string{register.FieldGrade: "major"}}
	facts, err := register.Decide(r, register.Determine{
		By: register.Author{Person: "ana", At: day(), How: register.ByComment, Event: "e1", From: "gh"}, Field: register.FieldGrade, Value: "minor", Reason: "No data was reached.",
	}, register.Context{At: day(), People: people()}, register.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	es := Entries(facts)
	if len(es) == 0 || es[0].Reason != "No data was reached." || es[0].Actor.ID != "ana" || len(es[0].Changes) != 1 {
		t.Errorf("Entries() = %+v, want the grade, by ana, with the reason", es)
	}
}

// Entries of the first version of the format tell nothing: they did not say everything.
func TestTheFirstFormatTellsNothing(t *testing.T) {
	e := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldTitle, After: "x", At: day(), By: "ana"}})[0]
	e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: "rec-1"}
	if told, err := Facts(&e, beside{}.value); told == nil || err != nil {
		t.Errorf("Facts() = %v, %v, want the title", told, err)
	}
	e.Format = 1
	if told, err := Facts(&e, beside{}.value); told != nil || err != nil {
		t.Errorf("Facts(version 1) = %v, %v, want nothing", told, err)
	}
}

// An entry that was too long for the log tells what its whole tells.
func TestALongEntryTellsEverything(t *testing.T) {
	e := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldTitle, After: "x", At: day(), By: "ana"}})[0]
	e.At, e.Subject = day(), audit.Subject{Type: audit.SubjectRecord, ID: "rec-1"}
	leaf, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	outline := e
	outline.Changes, outline.Full = nil, audit.NewText(string(leaf)+strings.Repeat(" ", audit.LongText))
	b := beside{outline.Full.SHA256: string(leaf)}
	told, err := Facts(&outline, b.value)
	if err != nil || told == nil || len(told.Facts) != 1 || told.Facts[0].After != "x" {
		t.Errorf("Facts() = %+v, %v, want the title", told, err)
	}
	told, err = Facts(&outline, beside{}.value)
	if err != nil || told == nil || !told.Lost {
		t.Errorf("Facts() of an entry whose whole is gone = %+v, %v, want that it is lost", told, err)
	}
	b[outline.Full.SHA256] = "{}"
	if told, err := Facts(&outline, b.value); err == nil {
		t.Errorf("Facts() of an entry whose whole is no entry = %+v, want an error", told)
	}
}

func TestCarriedInvolvesWhoWasInvolved(t *testing.T) {
	r := register.Record{
		ID: "rec-1", State: register.Closed, Fields: map[register.Field]string{register.FieldOwner: "ana", register.FieldActionPlan: "- [x] Automate it @ben"},
		Actions: []register.Action{{ID: "gh:1", Title: "Train", Assignee: "cem", State: register.ActionCancelled}, {ID: "gh:2", Title: "Test"}},
	}
	want := []register.Involvement{{Person: "ana", As: register.InvolvedOwner}, {Person: "cem", As: register.InvolvedAssignee}, {Person: "ben", As: register.InvolvedAssignee}}
	got := Carried(r)
	if diff := cmp.Diff(want, got.Involved); diff != "" {
		t.Errorf("Carried() involves (-want +got):\n%s", diff)
	}
	if again := Carried(got); !slices.Equal(again.Involved, got.Involved) || got.State != register.Closed || len(got.Approvals) > 0 {
		t.Errorf("Carried() = %+v, want nothing made up", again)
	}
}

// The log orders the entries of one look by time. The first time at which a person had a hand in
// a value stays the first.
func TestTheFirstHandStaysTheFirst(t *testing.T) {
	hand := func(at time.Time) register.Fact {
		return register.Fact{Kind: register.FactInvolved, By: "ana", At: at, From: "jira", Field: register.FieldISMSChange}
	}
	set := func(f register.Field, by string, at time.Time, before, after string) register.Fact {
		return register.Fact{Kind: register.FactSet, By: by, At: at, From: "jira", Field: f, Before: before, After: after}
	}
	var untimed time.Time
	for name, facts := range map[string][]register.Fact{
		"a hand before another value": {
			set(register.FieldTitle, "ana", day(), "Leavers", "Leavers keep accounts"),
			hand(untimed), set(register.FieldISMSChange, "ben", untimed, "", "The leaver checklist"),
			hand(day()), set(register.FieldISMSChange, "ben", untimed, "The leaver checklist", ""),
		},
		"a value of an earlier time": {
			set(register.FieldTitle, "ana", day(), "Leavers", "Leavers keep accounts"),
			hand(day()), set(register.FieldISMSChange, "ana", untimed, "", "The leaver checklist"),
		},
		"a value beside it": {
			set(register.FieldTitle, "ana", day(), "Leavers", "Leavers keep accounts"), hand(untimed),
			set(register.FieldISMSChange, "ana", day(), "", "The leaver checklist"),
		},
	} {
		r := register.Record{ID: "rec-1", Ref: "NC-2026-0001", State: register.Analysis, Fields: map[register.Field]string{register.FieldTitle: "Leavers"}}
		replay := NewReplay()
		tell(t, replay, 0, CarriedEntry(r, 1))
		r = register.Replay(r, facts)
		for i, e := range Entries(facts) {
			e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref}
			tell(t, replay, int64(i+1), e)
		}
		if d := differences(replay.records[r.ID].record, r, nil); len(d) > 0 {
			t.Errorf("%s: the log and the record differ: %+v", name, d)
		}
	}
}
