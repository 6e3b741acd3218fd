package present_test

import (
	"testing"

	"github.com/conformd/conformd/internal/present"
)

func TestStop(t *testing.T) {
	t.Parallel()
	all := present.Load{Records: 8, Emptied: 1, Replaced: 9, Creates: 1, Comments: 2}
	for _, c := range []struct {
		stop                          present.Stop
		says, waiting, would, release string
	}{
		{
			present.Stop{Binding: "gh", Why: "restored from a backup"},
			"writing to gh is stopped: restored from a backup", "nothing waits there", "nothing waits there", `conformd brake release gh --reason "…"`,
		},
		{
			present.Stop{Binding: "jira", Why: "8 of 12 records would be changed", Since: noon(), Records: 8, Load: all, List: "3f2a90c41b77"},
			"writing to jira is stopped since 2026-07-01 12:00 UTC: 8 of 12 records would be changed",
			"8 records wait there: 9 values to replace, 1 value to empty, 1 issue to create, 2 comments and reactions to write",
			"8 records would wait there: 9 values to replace, 1 value to empty, 1 issue to create, 2 comments and reactions to write",
			`conformd brake release jira --list 3f2a90c41b77 --reason "…"`,
		},
		{
			present.Stop{Binding: "jira", Why: "labels", Records: 1},
			"writing to jira is stopped: labels", "1 record waits there", "1 record would wait there", `conformd brake release jira --reason "…"`,
		},
	} {
		if got := [...]string{c.stop.String(), c.stop.Waiting(), c.stop.WouldWait(), c.stop.Release()}; got != [...]string{c.says, c.waiting, c.would, c.release} {
			t.Errorf("%+v says\n%q, want\n%q", c.stop, got, [...]string{c.says, c.waiting, c.would, c.release})
		}
	}
	if got, want := all.Add(present.Load{Records: 1, Emptied: 1, Replaced: 1, Creates: 1, Comments: 1}), (present.Load{Records: 9, Emptied: 2, Replaced: 10, Creates: 2, Comments: 3}); got != want {
		t.Errorf("Add = %+v, want %+v", got, want)
	}
}
