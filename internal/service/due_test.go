package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// What is to do is listed by date and number, for everybody or for one person; open records
// without a date are named.
func TestDueItems(t *testing.T) {
	t.Parallel()
	rec := func(n int, owner, reviewer string, dates ...string) store.Row {
		r := register.Record{Ref: fmt.Sprintf("NC-2026-000%d", n), State: register.Verifying, Fields: map[register.Field]string{register.FieldOwner: owner, register.FieldReviewer: reviewer}}
		for _, d := range dates {
			r.Dates = append(r.Dates, register.MilestoneDate{Milestone: register.MilestoneVerification, Date: d})
		}
		return store.Row{Record: r}
	}
	closed := rec(5, "erik", "rita", "2026-01-01")
	closed.Record.State = register.Closed
	rows := []store.Row{rec(3, "erik", "rita", "2026-05-01"), rec(2, "olga", "rita", "2026-04-01"), rec(1, "erik", "olga", "2026-05-01"), rec(4, "erik", ""), closed}
	for who, want := range map[string][]string{
		"":                {"2026-04-01 NC-2026-0002 missed", "2026-05-01 NC-2026-0001", "2026-05-01 NC-2026-0003", "without: NC-2026-0004"},
		"erik":            {"2026-05-01 NC-2026-0001", "2026-05-01 NC-2026-0003", "without: NC-2026-0004"},
		"rita":            {"2026-04-01 NC-2026-0002 missed", "2026-05-01 NC-2026-0003"},
		"irene":           nil,
		" 2026-04-30":     {"2026-04-01 NC-2026-0002 missed", "without: NC-2026-0004"},
		"erik 2026-05-01": {"2026-05-01 NC-2026-0001", "2026-05-01 NC-2026-0003", "without: NC-2026-0004"},
	} {
		person, until, _ := strings.Cut(who, " ")
		list := service.DueItems(rows, service.DueQuery{At: time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC), Until: until, Person: person})
		var got []string
		for _, d := range list.Items {
			s := d.Due + " " + d.Record
			if d.Missed {
				s += " missed"
			}
			got = append(got, s)
		}
		for _, ref := range list.Undated {
			got = append(got, "without: "+ref)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %q (-want +got):\n%s", who, diff)
		}
	}
}
