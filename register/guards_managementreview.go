package register

import "slices"

// ReviewInputs are the fields of the inputs of a management review in the order of the standard: a, b,
// c, d in four parts, e, f and g (9.3.2).
func ReviewInputs() []Field {
	return []Field{FieldInputA, FieldInputB, FieldInputC, FieldInputD1, FieldInputD2, FieldInputD3, FieldInputD4, FieldInputE, FieldInputF, FieldInputG}
}

// Judgements are the fields of the three things that top management judges (9.3.1).
func Judgements() []Field { return []Field{FieldSuitability, FieldAdequacy, FieldEffective} }

// NothingToReport is the input of a management review about which there is nothing to say. A person says so.
const NothingToReport = "nothing to report"

// Nothing reports whether an input says that there is nothing to report, in English or German.
func Nothing(input string) bool {
	v := normal(input)
	return v == NothingToReport || v == "nichts zu berichten"
}

// managementReviews returns the guards of management reviews (9.3).
func managementReviews() []Rule {
	about := []Kind{ManagementReview}
	return []Rule{
		{RuleInfo{
			ID: "G54", Requirement: "mr.result", To: Analysis, Kinds: about, Severity: Must,
			Sentence: "A management review has a period, a planned day and somebody who prepares it",
		}, periodPlanned},
		{RuleInfo{
			ID: inputsRule, Requirement: "mr.trends.1", To: Closed, Kinds: about, Severity: Must,
			Sentence: "Every input of a management review is supplied, or a person in the register says that there is nothing to report",
		}, inputsGiven},
		{RuleInfo{
			ID: "G59", Requirement: "mr.result", To: Closed, Kinds: about, Severity: Must,
			Sentence: "Top management judges suitability, adequacy and effectiveness of the ISMS, each in words of its own",
		}, judgedApart},
		{RuleInfo{
			ID: "G60", Requirement: "mr.result", To: Closed, Kinds: about, Severity: Must,
			Sentence: "Each decision of a management review has somebody who carries it out and a day; a review without decisions says why",
		}, decisionsTaken},
		{RuleInfo{
			ID: "G61", Requirement: "mr.result", To: Closed, Kinds: about, Severity: Must,
			Sentence: "A management review was held, names who attended, and had the figures of its period before it",
		}, reviewHeld},
		{RuleInfo{
			ID: signedRule, Requirement: "mr.result", To: Closed, Kinds: about, Severity: Must,
			Sentence: "Top management has signed the management review as it is",
		}, signed},
	}
}

// periodPlanned is G54.
func periodPlanned(r Record, ctx Context) []Lack {
	var l lacks
	l.named(r, ctx)
	l.needDate(r, FieldPlannedFor)
	if v := r.Fields[FieldPeriod]; empty(v) {
		l.missing(FieldPeriod)
	} else if _, err := ParsePeriod(v); err != nil {
		l.add(FieldPeriod, "{{.Field}} {{.Value}} is no period; write it like 2026-H2 or 2026", "Value", quoted(v))
	}
	return l
}

// inputsGiven is G58.
func inputsGiven(r Record, ctx Context) []Lack {
	var l lacks
	for _, f := range ReviewInputs() {
		v := r.Fields[f]
		switch by, known := SuppliedBy(r, f); {
		case empty(v):
			l.note(f, about(f, `{{.Field}} is blank; write what there is, or "nothing to report"`), Remedy{})
		case !Nothing(v) && unsaid(v) != nil:
			l.add(f, "{{.Field}} {{.What}}", "What", unsaid(v))
		case known && !ctx.knows(by):
			l.note(f, about(f, "{{.Person}} supplied {{.Field}} and is not in the register's list of people", "Person", ctx.called(by)), Remedy{Kind: RemedyPerson})
		case !known:
			l.add(f, "Nobody known supplied {{.Field}}; somebody in the register's list of people gives it again")
		}
	}
	return l
}

// SuppliedBy returns who last supplied an input or a judgement of a management review. It is false where
// nobody is known.
func SuppliedBy(r Record, f Field) (person string, known bool) {
	for _, i := range slices.Backward(r.Involved) {
		if i.As == InvolvedAuthor && i.Field == f {
			return i.Person, i.Person != ""
		}
	}
	return "", false
}

// judgedApart is G59.
func judgedApart(r Record, _ Context) []Lack {
	var l lacks
	seen := map[string]Field{}
	for _, f := range Judgements() {
		l.needSaid(r, f)
		v := normal(r.Fields[f])
		if v == "" {
			continue
		}
		if first, again := seen[v]; again {
			l.add(f, `{{.Field}} is the same as "{{.Other}}"; judge each apart`, "Other", first)
		}
		seen[v] = f
	}
	return l
}

// decisionsTaken is G60.
func decisionsTaken(r Record, ctx Context) []Lack {
	var l lacks
	actions := r.AllActions()
	if len(actions) == 0 && unsaid(r.Fields[FieldNoAction]) != nil {
		l.note(FieldActionPlan, say("No decision could be read. One line each: `- [ ] what @who due:2026-12-31 kind:isms_change` (improvement, isms_change or resource); a review without decisions says why"), Remedy{})
	}
	for _, a := range actions {
		if a.State == ActionCancelled {
			continue
		}
		if !ctx.knows(a.Assignee) {
			l.note(FieldActionPlan, say("The decision {{.Title}} names nobody in the register's list of people who carries it out", "Title", quoted(a.Title)), Remedy{})
		}
		if !isDate(a.Due) {
			l.note(FieldActionPlan, say("The decision {{.Title}} has no day by which it is carried out", "Title", quoted(a.Title)), Remedy{})
		}
		if !slices.Contains([]ActionKind{ImprovementAction, ChangeAction, ResourceAction}, a.Kind) {
			l.note(FieldActionPlan, say("The decision {{.Title}} does not say what it is: kind:improvement, kind:isms_change or kind:resource", "Title", quoted(a.Title)), Remedy{})
		}
	}
	return l
}

// reviewHeld is G61.
func reviewHeld(r Record, ctx Context) []Lack {
	var l lacks
	l.needDate(r, FieldHeldOn)
	if d, ok := date(r.Fields[FieldHeldOn]); ok && ctx.before(d.AddDate(0, 0, -1)) {
		l.add(FieldHeldOn, "{{.Field}} is in the future")
	}
	l.needMembers(r, FieldAttendees)
	if len(r.Figures) == 0 {
		l.note("", say("The figures of the period are not frozen yet; `conformd review freeze` does that"), Remedy{})
	}
	return l
}

// signed is G62.
func signed(r Record, ctx Context) []Lack {
	if len(counting(r, SubjectSigning)) > 0 {
		return nil
	}
	who := byRole(ctx.policy.roleNames(ActSign))
	what := say("Not signed yet; that takes {{.Roles}}", "Roles", who)
	if v, was := lastVoid(r, SubjectSigning); was {
		what = say("The signature counts no longer: {{.Why}}; that takes {{.Roles}} again", "Why", v.Voided(), "Roles", who)
	}
	return []Lack{{Field: FieldState, What: what, Remedy: Remedy{Kind: RemedyDecide, Subject: SubjectSigning, Outcome: Approved}}}
}
