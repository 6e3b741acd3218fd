package register

import (
	"cmp"
	"regexp"
	"slices"
)

// rigour returns the guards that only the rigour matrix, or a case of a rule, asks for.
func rigour() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G32", Requirement: "nc.effective", To: Closed, Kinds: workKinds(), Severity: Must,
			Sentence: "Where the rigour matrix asks for it, an ISMS manager who is neither the reviewer nor the owner has confirmed the review",
		}, reviewConfirmed},
		{RuleInfo{
			ID: "G33", Requirement: "nc.cause", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "Where the rigour matrix asks for it, the root cause asks why often enough, or links its diagram",
		}, whysAsked},
	}
}

// whysAsked is G33. The five whys stand a line each; another method shows its diagram.
func whysAsked(r Record, ctx Context) []Lack {
	text, most := r.Fields[FieldRootCause], cmp.Or(ctx.rigour.Whys, fewestWhys)
	n := whys(r)
	if empty(text) || n >= most || diagram.MatchString(text) { // G07 asks for a cause
		return nil
	}
	var l lacks
	what := about(FieldRootCause, "{{.Field}} links no diagram")
	switch {
	case n == 1:
		what = about(FieldRootCause, "{{.Field}} asks why once")
	case n > 1:
		what = about(FieldRootCause, "{{.Field}} asks why {{.N}} times", "N", n)
	}
	l.add(FieldRootCause, "{{.What}}; {{.N}} whys (five whys, a line each) or a link to the diagram are asked for ({{.Row}})", "What", what, "N", most, "Row", ctx.rigour.name())
	return l
}

// diagram matches a link or an embedded picture.
var diagram = regexp.MustCompile(`https?://|\]\([^)\s]+\)`)

// reviewConfirmed is G32.
func reviewConfirmed(r Record, ctx Context) []Lack {
	last, ok := lastReview(r)
	if !ok || last.Outcome != Effective || countersigned(r, ctx) {
		return nil // G16 asks for a review
	}
	review, found, confirmed := ctx.policy.confirmation(r, ctx)
	var l lacks
	switch {
	case confirmed:
	case found:
		confirm := anotherReview()
		confirm.By = []string{RoleISMSManager}
		l.note(FieldReviewer, say("The review of {{.Person}} waits for an ISMS manager, neither the reviewer nor the owner, who confirms it ({{.Row}})", "Person", ctx.called(review.By), "Row", ctx.rigour.name()), confirm)
	case ctx.rigour.Review == ReviewOwnerAndManager:
		l.note(FieldReviewer, say("Neither the owner nor a reviewer has found the actions effective ({{.Row}})", "Row", ctx.rigour.name()), anotherReview())
	}
	return l // G15 and G26 speak of the reviewer
}

// confirmation returns the review of the round that counts as one, and whether an ISMS manager
// confirmed it afterwards. It looks at what was found since the last review that did not find the
// actions effective.
func (p Policy) confirmation(r Record, ctx Context) (review Approval, found, confirmed bool) {
	all := counting(r, SubjectEffectiveness)
	last := 0
	for i, a := range all {
		if a.Outcome != Effective {
			last = i + 1
		}
	}
	all = all[last:]
	for i, a := range all {
		if !p.reviewsAlone(r, a, ctx) {
			continue
		}
		if !found {
			review, found = a, true
		}
		if slices.ContainsFunc(all[i+1:], func(b Approval) bool { return b.By != a.By && confirms(r, b.By, ctx) }) {
			return a, true, true
		}
	}
	return review, found, false
}

// reviewsAlone reports whether a review is one by itself, and no confirmation of another.
func (p Policy) reviewsAlone(r Record, a Approval, ctx Context) bool {
	switch {
	case !ctx.knows(a.By):
		return false
	case p.RigourFor(r).Review == ReviewOwnerAndManager:
		return r.Fields[FieldOwner] == a.By || reviews(r, a.By, ctx, p)
	default:
		return (!p.holds("G15", r) || involvement(r, a.By, a.At).reviewer == nil) && (!p.holds("G26", r) || reviews(r, a.By, ctx, p))
	}
}

// confirms reports whether a person may confirm the review that another person made.
func confirms(r Record, person string, ctx Context) bool {
	return ctx.knows(person) && !auditor(person, ctx) && slices.Contains(ctx.People[person].Roles, RoleISMSManager) && !owned(r, person)
}

// judgedReview returns the review that is judged for its reviewer: the latest one, or the one that
// the latest confirms.
func judgedReview(r Record, ctx Context, p Policy) (Approval, bool) {
	if p.asksRule("G32", r) != "" {
		if a, found, _ := p.confirmation(r, ctx); found {
			return a, true
		}
	}
	return lastReview(r)
}

// refuseConfirmation judges a person in whose hands a review lies because the rigour matrix asks for
// two: it is true for one who may confirm, or may be the first where the owner reviews.
func (w *decision) refuseConfirmation(a Approval) (Refusal, bool) {
	if w.p.asksRule("G32", w.r) == "" {
		return Refusal{}, false
	}
	review, found, _ := w.p.confirmation(w.r, w.ctx)
	alone := w.p.reviewsAlone(w.r, a, w.ctx)
	switch {
	case found && review.By != a.By && confirms(w.r, a.By, w.ctx):
		return Refusal{}, true
	case alone:
		return Refusal{}, false
	case !found && confirms(w.r, a.By, w.ctx):
		return Refusal{
			Rule: "G32", What: "the review comes before its confirmation",
			Told: say("the review comes first, by somebody who was not involved; confirm it afterwards with the same command"),
		}, false
	case w.p.RigourFor(w.r).Review == ReviewOwnerAndManager:
		return Refusal{
			Rule: "G32", What: w.ctx.called(a.By) + " is neither the owner nor a reviewer",
			Told: say("the owner of this record or {{.Roles}} reviews it, and an ISMS manager confirms that", "Roles", byRole(w.p.roleNames(ActReview))),
		}, false
	default:
		return Refusal{}, false
	}
}
