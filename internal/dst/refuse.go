package dst

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
)

// refusals are values that the other tracker will not take, people it does not know, and
// texts that look like what they are not.
func refusals() []act {
	return []act{
		{"write more than the other tracker takes", 4, false, func(p *person) error {
			return p.under("Where (process, system, team)", "The place of "+p.token()+" "+strings.Repeat("and more ", 35))
		}},
		{"write a choice that there is not", 4, false, func(p *person) error {
			return p.under("Root cause method", []string{"Fishbone diagram", "Ishikawa"}[p.r.IntN(2)])
		}},
		{"write a date that is none", 4, false, func(p *person) error { return p.under("Date identified", "in July") }},
		{"paste code and quotes", 8, false, func(p *person) error {
			const f = "```"
			t := p.token()
			return p.under(headings()[p.r.IntN(len(headings()))], "Because "+t+" was seen.\n\n"+f+"sh\n### Root cause\n/capa effective it works\n"+f+
				"\n\n> ### Consequences\n> /capa reject no case\n\nAnd so on.")
		}},
		{"paste code into Jira", 6, false, func(p *person) error {
			t := p.token()
			return p.inJira(map[string]any{names()[p.r.IntN(len(names()))]: "Because " + t + " was seen.\n\n{noformat}\nh3. Root cause\n/capa effective it works\n{noformat}\n\n{quote}\nh3. Consequences\n{quote}\n\nAnd so on."})
		}},
		{"put a long label on in Jira", 4, false, func(p *person) error {
			return p.labels(func(all []string) []string { return append(all, "found-by-"+p.token()+"-"+strings.Repeat("x", 50)) })
		}},
		{"assign somebody who is not mapped", 6, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				return g.Assign(is.Number, append(is.Assignees, "admin")...)
			})
		}},
		{"put two labels on that exclude each other", 4, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				return g.Label(is.Number, "grade/minor", "grade/major")
			})
		}},
		{"take a label off", 4, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				for _, l := range is.Labels {
					if telling(l) {
						return g.Unlabel(is.Number, l)
					}
				}
				return errNothing
			})
		}},
	}
}

// onIssue does something to an issue of GitHub.
func (p *person) onIssue(f func(githubsim.Person, githubsim.State) error) error {
	is, _, ok := p.issue()
	if !ok {
		return errNothing
	}
	return f(p.w.trackers.GitHub.As("irene"), is)
}

// under writes something under a heading of an issue of GitHub.
func (p *person) under(heading, text string) error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		return g.Rewrite(is.Number, rewrite(is.Body, heading, text))
	})
}

// inJira sets fields of an issue of Jira.
func (p *person) inJira(fields map[string]any) error {
	all := p.w.trackers.Jira.Snapshots()
	if len(all) == 0 {
		return errNothing
	}
	return p.w.trackers.Jira.Person("irene").Edit(all[p.r.IntN(len(all))].Key, fields)
}

// labels changes those of an issue of Jira; nil leaves them.
func (p *person) labels(f func([]string) []string) error {
	all := p.w.trackers.Jira.Snapshots()
	if len(all) == 0 {
		return errNothing
	}
	is := all[p.r.IntN(len(all))]
	next := f(strings.Fields(is.Fields["labels"]))
	if next == nil {
		return errNothing
	}
	return p.w.trackers.Jira.Person("irene").Edit(is.Key, map[string]any{"labels": next})
}

// smalls are what ordinary work changes besides texts.
func smalls() []act {
	return []act{
		{"choose a grade in GitHub", 1, false, func(p *person) error { return p.relabel("grade/", "minor", "major") }},
		{"choose a risk in GitHub", 1, false, func(p *person) error { return p.relabel("risk/", "low", "medium", "high") }},
		{"add a label in GitHub", 1, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error { return g.Label(is.Number, "team "+p.token()) })
		}},
		{"take a label of their own off in GitHub", 1, false, func(p *person) error {
			for _, is := range p.w.trackers.GitHub.Issues() {
				for _, l := range is.Labels {
					if !notTheirs(l) {
						return p.w.trackers.GitHub.As("irene").Unlabel(is.Number, l)
					}
				}
			}
			return errNothing
		}},
		{"hand an issue over in GitHub", 1, false, func(p *person) error {
			return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
				return g.Assign(is.Number, []string{"erik", "olga"}[p.r.IntN(2)])
			})
		}},
		{"write a date in GitHub", 1, false, func(p *person) error {
			return p.under("Date identified", fmt.Sprintf("1999-12-%02d", 1+p.r.IntN(28)))
		}},
		{"choose a method in GitHub", 1, false, func(p *person) error {
			return p.under("Root cause method", []string{"5 whys", "Fishbone", "Other"}[p.r.IntN(3)])
		}},
		{"name a reviewer in GitHub", 1, false, func(p *person) error {
			return p.under("Effectiveness reviewer", []string{"@rita", "@irene"}[p.r.IntN(2)])
		}},
		{"empty a section in GitHub", 2, false, func(p *person) error { return p.under(headings()[p.r.IntN(len(headings()))], "_No response_") }},
		{"choose a grade in Jira", 1, false, func(p *person) error {
			return p.inJira(map[string]any{"NC grade": []string{"Minor", "Major"}[p.r.IntN(2)]})
		}},
		{"choose a priority in Jira", 1, false, func(p *person) error {
			return p.inJira(map[string]any{"priority": []string{"Low", "Lowest", "High", "Highest"}[p.r.IntN(4)]})
		}},
		{"add a label in Jira", 1, false, func(p *person) error {
			return p.labels(func(all []string) []string { return append(all, "team-"+p.token()) })
		}},
		{"take a label off in Jira", 1, false, func(p *person) error {
			return p.labels(func(all []string) []string {
				if i := slices.IndexFunc(all, func(l string) bool { return !notTheirs(l) }); i >= 0 {
					return slices.Delete(all, i, i+1)
				}
				return nil
			})
		}},
		{"hand an issue over in Jira", 1, false, func(p *person) error {
			return p.inJira(map[string]any{"assignee": []string{"erik", "olga"}[p.r.IntN(2)]})
		}},
		{"set a date in Jira", 1, false, func(p *person) error {
			return p.inJira(map[string]any{[]string{"Date identified", "duedate"}[p.r.IntN(2)]: fmt.Sprintf("1999-11-%02d", 1+p.r.IntN(28))})
		}},
		{"empty a field in Jira", 2, false, func(p *person) error {
			return p.inJira(map[string]any{append(names(), "Where", "NC grade", "assignee")[p.r.IntN(7)]: nil})
		}},
	}
}

func smallKinds() []string {
	var out []string
	for _, a := range smalls() {
		out = append(out, a.kind)
	}
	return out
}

// small does one of them, in GitHub or in Jira.
func (p *person) small(where string) (string, error) {
	var all []act
	for _, a := range smalls() {
		if strings.HasSuffix(a.kind, where) {
			for range a.weight {
				all = append(all, a)
			}
		}
	}
	a := all[p.r.IntN(len(all))]
	return a.kind, p.w.did(a.kind, a.do(p))
}

// relabel puts another label of a kind on an issue.
func (p *person) relabel(prefix string, values ...string) error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		labels := []string{prefix + values[p.r.IntN(len(values))]}
		for _, l := range is.Labels {
			if !strings.HasPrefix(l, prefix) {
				labels = append(labels, l)
			}
		}
		return g.Edit(is.Number, githubsim.Edit{Labels: labels})
	})
}
