package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

// TestTheRulesSayUntilWhenTheirAnswerHolds: what a record lacks is kept for lists until the time that the
// rules name.
func TestTheRulesSayUntilWhenTheirAnswerHolds(t *testing.T) {
	held, turned := 0, 0
	drawtest.Until(t, drawtest.Some{"an answer that held": &held, "an answer that was another one at the time that was named": &turned}.Lacking, func(t *rapid.T) {
		drawHistory(t, func(x *play, _ register.Record, _ []register.Fact) {
			r := x.r.Clone()
			// Dates of the years around the play, so that some are still to come.
			r.Fields[register.FieldIdentified] = x.ctx.At.AddDate(0, 0, rapid.IntRange(-3, 30).Draw(t, "identified")).Format(time.DateOnly)
			r.Recorded = x.ctx.At.Add(-time.Duration(rapid.IntRange(0, 30*24).Draw(t, "recorded")) * time.Hour)
			to, ok := register.Next(r)
			if !ok {
				return
			}
			var until time.Time
			ctx := x.ctx
			ctx.Next = &until
			now := register.Check(r, to, ctx, x.p)
			ctx.Next = nil
			later := x.ctx.At.Add(time.Duration(rapid.IntRange(0, 400*24).Draw(t, "hours")) * time.Hour)
			if !until.IsZero() {
				if !until.After(x.ctx.At) {
					t.Errorf("at %s the answer holds until %s", x.ctx.At, until)
				}
				ctx.At = until
				if diff := cmp.Diff(lacking(now), lacking(register.Check(r, to, ctx, x.p))); diff != "" {
					turned++
				}
				if !later.Before(until) {
					later = until.Add(-time.Nanosecond)
				}
			}
			ctx.At = later
			if diff := cmp.Diff(lacking(now), lacking(register.Check(r, to, ctx, x.p))); diff != "" {
				t.Errorf("at %s, before %s, the answer of %s is another one:\n%s", later, until, x.ctx.At, diff)
			}
			held++
		})
	})
}

// lacking puts violations into words.
func lacking(vs []register.Violation) []string {
	var out []string
	for _, v := range vs {
		for _, l := range v.Lacks {
			out = append(out, v.Rule.ID+" "+string(v.Rule.Severity)+": "+l.What.String()+" "+l.Remedy.Until.String())
		}
	}
	return out
}
