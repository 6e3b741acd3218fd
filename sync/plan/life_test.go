package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// wide returns a binding that shows all that a closure needs.
func wide(id, markup string) *mapping.Profile {
	p := &mapping.Profile{Binding: id, Role: mapping.RoleRecord, Markup: markup, OwnLabels: []string{"conformd:"}, Commands: true}
	if markup == mapping.MarkupGFM {
		p.LabelLimit, p.SpacedLabels, p.CoAssignees, p.Handles, p.Statuses = 50, true, true, true, []string{"open", "closed"}
	}
	for _, person := range []string{"ana", "ben", "cem"} {
		p.People = append(p.People, mapping.Account{Person: person, Login: person})
	}
	for _, info := range register.Fields() {
		fm := mapping.FieldMap{Field: info.Field, Remote: mapping.Remote{Kind: mapping.KindSection, Name: info.Label}}
		switch info.Field {
		case register.FieldState, register.FieldRef, register.FieldMissing:
			continue
		case register.FieldTitle:
			fm.Remote = mapping.Remote{Kind: mapping.KindTitle}
		case register.FieldLabels:
			fm.Remote = mapping.Remote{Kind: mapping.KindLabels}
		}
		p.Fields = append(p.Fields, fm)
	}
	for _, s := range []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.StateRejected} {
		p.States = append(p.States, mapping.StateMap{Status: string(s), State: s})
	}
	return p
}

// verified returns a record whose work is done, and that lacks only a review.
func verified() register.Record {
	r := register.Record{
		ID: "5f0c9e52", Ref: "NC-2026-0007", State: register.Verifying, Done: now.AddDate(0, -3, 0), Confirmed: now.AddDate(0, -5, 0),
		Fields: map[register.Field]string{
			register.FieldTitle: "Leaver accounts stay enabled", register.FieldKind: "nonconformity", register.FieldGrade: "minor", register.FieldRisk: "high",
			register.FieldProblem: "Three leaver accounts were still enabled.", register.FieldRequirements: "A.5.18", register.FieldEvidence: "Export of the directory.",
			register.FieldLocation: "Offboarding", register.FieldIdentified: "2026-07-01", register.FieldOwner: "ana", register.FieldLabels: "",
			register.FieldCorrection: "Accounts disabled on the same day.", register.FieldRootCause: "The leaver mail is read by nobody on duty.",
			register.FieldActionPlan: "- [x] Automate the webhook @ben due:2026-08-30 evidence:https://example.com/pr/12",
			register.FieldCriteria:   "No enabled leaver account in two exports.", register.FieldReviewer: "cem", register.FieldReviewDue: "2026-11-01",
			register.FieldISMSChange: "Procedure 4.2 names the webhook.", register.FieldCloseSummary: "Two exports without a finding.",
			register.FieldConsequences: "None: the sign-in logs show no use.", register.FieldSimilarity: "All consoles searched; none found.",
		},
	}
	for _, s := range []register.Subject{register.SubjectTriage, register.SubjectPlan} {
		a := register.Approval{Event: "left:comment:" + string(s), Subject: s, Outcome: register.Approved, By: "ira", At: now.AddDate(0, -4, 0), How: register.ByComment}
		if s == register.SubjectPlan {
			a.Covers = register.PlanDigest(r)
		}
		r.Approvals = append(r.Approvals, a)
	}
	return r
}

// showing returns an issue in step with rec.
func showing(t fataler, p *mapping.Profile, rec register.Record) plan.Side {
	t.Helper()
	is := issue(p.Binding, "new", "", string(p.States[0].Status))
	want := map[register.Field]string{}
	for f, v := range rec.Fields {
		if raw, ok := p.Project(f, v); ok {
			want[f] = raw
		}
	}
	want[register.FieldState], _ = p.Project(register.FieldState, string(rec.State))
	change(t, p, &is, want)
	return side(p, is, rec)
}

// change plays a person who edits an issue.
func change(t fataler, p *mapping.Profile, is **connectors.Issue, want map[register.Field]string) {
	t.Helper()
	for f := range want {
		if _, ok := p.Project(f, ""); !ok && f != register.FieldState && f != register.FieldKind && f != register.FieldGrade && f != register.FieldRisk {
			delete(want, f)
		}
	}
	patch, err := p.Patch(*is, want)
	if err != nil {
		t.Fatalf("Patch(%v) = %v, want no error", want, err)
	}
	*is = patched(*is, patch, plan.Update{})
}

// edit plays a person who edits the issue of a side.
func edit(t fataler, s *plan.Side, f register.Field, raw string) {
	t.Helper()
	change(t, s.Profile, &s.Issue, map[register.Field]string{f: raw})
	s.Reading = s.Profile.Read(s.Issue)
}

// reviewed is a person's finding on the effect of the actions.
func reviewed(by string, o register.Outcome) plan.Event {
	return plan.Event{Binding: "left", Event: mapping.Event{
		ID: "left:comment:" + by, Kind: mapping.EventApproval, Subject: register.SubjectEffectiveness, Outcome: o, By: by, At: now,
		How: register.ByComment, Text: "Two exports were checked for leaver accounts.",
	}}
}

// life returns a record in verification with two issues in step.
func life(t fataler) plan.Input {
	t.Helper()
	rec := verified()
	in := input(rec, showing(t, wide("left", mapping.MarkupWiki), rec), showing(t, wide("right", mapping.MarkupGFM), rec))
	in.Context.People = map[string]register.Person{"ana": {ID: "ana"}, "ben": {ID: "ben"}, "cem": {ID: "cem"}, "ira": {ID: "ira", Roles: []string{register.RoleISMSManager}}}
	if p := plan.Make(in); !p.Quiet() || len(p.Changes) > 0 {
		t.Fatalf("a record in step: Make() = changes %+v, writes %+v, want neither", p.Changes, p.Actions)
	}
	return in
}

func TestAReviewDecidesTheClosure(t *testing.T) {
	for _, tt := range []struct {
		name    string
		by      string
		outcome register.Outcome
		want    register.State
		counts  bool
	}{
		{"the owner's review does not count", "ana", register.Effective, register.Verifying, false},
		{"the review of somebody who did an action does not count", "ben", register.Effective, register.Verifying, false},
		{"an independent person's review closes", "cem", register.Effective, register.Closed, true},
		{"a review that finds it ineffective sends it back to analysis", "cem", register.Ineffective, register.Analysis, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := life(t)
			edit(t, &in.Sides[0], register.FieldState, "closed")
			in.Events = []plan.Event{reviewed(tt.by, tt.outcome)}
			p := plan.Make(in)
			if p.Record.State != tt.want {
				t.Errorf("state = %s, want %s; held by %v", p.Record.State, tt.want, p.Held)
			}
			if len(p.Approvals) != 1 || (p.Approvals[0].Refused == "") != tt.counts {
				t.Errorf("approvals = %+v, want one that counts: %v", p.Approvals, tt.counts)
			}
			if got := wrote(p, "right").Want[register.FieldState]; tt.want == register.Closed && got != "closed" {
				t.Errorf("written to the other side = %q, want closed", got)
			}
			if len(p.Held) > 0 == (tt.want == register.Closed) {
				t.Errorf("held = %v with state %s", p.Held, p.Record.State)
			}
		})
	}
}

func TestEvidenceThatArrivesClosesARequestedRecord(t *testing.T) {
	in := life(t)
	edit(t, &in.Sides[0], register.FieldState, "closed")
	in.Events = []plan.Event{reviewed("cem", register.Effective)}
	edit(t, &in.Sides[1], register.FieldRootCause, "")
	p := plan.Make(in)
	if p.Record.State == register.Closed || p.Record.Requested != register.Closed || !strings.Contains(said(p, "left"), "Root cause is missing") {
		t.Fatalf("state %s, requested %s, notice %q, want a closure held for the cause", p.Record.State, p.Record.Requested, said(p, "left"))
	}
}

// closedLife returns a closed record with two issues in step.
func closedLife(t *testing.T) plan.Input {
	in := life(t)
	edit(t, &in.Sides[0], register.FieldState, "closed")
	in.Events = []plan.Event{reviewed("cem", register.Effective)}
	in = settle(t, in, plan.Make(in))
	if in.Record.State != register.Closed {
		t.Fatalf("state = %s, want closed", in.Record.State)
	}
	return in
}

// decides is a manager's decision about a value.
func decides(kind mapping.EventKind, f register.Field, value, why string) plan.Event {
	return plan.Event{Binding: "left", Event: mapping.Event{
		ID: "left:comment:" + string(kind) + why, Kind: kind, Field: f, Value: value, Verb: "amend", By: "ira", At: now, How: register.ByComment, Text: why,
	}}
}

const cause = "The leaver mail is read by nobody on duty."

func TestAClosedRecordKeepsItsEvidence(t *testing.T) {
	in := closedLife(t)
	edit(t, &in.Sides[1], register.FieldRootCause, "Human error.")
	p := plan.Make(in)
	if p.Record.State != register.Closed || p.Record.Fields[register.FieldRootCause] != cause || len(p.Record.Proposals) != 1 || !still(p) {
		t.Fatalf("state %s, cause %q, proposals %+v, writes %+v, want the record as it was closed, and an amendment that waits", p.Record.State, p.Record.Fields[register.FieldRootCause], p.Record.Proposals, p.Actions)
	}
	in = settle(t, in, p)
	if p := plan.Make(in); !still(p) || len(p.Facts) > 0 {
		t.Errorf("once more: facts %+v, writes %+v, want neither", p.Facts, p.Actions)
	}
	for _, tt := range []struct {
		name  string
		event plan.Event
		cause string // of the register and of both issues
	}{
		{"a manager takes it in", decides(mapping.EventDecide, register.FieldRootCause, "", "The interview of Monday shows it."), "Human error."},
		{"a manager keeps what was closed", decides(mapping.EventKeep, register.FieldRootCause, "", "It blames a person."), cause},
	} {
		in := in
		in.Events = []plan.Event{tt.event}
		p := plan.Make(in)
		settled := settle(t, in, p)
		if p.Record.Fields[register.FieldRootCause] != tt.cause || len(p.Record.Proposals) > 0 {
			t.Errorf("%s: cause %q, proposals %+v, want %q and none", tt.name, p.Record.Fields[register.FieldRootCause], p.Record.Proposals, tt.cause)
		}
		for _, s := range settled.Sides {
			if got := s.Reading.View[register.FieldRootCause].Value; got != tt.cause {
				t.Errorf("%s: %s shows %q, want %q", tt.name, s.Binding, got, tt.cause)
			}
		}
		if p := plan.Make(settled); !p.Quiet() || len(p.Facts) > 0 {
			t.Errorf("%s: then facts %+v, writes %+v, want neither", tt.name, p.Facts, p.Actions)
		}
	}
	edit(t, &in.Sides[1], register.FieldRootCause, cause)
	if p := plan.Make(in); len(p.Record.Proposals) > 0 || !still(p) {
		t.Errorf("put back by hand: proposals %+v, writes %+v, want no proposal and nothing but a comment written", p.Record.Proposals, p.Actions)
	}
}

func TestModeReopenPutsTheEvidenceBack(t *testing.T) {
	in := closedLife(t)
	in.Sides[1].Mode = plan.Reopen
	edit(t, &in.Sides[1], register.FieldRootCause, "Human error.")
	p := plan.Make(in)
	if w := wrote(p, "right"); w.Want[register.FieldRootCause] == "" || len(w.Reverts) != 1 || len(p.Record.Proposals) != 1 {
		t.Fatalf("written %+v, proposals %+v, want the cause put back and the amendment kept", w, p.Record.Proposals)
	}
	in = settle(t, in, p)
	if p := plan.Make(in); !still(p) || len(p.Record.Proposals) != 1 {
		t.Errorf("then proposals %+v, writes %+v, want the amendment to wait", p.Record.Proposals, p.Actions)
	}
}

// A conflict about what was just amended says what the two last agreed on.
func TestAConflictAfterAnAmendmentKnowsWhatWasAgreed(t *testing.T) {
	in := closedLife(t)
	in.Sides[1].Mode = plan.Reopen
	agreed := in.Record.Fields[register.FieldRootCause]
	edit(t, &in.Sides[1], register.FieldRootCause, "Human error.")
	p := plan.Make(in)
	in.Record = p.Record // and what puts the cause back has not left yet
	for i := range in.Sides {
		in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
	}
	edit(t, &in.Sides[0], register.FieldRootCause, "Nobody was trained.")
	edit(t, &in.Sides[1], register.FieldRootCause, "A slip.")
	p = plan.Make(in)
	if len(p.Conflicts) != 1 {
		t.Fatalf("conflicts %+v, want one", p.Conflicts)
	}
	for _, v := range p.Conflicts[0].Values {
		if v.Base != agreed {
			t.Errorf("%s: base %q, want %q", v.Place, v.Base, agreed)
		}
	}
}

// An amendment waits while the record is reopened and its cause is written anew in the other
// tracker. Whoever then edits the amended text again has not seen the new cause: the two are a
// conflict, and neither is lost.
func TestAnAmendmentEditedAfterAReopeningReplacesNothing(t *testing.T) {
	for _, rewritten := range []bool{true, false} {
		in := closedLife(t)
		edit(t, &in.Sides[1], register.FieldRootCause, "Human error.")
		in = settle(t, in, plan.Make(in))
		if len(in.Record.Proposals) != 1 {
			t.Fatalf("proposals %+v, want the amendment", in.Record.Proposals)
		}
		in.Record.State = register.Analysis
		if rewritten {
			edit(t, &in.Sides[0], register.FieldRootCause, "Nobody was trained.")
			in = settle(t, in, plan.Make(in))
			if got := in.Record.Fields[register.FieldRootCause]; got != "Nobody was trained." {
				t.Fatalf("root cause %q, want the new one", got)
			}
		}
		edit(t, &in.Sides[1], register.FieldRootCause, "A slip.")
		p := plan.Make(in)
		if conflict := len(p.Conflicts) == 1; conflict != rewritten {
			t.Errorf("rewritten %v: conflicts %+v", rewritten, p.Conflicts)
		}
		want := map[bool]string{true: "Nobody was trained.", false: "A slip."}[rewritten]
		if got := p.Record.Fields[register.FieldRootCause]; got != want || len(p.Record.Proposals) != 0 {
			t.Errorf("rewritten %v: root cause %q, proposals %+v, want %q and none", rewritten, got, p.Record.Proposals, want)
		}
	}
}

// An amendment was put back and waits. The record is reopened, and somebody writes the same in
// the other tracker: nothing is left to decide.
func TestAnAmendmentThatSomebodyElseMakesWaitsNoMore(t *testing.T) {
	in := closedLife(t)
	in.Sides[1].Mode = plan.Reopen
	edit(t, &in.Sides[1], register.FieldRootCause, "Human error.")
	in = settle(t, in, plan.Make(in))
	in.Record.State = register.Analysis
	edit(t, &in.Sides[0], register.FieldRootCause, "Human error.")
	for range 2 {
		in = settle(t, in, plan.Make(in))
	}
	if got := in.Record.Fields[register.FieldRootCause]; got != "Human error." || len(in.Record.Proposals) != 0 {
		t.Errorf("root cause %q, proposals %+v, want the new cause and none", got, in.Record.Proposals)
	}
}

// Whoever puts an amendment back before conformd does takes it back.
func TestAnAmendmentThatItsAuthorPutsBackWaitsNoMore(t *testing.T) {
	in := closedLife(t)
	in.Sides[1].Mode = plan.Reopen
	before := in.Sides[1].Reading.View[register.FieldRootCause].Raw
	edit(t, &in.Sides[1], register.FieldRootCause, "Human error.")
	p := plan.Make(in)
	if len(p.Record.Proposals) != 1 {
		t.Fatalf("proposals %+v, want the amendment", p.Record.Proposals)
	}
	in.Record = p.Record // and what puts the cause back has not left yet
	for i := range in.Sides {
		in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
	}
	edit(t, &in.Sides[1], register.FieldRootCause, before)
	if p = plan.Make(in); !still(p) || len(p.Record.Proposals) != 0 {
		t.Errorf("then proposals %+v, writes %+v, want none", p.Record.Proposals, p.Actions)
	}
}

// A value that several issues show waits in each of them.
func TestAValueOfTwoIssuesIsProposedByBoth(t *testing.T) {
	in := life(t)
	for i := range in.Sides {
		edit(t, &in.Sides[i], register.FieldRisk, "Low")
	}
	var from []string
	for _, x := range plan.Make(in).Record.Proposals {
		from = append(from, x.From+" "+x.Value)
	}
	if want := []string{"left low", "right low"}; !slices.Equal(from, want) {
		t.Errorf("proposed is %q, want %q", from, want)
	}
}

func TestWhatTriageDecidedIsProposed(t *testing.T) {
	in := life(t)
	edit(t, &in.Sides[1], register.FieldRisk, "Low")
	p := plan.Make(in)
	if p.Record.Fields[register.FieldRisk] != "high" || len(p.Record.Proposals) != 1 || !still(p) {
		t.Fatalf("risk %q, proposals %+v, writes %+v, want high, and a proposal", p.Record.Fields[register.FieldRisk], p.Record.Proposals, p.Actions)
	}
	in = settle(t, in, p)
	in.Events = []plan.Event{decides(mapping.EventDecide, register.FieldRisk, "low", "No data was reached.")}
	p = plan.Make(in)
	if got := wrote(p, "left").Want[register.FieldRisk]; p.Record.Fields[register.FieldRisk] != "low" || got != "Low" && got != "low" {
		t.Errorf("risk %q, written to the other side %q, want low in both", p.Record.Fields[register.FieldRisk], got)
	}
}

func TestThePlanIsApprovedAsItIs(t *testing.T) {
	in := life(t)
	edit(t, &in.Sides[0], register.FieldState, "closed")
	in.Events = []plan.Event{reviewed("cem", register.Effective)}
	edit(t, &in.Sides[1], register.FieldCriteria, "Fewer than ten leaver accounts.")
	p := plan.Make(in)
	var ids []string
	for _, v := range p.Held {
		ids = append(ids, v.Rule.ID)
	}
	if p.Record.State != register.Verifying || !slices.Contains(ids, "G25") || !slices.Contains(ids, "G16") {
		t.Errorf("state %s, held by %v, want the plan and its effect to be judged again", p.Record.State, ids)
	}
}

func TestReopenWaitsRevertsOnceAndStops(t *testing.T) {
	in := life(t)
	in.Sides[0].Mode = plan.Reopen
	edit(t, &in.Sides[0], register.FieldState, "closed")
	p := plan.Make(in)
	if !p.Wake.Equal(now.Add(time.Hour)) || wrote(p, "left").Want[register.FieldState] != "" {
		t.Fatalf("wake %v, written %+v, want to wait for an hour", p.Wake, wrote(p, "left").Want)
	}
	in = settle(t, in, p)
	in.Context.At = now.Add(time.Hour)
	due := in
	p = plan.Make(in)
	w := wrote(p, "left")
	if w.Want[register.FieldState] != "verifying" || len(w.Reverts) != 1 || len(w.Rules) == 0 || w.Rules[0] != "G16" {
		t.Errorf("after the grace time written = %+v, want one revert that names its rules", w)
	}
	if p = plan.Make(settle(t, in, p)); p.Record.Requested != "" || len(wrote(p, "left").Reverts) > 0 {
		t.Errorf("then requested = %q, reverts %v, want the request to be over", p.Record.Requested, wrote(p, "left").Reverts)
	}
	due.Reverts = map[plan.RevertKey]int{{Binding: "left", Field: register.FieldState}: 3}
	p = plan.Make(due)
	if len(p.Contested) != 1 || wrote(p, "left").Want[register.FieldState] != "" || !strings.Contains(said(p, "left"), "A person decides") {
		t.Errorf("beyond the bound: contested %v, written %+v, want a person to decide", p.Contested, wrote(p, "left"))
	}
	due = settle(t, due, p)
	due.Reverts, due.Context.At = nil, now.Add(48*time.Hour)
	if p = plan.Make(due); !p.Quiet() || len(p.Contested) > 0 {
		t.Errorf("two days later: contested %v, writes %+v, want it said once and left alone", p.Contested, p.Actions)
	}
}

func TestStatesThatContradictAreAConflict(t *testing.T) {
	in := life(t)
	edit(t, &in.Sides[0], register.FieldState, "closed")
	edit(t, &in.Sides[1], register.FieldState, "analysis")
	p := plan.Make(in)
	if len(p.Conflicts) != 1 || p.Conflicts[0].Field != register.FieldState || p.Record.State != register.Verifying || !still(p) {
		t.Errorf("conflicts %+v, state %s, writes %+v, want one conflict and nothing done", p.Conflicts, p.Record.State, p.Actions)
	}
}

func TestObserveIsWithheld(t *testing.T) {
	in := life(t)
	in.Sides[1].Mode = plan.Observe
	edit(t, &in.Sides[0], register.FieldTitle, "Leavers keep accounts")
	w := wrote(plan.Make(in), "right")
	if w.Withheld != "observe" || w.Want[register.FieldTitle] != "Leavers keep accounts" {
		t.Errorf("written = %+v, want the title, withheld", w)
	}
}

// A review that is seen in the same look as the work sends back a record that the look before
// had not seen done. The facts tell each step.
func TestAReviewFollowsTheMovesThatLedToIt(t *testing.T) {
	in := life(t)
	in.Record.State, in.Record.Done = register.Planning, time.Time{}
	for i := range in.Sides {
		in.Sides[i].Base[register.FieldState] = plan.Agreed{Side: "planning", Register: "planning"}
	}
	edit(t, &in.Sides[0], register.FieldState, "verifying")
	in.Events = []plan.Event{reviewed("cem", register.Ineffective)}
	p := plan.Make(in)
	state, steps := in.Record.State, 0
	for _, f := range p.Facts {
		if f.Kind != register.FactMoved {
			continue
		}
		steps++
		if f.Move.From != state {
			t.Errorf("a fact moves the record from %s, and it was %s", f.Move.From, state)
		}
		state = f.Move.To
	}
	if steps != 2 || state != register.Analysis || p.Record.State != register.Analysis {
		t.Errorf("%d moves lead to %s, the plan says %s; want two, by way of verification to analysis", steps, state, p.Record.State)
	}
}

// TestADecisionIsWrittenOverAnEditOfTheSameLook: an issue shows an edit that was not seen
// before, and a manager has decided about the field by then.
func TestADecisionIsWrittenOverAnEditOfTheSameLook(t *testing.T) {
	for _, c := range []struct {
		name string
		e    mapping.Event
		want string
	}{
		{"another value is decided", mapping.Event{Kind: mapping.EventDecide, Verb: "owner", Value: "cem"}, "cem"},
		{"the value of the register is kept", mapping.Event{Kind: mapping.EventKeep, Verb: "keep"}, "ana"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := life(t)
			const f = register.FieldOwner
			edit(t, &in.Sides[0], f, "ben")
			c.e.ID, c.e.Field, c.e.By, c.e.At, c.e.How, c.e.Text = "left:comment:9:0", f, "ira", now, register.ByComment, "She takes it over from May on."
			in.Events = []plan.Event{{Binding: "left", Event: c.e}}
			p := plan.Make(in)
			if got := p.Record.Fields[f]; got != c.want || len(p.Record.Proposals) > 0 || len(p.Conflicts) > 0 {
				t.Fatalf("the register has %q, waits for %+v and has conflicts %+v; want %q alone", got, p.Record.Proposals, p.Conflicts, c.want)
			}
			for _, a := range p.Actions {
				if u, ok := a.(plan.Update); ok && u.Binding == "left" && strings.Contains(u.Want[f], c.want) {
					return
				}
			}
			t.Errorf("nothing writes %q over the edit: %+v", c.want, p.Actions)
		})
	}
}

// TestAReviewIsNotOfWhatCameAfterIt: an edit was taken in by an earlier look than the review
// that somebody gave before it. They have not seen what the record says now.
func TestAReviewIsNotOfWhatCameAfterIt(t *testing.T) {
	for _, c := range []struct {
		name   string
		edited time.Time
		voids  int
	}{
		{"before the review", now.Add(-time.Minute), 0},
		{"after the review", now.Add(time.Minute), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := life(t)
			in.Sides[0].Edited = c.edited
			in.Events = []plan.Event{reviewed("cem", register.Effective)}
			voids := 0
			for _, f := range plan.Make(in).Facts {
				if f.Kind == register.FactVoided && f.Event == "left:comment:cem" {
					voids++
				}
			}
			if voids != c.voids {
				t.Errorf("the review counts no longer by %d facts, want %d", voids, c.voids)
			}
		})
	}
}
