package present

import (
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Date says when a milestone is due and whether it was met: "implementation, due 2026-06-08
// (first 2026-05-09), missed".
func Date(d register.Deadline) string {
	s := d.Milestone.Words() + ", due " + d.Present
	switch {
	case d.External:
		s += " (by the certification body; first " + d.Original + ")"
	case d.Present != d.Original:
		s += " (first " + d.Original + ")"
	}
	switch {
	case d.Met && d.Missed:
		s += ", met too late on " + d.MetAt.UTC().Format(time.DateOnly)
	case d.Met && !d.MetAt.IsZero():
		s += ", met on " + d.MetAt.UTC().Format(time.DateOnly)
	case d.Met:
		s += ", met"
	case d.Missed:
		s += ", missed"
	}
	return s
}

// dueDates says which dates an entry sets: "triage by 2026-03-07, containment by 2026-03-24".
func dueDates(e *audit.Entry) string {
	var out []string
	for _, c := range e.Changes {
		if name, ok := strings.CutPrefix(c.Field, "due."); ok && c.After != nil {
			out = append(out, register.Milestone(name).Words()+" by "+line(c.After.Value))
		}
	}
	return strings.Join(out, ", ")
}
