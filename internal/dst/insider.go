package dst

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
)

// insider wants records closed and does not care how: with the accounts of engineers he
// closes, decides without the role, hands over, edits what others said, lowers what was
// found, and rewrites what was approved and reviewed, on one issue after the other. What
// follows is judged by E1, E2 and E5.
func (w *world) insider() {
	p := &person{w: w, a: &actor{insiderID, "ivan"}}
	for ; ; p.turn++ {
		p.a.sleep(w.Think / 2)
		if w.isCalm() {
			return
		}
		p.r = rand.New(rand.NewPCG(w.Seed, uint64(6000+p.turn))) //nolint:gosec // chance by seed is the point
		what, err := p.shortcut()
		w.note(p.a.name, "%s: %v", what, err == nil)
	}
}

// A shortcut is one way to get an issue of GitHub closed. Those who take it are engineers:
// none of them has a role in the register.
type shortcut struct {
	what string
	take func(*person, githubsim.Person, githubsim.State) error
}

// shortcuts are tried on one issue after the other. Some come after what others did: after
// the approval of a plan, after a review, after closing.
func shortcuts() []shortcut {
	return []shortcut{
		{"some cause", func(p *person, g githubsim.Person, is githubsim.State) error {
			if sights(is.Body, known(p.w.LabelSets))[named("Root cause")].filled() {
				return errNothing
			}
			return p.section(g, is, "Root cause")
		}},
		{"close", func(_ *person, g githubsim.Person, is githubsim.State) error { return g.Close(is.Number, "completed") }},
		{"reviewer is himself", func(_ *person, g githubsim.Person, is githubsim.State) error {
			return g.Rewrite(is.Number, rewrite(is.Body, "Effectiveness reviewer", []string{"@erik", "@olga"}[is.Number%2]))
		}},
		{"triage without the role", posts("/capa triage fine, TOKEN")},
		{"approval without the role", posts("/capa approve-plan fine, TOKEN")},
		{"close", func(_ *person, g githubsim.Person, is githubsim.State) error { return g.Close(is.Number, "completed") }},
		{"hand over", func(_ *person, g githubsim.Person, is githubsim.State) error {
			return g.Assign(is.Number, []string{"olga", "irene"}[is.Number%2])
		}},
		{"the actions of somebody else", func(_ *person, g githubsim.Person, is githubsim.State) error {
			to := []string{"@irene", "@rita"}[is.Number%2] // who reviews is involved then
			return g.Rewrite(is.Number, strings.NewReplacer("@erik", to, "@olga", to).Replace(is.Body))
		}},
		{"own review", posts("/capa effective It works.")},
		{"review by the former owner", func(p *person, _ githubsim.Person, is githubsim.State) error {
			_, err := p.w.trackers.GitHub.As("olga").Comment(is.Number, "/capa effective It works.")
			return err
		}},
		{"somebody's comment within the second", (*person).mouth},
		{"lower grade and risk", func(_ *person, g githubsim.Person, is githubsim.State) error {
			labels := []string{"grade/observation", "risk/low"}
			for _, l := range is.Labels {
				if !telling(l) {
					labels = append(labels, l)
				}
			}
			return g.Edit(is.Number, githubsim.Edit{Labels: labels})
		}},
		{"observation", posts("/capa kind observation because it is none, TOKEN")},
		{"lower by command", posts("/capa grade observation because it is none, TOKEN")},
		{"plan without its lines", func(_ *person, g githubsim.Person, is githubsim.State) error {
			return g.Rewrite(is.Number, rewrite(is.Body, planHeading, "- [x] Said so @erik due:2000-01-05 evidence:mail"))
		}},
		{"another cause", func(p *person, g githubsim.Person, is githubsim.State) error { return p.section(g, is, "Root cause") }},
		{"other criteria", func(_ *person, g githubsim.Person, is githubsim.State) error {
			return g.Rewrite(is.Number, rewrite(is.Body, "Effectiveness criteria", "Nobody complains."))
		}},
		{"duplicate of nothing", posts("/capa reject duplicate of NC-1998-0001, TOKEN")},
		{"not planned", func(_ *person, g githubsim.Person, is githubsim.State) error {
			return g.Close(is.Number, "not_planned")
		}},
		{"split", func(p *person, g githubsim.Person, is githubsim.State) error {
			if p.w.split++; p.w.split > mostSplits {
				return errNothing
			}
			n, err := g.Open("A part of it, "+p.token(), rewrite(form(p.token()), "Source reference", fmt.Sprintf("split from #%d", is.Number)), "capa", "grade/minor", "risk/low")
			if err != nil {
				return err
			}
			return g.Close(n, "completed")
		}},
		{"reopen and close", func(_ *person, g githubsim.Person, is githubsim.State) error {
			if err := g.Reopen(is.Number); err != nil {
				return err
			}
			return g.Close(is.Number, "completed")
		}},
	}
}

// mostSplits is how often an issue is split off: more issues would be most of the work.
const mostSplits = 2

// posts posts a comment as an engineer.
func posts(text string) func(*person, githubsim.Person, githubsim.State) error {
	return func(p *person, g githubsim.Person, is githubsim.State) error {
		_, err := g.Comment(is.Number, strings.ReplaceAll(text, "TOKEN", p.token()))
		return err
	}
}

// mouthful begins what is put into the mouth of a reviewer.
const mouthful = "looked at five exports, "

// mouth puts a review into the mouth of a reviewer: their comment is edited within the
// second in which it was posted, so that its times do not show it.
func (p *person) mouth(g githubsim.Person, is githubsim.State) error {
	id, err := p.w.trackers.GitHub.As("rita").Comment(is.Number, "Thank you, "+p.token()+".")
	if err != nil {
		return err
	}
	return g.EditComment(id, "/capa effective "+mouthful+p.token())
}

// shortcut is the next thing that might do.
func (p *person) shortcut() (string, error) {
	all := shortcuts()
	ways := len(all) + 1
	if p.turn%ways == len(all) {
		ji := p.w.trackers.Jira.Snapshots()
		if len(ji) == 0 {
			return "nothing to close", nil
		}
		key := ji[p.turn/ways%len(ji)].Key
		way := []string{"Close", "Confirm effective"}[p.r.IntN(2)]
		return way + " " + key, p.w.trackers.Jira.Person("olga").Move(key, way, nil)
	}
	issues := p.w.trackers.GitHub.Issues()
	if len(issues) == 0 {
		return "nothing to close", nil
	}
	s := all[p.turn%ways]
	err := s.take(p, p.w.trackers.GitHub.As("erik"), issues[p.turn/ways%len(issues)])
	return s.what, p.w.did("insider, "+s.what, err)
}
