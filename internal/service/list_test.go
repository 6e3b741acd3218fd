package service

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

func day(d int) time.Time { return time.Date(2026, 7, d, 12, 0, 0, 0, time.UTC) }

// rowsOf are six records that differ in everything that a list can ask for.
func rowsOf() []store.Row {
	make := func(n int, state register.State, fields ...string) store.Row {
		r := register.Record{Ref: fmt.Sprint("NC-", n), State: state, Recorded: day(n), Fields: map[register.Field]string{}}
		for i := 0; i+1 < len(fields); i += 2 {
			r.Fields[register.Field(fields[i])] = fields[i+1]
		}
		return store.Row{Record: r}
	}
	rows := []store.Row{
		make(1, register.Reported, "grade", "Hauptabweichung (major)", "risk", "low", "owner", "erik", "source", "incident", "scope", "Site B\npayments", "title", "b", "identified_at", "2026-06-09"),
		make(2, register.Analysis, "grade", "minor", "risk", "critical", "owner", "olga", "source", "internal_audit", "requirement_refs", "9.2.2\na.5.18", "title", "c"),
		make(3, register.Closed, "grade", "minor", "risk", "high", "owner", "erik", "title", "a"),
		make(4, register.Verifying, "kind", "improvement", "owner", "erik", "title", "e"),
		make(5, register.Accepted, "grade", "major", "title", "d"),
		make(6, register.StateRejected, "kind", "observation", "title", "f"),
	}
	rows[1].Record.Dates = []register.MilestoneDate{{Milestone: register.MilestoneCause, Date: "2026-06-30", Start: day(1)}}
	rows[0].Record.Dates = []register.MilestoneDate{{Milestone: register.MilestoneTriage, Date: "2026-07-30", Start: day(1)}}
	rows[3].Record.Requested = register.Closed
	return rows
}

func TestListsAreFilteredAndSorted(t *testing.T) {
	for _, c := range []struct {
		want string
		q    ListQuery
	}{
		{"[NC-1 NC-2 NC-3 NC-4 NC-5 NC-6]", ListQuery{}},
		{"[NC-1]", ListQuery{Scope: "PAYMENTS"}},
		{"[NC-2]", ListQuery{Requirement: "A.5.18"}},
		{"[NC-1 NC-3 NC-4]", ListQuery{Owner: "erik"}},
		{"[NC-3]", ListQuery{Owner: "erik", States: []register.State{register.Closed, register.Accepted}}},
		{"[NC-4 NC-6]", ListQuery{Kinds: []register.Kind{register.Improvement, register.Observation}}},
		{"[NC-1 NC-5]", ListQuery{Grades: []string{"Major"}}},
		{"[NC-1]", ListQuery{Grades: []string{"hauptabweichung"}}},
		{"[NC-2 NC-3]", ListQuery{Risks: []string{"critical", "high"}}},
		{"[NC-1 NC-2]", ListQuery{Sources: []string{"incident", "internal_audit"}}},
		{"[NC-3 NC-4]", ListQuery{From: "2026-07-03", To: "2026-07-04"}},
		{"[NC-1 NC-2 NC-4]", ListQuery{Open: true}},
		{"[NC-4]", ListQuery{Held: true}},
		{"[NC-2]", ListQuery{Late: true}},
		{"[NC-6 NC-5 NC-4 NC-3 NC-2 NC-1]", ListQuery{Sort: "-number"}},
		{"[NC-3 NC-1 NC-2 NC-5 NC-4 NC-6]", ListQuery{Sort: "title"}},
		{"[NC-1 NC-5 NC-2 NC-3 NC-4 NC-6]", ListQuery{Sort: "grade"}},
		{"[NC-2 NC-3 NC-1 NC-4 NC-5 NC-6]", ListQuery{Sort: "risk"}},
		{"[NC-1 NC-2 NC-4 NC-3 NC-5 NC-6]", ListQuery{Sort: "state"}},
		{"[NC-2 NC-1 NC-3 NC-4 NC-5 NC-6]", ListQuery{Sort: "due"}},
		{"[NC-2 NC-4 NC-3 NC-1 NC-6 NC-5]", ListQuery{Sort: "-owner"}},
	} {
		rows, err := c.q.of(rowsOf(), day(15))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r.Record.Ref)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%+v lists %s, want %s", c.q, got, c.want)
		}
	}
	if _, err := (ListQuery{Sort: "colour"}).of(rowsOf(), day(15)); err == nil {
		t.Error("a list is sorted by colour")
	}
	for _, k := range SortKeys() {
		rows, err := (ListQuery{Sort: k}).of(rowsOf(), day(15))
		if err != nil || len(rows) != 6 {
			t.Errorf("sorted by %s the list has %d records, %v", k, len(rows), err)
		}
		down, err := (ListQuery{Sort: "-" + k}).of(rowsOf(), day(15))
		slices.Reverse(down)
		if err != nil || !slices.EqualFunc(rows, down, func(a, b store.Row) bool { return a.Record.Ref == b.Record.Ref }) {
			t.Errorf("sorted by -%s the list is not the opposite (%v)", k, err)
		}
	}
	if len(SortKeys()) != len(sortKeys()) {
		t.Errorf("%d names of %d orders", len(SortKeys()), len(sortKeys()))
	}
}
