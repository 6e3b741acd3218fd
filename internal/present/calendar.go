package present

import (
	"strings"

	"github.com/conformd/conformd/register"
)

// CalendarTitle is a due item as the day of a calendar shows it: "NC-2026-0007 implementation".
func CalendarTitle(ref string, d register.DueItem) string { return ref + " " + line(d.What()) }

// CalendarText says what the item is about and what is to be done, a line each. Title is that
// of the record.
func CalendarText(title string, d register.DueItem, n Names) string {
	need := needed(d.Milestone)
	if d.Reading != "" {
		need = "Needed: the value of " + line(d.Reading) + ", by conformd measure put or the comment /capa measure."
	}
	if d.Exception {
		need = "Needed: a decision, before the exception ends and the record is in analysis again."
	}
	out := []string{line(title), need}
	if d.Who != "" {
		out = append(out, "Expected of "+line(n.Person(d.Who))+".")
	}
	if d.Due != d.Original {
		out = append(out, "The first date was "+d.Original+".")
	}
	if standing := DueStanding(d); standing != "" {
		out = append(out, strings.ToUpper(standing[:1])+standing[1:]+".")
	}
	return strings.Join(out, "\n")
}

// needed says what meets a milestone. "" is an action.
func needed(m register.Milestone) string {
	switch m {
	case register.MilestoneTriage:
		return "Needed: somebody with the role confirms kind, grade, risk and owner."
	case register.MilestoneDecision:
		return "Needed: a decision whether the improvement is made: adopt, decline or defer."
	case register.MilestoneContainment:
		return "Needed: the correction, or why nothing had to be corrected."
	case register.MilestoneCause:
		return "Needed: the root cause, and a plan that somebody with the role has approved."
	case register.MilestoneImplementation:
		return "Needed: every action of the plan is done, with its evidence."
	case register.MilestoneVerification:
		return "Needed: an independent review of whether the actions worked."
	default:
		return "Needed: the action is done, with its evidence."
	}
}
