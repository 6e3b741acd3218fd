package dst

import (
	"fmt"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/register"
)

// manager is who decides: she has the role of the ISMS manager in the register. Nobody else
// in a simulation has it.
const manager = "irene"

// decisions are the acts of the manager: she triages, approves plans, decides about values,
// rejects and reopens, by command in either tracker and by transitions in Jira. Between
// them she sees records through, so that some are closed.
func decisions() []act {
	out := []act{
		{"see a record through in GitHub", 90, false, (*person).seeThrough},
		{"see a record through in Jira", 40, false, (*person).seeThroughInJira},
		{"take a report into the register in Jira", 5, false, func(p *person) error { return p.move("Accept into register") }},
		{"reopen a record by a transition", 3, false, func(p *person) error { return p.move("Reopen") }},
		{"approve a plan by a transition", 4, false, func(p *person) error { return p.move("Approve plan") }},
	}
	for _, l := range verdicts() {
		out = append(out, act{l.kind, 4, false, func(p *person) error { return p.remark(l) }})
	}
	return out
}

// verdicts are the commands of the manager.
func verdicts() []remark {
	value := func(verb string, f register.Field, value string) remark {
		return remark{
			kind: "decide " + verb + " " + value, by: manager, verb: verb, field: f, value: strings.TrimPrefix(value, "@"),
			text: "/capa " + verb + " " + value + " because it was looked into, TOKEN",
		}
	}
	return []remark{
		{kind: "triage", by: manager, text: "/capa triage looked at with its owner, TOKEN", verb: "triage"},
		{kind: "approve a plan", by: manager, text: "/capa approve-plan cause and plan fit, TOKEN", verb: "approve-plan"},
		value("grade", register.FieldGrade, "minor"),
		value("grade", register.FieldGrade, "major"),
		value("risk", register.FieldRisk, "low"),
		value("risk", register.FieldRisk, "critical"),
		value("owner", register.FieldOwner, "@erik"),
		value("owner", register.FieldOwner, "@olga"),
		{kind: "decide against a proposed grade", by: manager, text: "/capa keep grade because the triage stands, TOKEN", verb: "keep"},
		{kind: "decide against a proposed cause", by: manager, text: "/capa keep root-cause because the review was about it, TOKEN", verb: "keep"},
		{kind: "take in an amended cause", by: manager, text: "/capa amend root-cause because it is said more clearly, TOKEN", verb: "amend", field: register.FieldRootCause},
		{kind: "take in amended consequences", by: manager, text: "/capa amend consequences because a letter came later, TOKEN", verb: "amend", field: register.FieldConsequences},
		{kind: "decide against a reopening", by: manager, text: "/capa keep state because it was another account, TOKEN", verb: "keep"},
		{kind: "reject a record", by: manager, text: "/capa reject it is no case of ours, TOKEN", verb: "reject"},
		{kind: "reopen a record", by: manager, text: "/capa reopen it has come up again, TOKEN", verb: "reopen"},
	}
}

// The steps in which a record is seen through: what its end takes, and the review, for which
// conformd has to have seen the first.
const throughSteps = 2

// seeThrough does the next step with one issue of GitHub: a form that is complete, triage,
// approval and closing; then the review. What others do in between may undo it.
func (p *person) seeThrough() error {
	all := p.w.trackers.GitHub.Issues()
	if len(all) == 0 {
		return errNothing
	}
	step := p.next(github)
	is := all[step/throughSteps%len(all)]
	if step%throughSteps > 0 {
		return p.reviewed(is)
	}
	if err := p.complete(is); err != nil {
		return err
	}
	for _, l := range verdicts()[:2] {
		if err := p.remarkInGitHub(l, is); err != nil {
			return err
		}
	}
	return p.w.trackers.GitHub.As("erik").Close(is.Number, "completed")
}

// next counts the steps that were done in a tracker.
func (p *person) next(side string) int {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	n := p.w.through[side]
	p.w.through[side]++
	return n
}

// complete has an engineer fill the form of an issue of GitHub in.
func (p *person) complete(is githubsim.State) error {
	t := p.token()
	body := rewrite(form(t), "Root cause", "Because "+t+" was seen.")
	if i := strings.Index(is.Body, "<!-- conformd"); i >= 0 {
		body += "\n\n" + is.Body[i:]
	}
	labels := []string{"capa", "grade/minor", "risk/high"}
	if p.w.LabelSets {
		labels = append(labels, "a.5.18") // the requirement
	}
	err := p.w.trackers.GitHub.As("erik").Edit(is.Number, githubsim.Edit{Body: &body, Labels: labels, Assignees: []string{"erik"}, State: "open"})
	if err == nil {
		p.wrote(github, fmt.Sprintf("acme/isms#%d", is.Number), "body", "Root cause", t)
	}
	return err
}

// reviewed has somebody independent review an issue of GitHub.
func (p *person) reviewed(is githubsim.State) error {
	_, err := p.w.trackers.GitHub.As("rita").Comment(is.Number, "/capa effective compared four exports, "+p.token())
	if err == nil {
		p.wrote("command", fmt.Sprintf("acme/isms#%d", is.Number), "comment", "effective", p.token())
	}
	return err
}

// seeThroughInJira does the same with an issue of Jira, by the way of its workflow.
func (p *person) seeThroughInJira() error {
	all := p.w.trackers.Jira.Snapshots()
	if len(all) == 0 {
		return errNothing
	}
	step := p.next(jira)
	is := all[step/throughSteps%len(all)]
	olga := p.w.trackers.Jira.Person("olga")
	if step%throughSteps > 0 {
		err := p.w.trackers.Jira.Person("rita").Move(is.Key, "Confirm effective", map[string]any{"Closing summary": "Done by the feed."})
		if err == nil && step/throughSteps%2 > 0 {
			err = p.rewriteTwin(is)
		}
		return err
	}
	if err := p.completeInJira(olga, is); err != nil {
		return err
	}
	for _, l := range verdicts()[:2] {
		if err := p.remarkInJira(l, is); err != nil {
			return err
		}
	}
	for _, way := range []string{"Accept into register", "Plan actions", "Submit plan", "Approve plan", "Request closure"} {
		by := olga
		if way == "Approve plan" {
			by = p.w.trackers.Jira.Person(manager)
		}
		_ = by.Move(is.Key, way, nil) // those that lead from where the issue is
	}
	return nil
}

// rewriteTwin has an engineer rewrite in GitHub what was reviewed in Jira a moment ago.
// conformd may read it there before it reads the review.
func (p *person) rewriteTwin(is jirasim.Snapshot) error {
	for _, twin := range p.w.trackers.GitHub.Issues() {
		if twin.Title == is.Fields["summary"] {
			return p.section(p.w.trackers.GitHub.As("erik"), twin, "Containment and correction")
		}
	}
	return nil
}

// completeInJira fills an issue of Jira in.
func (p *person) completeInJira(by *jirasim.Person, is jirasim.Snapshot) error {
	t := p.token()
	var requirement any = "A.5.18"
	if p.w.LabelSets {
		requirement = []string{"A.5.18"}
	}
	err := by.Edit(is.Key, map[string]any{
		"description": "Accounts stay enabled, " + t + ".", "assignee": "olga", "NC grade": "Minor", "priority": "High", "Requirement not met": requirement,
		"Date identified": "1999-12-01", "Where": "Offboarding", "Objective evidence": "Export compared, " + t + ".", "Consequences": "None found.", "Containment": "Disabled the same day.",
		"Root cause": "Because " + t + " was seen.", "Cause category": "Process", "Similar review": "None found.",
		"Corrective action plan": "- [x] Feed leavers ahead @olga due:2000-01-05 evidence:https://acme.example/1",
		"Effectiveness criteria": "No case in four weeks.", "Effectiveness due": "1999-12-30", "Effectiveness reviewer": "rita",
		"Change to the ISMS": "None needed.", "Closing summary": "Done by the feed.",
	})
	if err == nil {
		for _, f := range []string{"Root cause", "Objective evidence"} {
			p.wrote(jira, is.ID, f, f, t)
		}
	}
	return err
}

// move has the manager make a transition of an issue of Jira.
func (p *person) move(way string) error {
	all := p.w.trackers.Jira.Snapshots()
	if len(all) == 0 {
		return errNothing
	}
	is := all[p.r.IntN(len(all))]
	if !strings.HasPrefix(is.Key, rehearsal.Project+"-") {
		return errNothing
	}
	return p.w.trackers.Jira.Person(manager).Move(is.Key, way, nil)
}

// decisionKinds lists the kinds of decisions.
func decisionKinds() []string {
	var out []string
	for _, a := range decisions() {
		out = append(out, a.kind)
	}
	return out
}
