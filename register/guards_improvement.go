package register

import "strings"

// adoptionRule is the id of the guard about the decision on an improvement.
const adoptionRule = "G43"

// improvements returns the guards of improvements (10.1), and the one about what drives them and
// the prevention of nonconformities (6.1.1).
func improvements() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G40", Requirement: "ci.improve", To: Analysis, Kinds: []Kind{PotentialNonconformity, Improvement}, Severity: Must, Evidence: true,
			Sentence: "It is said what drives it: a weakness, a best practice, a new technology, the internal or external context, a threat, a vulnerability or a business need",
		}, driven},
		{RuleInfo{
			ID: "G41", Requirement: "ci.improve", To: Planning, Kinds: []Kind{Improvement}, Severity: Must, Evidence: true,
			Sentence: "It is said what benefit the improvement is to bring",
		}, beneficial},
		{RuleInfo{
			ID: "G42", Requirement: "ci.improve", To: Planning, Kinds: []Kind{Improvement}, Severity: Must,
			Sentence: "A deferred improvement is not planned before it is decided anew",
		}, notDeferred},
		{RuleInfo{
			ID: adoptionRule, Requirement: "ci.improve", To: Implementing, Kinds: []Kind{Improvement}, Severity: Must,
			Sentence: "Somebody with the role has adopted the improvement, with a reason",
		}, adopted},
	}
}

// driven is G40.
func driven(r Record, _ Context) []Lack {
	var l lacks
	l.needEnum(r, FieldDriver)
	return l
}

// beneficial is G41.
func beneficial(r Record, _ Context) []Lack {
	var l lacks
	l.need(r, FieldBenefit)
	return l
}

// notDeferred is G42.
func notDeferred(r Record, ctx Context) []Lack {
	a, ok := LastAdoption(r)
	if !ok || a.Outcome != Deferred {
		return nil
	}
	return []Lack{{Field: FieldState, What: say("The improvement is deferred until {{.Date}}; deciding anew takes {{.Roles}}", "Date", dated(a.Until), "Roles", byRole(ctx.policy.roleNames(ActAdopt))), Remedy: adopting()}}
}

// adopted is G43.
func adopted(r Record, ctx Context) []Lack {
	a, ok := LastAdoption(r)
	switch {
	case ok && a.Outcome == Adopted:
		return nil
	case ok && a.Outcome == Deferred && ctx.policy.holds("G42", r):
		return nil // which says so
	}
	who := byRole(ctx.policy.roleNames(ActAdopt))
	what := say("Nobody has adopted the improvement yet; that takes {{.Roles}}", "Roles", who)
	if v, was := lastVoid(r, SubjectAdoption); was && !ok {
		what = say("The decision about the improvement counts no longer: {{.Why}}; that takes {{.Roles}} again", "Why", v.Voided(), "Roles", who)
	}
	return []Lack{{Field: FieldState, What: what, Remedy: adopting()}}
}

// adopting is the remedy of an improvement about which nobody has decided.
func adopting() Remedy {
	return Remedy{Kind: RemedyDecide, Subject: SubjectAdoption, Outcome: Adopted}
}

// kindWords is a kind as people read it: "potential nonconformity".
func kindWords(k Kind) string { return strings.ReplaceAll(string(k), "_", " ") }

// unreviewed says what a review is to find out: whether the actions worked, or whether the benefit
// of an improvement came about.
func unreviewed(r Record) *Message {
	if r.Kind() == Improvement {
		return say("Nobody has reviewed yet whether the benefit was realised")
	}
	return say("Nobody has reviewed yet whether it worked")
}
