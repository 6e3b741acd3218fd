package dst

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/store"
)

// final describes the end of a simulation as a reader would compare two of them:
// without times, ids and whatever else depends on when something was noticed.
func (w *world) final(rows []store.Row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s %s requested=%q\n", r.Record.Ref, r.Record.State, r.Record.Requested)
		for _, f := range slices.Sorted(maps.Keys(r.Record.Fields)) {
			if v := r.Record.Fields[f]; v != "" {
				fmt.Fprintf(&b, "  %s: %q\n", f, v)
			}
		}
		for _, a := range r.Record.Approvals {
			fmt.Fprintf(&b, "  %s %s by %s, refused=%q\n", a.Subject, a.Outcome, a.By, a.Refused)
		}
	}
	for _, is := range w.trackers.Jira.Snapshots() {
		fmt.Fprintf(&b, "jira %s %s %s\n", is.Key, is.Status, is.Resolution)
		for _, f := range slices.Sorted(maps.Keys(is.Fields)) {
			if f != "labels" { // the marker is another one in each run of the daemon
				fmt.Fprintf(&b, "  %s: %q\n", f, is.Fields[f])
			}
		}
	}
	for _, is := range w.trackers.GitHub.Issues() {
		body, _, _ := strings.Cut(is.Body, "<!-- conformd")
		fmt.Fprintf(&b, "github %d %s %s %q %v %v\n  %q\n", is.Number, is.State, is.Reason, is.Title, slices.Sorted(slices.Values(is.Labels)), is.Assignees, body)
		for _, c := range is.Comments {
			if !isBot(c.Author) {
				fmt.Fprintf(&b, "  %s: %q %v\n", c.Author, c.Body, c.Reactions)
			}
		}
	}
	return b.String()
}
