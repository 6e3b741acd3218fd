package register

import (
	"slices"
)

// plan returns the guards of the plan and of carrying it out.
func plan() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G09", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "Every action has somebody who does it, a due date and a kind",
		}, actionsPlanned},
		{RuleInfo{
			ID: "G10", Requirement: "nc.effective", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "Before work starts it is settled how, by whom and when its effect is reviewed",
		}, reviewPlanned},
		{RuleInfo{
			ID: "G11", Requirement: "nc.similar", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true, Revision: 1,
			Sentence: "Where the rigour matrix asks for it, it is found out before work starts whether similar ones exist or could occur",
		}, similar},
		{RuleInfo{
			ID: "G25", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must,
			Sentence: "Somebody with the role has approved the plan as it is now: cause, actions, criteria and reviewer",
		}, planApproved},
		{RuleInfo{
			ID: "G13", Requirement: "nc.similar", To: Verifying, Kinds: workKinds(), Severity: Must, Evidence: true, Revision: 1,
			Sentence: "It is found out whether similar ones exist or could occur",
		}, similar},
		{RuleInfo{
			ID: "G27", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Should,
			Sentence: "An action of an approved plan is cancelled with a reason, and not taken out",
		}, removed},
		{RuleInfo{
			ID: "G12", Requirement: "nc.action", To: Verifying, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "Every action is done, with evidence, or cancelled, with a reason",
		}, actionsDone},
	}
}

// actionsPlanned is G09.
func actionsPlanned(r Record, ctx Context) []Lack {
	var l lacks
	for i, a := range r.AllActions() {
		if a.State == ActionCancelled {
			continue
		}
		name := actionName(i, a)
		switch {
		case a.Assignee == "":
			l.add(FieldActionPlan, "{{.Action}} has no assignee", "Action", name)
		case !ctx.knows(a.Assignee):
			l.note(FieldActionPlan, say("{{.Action}} is assigned to {{.Person}}, who is not in the register's list of people", "Action", name, "Person", ctx.called(a.Assignee)), Remedy{Kind: RemedyPerson})
		}
		if a.Due == "" {
			l.add(FieldActionPlan, "{{.Action}} has no due date", "Action", name)
		} else if _, ok := date(a.Due); !ok {
			l.add(FieldActionPlan, "{{.Action}} is due {{.Value}}, which is not a date like 2026-09-30", "Action", name, "Value", quoted(a.Due))
		}
		switch a.Kind {
		case Corrective, Preventive, ImprovementAction:
		case "":
			l.add(FieldActionPlan, "{{.Action}} has no kind", "Action", name)
		default:
			l.add(FieldActionPlan, "{{.Action}} is of the kind {{.Value}}; it is corrective, preventive or improvement", "Action", name, "Value", quoted(string(a.Kind)))
		}
	}
	return l
}

// reviewPlanned is G10.
func reviewPlanned(r Record, ctx Context) []Lack {
	var l lacks
	l.need(r, FieldCriteria)
	l.needPerson(r, FieldReviewer, ctx)
	l.needDate(r, FieldReviewDue)
	return l
}

// similar is G11 and G13.
func similar(r Record, _ Context) []Lack {
	var l lacks
	v := r.Fields[FieldSimilarity]
	if !empty(v) && !stated(v) {
		l.add(FieldSimilarity, "{{.Field}} says nothing; write where you looked and what you found")
		return l
	}
	l.need(r, FieldSimilarity)
	if owes := r.Similarity().unanswered(r); owes != nil {
		l.note(FieldSimilarity, owes, Remedy{})
	}
	return l
}

// planApproved is G25.
func planApproved(r Record, ctx Context) []Lack {
	if approved(r) {
		return nil
	}
	who := byRole(ctx.policy.WhoOn(r, ActApprovePlan))
	what := say("Nobody has approved the plan yet; that takes {{.Roles}}", "Roles", who)
	if a, ok := lastVoid(r, SubjectPlan); ok {
		what = say("The approval of the plan counts no longer: {{.Why}}; that takes {{.Roles}} again", "Why", a.Voided(), "Roles", who)
	}
	return []Lack{{Field: FieldActionPlan, What: what, Remedy: Remedy{Kind: RemedyDecide, Subject: SubjectPlan, Outcome: Approved, By: ctx.rigour.PlanApproval}}}
}

// approved reports whether the latest word on the plan, in this round, approves it.
func approved(r Record) bool {
	all := counting(r, SubjectPlan)
	return len(all) > 0 && all[len(all)-1].Outcome == Approved
}

// lastVoid returns the latest decision of the current round that counts no longer.
func lastVoid(r Record, about Subject) (Approval, bool) {
	for _, a := range slices.Backward(r.Approvals) {
		if a.Subject == about && a.Void != "" && a.Round == r.Round {
			return a, true
		}
	}
	return Approval{}, false
}

// actionsDone is G12.
func actionsDone(r Record, _ Context) []Lack {
	var l lacks
	for i, a := range r.AllActions() {
		name := actionName(i, a)
		switch a.State {
		case ActionDone:
			if !stated(a.Evidence) {
				l.add(FieldActionPlan, "{{.Action}} is done and has no evidence", "Action", name)
			}
		case ActionCancelled:
			if !stated(a.Reason) {
				l.add(FieldActionPlan, "{{.Action}} is cancelled without a reason", "Action", name)
			}
		default:
			l.add(FieldActionPlan, "{{.Action}} is not done", "Action", name)
		}
	}
	return l
}

// actionName is how people are told about an action: by number from 1 and title.
func actionName(i int, a Action) *Message {
	return say("Action {{.Number}} {{.Title}}", "Number", i+1, "Title", quoted(a.Title))
}
