package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func TestFirstContact(t *testing.T) {
	for _, tt := range []struct {
		name, here, there, want, written string
		conflict                         bool
	}{
		{name: "equal", here: "same", there: "same", want: "same"},
		{name: "the register knows nothing", there: "theirs", want: "theirs"},
		{name: "the issue says nothing", here: "ours", want: "ours", written: "ours"},
		{name: "both say something else", here: "ours", there: "theirs", want: "ours", conflict: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := side(profile("left"), issue("1", "old", tt.there, "open"), record("old", "", ""))
			s.Base = nil
			p := plan.Make(input(record("old", tt.here, ""), s))
			got := p.Record.Fields[register.FieldRootCause]
			if w := wrote(p, "left").Want[register.FieldRootCause]; got != tt.want || w != tt.written || len(p.Conflicts) > 0 != tt.conflict {
				t.Errorf("cause = %q, written %q, conflicts %v, want %q, %q, %v", got, w, p.Conflicts, tt.want, tt.written, tt.conflict)
			}
		})
	}
}

func TestAnEditedCutCopyIsAConflict(t *testing.T) {
	whole := strings.TrimSpace(strings.Repeat("The leaver mail is read by nobody. ", 60))
	for _, policy := range []string{"ask", "latest", "prefer:left"} {
		t.Run(policy, func(t *testing.T) {
			p := profile("left")
			p.BodyLimit = 600
			p.Fields[2].Policy = policy
			cut, _ := p.Project(register.FieldRootCause, whole)
			rec := record("old", whole, "")
			in := input(rec, side(p, issue("1", "old", cut, "open"), rec))
			if got := plan.Make(in); !got.Quiet() || len(got.Changes) > 0 {
				t.Fatalf("an untouched cut copy: writes %+v, changes %+v, want neither", got.Actions, got.Changes)
			}
			in.Sides[0] = side(p, issue("1", "old", "Nobody reads it.", "open"), rec)
			got := plan.Make(in)
			if len(got.Conflicts) != 1 || got.Conflicts[0].Winner != "" || got.Record.Fields[register.FieldRootCause] != whole || !still(got) {
				t.Errorf("an edited cut copy: conflicts %d, quiet %v, want one open conflict and the whole text kept", len(got.Conflicts), got.Quiet())
			}
		})
	}
}

func TestAPreferredSideThatShowsTheRegistersChangeStands(t *testing.T) {
	old, now := record("old", "", ""), record("ours", "", "")
	l, r := profile("left"), profile("right")
	r.Fields[0].Policy = "prefer:left"
	told := side(l, issue("1", "ours", "", "open"), now)
	p := plan.Make(input(now, told, side(r, issue("2", "theirs", "", "open"), old)))
	if len(p.Conflicts) != 1 || p.Conflicts[0].Winner != "left" || wrote(p, "right").Want[register.FieldTitle] != "ours" {
		t.Errorf("conflicts = %+v, written %v, want ours to stand", p.Conflicts, wrote(p, "right").Want)
	}
	late := side(r, issue("2", "theirs", "", "open"), old)
	late.Base = p.Bases["right"]
	if p = plan.Make(input(now, told, late)); len(p.Conflicts) > 0 || wrote(p, "right").Want[register.FieldTitle] != "ours" {
		t.Errorf("conflicts = %+v, written %v, want ours and no second conflict", p.Conflicts, wrote(p, "right").Want)
	}
	edited := side(r, issue("2", "theirs, later", "", "open"), old)
	edited.Base = late.Base
	if p = plan.Make(input(now, told, edited)); len(p.Conflicts) != 1 {
		t.Errorf("conflicts = %+v, want a new one for another value", p.Conflicts)
	}
	untold := side(l, issue("1", "old", "", "open"), old)
	p = plan.Make(input(now, untold, side(r, issue("2", "theirs", "", "open"), old)))
	if len(p.Conflicts) != 1 || p.Conflicts[0].Winner != "" || !still(p) {
		t.Errorf("conflicts = %+v, want a person to be asked where the preferred side said nothing", p.Conflicts)
	}
}

// TestAnOutvotedValueHasHadItsSay: a policy preferred the title of the left, and the right is not
// written yet. The right brings in no value while it shows the title that lost, also if the left
// changes again, and also if the two had never agreed before.
func TestAnOutvotedValueHasHadItsSay(t *testing.T) {
	const f = register.FieldTitle
	for _, tt := range []struct {
		name, policy string
		met          bool // the two had agreed before
	}{
		{"preferred", "prefer:left", true},
		{"later", "latest", true},
		{"preferred, at first contact", "prefer:left", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, r := profile("left"), profile("right")
			l.Fields[0].Policy, r.Fields[0].Policy = tt.policy, tt.policy
			old := record("old", "", "")
			left, right := issue("1", "ours", "", "open"), issue("2", "theirs", "", "open")
			left.Changes = []connectors.Change{{ID: "9", Field: string(connectors.Title), At: now}}
			right.Changes = []connectors.Change{{ID: "9", Field: string(connectors.Title), At: now.Add(-time.Minute)}}
			in := input(old, side(l, left, old), side(r, right, old))
			if !tt.met {
				delete(in.Record.Fields, f)
				delete(in.Sides[0].Base, f)
				delete(in.Sides[1].Base, f)
			}
			again := func(conflicts int, want string) {
				t.Helper()
				p := plan.Make(in)
				if len(p.Conflicts) != conflicts || p.Record.Fields[f] != want || wrote(p, "right").Want[f] != want {
					t.Fatalf("conflicts %+v, title %q, written to the right %q, want %d and %q twice", p.Conflicts, p.Record.Fields[f], wrote(p, "right").Want[f], conflicts, want)
				}
				in.Record = p.Record
				for i := range in.Sides { // nothing is written
					in.Sides[i].Base = p.Bases[in.Sides[i].Binding]
				}
			}
			again(1, "ours")
			again(0, "ours")
			base := in.Sides[0].Base
			in.Sides[0] = side(l, issue("1", "old", "", "open"), old)
			in.Sides[0].Base = base
			again(0, "old")
			again(0, "old")
		})
	}
}

func TestApprovalFieldsArePutBack(t *testing.T) {
	old := record("old", "", "")
	p := profile("left")
	p.Fields[0].Authority = mapping.AuthorityApproval
	got := plan.Make(input(old, side(p, issue("1", "new", "", "open"), old)))
	if w := wrote(got, "left"); w.Want[register.FieldTitle] != "old" || len(w.Reverts) != 1 || len(got.Changes) > 0 {
		t.Errorf("written = %+v, changes %v, want the title put back", w, got.Changes)
	}
}

func TestATwinIsFiledWithWhatIsKnown(t *testing.T) {
	rec := record("old", "", "")
	delete(rec.Fields, register.FieldRootCause)
	in := input(rec)
	in.Twins = []plan.Twin{{Binding: "right", Profile: profile("right")}}
	p := plan.Make(in)
	c, ok := of[plan.Create](p, "right")
	if !ok {
		t.Fatalf("Make() = %+v, want a create", p.Actions)
	}
	if _, ok := c.Want[register.FieldRootCause]; ok || c.Want[register.FieldTitle] != "old" {
		t.Errorf("wanted = %v, want the title and no cause", c.Want)
	}
	in.Record.State = register.StateRejected
	in.Record.Fields[register.FieldRejectReason] = "It is the same as NC-2026-0002."
	p = plan.Make(in)
	if _, ok := of[plan.Create](p, "right"); ok && p.Record.State == register.StateRejected {
		t.Errorf("Make() = %+v for a rejected record, want no create", p.Actions)
	}
}

// The only issue of a record vanished before its title was taken in. No tracker takes an issue
// without a title, so the record says what it lacks, and waits for nothing.
func TestNoTwinIsFiledWithoutATitle(t *testing.T) {
	rec := record("", "", "")
	delete(rec.Fields, register.FieldTitle)
	in := input(rec)
	in.Twins = []plan.Twin{{Binding: "right", Profile: profile("right")}}
	p := plan.Make(in)
	if !p.Quiet() {
		t.Errorf("Make() = %+v, want no create", p.Actions)
	}
	if len(p.Problems) != 1 || p.Problems[0].Field != register.FieldTitle || p.Problems[0].Binding != "right" || p.Problems[0].Remedy == "" {
		t.Errorf("problems = %+v, want that the title is missing, and what to do", p.Problems)
	}
	in.Record.Fields[register.FieldTitle] = "given since"
	p = plan.Make(in)
	if _, ok := of[plan.Create](p, "right"); !ok || len(p.Problems) > 0 {
		t.Errorf("with a title: %+v, problems %+v, want a create", p.Actions, p.Problems)
	}
}

func TestAnOrphanIsSilentAndLeftAlone(t *testing.T) {
	old := record("old", "", "")
	s := side(profile("left"), issue("1", "new", "", "closed"), old)
	s.Orphan = true
	if p := plan.Make(input(old, s)); len(p.Changes) > 0 || !p.Quiet() {
		t.Errorf("changes %v, writes %v, want neither", p.Changes, p.Actions)
	}
}

func TestWhatAFreshIssueDroppedIsReported(t *testing.T) {
	old := record("old", "Nobody reads it.", "")
	s := side(profile("left"), issue("1", "old", "", "open"), old)
	s.Fresh = true
	in := input(old, s)
	p := plan.Make(in)
	if len(p.Dropped) != 1 || p.Dropped[0].Field != register.FieldRootCause || p.Record.Fields[register.FieldRootCause] == "" {
		t.Errorf("dropped = %+v, cause %q, want it reported and kept", p.Dropped, p.Record.Fields[register.FieldRootCause])
	}
	if p = plan.Make(settle(t, in, p)); !p.Quiet() || len(p.Dropped) > 0 || len(p.Changes) > 0 {
		t.Errorf("then dropped %v, writes %v, want neither", p.Dropped, p.Actions)
	}
}

// Somebody changed the title of a fresh issue: that is their word, and what the tracker
// made of the other fields is not.
func TestWhatNobodyTouchedOfAFreshIssueIsNobodysWord(t *testing.T) {
	old := record("old", "Nobody reads it.", "")
	s := side(profile("left"), issue("1", "new", "Jira's own", "open"), old)
	s.Untouched = map[register.Field]bool{register.FieldRootCause: true}
	p := plan.Make(input(old, s))
	if got := p.Record.Fields; got[register.FieldTitle] != "new" || got[register.FieldRootCause] != "Nobody reads it." {
		t.Errorf("title %q, cause %q, want the person's title and the register's cause", got[register.FieldTitle], got[register.FieldRootCause])
	}
	if len(p.Dropped) != 1 || p.Dropped[0].Field != register.FieldRootCause {
		t.Errorf("dropped = %+v, want the cause", p.Dropped)
	}
}

// Nobody is sent to another tracker that has no place for what is missing.
func TestANoticeSendsPeopleWhereTheFieldIs(t *testing.T) {
	const there = "on 2: under the heading **Risk**"
	rec := record("old", "", "")
	ids := map[string]string{"left": "1", "right": "2"}
	closed := func(p *mapping.Profile) plan.Side { return side(p, issue(ids[p.Binding], "old", "", "closed"), rec) }
	right := profile("right")
	right.Fields = append(right.Fields, mapping.FieldMap{Field: register.FieldRisk, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Risk"}})
	for _, tt := range []struct {
		name string
		in   plan.Input
		want bool
	}{
		{"alone", input(rec, closed(profile("left"))), false},
		{"a twin without the field", input(rec, closed(profile("left")), closed(profile("right"))), false},
		{"a twin with the field", input(rec, closed(profile("left")), closed(right)), true},
	} {
		notice := said(plan.Make(tt.in), "left")
		if got := strings.Contains(notice, there); got != tt.want || !strings.Contains(notice, "close requested") {
			t.Errorf("%s: sent there %v, want %v:\n%s", tt.name, got, tt.want, notice)
		}
	}
}

// TestLatestComparesTheFieldsOwnTimes: an issue that changed last need not be the one
// whose field did.
func TestLatestComparesTheFieldsOwnTimes(t *testing.T) {
	at := func(min int) time.Time { return now.Add(time.Duration(min-60) * time.Minute) }
	title := func(min int) []connectors.Change {
		return []connectors.Change{{ID: "1", Field: string(connectors.Title), At: at(min)}}
	}
	for _, tt := range []struct {
		name        string
		left, right []connectors.Change
		updated     int // when the left issue changed last in any way
		here        string
		want        string // "" to ask
	}{
		{"the newer change", title(10), title(20), 10, "old", "two"},
		{"though the other issue changed later", title(10), title(20), 40, "old", "two"},
		{"the older issue", title(30), title(20), 30, "old", "one"},
		{"at the same time", title(20), title(20), 20, "old", ""},
		{"without a history of one", title(10), nil, 10, "old", ""},
		{"where the register changed too", title(10), title(20), 10, "three", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, r := profile("left"), profile("right")
			l.Fields[0].Policy, r.Fields[0].Policy = "latest", "latest"
			old := record("old", "", "")
			left, right := issue("1", "one", "", "open"), issue("2", "two", "", "open")
			left.Changes, right.Changes = tt.left, tt.right
			left.Updated, right.Updated = at(tt.updated), at(20)
			p := plan.Make(input(record(tt.here, "", ""), side(l, left, old), side(r, right, old)))
			want := tt.want
			if want == "" {
				want = tt.here
			}
			if got := p.Record.Fields[register.FieldTitle]; got != want || len(p.Conflicts) != 1 || (p.Conflicts[0].Winner == "") != (tt.want == "") {
				t.Errorf("title = %q, conflicts %+v, want %q", got, p.Conflicts, want)
			}
		})
	}
}
