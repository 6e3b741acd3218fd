package register_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func TestDue(t *testing.T) {
	t.Parallel()
	r := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), register.DefaultPolicy())
	r.Fields[register.FieldActionPlan] = "- [ ] Automate the feed @ben due:2026-04-20\n- [x] Tell HR @ben due:2026-04-01 evidence:https://acme.example/1\n- [ ] Buy a system @ben due:2026-04-20 cancelled: too dear\n- [ ] Train everybody @cem due:soon"
	r, _ = asks(r, wants("ana", register.MilestoneImplementation, "2026-07-15", 1), day(time.April, 1))
	say := func(r register.Record, at time.Time) (out []string) {
		for _, d := range register.Due(r, at) {
			out = append(out, fmt.Sprintf("%s %s by %q missed=%t asked=%s", d.Due, d.What(), d.Who, d.Missed, d.Asked))
		}
		return out
	}
	want := []string{
		`2026-03-24 containment by "ana" missed=true asked=`,
		`2026-04-09 cause and plan by "ana" missed=true asked=`,
		`2026-04-20 A1 Automate the feed by "ben" missed=false asked=`,
		`2026-06-08 implementation by "ana" missed=false asked=2026-07-15`,
	}
	if diff := cmp.Diff(want, say(r, day(time.April, 20))); diff != "" {
		t.Errorf("due on 20 April (-want +got):\n%s", diff)
	}
	if got := say(r, day(time.April, 21))[2]; got != `2026-04-20 A1 Automate the feed by "ben" missed=true asked=` {
		t.Errorf("a day later: %s, want the action missed", got)
	}
	r.State = register.StateRejected
	if got := say(r, day(time.April, 21)); len(got) > 0 {
		t.Errorf("of a rejected record %v is due", got)
	}
	r, _ = moves(reported(register.Nonconformity, register.Minor, "low"), register.Reported, day(time.March, 2), register.DefaultPolicy())
	r.Fields[register.FieldActionPlan] = ""
	if diff := cmp.Diff([]string{`2026-03-07 triage by "" missed=false asked=`}, say(r, day(time.March, 2))); diff != "" {
		t.Errorf("of a report (-want +got):\n%s", diff)
	}
}
