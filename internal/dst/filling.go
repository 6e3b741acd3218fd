package dst

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// fillings are the acts of somebody who fills in what a form asks for besides texts:
// requirements, people, dates, and a whole description at once.
func fillings() []act {
	return []act{
		{"add a requirement in GitHub", 5, false, (*person).requireInGitHub},
		{"take a requirement out in GitHub", 3, false, (*person).waiveInGitHub},
		{"add a requirement in Jira", 5, false, (*person).requireInJira},
		{"take a requirement out in Jira", 3, false, (*person).waiveInJira},
		{"assign a second person in GitHub", 4, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				who := []string{"erik", "olga", "rita", "irene"}[p.r.IntN(4)]
				if len(is.Assignees) == 0 || slices.Contains(is.Assignees, who) {
					return errNothing
				}
				return g.Assign(is.Number, append(is.Assignees, who)...)
			})
		}},
		{"take one of several assignees off in GitHub", 3, false, func(p *person) error {
			for _, is := range p.w.trackers.GitHub.Issues() {
				if n := len(is.Assignees); n > 1 {
					i := p.r.IntN(n)
					return p.w.trackers.GitHub.As("irene").Assign(is.Number, slices.Delete(slices.Clone(is.Assignees), i, i+1)...)
				}
			}
			return errNothing
		}},
		{"take all assignees off in GitHub", 2, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				if len(is.Assignees) == 0 {
					return errNothing
				}
				return g.Assign(is.Number)
			})
		}},
		{"name a reviewer in Jira", 4, false, func(p *person) error {
			return p.inJira(map[string]any{"Effectiveness reviewer": []string{"rita", "irene"}[p.r.IntN(2)]})
		}},
		{"set a review date in GitHub", 3, false, func(p *person) error {
			return p.under("Effectiveness review date", fmt.Sprintf("2000-01-%02d", 1+p.r.IntN(28)))
		}},
		{"set a review date in Jira", 3, false, func(p *person) error {
			return p.inJira(map[string]any{"Effectiveness due": fmt.Sprintf("2000-02-%02d", 1+p.r.IntN(28))})
		}},
		{"empty a date in GitHub", 2, false, func(p *person) error {
			return p.under([]string{"Date identified", "Effectiveness review date"}[p.r.IntN(2)], "_No response_")
		}},
		{"empty a date in Jira", 2, false, func(p *person) error {
			return p.inJira(map[string]any{[]string{"Date identified", "Effectiveness due", "duedate"}[p.r.IntN(3)]: nil})
		}},
		{"replace a description by a form filled in anew", 4, false, (*person).refill},
		{"rewrite the description in Jira", 3, false, (*person).describe},
	}
}

// requirement returns the name of one that nobody else writes. Labels of Jira hold no
// spaces.
func (p *person) requirement() string { return "policy-" + p.token() }

// requireInGitHub adds a requirement to those that stand under the heading or, where labels
// hold them, a label.
func (p *person) requireInGitHub() error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		next := p.requirement()
		key := fmt.Sprintf("acme/isms#%d", is.Number)
		if p.w.LabelSets {
			err := g.Label(is.Number, next)
			if err == nil {
				p.wrote(github, key, "label", "requirements", next)
			}
			return err
		}
		all, ok := p.requirements(is.Body)
		if !ok {
			return errNothing
		}
		err := g.Rewrite(is.Number, rewrite(is.Body, requirementHeading, strings.Join(append(all, next), "\n")))
		if err == nil {
			p.wrote(github, key, "body", requirementHeading, next)
		}
		return err
	})
}

// waiveInGitHub takes a requirement out.
func (p *person) waiveInGitHub() error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		if p.w.LabelSets {
			theirs := slices.DeleteFunc(slices.Clone(is.Labels), notTheirs)
			if len(theirs) == 0 {
				return errNothing
			}
			return g.Unlabel(is.Number, theirs[p.r.IntN(len(theirs))])
		}
		all, ok := p.requirements(is.Body)
		if !ok || len(all) == 0 {
			return errNothing
		}
		i := p.r.IntN(len(all))
		if all = slices.Delete(all, i, i+1); len(all) == 0 {
			all = []string{"_No response_"}
		}
		return g.Rewrite(is.Number, rewrite(is.Body, requirementHeading, strings.Join(all, "\n")))
	})
}

// requirementHeading and requirementField are where requirements stand.
const requirementHeading, requirementField = "Requirement not met", "Requirement not met"

// requirements returns those under the heading of a description; ok is false if it cannot
// be read once.
func (p *person) requirements(body string) (all []string, ok bool) {
	s := sights(body, known(p.w.LabelSets))[named(requirementHeading)]
	if s.seen != clear {
		return nil, false
	}
	return lines(s.text), true
}

// lines are those of a text that say something.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// requireInJira adds a requirement to an issue.
func (p *person) requireInJira() error {
	next := p.requirement()
	is, err := p.changeRequirements(func(all []string) []string { return append(all, next) })
	if err == nil {
		p.wrote(jira, is.ID, requirementField, requirementField, next)
	}
	return err
}

// waiveInJira takes a requirement out.
func (p *person) waiveInJira() error {
	_, err := p.changeRequirements(func(all []string) []string {
		if len(all) == 0 {
			return nil
		}
		i := p.r.IntN(len(all))
		return slices.Delete(all, i, i+1)
	})
	return err
}

// changeRequirements changes those of an issue of Jira; nil leaves them.
func (p *person) changeRequirements(f func([]string) []string) (jirasim.Snapshot, error) {
	issues := p.w.trackers.Jira.Snapshots()
	if len(issues) == 0 {
		return jirasim.Snapshot{}, errNothing
	}
	is := issues[p.r.IntN(len(issues))]
	text := is.Fields[requirementField]
	if p.w.LabelSets {
		text = strings.Join(strings.Fields(text), "\n")
	}
	next := f(lines(text))
	if next == nil {
		return is, errNothing
	}
	var value any = next
	if !p.w.LabelSets {
		value = strings.Join(next, "\n")
	}
	return is, p.w.trackers.Jira.Person("irene").Edit(is.Key, map[string]any{requirementField: value})
}

// refill replaces a whole description by a form that is filled in anew. The last lines,
// which conformd wrote, stay.
func (p *person) refill() error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		t := p.token()
		body := form(t)
		for _, h := range headings() {
			body = rewrite(body, h, "Because "+t+" was seen.")
		}
		if i := strings.Index(is.Body, "<!-- conformd"); i >= 0 {
			body += "\n\n" + is.Body[i:]
		}
		err := g.Rewrite(is.Number, body)
		if err == nil {
			key := fmt.Sprintf("acme/isms#%d", is.Number)
			for _, h := range headings() {
				p.wrote(github, key, "body", h, t)
			}
		}
		return err
	})
}

// describe replaces the description of an issue of Jira.
func (p *person) describe() error {
	issues := p.w.trackers.Jira.Snapshots()
	if len(issues) == 0 {
		return errNothing
	}
	is := issues[p.r.IntN(len(issues))]
	t := p.token()
	text := "Accounts stay enabled, " + t + "."
	if i := strings.Index(is.Fields["description"], "Linked by conformd"); i >= 0 {
		text += "\n\n" + is.Fields["description"][i:]
	}
	err := p.w.trackers.Jira.Person("irene").Edit(is.Key, map[string]any{"description": text})
	if err == nil {
		p.wrote(jira, is.ID, "description", "description", t)
	}
	return err
}
