package present

import (
	"fmt"
	"maps"
	"slices"

	"github.com/conformd/conformd/register"
)

// SmallOrg says how a record was closed on a review that was not independent: "closed
// 2026-08-01 with a reviewer who owns the record (Ana), countersigned by Dee: nobody else …".
func SmallOrg(u register.SmallOrgUse, n Names) string {
	return line("closed " + day(u.At) + " with a reviewer who " + u.Was + " (" + n.Person(u.Reviewer) + "), countersigned by " + n.Person(u.By) + ": " + u.Reason)
}

// SmallOrgCounts counts the closings of records on a review that was not independent, by year,
// the latest first; nothing where there is none.
func SmallOrgCounts(rs []register.Record) []string {
	years := map[int]int{}
	for _, r := range rs {
		for _, u := range r.SmallOrg {
			years[u.At.UTC().Year()]++
		}
	}
	var out []string
	for _, y := range slices.Backward(slices.Sorted(maps.Keys(years))) {
		out = append(out, fmt.Sprintf("%d: %s without an independent reviewer, countersigned (small organisation)", y, Count(years[y], "closing", "closings")))
	}
	return out
}
