package register

import (
	"cmp"
	"slices"
	"time"
)

// A SmallOrgUse is one use of what a policy allows to a small organisation: a minor was closed
// on the review of a person who was involved in it or has no role for it, and top management
// countersigned that. Each use is named in the fact that closes the record, and counted.
type SmallOrgUse struct {
	Reviewer string `json:"reviewer"`
	Was      string `json:"was"` // "owns the record", "does not have the role of a reviewer"
	// By countersigned it, with the written reason why nobody independent reviewed it.
	By     string    `json:"countersigned_by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"` // of the closing
}

// countersignature returns the review and its countersignature by top management: two people
// found the actions effective since the last other finding, one of them of top management,
// whose words are not those of the reviewer. It is false where there is none, and in an
// organisation that is not small.
func countersignature(r Record, ctx Context) (review, by Approval, ok bool) {
	if !mayCountersign(r, ctx) {
		return review, by, false
	}
	var found []Approval
	for _, a := range slices.Backward(counting(r, SubjectEffectiveness)) {
		if a.Outcome != Effective {
			break
		}
		if ctx.knows(a.By) {
			found = append(found, a)
		}
	}
	for _, by := range found {
		if !slices.Contains(ctx.People[by.By].Roles, RoleTop) || unsaid(by.Reason) != nil {
			continue
		}
		for _, review := range found {
			if review.By != by.By && normal(review.Reason) != normal(by.Reason) {
				return review, by, true
			}
		}
	}
	return review, by, false
}

// smallOrgUse returns the use that closing r makes of the rules for a small organisation. It is
// false where a reviewer with the role, who was never involved, has reviewed it.
func smallOrgUse(r Record, ctx Context, p Policy) (SmallOrgUse, bool) {
	review, by, ok := countersignature(r, ctx)
	last, reviewed := judgedReview(r, ctx, p)
	if !ok || !reviewed {
		return SmallOrgUse{}, false
	}
	if involvement(r, last.By, last.At).reviewer == nil && reviews(r, last.By, ctx, p) {
		return SmallOrgUse{}, false
	}
	was := cmp.Or(involvement(r, review.By, review.At).reviewer.String(), "does not have the role of a reviewer")
	return SmallOrgUse{Reviewer: review.By, Was: was, By: by.By, Reason: by.Reason, At: ctx.At}, true
}

// Words says what the use is, for the log: "closed with a reviewer who owns the record (ana),
// countersigned by dee".
func (u SmallOrgUse) Words() string {
	return "closed with a reviewer who " + u.Was + " (" + u.Reviewer + "), countersigned by " + u.By
}

// countersignedNote says in a small organisation what takes the lack of an independent reviewer
// away.
func noted(what *Message, r Record, ctx Context) *Message {
	if !mayCountersign(r, ctx) {
		return what
	}
	return say("{{.What}}; top management may countersign with `/capa effective` and say, in words of its own, why nobody independent reviewed it", "What", what)
}
