package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
)

// A leftOver is what a sync run has not finished, in a line for each reason.
type leftOver struct {
	counts present.Counts
	lines  []string
	remedy string
}

// leftOver looks for what a sync run has not finished: where writing is stopped, and records
// on which work goes on later.
func (s *session) leftOver(ctx context.Context, a *app.App) (left leftOver, err error) {
	reg, err := app.Register(ctx, a.Config, a.Store)
	if err != nil {
		return left, err
	}
	if left.counts, err = reg.Counts(ctx); err != nil {
		return left, err
	}
	stops, err := reg.Stops(ctx)
	if err != nil {
		return left, err
	}
	behind := map[string]bool{}
	for _, x := range stops {
		left.lines = append(left.lines, x.String()+"; "+x.Waiting())
		for _, w := range x.Writes {
			behind[w.Ref] = true
		}
	}
	rows, err := a.Store.Records(ctx)
	if err != nil {
		return left, err
	}
	later := postponed(slices.DeleteFunc(rows, func(r store.Row) bool { return behind[r.Record.Ref] }))
	left.lines = append(left.lines, later...)
	var remedies []string
	if len(stops) > 0 {
		remedies = append(remedies, "look at "+present.Look+" and at the trackers, then let writing go on: conformd brake release")
	}
	if len(later) > 0 || len(stops) == 0 {
		remedies = append(remedies, "run it again later; conformd register list marks the records that need attention")
	}
	left.remedy = strings.Join(remedies, "; ")
	return left, nil
}

// mostNamed is how many records one line names.
const mostNamed = 5

// postponed says why work on records goes on later, in a line for each reason.
func postponed(rows []store.Row) []string {
	var reasons []string
	refs := map[string][]string{}
	for _, r := range rows {
		why := r.Problem
		switch {
		case why == "" && r.Generation > r.ObservedGeneration:
			why = "work on it goes on at the next sync run"
		case why == "":
			continue
		}
		if refs[why] == nil {
			reasons = append(reasons, why)
		}
		refs[why] = append(refs[why], r.Record.Ref)
	}
	out := make([]string, len(reasons))
	for i, why := range reasons {
		named := refs[why]
		more := len(named) - mostNamed
		if more > 0 {
			named = append(slices.Clone(named[:mostNamed]), present.Count(more, "more record", "more records"))
		}
		out[i] = present.Join(named) + ": " + why
	}
	return out
}
