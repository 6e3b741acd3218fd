package service_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/service"
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

// newShelf is a register of these records on 15 July.
func newShelf(t *testing.T) *service.Register {
	t.Helper()
	d := &desk{T: t, store: newStore(t)}
	d.write(func(tx *store.Tx) error {
		for _, row := range rowsOf() {
			recorded := row.Record.Recorded
			r, err := tx.NewRecord(t.Context(), "NC", row.Record)
			if err != nil {
				return err
			}
			r.Recorded, r.State = recorded, row.Record.State
			if _, err := tx.SaveRecord(t.Context(), r, 0); err != nil {
				return err
			}
		}
		return nil
	})
	return &service.Register{Store: d.store, Now: func() time.Time { return day(15) }}
}

func TestListsAreFilteredAndSorted(t *testing.T) {
	t.Parallel()
	reg := newShelf(t)
	for _, c := range []struct {
		want string
		q    service.ListQuery
	}{
		{"[NC-1 NC-2 NC-3 NC-4 NC-5 NC-6]", service.ListQuery{}},
		{"[NC-1]", service.ListQuery{Scope: "PAYMENTS"}},
		{"[NC-2]", service.ListQuery{Requirement: "A.5.18"}},
		{"[NC-1 NC-3 NC-4]", service.ListQuery{Owner: "erik"}},
		{"[NC-3]", service.ListQuery{Owner: "erik", States: []register.State{register.Closed, register.Accepted}}},
		{"[NC-4 NC-6]", service.ListQuery{Kinds: []register.Kind{register.Improvement, register.Observation}}},
		{"[NC-1 NC-5]", service.ListQuery{Grades: []string{"Major"}}},
		{"[NC-1]", service.ListQuery{Grades: []string{"hauptabweichung"}}},
		{"[NC-2 NC-3]", service.ListQuery{Risks: []string{"critical", "high"}}},
		{"[NC-1 NC-2]", service.ListQuery{Sources: []string{"incident", "internal_audit"}}},
		{"[NC-3 NC-4]", service.ListQuery{From: "2026-07-03", To: "2026-07-04"}},
		{"[NC-1 NC-2 NC-4]", service.ListQuery{Open: true}},
		{"[NC-4]", service.ListQuery{Held: true}},
		{"[NC-2]", service.ListQuery{Late: true}},
		{"[NC-6 NC-5 NC-4 NC-3 NC-2 NC-1]", service.ListQuery{Sort: "-number"}},
		{"[NC-3 NC-1 NC-2 NC-5 NC-4 NC-6]", service.ListQuery{Sort: "title"}},
		{"[NC-1 NC-5 NC-2 NC-3 NC-4 NC-6]", service.ListQuery{Sort: "grade"}},
		{"[NC-2 NC-3 NC-1 NC-4 NC-5 NC-6]", service.ListQuery{Sort: "risk"}},
		{"[NC-1 NC-2 NC-4 NC-3 NC-5 NC-6]", service.ListQuery{Sort: "state"}},
		{"[NC-2 NC-1 NC-3 NC-4 NC-5 NC-6]", service.ListQuery{Sort: "due"}},
		{"[NC-2 NC-4 NC-3 NC-1 NC-6 NC-5]", service.ListQuery{Sort: "-owner"}},
	} {
		if got, err := listed(t, reg, c.q); fmt.Sprint(got) != c.want || err != nil {
			t.Errorf("%+v lists %s, %v, want %s", c.q, got, err, c.want)
		}
	}
	if _, err := listed(t, reg, service.ListQuery{Sort: "colour"}); err == nil {
		t.Error("a list is sorted by colour")
	}
	for _, k := range service.SortKeys() {
		rows, err := listed(t, reg, service.ListQuery{Sort: k})
		if err != nil || len(rows) != 6 {
			t.Errorf("sorted by %s the list has %d records, %v", k, len(rows), err)
		}
		down, err := listed(t, reg, service.ListQuery{Sort: "-" + k})
		slices.Reverse(down)
		if err != nil || !slices.Equal(rows, down) {
			t.Errorf("sorted by -%s the list is not the opposite (%v)", k, err)
		}
	}
}

// listed are the numbers of the records of a list.
func listed(t *testing.T, reg *service.Register, q service.ListQuery) ([]string, error) {
	t.Helper()
	entries, err := reg.List(t.Context(), q)
	var out []string
	for _, e := range entries {
		out = append(out, e.Record.Ref)
	}
	return out, err
}

// A list in stretches is the whole list; a cursor that was not made by a list is refused.
func TestBrowse(t *testing.T) {
	t.Parallel()
	reg := newShelf(t)
	q := service.ListQuery{Sort: "title"}
	var got []string
	cursor := ""
	for {
		page, err := reg.Browse(t.Context(), q, cursor, 2)
		if err != nil || page.Count != 6 || page.Beyond {
			t.Fatalf("%+v, %v", page, err)
		}
		for _, e := range page.Entries {
			got = append(got, e.Record.Ref)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := "[NC-3 NC-1 NC-2 NC-5 NC-4 NC-6]"; fmt.Sprint(got) != want {
		t.Errorf("the stretches have %v, want %s", got, want)
	}
	for _, bad := range []string{"2", "!", "W10", "bnVsbA", "WyJhIiwiIl0"} {
		if _, err := reg.Browse(t.Context(), q, bad, 2); !errors.Is(err, service.ErrCursor) {
			t.Errorf("the cursor %q is taken: %v", bad, err)
		}
	}
}
