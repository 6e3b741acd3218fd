package register

import (
	"cmp"
	"slices"
	"time"
)

// A DueItem is one thing of a record that somebody is to do by a date: a milestone that is not
// met, an action that is not done, a value that is not entered, or an exception that ends.
type DueItem struct {
	Milestone Milestone `json:"milestone,omitempty"` // "" for an action
	Action    string    `json:"action,omitempty"`    // id of an action
	Title     string    `json:"title,omitempty"`     // of an action
	Who       string    `json:"who,omitempty"`       // person id, "" while nobody is named
	Original  string    `json:"original"`
	Due       string    `json:"due"` // present date
	External  bool      `json:"external,omitempty"`
	Extended  int       `json:"extended,omitempty"` // times
	Asked     string    `json:"asked,omitempty"`    // later date that waits for a decision
	Missed    bool      `json:"missed"`
	// Reading is the period for which a value is to be entered.
	Reading string `json:"reading,omitempty"`
	// Exception says that the date is the last day of an exception, after which the record is
	// open again.
	Exception bool `json:"exception,omitempty"`
}

// What is the item in words: "cause and plan", "A1 Automate the feed".
func (d DueItem) What() string {
	switch {
	case d.Exception:
		return "end of the exception"
	case d.Reading != "":
		return "value of " + d.Reading
	case d.Milestone != "":
		return d.Milestone.Words()
	}
	return d.Action + " " + d.Title
}

// Key is the name of the item within its record: a milestone, "action A1", "reading 2026-Q3"
// or "exception".
func (d DueItem) Key() string {
	switch {
	case d.Exception:
		return "exception"
	case d.Reading != "":
		return "reading " + d.Reading
	case d.Milestone != "":
		return string(d.Milestone)
	}
	return "action " + d.Action
}

// Due returns what of r is to do by a date, as of a moment and in the order of the dates. There
// is nothing to do for a record at its end.
func Due(r Record, at time.Time) []DueItem {
	if a, stands := StandingAcceptance(r); stands {
		return []DueItem{{Exception: true, Who: r.Fields[FieldOwner], Original: a.Asked, Due: a.Until, Missed: a.over(at)}}
	}
	if r.State.Ended() {
		return nil
	}
	var out []DueItem
	for _, d := range Deadlines(r, at) {
		if d.Met {
			continue
		}
		x := DueItem{Milestone: d.Milestone, Who: responsible(r, d.Milestone), Original: d.Original, Due: d.Present, External: d.External, Extended: d.Extended, Missed: d.Missed}
		if d.Asked != nil {
			x.Asked = d.Asked.To
		}
		out = append(out, x)
	}
	today := at.UTC().Format(time.DateOnly)
	for _, a := range r.AllActions() {
		if a.State == ActionDone || a.State == ActionCancelled || !isDate(a.Due) {
			continue
		}
		out = append(out, DueItem{Action: a.ID, Title: a.Title, Who: a.Assignee, Original: a.Due, Due: a.Due, Missed: today > a.Due})
	}
	out = append(out, readingsDue(r, at)...)
	slices.SortStableFunc(out, func(a, b DueItem) int { return cmp.Compare(a.Due, b.Due) })
	return out
}

// responsible is the person of whom a milestone is expected: the reviewer for verification,
// nobody in particular for triage and a deferred improvement, and else the owner.
func responsible(r Record, m Milestone) string {
	switch m {
	case MilestoneTriage, MilestoneDecision:
		return ""
	case MilestoneVerification:
		return cmp.Or(r.Fields[FieldReviewer], r.Fields[FieldOwner])
	default:
		return r.Fields[FieldOwner]
	}
}
