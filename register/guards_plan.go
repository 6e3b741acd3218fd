package register

import "fmt"

// plan returns the guards of the plan and of carrying it out.
func plan() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G09", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must,
			Sentence: "Every action has somebody who does it, a due date and a kind",
		}, actionsPlanned},
		{RuleInfo{
			ID: "G10", Requirement: "nc.effective", To: Implementing, Kinds: workKinds(), Severity: Must,
			Sentence: "Before work starts it is settled how, by whom and when its effect is reviewed",
		}, reviewPlanned},
		{RuleInfo{
			ID: "G12", Requirement: "nc.action", To: Verifying, Kinds: workKinds(), Severity: Must,
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
