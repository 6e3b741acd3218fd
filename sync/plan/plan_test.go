package plan_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// TestTruthTable is the merge of one field, a row for each case. Both sides and
// the register agreed on "old" last.
func TestTruthTable(t *testing.T) {
	for _, tt := range []struct {
		name              string
		here, left, right string // what the register and the sides hold now
		policy            string
		want              string // what the register holds then
		toLeft, toRight   string // what is written, "" for nothing
		conflict, decided bool
	}{
		{name: "nobody changed anything", here: "old", left: "old", right: "old", want: "old"},
		{name: "changed on one side", here: "old", left: "new", right: "old", want: "new", toRight: "new"},
		{name: "changed here", here: "new", left: "old", right: "old", want: "new", toLeft: "new", toRight: "new"},
		{name: "changed to the same on both sides", here: "old", left: "new", right: "new", want: "new"},
		{name: "changed to the same here and there", here: "new", left: "new", right: "new", want: "new"},
		{name: "changed differently on both sides", here: "old", left: "one", right: "two", want: "old", conflict: true},
		{name: "changed differently here and there", here: "one", left: "two", right: "old", want: "one", conflict: true},
		{name: "a preferred side wins", here: "old", left: "one", right: "two", policy: "prefer:right", want: "two", toLeft: "two", conflict: true, decided: true},
		{name: "a preferred side that is not there decides nothing", here: "old", left: "one", right: "two", policy: "prefer:other", want: "old", conflict: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := record("old", "", "")
			l, r := profile("left"), profile("right")
			l.Fields[0].Policy, r.Fields[0].Policy = tt.policy, tt.policy
			in := input(record(tt.here, "", ""), side(l, issue("1", tt.left, "", "open"), old), side(r, issue("2", tt.right, "", "open"), old))
			p := plan.Make(in)
			if got := p.Record.Fields[register.FieldTitle]; got != tt.want {
				t.Errorf("title = %q, want %q", got, tt.want)
			}
			if got := wrote(p, "left").Want[register.FieldTitle]; got != tt.toLeft {
				t.Errorf("written to the left = %q, want %q", got, tt.toLeft)
			}
			if got := wrote(p, "right").Want[register.FieldTitle]; got != tt.toRight {
				t.Errorf("written to the right = %q, want %q", got, tt.toRight)
			}
			if got := len(p.Conflicts) > 0; got != tt.conflict {
				t.Errorf("conflict = %v, want %v", got, tt.conflict)
			}
			if tt.conflict && (p.Conflicts[0].Winner != "") != tt.decided {
				t.Errorf("winner = %q, want one: %v", p.Conflicts[0].Winner, tt.decided)
			}
		})
	}
}

func TestSameChangeOnBothSidesMovesTheBase(t *testing.T) {
	old := record("old", "", "")
	in := input(old, side(profile("left"), issue("1", "new", "", "open"), old), side(profile("right"), issue("2", "new", "", "open"), old))
	p := plan.Make(in)
	if !p.Quiet() {
		t.Errorf("Make() writes %+v, want nothing", p.Actions)
	}
	in = settle(t, in, p)
	in.Sides[0].Issue = issue("1", "old", "", "open")
	in.Sides[0].Reading = in.Sides[0].Profile.Read(in.Sides[0].Issue)
	p = plan.Make(in)
	if got := p.Record.Fields[register.FieldTitle]; got != "old" {
		t.Errorf("title after a change back = %q, want old", got)
	}
}

func TestASideWithoutAFieldSaysNothing(t *testing.T) {
	rec := record("old", "The mail is read by nobody.", "")
	narrow := profile("right")
	narrow.Fields = narrow.Fields[:2]
	p := plan.Make(input(rec, side(profile("left"), issue("1", "old", "The mail is read by nobody.", "open"), rec), side(narrow, issue("2", "old", "", "open"), rec)))
	if got := p.Record.Fields[register.FieldRootCause]; got != "The mail is read by nobody." {
		t.Errorf("root cause = %q, want it kept", got)
	}
}

func TestStayingAsksNoRule(t *testing.T) {
	rec := record("old", "", "")
	rec.State = register.Closed
	p := plan.Make(input(rec, side(profile("left"), issue("1", "old", "", "closed"), rec)))
	if p.Record.State != register.Closed || len(p.Facts) > 0 {
		t.Errorf("state = %s, facts %+v, want a closed record to stay as it was closed", p.Record.State, p.Facts)
	}
}

func TestASideWithFewerFieldsGoesQuiet(t *testing.T) {
	old := record("old", "", "")
	narrow := profile("right")
	narrow.Fields = narrow.Fields[:1]
	in := input(old, side(profile("left"), issue("1", "new", "Why it was so.", "open", "x"), old), side(narrow, issue("2", "old", "", "open"), old))
	in = settle(t, in, plan.Make(in))
	if p := plan.Make(in); !p.Quiet() || len(p.Changes) > 0 {
		t.Errorf("second Make() = writes %+v, changes %+v, want neither", p.Actions, p.Changes)
	}
}

// closing returns a record whose closure two issues asked for in vain.
func closing(t *testing.T) plan.Input {
	old := record("old", "", "")
	in := input(old, side(profile("left"), issue("1", "old", "", "closed"), old), side(profile("right"), issue("2", "old", "", "closed"), old))
	in = settle(t, in, plan.Make(in))
	if in.Record.Requested != register.Closed {
		t.Fatalf("requested = %q, want closed", in.Record.Requested)
	}
	return in
}

func TestAClosureWithoutEvidenceIsHeld(t *testing.T) {
	in := closing(t)
	if p := plan.Make(in); !p.Quiet() {
		t.Errorf("second Make() writes %+v, want nothing", p.Actions)
	}
	for _, s := range in.Sides {
		if s.Issue.Status.Name != "closed" || s.Reading.View[register.FieldLabels].Value != "" || s.Issue.Fields[connectors.Labels].Items[0] != plan.HeldLabel {
			t.Errorf("%s shows %s with labels %v, want closed with the label of a held closure", s.Binding, s.Issue.Status.Name, s.Issue.Fields[connectors.Labels].Items)
		}
		if words := s.Comment.Says.Markdown(nil); strings.Contains(words, "@") || !strings.Contains(words, "close requested") {
			t.Errorf("comment = %q, want one without mentions", words)
		}
	}
}

func TestAReopeningPersonWithdrawsTheRequestEverywhere(t *testing.T) {
	in := closing(t)
	in.Sides[0].Issue = issue("1", "old", "", "open", plan.HeldLabel)
	in.Sides[0].Reading = in.Sides[0].Profile.Read(in.Sides[0].Issue)
	p := plan.Make(in)
	if p.Record.Requested != "" {
		t.Errorf("requested = %q, want none", p.Record.Requested)
	}
	if got := wrote(p, "right").Want[register.FieldState]; got != "open" {
		t.Errorf("written to the right = %q, want open", got)
	}
	if p := plan.Make(settle(t, in, p)); !p.Quiet() {
		t.Errorf("next Make() writes %+v, want nothing", p.Actions)
	}
}

// Two issues ask for different ends, and conformd puts one of them back. What the other one
// shows is asked for then: it is held as its mode says, and a contested one waits for a person.
// A person who moves the one back withdraws both.
func TestAnOlderRequestStandsWhenANewerOneIsPutBack(t *testing.T) {
	for _, byPerson := range []bool{false, true} {
		in := closing(t)
		in.Sides[1].Mode = plan.Reopen
		contested := in.Sides[1].Base[register.FieldState]
		contested.Contested = true
		in.Sides[1].Base[register.FieldState] = contested
		in.Sides[0].Issue = issue("1", "old", "", "open", plan.HeldLabel)
		in.Sides[0].Reading = in.Sides[0].Profile.Read(in.Sides[0].Issue)
		if !byPerson {
			in.Record.Requested = register.Accepted // by the left one, which conformd put back
			in.Sides[0].Base[register.FieldState] = plan.Agreed{Side: "open", Register: string(in.Record.State)}
		}
		p := plan.Make(in)
		if asked := p.Record.Requested != ""; asked == byPerson {
			t.Errorf("by a person %v: requested %q", byPerson, p.Record.Requested)
		}
		if wrote := wrote(p, "right").Want[register.FieldState] != ""; wrote != byPerson {
			t.Errorf("by a person %v: the contested issue is written to: %v", byPerson, wrote)
		}
		in = settle(t, in, p)
		if p := plan.Make(in); !p.Quiet() {
			t.Errorf("by a person %v: then writes %+v, want none", byPerson, p.Actions)
		}
		if got := in.Sides[1].Base[register.FieldState].Contested; got == byPerson {
			t.Errorf("by a person %v: contested %v", byPerson, got)
		}
	}
}

func TestAnUnknownStatusDecidesNothing(t *testing.T) {
	in := closing(t)
	for i := range in.Sides {
		delete(in.Sides[i].Reading.View, register.FieldState)
	}
	p := plan.Make(in)
	if p.Record.Requested != register.Closed {
		t.Errorf("requested = %q, want closed", p.Record.Requested)
	}
	for _, s := range in.Sides {
		if _, ok := wrote(p, s.Binding).Want[register.FieldState]; ok {
			t.Errorf("state is written to %s, want it left alone", s.Binding)
		}
	}
}

func TestSetsMergeByMember(t *testing.T) {
	old := record("old", "", "a\nb")
	in := input(old, side(profile("left"), issue("1", "old", "", "open", "b"), old), side(profile("right"), issue("2", "old", "", "open", "a", "b", "c"), old))
	p := plan.Make(in)
	if got := p.Record.Fields[register.FieldLabels]; got != "b\nc" {
		t.Errorf("labels = %q, want b and c", got)
	}
}

func TestTheNumberIsPutBackWithinBounds(t *testing.T) {
	old := record("old", "", "")
	old.Ref = "NC-2026-0001"
	p := profile("left")
	p.Fields = append(p.Fields, mapping.FieldMap{Field: register.FieldRef, Remote: mapping.Remote{Kind: mapping.KindField, Name: "Register no."}, Authority: mapping.AuthorityRegister})
	is := issue("1", "old", "", "open")
	is.Fields[connectors.Custom("Register no.")] = connectors.Value{Text: "NC-2026-0001"}
	s := side(p, is, old)
	is.Fields[connectors.Custom("Register no.")] = connectors.Value{Text: "MINE-1"}
	s.Reading = p.Read(is)
	in := input(old, s)
	if got := wrote(plan.Make(in), "left"); got.Want[register.FieldRef] != "NC-2026-0001" || len(got.Reverts) != 1 {
		t.Errorf("written = %+v, want a revert of the number", got)
	}
	in.Reverts = map[plan.RevertKey]int{{Binding: "left", Field: register.FieldRef}: 3}
	if got := plan.Make(in); len(wrote(got, "left").Want) > 0 || len(got.Contested) != 1 {
		t.Errorf("written = %+v, contested %v, want the number contested and left alone", got.Actions, got.Contested)
	}
}

func TestTheRegisterDecidesItsFieldsWithinBounds(t *testing.T) {
	old := record("old", "", "")
	p := profile("left")
	p.Fields[0].Authority = mapping.AuthorityRegister
	in := input(old, side(p, issue("1", "new", "", "open"), old))
	if got := wrote(plan.Make(in), "left"); got.Want[register.FieldTitle] != "old" || len(got.Reverts) != 1 {
		t.Errorf("written = %+v, want a revert of the title", got)
	}
	in.Reverts = map[plan.RevertKey]int{{Binding: "left", Field: register.FieldTitle}: 3}
	got := plan.Make(in)
	if w := wrote(got, "left"); len(w.Want) > 0 || len(got.Contested) != 1 || !strings.Contains(said(got, "left"), "A person decides") {
		t.Errorf("written = %+v, contested %v, want the field contested, left alone and a person asked", w, got.Contested)
	}
	if again := plan.Make(settle(t, in, got)); !again.Quiet() || len(again.Contested) > 0 {
		t.Errorf("next Make() = writes %+v, contested %v, want that it is said once", again.Actions, again.Contested)
	}
}

// TestTheCaseOfALabelIsNoChange: GitHub has one label for all spellings of a name, and
// each tracker keeps its own.
func TestTheCaseOfALabelIsNoChange(t *testing.T) {
	old := record("old", "", "Access\nVPN")
	left, right := issue("1", "old", "", "open", "Access", "VPN"), issue("2", "old", "", "open", "access", "vpn", "Badge")
	p := plan.Make(input(old, side(profile("left"), left, old), side(profile("right"), right, old)))
	if got := p.Record.Fields[register.FieldLabels]; got != "Access\nBadge\nVPN" {
		t.Errorf("labels = %q, want the register's spelling and the new label", got)
	}
	if got := wrote(p, "left").Want[register.FieldLabels]; got != "Access\nBadge\nVPN" {
		t.Errorf("written to the left = %q, want the new label beside its own", got)
	}
	if got, ok := wrote(p, "right").Want[register.FieldLabels]; ok {
		t.Errorf("written to the right = %q, want nothing: it shows all of them", got)
	}
}
