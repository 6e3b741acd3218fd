package register

import (
	"slices"
	"time"
)

// Whoever owned a record, was given one of its actions, or wrote its cause, plan or
// evidence is involved in it from then on, and does not review it (ISO 19011: auditors do
// not judge their own work). The set belongs to the record and not to the moment.

// involving reports whether the author of a field is involved in the record. Who reports
// what is wrong is not, and neither is who sets the criteria of the review. Of the inputs and
// judgements of a management review it is said whose they are.
func involving(f Field) bool {
	switch f {
	case FieldCorrection, FieldExtent, FieldCauseMethod, FieldRootCause, FieldDirectCause, FieldEscapeCause, FieldCategory, FieldSimilarity, FieldActionPlan, FieldNoAction, FieldISMSChange, FieldCloseSummary:
		return true
	default:
		return slices.Contains(ReviewInputs(), f) || slices.Contains(Judgements(), f)
	}
}

// summing reports whether a field sums up what was reviewed. A reviewer may write it after
// the review.
func summing(f Field) bool { return f == FieldISMSChange || f == FieldCloseSummary }

// involve notes that a person is involved. Who owns a closed record is not involved in its
// past; who amends it is, from then on.
func (r *Record) involve(person string, as InvolvementAs, f Field, at time.Time) {
	if person == "" && as != InvolvedAuthor || r.State == Closed && as != InvolvedAuthor {
		return
	}
	if slices.ContainsFunc(r.Involved, func(i Involvement) bool { return i.Person == person && i.As == as && i.Field == f }) {
		return
	}
	r.Involved = append(r.Involved, Involvement{Person: person, As: as, Field: f, Since: at})
}

// involveAll notes the owner and everybody who has an action.
func (r *Record) involveAll() {
	r.involve(r.Fields[FieldOwner], InvolvedOwner, "", time.Time{})
	for _, a := range r.AllActions() {
		r.involve(a.Assignee, InvolvedAssignee, "", time.Time{})
	}
}

// owned reports whether a person owns r or ever did.
func owned(r Record, person string) bool {
	return r.Fields[FieldOwner] == person || slices.ContainsFunc(r.Involved, func(i Involvement) bool {
		return i.As == InvolvedOwner && i.Person == person
	})
}

// assigned reports whether a person has an action of r or ever had.
func assigned(r Record, person string) bool {
	return slices.ContainsFunc(r.AllActions(), func(a Action) bool { return a.Assignee == person }) ||
		slices.ContainsFunc(r.Involved, func(i Involvement) bool { return i.As == InvolvedAssignee && i.Person == person })
}

// InvolvedIn says how a person is involved in r, who does not review it then: "owns the record". It is
// "" for a person who is not involved.
func InvolvedIn(r Record, person string, at time.Time) string {
	return involvement(r, person, at).reviewer.String()
}

// An involvedAs says how a person is involved in a record: to others, as the end of a sentence
// about the reviewer, and to the person. Both are nil for one who is not involved.
type involvedAs struct{ reviewer, told *Message }

// involvement says how a person is involved in r, who may not review it then. A cancelled
// action involves its assignee too. What sums up the review, and what amends a record that
// was closed on it, involves its author only if it was written before the review, at.
func involvement(r Record, person string, at time.Time) involvedAs {
	switch {
	case r.Fields[FieldOwner] == person:
		return involvedAs{say("owns the record"), say("you own this record; ask someone else to review it")}
	case slices.ContainsFunc(r.AllActions(), func(a Action) bool { return a.Assignee == person }):
		return involvedAs{say("was given one of its actions"), say("you were given one of its actions; ask someone who did not work on it")}
	}
	for _, i := range r.Involved {
		if i.Person != person {
			continue
		}
		switch {
		case i.As == InvolvedOwner:
			return involvedAs{say("owned the record"), say("you owned this record; ask someone else to review it")}
		case i.As == InvolvedAssignee:
			return involvedAs{say("was given one of its actions"), say("you were given one of its actions; ask someone who did not work on it")}
		case !summing(i.Field) && (r.State != Closed || !i.Since.After(at)) || i.Since.Before(at):
			return involvedAs{say("wrote {{.Field}}", "Field", i.Field), say("you wrote {{.Field}} of this record; ask someone who did not work on it", "Field", i.Field)}
		}
	}
	return involvedAs{}
}
