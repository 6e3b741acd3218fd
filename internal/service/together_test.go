package service_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// TestTwoPeopleDecideAtTheSameMoment: one transaction comes first and counts. The other judges the
// record as the first has left it, and its author is told why the decision does not count. Of two
// records that are rejected at the same moment as duplicates of each other one stays open.
func TestTwoPeopleDecideAtTheSameMoment(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	acts := &service.Acts{
		Store: d.store, Policy: register.DefaultPolicy(), Now: func() time.Time { return now },
		Prefixes: func(register.Kind) string { return "NC" },
		People: map[string]register.Person{
			"irene": {ID: "irene", Name: "Irene Ismail", Roles: []string{register.RoleISMSManager}},
			"mona":  {ID: "mona", Name: "Mona Mint", Roles: []string{register.RoleISMSManager}},
		},
	}
	rejects := func(reason string) func(register.Author) register.Command {
		return func(by register.Author) register.Command {
			return register.Judge{Approval: register.Approval{
				Event: by.Event, Subject: register.SubjectRejection, Outcome: register.Rejected, By: by.Person, Account: by.Account, At: by.At, How: by.How, Reason: reason,
			}}
		}
	}
	type act struct {
		record, who, reason string
	}
	first, second := d.recs[0], d.recs[1]
	for _, tc := range []struct {
		name string
		acts [2]act
		told string
	}{
		{"two records, duplicates of each other", [2]act{
			{first.ID, "irene", "Duplicate of " + second.Ref + ", it is the same export."},
			{second.ID, "mona", "Duplicate of " + first.Ref + ", it is the same export."},
		}, "lead back to this record"},
	} {
		var all sync.WaitGroup
		var errs [2]error
		start := make(chan struct{})
		for i, x := range tc.acts {
			all.Go(func() {
				<-start
				_, errs[i] = acts.Do(t.Context(), x.record, service.By{Person: x.who, Account: "os:" + x.who}, rejects(x.reason), func(by register.Author) register.Command {
					by.Event = ""
					return register.Move{By: by, To: register.StateRejected}
				})
			})
		}
		close(start)
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%s: the answers are %v and %v, want that one counts and one does not", tc.name, errs[0], errs[1])
		}
		lost := errors.Join(errs[0], errs[1])
		if no, ok := errors.AsType[*service.RefusedError](lost); !ok || !strings.Contains(no.Error(), tc.told) {
			t.Errorf("%s: the other is told %v, want %q", tc.name, lost, tc.told)
		}
		linked := 0
		for _, r := range d.recs {
			row, err := d.store.Record(t.Context(), r.Ref)
			if err != nil {
				t.Fatal(err)
			}
			linked += len(register.Linked(row.Record))
		}
		if linked != 1 {
			t.Errorf("%s: %d links, want one", tc.name, linked)
		}
	}
}
