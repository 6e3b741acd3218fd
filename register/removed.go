package register

import (
	"slices"
	"strings"
)

// An action that somebody has approved is cancelled with a reason, or done. Taking its line
// out of the plan leaves no reason, and the plan looks as if it had never been there.

// noteRemoved notes the open actions of an approved plan that before has and r has not.
func (r *Record) noteRemoved(before Record) {
	if !wasApproved(before) {
		return
	}
	after := r.AllActions()
	for _, a := range before.AllActions() {
		if a.State == ActionDone || a.State == ActionCancelled || holdsAction(after, a.Title) || slices.Contains(r.Removed, a.Title) {
			continue
		}
		r.Removed = append(r.Removed, a.Title)
	}
}

// wasApproved reports whether somebody approved the plan in this round, be it that it
// changed since.
func wasApproved(r Record) bool {
	return slices.ContainsFunc(r.Approvals, func(a Approval) bool {
		return a.Subject == SubjectPlan && a.Refused == "" && a.Round == r.Round
	})
}

func holdsAction(all []Action, title string) bool {
	return slices.ContainsFunc(all, func(a Action) bool { return normal(a.Title) == normal(title) })
}

// removed is G27.
func removed(r Record, _ Context) []Lack {
	var gone []string
	for _, title := range r.Removed {
		if !holdsAction(r.AllActions(), title) {
			gone = append(gone, quote(title))
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return []Lack{{Field: FieldActionPlan, What: say("Taken out of the approved plan without a reason: {{.Actions}}; write the line again with `cancelled:` and why", "Actions", strings.Join(gone, ", "))}}
}
