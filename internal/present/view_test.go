package present_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// record is a nonconformity that says little.
func record() register.Record {
	return register.Record{
		State: register.Reported, Recorded: noon(),
		Fields: map[register.Field]string{
			register.FieldKind: string(register.Nonconformity), register.FieldTitle: "Leavers keep their accounts", register.FieldGrade: string(register.Minor),
		},
	}
}

func at() register.Context {
	return register.Context{At: noon().Add(time.Hour), People: map[string]register.Person{"olga": {ID: "olga", Name: "Olga Owens"}}}
}

// rules are the shipped ones, with one whose violation holds nothing back.
func rules(t *testing.T, should string) register.Policy {
	t.Helper()
	p := register.DefaultPolicy()
	if should == "" {
		return p
	}
	p, err := p.With(should, true, register.Should)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOnlyARequestedEndIsHeld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		state, requested register.State
		held             bool
		standing, needed string
		says             register.State
	}{
		{"an open record", register.Reported, "", false, "reported", "Needed for the next step, analysis", register.Analysis},
		{"a step that was asked for", register.Reported, register.Planning, false, "reported, planning requested", "Needed for the next step, planning", register.Planning},
		{"a closure", register.Reported, register.Closed, true, "reported, close requested", "Needed to close", register.Closed},
		{"a rejection", register.Reported, register.StateRejected, true, "reported, rejection requested", "Needed to reject", register.StateRejected},
		{"an acceptance", register.Reported, register.Accepted, true, "reported, acceptance requested", "Needed for the end that was requested, accepted", register.Accepted},
	} {
		r := record()
		r.State, r.Requested = c.state, c.requested
		v := present.See(present.Facts{Record: r}, at(), rules(t, ""))
		if v.Held != c.held || v.Standing != c.standing || v.For != c.says || v.NeededFor() != c.needed {
			t.Errorf("%s: See = held %v, %q, for %q, %q; want %v, %q, %q, %q", c.name, v.Held, v.Standing, v.For, v.NeededFor(), c.held, c.standing, c.says, c.needed)
		}
		if len(v.Needs) == 0 || v.Next() != "" {
			t.Errorf("%s: See needs %v and says %q, want needs", c.name, v.Needs, v.Next())
		}
	}
}

func TestARecordAtItsEndNeedsNothing(t *testing.T) {
	t.Parallel()
	r := record()
	r.State = register.Closed
	v := present.See(present.Facts{Record: r}, at(), rules(t, ""))
	if v.Held || v.For != "" || len(v.Needs) > 0 || v.Next() != "" || v.Brief() != "" || len(v.Attention()) > 0 {
		t.Errorf("See of a closed record = %+v, want nothing to do", v)
	}
}

// A rule of severity should advises, and is in no count of what is needed.
func TestAdviceIsNoNeed(t *testing.T) {
	t.Parallel()
	f := present.Facts{Record: record()}
	must := present.See(f, at(), rules(t, ""))
	should := present.See(f, at(), rules(t, "G02"))
	asks := func(ts []present.Told) (out []string) {
		for _, n := range ts {
			if n.Rule == "G02" {
				out = append(out, n.What)
			}
		}
		return out
	}
	if len(asks(must.Needs)) == 0 || len(must.Advice) > 0 {
		t.Fatalf("with G02 as must: needs %v, advice %v", asks(must.Needs), must.Advice)
	}
	if diff := cmp.Diff(asks(must.Needs), asks(should.Advice)); diff != "" || len(asks(should.Needs)) > 0 {
		t.Errorf("with G02 as should: needs %v, advice (-as needs +as advice):\n%s", asks(should.Needs), diff)
	}
	all, err := rules(t, "").With("G01", true, register.Should)
	if err != nil {
		t.Fatal(err)
	}
	if all, err = all.With("G02", true, register.Should); err != nil {
		t.Fatal(err)
	}
	if all, err = all.With("G24", true, register.Should); err != nil {
		t.Fatal(err)
	}
	v := present.See(f, at(), all)
	if v.Brief() != "" || v.Next() != "Nothing is needed for the next step, analysis." {
		t.Errorf("with advice only: needs %q and says %q, want nothing needed", v.Brief(), v.Next())
	}
	f.Record.Requested = register.Analysis
	if got := present.See(f, at(), all); got.Held {
		t.Error("a step that is only advised against is held")
	}
}

// A problem stands where its field is needed, and else by itself; a list counts it once.
func TestProblemsOfAView(t *testing.T) {
	t.Parallel()
	date := present.Problem{Binding: "jira-isms", Issue: "ISMS-1", Field: register.FieldIdentified, Code: "not-a-date", What: `Date identified "soon" is no date`, Remedy: "write 2026-11-28"}
	due := present.Problem{Binding: "gh-isms", Field: register.FieldDue, Code: "option-unknown", What: "gh-isms does not take the value", Remedy: "add the option"}
	v := present.See(present.Facts{
		Record: record(), Problems: []present.Problem{date, due}, Places: places(), Conflicts: 1,
		Stops: []present.Stop{{Binding: "jira-isms", Why: "too much"}}, Stuck: "writing to jira-isms is stopped: too much",
	}, at(), rules(t, ""))
	if diff := cmp.Diff([]string{"1 conflict", "2 problems", "stopped at jira-isms"}, v.Attention()); diff != "" {
		t.Errorf("Attention (-want +got):\n%s", diff)
	}
	var needs []string
	for _, n := range v.Needs {
		if n.Field == register.FieldIdentified {
			needs = append(needs, n.What+" | "+n.How)
		}
	}
	if diff := cmp.Diff([]string{date.What + " | on ISMS-1: " + date.Remedy}, needs); diff != "" {
		t.Errorf("needs of Date identified (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]present.Problem{due}, v.Of(register.FieldDue)); diff != "" {
		t.Errorf("problems of Due (-want +got):\n%s", diff)
	}
	if got, want := date.String(), `ISMS-1: Date identified "soon" is no date; write 2026-11-28`; got != want {
		t.Errorf("the problem says %q, want %q", got, want)
	}
	if got, want := due.String(), "gh-isms: gh-isms does not take the value; add the option"; got != want {
		t.Errorf("the problem without an issue says %q, want %q", got, want)
	}
	stuck := present.See(present.Facts{Record: record(), Stuck: "Jira refused it"}, at(), rules(t, ""))
	if diff := cmp.Diff([]string{"not finished"}, stuck.Attention()); diff != "" {
		t.Errorf("Attention of a record whose work is not finished (-want +got):\n%s", diff)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		counts present.Counts
		want   string
	}{
		{present.Counts{}, "no records yet"},
		{present.Counts{All: 1, Open: 1}, "1 record: 1 open, 0 ended; none waits for evidence; no conflicts"},
		{present.Counts{All: 12, Open: 10, Ended: 2, Held: 3, Conflicts: 1, Problems: 1}, "12 records: 10 open, 2 ended; 3 wait for evidence; 1 conflict; 1 has a problem"},
		{present.Counts{All: 12, Open: 12, Held: 1, Conflicts: 2, Problems: 4}, "12 records: 12 open, 0 ended; 1 waits for evidence; 2 conflicts; 4 have problems"},
	} {
		if got := c.counts.String(); got != c.want {
			t.Errorf("%+v = %q, want %q", c.counts, got, c.want)
		}
	}
}
