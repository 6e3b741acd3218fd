package dst

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// teamwork are the acts of a team that carries out actions in a repository of its own, and
// of those who tick the boxes of action plans.
func teamwork() []act {
	return []act{
		{"file an action that names its record", 10, false, func(p *person) error { return p.fileAction(p.anyRecord()) }},
		{"file an action that names none", 2, false, func(p *person) error { return p.fileAction("") }},
		{"name the record of an action", 4, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error {
				return p.inAction(g, is, "Register record", p.anyRecord())
			})
		}},
		{"begin an action", 4, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error { return g.Label(is.Number, "in progress") })
		}},
		{"hand an action over", 4, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error {
				return g.Assign(is.Number, []string{"erik", "olga"}[p.r.IntN(2)])
			})
		}},
		{"set the date of an action", 4, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error {
				return p.inAction(g, is, "Due", fmt.Sprintf("2000-03-%02d", 1+p.r.IntN(28)))
			})
		}},
		{"give the evidence of an action", 5, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error {
				return p.inAction(g, is, "Evidence", "Seen in the drill, "+p.token()+".")
			})
		}},
		{"empty a section of an action", 2, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error {
				return p.inAction(g, is, []string{"Due", "Evidence"}[p.r.IntN(2)], "_No response_")
			})
		}},
		{"finish an action", 6, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error { return g.Close(is.Number, "completed") })
		}},
		{"drop an action", 3, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error {
				if err := p.inAction(g, is, "Why cancelled", "Not needed any more, "+p.token()+"."); err != nil {
					return err
				}
				return g.Close(is.Number, "not_planned")
			})
		}},
		{"take an action up again", 3, false, func(p *person) error {
			return p.onAction(func(g githubsim.Person, is githubsim.State) error { return g.Reopen(is.Number) })
		}},
		{"delete an action", 1, false, func(p *person) error {
			return p.onAction(func(_ githubsim.Person, is githubsim.State) error {
				return p.w.trackers.GitHub.As("admin").In(rehearsal.PlatformRepo).Delete(is.Number)
			})
		}},
		{"tick or clear a box of a plan in GitHub", 6, false, (*person).tickInGitHub},
		{"tick or clear a box of a plan in Jira", 6, false, (*person).tickInJira},
		{"add a line to a plan in GitHub", 4, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				s := sights(is.Body, known(p.w.LabelSets))[named(planHeading)]
				if !s.filled() {
					return errNothing
				}
				return p.plan(g, is, s.text+"\n- [ ] Check the feed, "+p.token()+" @olga due:2000-02-01")
			})
		}},
	}
}

// planHeading and planField are where action plans stand.
const planHeading, planField = "Corrective action plan", "Corrective action plan"

// plan replaces the action plan of an issue of GitHub.
func (p *person) plan(g githubsim.Person, is githubsim.State, text string) error {
	return g.Rewrite(is.Number, rewrite(is.Body, planHeading, text))
}

// toggled ticks the first box that is not ticked or, if all are, clears the first.
func toggled(text string) (string, bool) {
	switch {
	case strings.Contains(text, "[ ]"):
		return strings.Replace(text, "[ ]", "[x]", 1), true
	case strings.Contains(text, "[x]"):
		return strings.Replace(text, "[x]", "[ ]", 1), true
	}
	return text, false
}

func (p *person) tickInGitHub() error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		s := sights(is.Body, known(p.w.LabelSets))[named(planHeading)]
		text, ok := toggled(s.text)
		if !ok || !s.filled() {
			return errNothing
		}
		return p.plan(g, is, text)
	})
}

func (p *person) tickInJira() error {
	for _, is := range p.w.trackers.Jira.Snapshots() {
		if text, ok := toggled(is.Fields[planField]); ok {
			return p.w.trackers.Jira.Person("olga").Edit(is.Key, map[string]any{planField: text})
		}
	}
	return errNothing
}

// anyRecord names a record by one of its issues.
func (p *person) anyRecord() string {
	gh, ji := p.w.trackers.GitHub.Issues(), p.w.trackers.Jira.Snapshots()
	switch {
	case len(gh) > 0 && (len(ji) == 0 || p.r.IntN(2) == 0):
		return fmt.Sprintf("acme/isms#%d", gh[p.r.IntN(len(gh))].Number)
	case len(ji) > 0:
		return ji[p.r.IntN(len(ji))].Key
	}
	return ""
}

// fileAction files the issue of an action.
func (p *person) fileAction(record string) error {
	const none = "_No response_"
	if record == "" {
		record = none
	}
	body := "### Register record\n\n" + record + "\n\n### Due\n\n2000-02-15\n\n### Evidence\n\n" + none + "\n\n### Why cancelled\n\n" + none
	kind := []string{"action/corrective", "action/preventive"}[p.r.IntN(2)]
	_, err := p.team().Open("Work "+p.token(), body, "capa-action", kind)
	return err
}

func (p *person) team() githubsim.Person {
	return p.w.trackers.GitHub.As("erik").In(rehearsal.PlatformRepo)
}

// onAction does something to the issue of an action.
func (p *person) onAction(f func(githubsim.Person, githubsim.State) error) error {
	all := p.w.actionIssues()
	if len(all) == 0 {
		return errNothing
	}
	return f(p.team(), all[p.r.IntN(len(all))])
}

// inAction writes something under a heading of the issue of an action.
func (p *person) inAction(g githubsim.Person, is githubsim.State, heading, text string) error {
	if text == "" {
		return errNothing
	}
	return g.Rewrite(is.Number, rewrite(is.Body, heading, text))
}

// actionIssues are the issues of the team that are there.
func (w *world) actionIssues() []githubsim.State {
	if !w.Team {
		return nil
	}
	var out []githubsim.State
	for n := 1; ; n++ {
		is := w.trackers.GitHub.IssueIn(rehearsal.PlatformRepo, n)
		if is.Number == 0 {
			return out
		}
		if !is.Gone {
			out = append(out, is)
		}
	}
}

// ofTeam reports whether an issue is one of the team's repository, which is no place of a
// record and is never written to.
func ofTeam(issue string) bool { return strings.HasPrefix(issue, "acme/"+rehearsal.PlatformRepo+"#") }

// teamKey is what a person calls an issue of the team.
func teamKey(is githubsim.State) string {
	return fmt.Sprintf("acme/%s#%d", rehearsal.PlatformRepo, is.Number)
}

// What is judged of actions.
const (
	judgedAction      = "judged: an action is as its issue"
	judgedActionAside = "judged: an action that waits for its record"
)

// teamed is S21: each action of the register is what its issue says, and belongs to the
// record that the issue names; an issue that names none waits, and says so.
func (p *picture) teamed() {
	for _, c := range p.truth[github] {
		if ofTeam(c.Issue) && isBot(c.By) {
			p.violated("E7", "%s of %s is written although actions are only read", c.Field, c.Issue)
		}
	}
	of := map[string]store.Row{}
	for _, r := range p.rows {
		for _, k := range p.links[r.Record.ID] {
			if k.State == store.IssueBound {
				of[k.Ref.Key] = r
			}
		}
	}
	for _, is := range p.actionIssues() {
		key := teamKey(is)
		r, bound := p.actions[key]
		under := sights(is.Body, actionHeadings())
		parent, exists := of[under["register record"].text]
		switch {
		case bound && exists && parent.Record.ID != r.Record.ID && !parent.Record.State.Ended():
			p.violated("S21", "%s names %s, and is an action of %s", key, parent.Record.Ref, r.Record.Ref)
		case bound:
			p.counts[judgedAction]++
			p.asItsIssue(r, is, under)
		case p.aside(key):
			p.counts[judgedActionAside]++
			if exists && !parent.Record.State.Ended() {
				p.violated("S21", "%s names %s, and waits for a record", key, parent.Record.Ref)
			}
		default:
			p.violated("S21", "%s is no action of the register, and does not wait for its record", key)
		}
	}
}

// asItsIssue judges one action.
func (p *picture) asItsIssue(r store.Row, is githubsim.State, under map[string]sight) {
	i := slices.IndexFunc(r.Record.Actions, func(a register.Action) bool {
		return a.ID == fmt.Sprintf("%s:%d", rehearsal.PlatformBinding, is.ID)
	})
	if i < 0 {
		p.violated("S21", "%s belongs to %s, which has no such action", teamKey(is), r.Record.Ref)
		return
	}
	a := r.Record.Actions[i]
	want := register.Action{ID: a.ID, Kind: register.Corrective, Title: is.Title, State: register.ActionProposed, Due: under["due"].text, Evidence: under["evidence"].text, Done: a.Done}
	if slices.Contains(is.Labels, "action/preventive") {
		want.Kind = register.Preventive
	}
	switch {
	case is.State == "closed" && is.Reason == "not_planned":
		want.State, want.Reason = register.ActionCancelled, under["why cancelled"].text
	case is.State == "closed":
		want.State = register.ActionDone
	case slices.Contains(is.Labels, "in progress"):
		want.State = register.ActionInProgress
	}
	if len(is.Assignees) > 0 {
		want.Assignee = is.Assignees[0]
	}
	if got, want := fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", want); got != want {
		p.violated("S21", "%s: the action is %s, its issue %s says %s", r.Record.Ref, got, teamKey(is), want)
	}
}

// actionHeadings are those of the form of an action as sights compares them.
func actionHeadings() []string {
	return []string{"register record", "due", "evidence", "why cancelled"}
}
