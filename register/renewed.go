package register

import (
	"slices"

	"github.com/conformd/conformd/register/wording"
)

// renewed is G20. It compares with every attempt that did not work: a cause is new that says
// something else, and not one that says the same in a word more.
func renewed(r Record, _ Context) []Lack {
	if len(r.Attempts) == 0 || renewedCause(r) || renewedAction(r) {
		return nil
	}
	return []Lack{{Field: FieldRootCause, What: say("Neither the root cause nor an action is new since the review found the actions not effective")}}
}

func renewedCause(r Record) bool {
	now := wording.Read(r.Fields[FieldRootCause])
	return !slices.ContainsFunc(r.Attempts, func(t Attempt) bool {
		return normal(r.Fields[FieldRootCause]) == normal(t.RootCause) || !now.Renews(wording.Read(t.RootCause))
	})
}

func renewedAction(r Record) bool {
	var tried []wording.Text
	for _, t := range r.Attempts {
		for _, title := range t.Actions {
			tried = append(tried, wording.Read(title))
		}
	}
	return slices.ContainsFunc(r.AllActions(), func(a Action) bool {
		title := wording.Read(a.Title)
		return a.State != ActionCancelled && !slices.ContainsFunc(tried, func(old wording.Text) bool { return !title.Renews(old) })
	})
}
