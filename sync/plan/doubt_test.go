package plan_test

import (
	"testing"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// TestDoubt is the merge after a backup was restored: the register and both bases
// hold "old", and later agreements are lost.
func TestDoubt(t *testing.T) {
	for _, tt := range []struct {
		name        string
		left, right string // what the sides show now
		trusted     bool   // nobody touched the right one since the backup
		want        string // what the register holds then
		toRight     string // what is written to the right
		conflict    bool
	}{
		{name: "nothing happened", left: "old", right: "old", want: "old"},
		{name: "both were brought in step on a later value", left: "new", right: "new", want: "new"},
		{name: "one shows the base, and somebody may have put it back", left: "new", right: "old", want: "new", conflict: true},
		{name: "one shows the base and was not touched", left: "new", right: "old", trusted: true, want: "new", toRight: "new"},
		{name: "both show something else", left: "one", right: "two", want: "old", conflict: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := record("old", "", "")
			in := input(old, side(profile("left"), issue("1", tt.left, "", "open"), old), side(profile("right"), issue("2", tt.right, "", "open"), old))
			for i := range in.Sides {
				in.Sides[i].Base = in.Sides[i].Base.Doubted()
			}
			if tt.trusted {
				in.Sides[1].Base = in.Sides[1].Base.Trusted()
			}
			p := plan.Make(in)
			got, written := p.Record.Fields[register.FieldTitle], wrote(p, "right").Want[register.FieldTitle]
			if got != tt.want || written != tt.toRight || len(p.Conflicts) > 0 != tt.conflict {
				t.Errorf("title = %q, written %q, conflicts %v, want %q, %q, %v", got, written, p.Conflicts, tt.want, tt.toRight, tt.conflict)
			}
			if left := wrote(p, "left").Want; len(left) > 0 {
				t.Errorf("written to the left: %v, want nothing", left)
			}
		})
	}
}

func TestDoubtLastsUntilTheValuesAreEqual(t *testing.T) {
	old := record("old", "", "")
	in := input(old, side(profile("left"), issue("1", "new", "", "open"), old), side(profile("right"), issue("2", "old", "", "open"), old))
	for i := range in.Sides {
		in.Sides[i].Base = in.Sides[i].Base.Doubted()
	}
	p := plan.Make(in)
	for range 2 { // the same difference however often it is planned
		in = settle(t, in, p)
		if p = plan.Make(in); len(p.Conflicts) != 1 || !still(p) {
			t.Fatalf("conflicts %v, quiet %v, want one and quiet", p.Conflicts, still(p))
		}
	}
	in.Sides[1].Issue = issue("2", "new", "", "open")
	in.Sides[1].Reading = in.Sides[1].Profile.Read(in.Sides[1].Issue)
	if p = plan.Make(in); len(p.Conflicts) > 0 || !still(p) {
		t.Errorf("conflicts %v, quiet %v after the values were made equal, want none and quiet", p.Conflicts, still(p))
	}
	in = settle(t, in, p)
	in.Sides[0].Issue = issue("1", "newer", "", "open")
	in.Sides[0].Reading = in.Sides[0].Profile.Read(in.Sides[0].Issue)
	if got := wrote(plan.Make(in), "right").Want[register.FieldTitle]; got != "newer" {
		t.Errorf("written to the right = %q, want newer: the agreement is a new one", got)
	}
}

// TestDoubtIsNoNewsOfTheOtherSide: the register took "new" from the left, and the backup was
// made before the right was told. The right was told then, which is lost, and somebody put
// the old value back on the left. Nobody gave the right its "new": it is kept, and is no
// change that would replace what was put back.
func TestDoubtIsNoNewsOfTheOtherSide(t *testing.T) {
	old, taken := record("old", "", ""), record("new", "", "")
	in := input(taken, side(profile("left"), issue("1", "old", "", "open"), taken), side(profile("right"), issue("2", "new", "", "open"), old))
	for i := range in.Sides {
		in.Sides[i].Base = in.Sides[i].Base.Doubted()
	}
	for i := range 3 {
		p := plan.Make(in)
		if got := p.Record.Fields[register.FieldTitle]; got != "old" || len(p.Conflicts) != 1 || !still(p) {
			t.Fatalf("plan %d: title = %q, conflicts %+v, writes %v, want old, one that is open, and nothing written", i+1, got, p.Conflicts, !still(p))
		}
		in = settle(t, in, p)
	}
}

// A value that the register pushes and no tracker may change is not pushed over what
// an issue shows either: the register may be the older one.
func TestDoubtHoldsForTheRegistersOwnFields(t *testing.T) {
	old := record("old", "The mail is read by nobody.", "")
	p := profile("left")
	p.Fields[2].Authority = "register"
	in := input(old, side(p, issue("1", "old", "The feed stopped.", "open"), old))
	if got := wrote(plan.Make(in), "left").Want[register.FieldRootCause]; got == "" {
		t.Fatal("a change of a field of the register is not put back")
	}
	in.Sides[0].Base = in.Sides[0].Base.Doubted()
	if got := plan.Make(in); !still(got) || len(got.Conflicts) != 1 {
		t.Errorf("writes %+v, conflicts %v, want none and one", got.Actions, got.Conflicts)
	}
}

// Two sides that show the same text in different words agree.
func TestAgreeingThoughOneSideCutsTheText(t *testing.T) {
	rec := record("", "", "")
	l, r := profile("left"), profile("right")
	l.TitleLimit = 12
	cut, _ := l.Project(register.FieldTitle, "Leavers keep their accounts")
	if cut == "Leavers keep their accounts" {
		t.Fatal("the title was not cut")
	}
	in := input(rec, side(l, issue("1", cut, "", "open"), rec), side(r, issue("2", "Leavers keep their accounts", "", "open"), rec))
	in.Sides[0].Base, in.Sides[1].Base = nil, nil
	p := plan.Make(in)
	if got := p.Record.Fields[register.FieldTitle]; got != "Leavers keep their accounts" || len(p.Conflicts) > 0 || !still(p) {
		t.Errorf("title = %q, conflicts %v, writes %+v, want the whole one and neither", got, p.Conflicts, p.Actions)
	}
}

// TestNoPolicyDecidesADoubt: a policy prefers the left side. The right one was touched since
// the backup, so its value is not overwritten, and a person is asked, once for each place.
func TestNoPolicyDecidesADoubt(t *testing.T) {
	old := record("old", "", "")
	l, r := profile("left"), profile("right")
	l.Fields[0].Policy, r.Fields[0].Policy = "prefer:left", "prefer:left"
	in := input(old, side(l, issue("1", "one", "", "open"), old), side(r, issue("2", "two", "", "open"), old))
	for i := range in.Sides {
		in.Sides[i].Base = in.Sides[i].Base.Doubted()
	}
	for range 3 {
		p := plan.Make(in)
		if len(p.Conflicts) != 1 || p.Conflicts[0].Winner != "" || len(p.Conflicts[0].Values) != 2 || !still(p) {
			t.Fatalf("conflicts = %+v, writes %v, want one that is open, with two values, and nothing written", p.Conflicts, !still(p))
		}
		in = settle(t, in, p)
	}
}
