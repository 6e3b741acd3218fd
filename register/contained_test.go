package register_test

import (
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/register"
)

// A record is contained from the day on which somebody states a correction. Neither another
// wording nor a second correction moves that day; a correction that says nothing contains
// nothing, so that nobody reserves an early day with "n/a".
func TestContainedSinceTheCorrectionIsStated(t *testing.T) {
	t.Parallel()
	r := triages(reported(register.Nonconformity, register.Minor, "low"), day(time.March, 10), register.DefaultPolicy())
	const correction = "The three accounts were disabled on the same day."
	for _, x := range []struct {
		text string
		when time.Time
		want string
	}{
		{"n/a", day(time.March, 11), ""},
		{correction, day(time.March, 26), "2026-03-26"},
		{correction + "\n- The sessions were ended.", day(time.March, 28), "2026-03-26"},
		{"", day(time.March, 29), ""},
		{correction, day(time.March, 30), "2026-03-30"},
	} {
		c := register.Propose{By: by("ana", x.when, "e"+x.when.String()), Field: register.FieldCorrection, Value: x.text}
		facts, err := register.Decide(r, c, at(x.when), register.DefaultPolicy())
		if err != nil {
			t.Fatal(err)
		}
		r = register.Replay(r, facts)
		d := register.Deadlines(r, day(time.July, 1))[1]
		got := ""
		if d.Met {
			got = d.MetAt.Format(time.DateOnly)
		}
		if d.Milestone != register.MilestoneContainment || got != x.want || !d.Missed {
			t.Errorf("after %q: %+v, want it met on %q, and late", strings.SplitN(x.text, "\n", 2)[0], d, x.want)
		}
	}
}
