package register

import (
	"fmt"
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
			ID: "G11", Requirement: "nc.similar", To: Implementing, Kinds: []Kind{Nonconformity}, Grades: []Grade{Major}, Severity: Must, Evidence: true,
			Sentence: "For a major, it is found out before work starts whether similar ones exist or could occur",
		}, similar},
		{RuleInfo{
			ID: "G25", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must,
			Sentence: "Somebody with the role has approved the plan as it is now: cause, actions, criteria and reviewer",
		}, planApproved},
		{RuleInfo{
			ID: "G13", Requirement: "nc.similar", To: Verifying, Kinds: causeKinds(), Severity: Must, Evidence: true,
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
			l.add(FieldActionPlan, name+" has no assignee")
		case !ctx.knows(a.Assignee):
			l.note(FieldActionPlan, name+" is assigned to "+ctx.called(a.Assignee)+", who is not in the register's list of people", Remedy{Kind: RemedyPerson})
		}
		if a.Due == "" {
			l.add(FieldActionPlan, name+" has no due date")
		} else if _, ok := date(a.Due); !ok {
			l.add(FieldActionPlan, name+" is due "+quote(a.Due)+", which is not a date like 2026-09-30")
		}
		switch a.Kind {
		case Corrective, Preventive, ImprovementAction:
		case "":
			l.add(FieldActionPlan, name+" has no kind")
		default:
			l.add(FieldActionPlan, name+" is of the kind "+quote(string(a.Kind))+"; it is corrective, preventive or improvement")
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
		l.add(FieldSimilarity, label(FieldSimilarity)+" says nothing; write where you looked and what you found")
		return l
	}
	l.need(r, FieldSimilarity)
	return l
}

// planApproved is G25.
func planApproved(r Record, ctx Context) []Lack {
	if approved(r) {
		return nil
	}
	who := ctx.policy.roleNames(ActApprovePlan)
	what := "Nobody has approved the plan yet; that takes " + who
	if a, ok := lastVoid(r, SubjectPlan); ok {
		what = "The approval of the plan counts no longer: " + a.Void + "; that takes " + who + " again"
	}
	return []Lack{{Field: FieldActionPlan, What: what, Remedy: Remedy{Kind: RemedyDecide, Subject: SubjectPlan, Outcome: Approved}}}
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
				l.add(FieldActionPlan, name+" is done and has no evidence")
			}
		case ActionCancelled:
			if !stated(a.Reason) {
				l.add(FieldActionPlan, name+" is cancelled without a reason")
			}
		default:
			l.add(FieldActionPlan, name+" is not done")
		}
	}
	return l
}

// actionName is how people are told about an action: by number from 1 and title.
func actionName(i int, a Action) string {
	return fmt.Sprintf("Action %d %s", i+1, quote(a.Title))
}
