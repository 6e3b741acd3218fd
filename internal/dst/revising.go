package dst

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/store"
)

// revisions are the acts of people who come back to what was said and done: they edit and
// delete comments, finish records, and open finished ones again.
func revisions() []act {
	return []act{
		{"edit a command", 6, false, func(p *person) error {
			return p.revise(func(c typed) bool { return !c.nothing }, func(c typed) (string, bool) { return "/capa " + c.verb + " on second thoughts, " + p.token(), true })
		}},
		{"edit talk into a command", 4, false, func(p *person) error {
			return p.revise(func(c typed) bool { return c.nothing }, func(typed) (string, bool) { return "/capa effective on second thoughts, " + p.token(), true })
		}},
		{"edit a command into talk", 3, false, func(p *person) error {
			return p.revise(func(c typed) bool { return !c.nothing }, func(typed) (string, bool) { return "Never mind, " + p.token() + ".", false })
		}},
		{"delete a command", 3, false, func(p *person) error {
			return p.revise(func(c typed) bool { return !c.nothing && c.side == github }, nil)
		}},
		{"delete conformd's comment", 3, false, func(p *person) error {
			return p.onOurs(func(g githubsim.Person, id int64) error { return g.DeleteComment(id) })
		}},
		{"edit conformd's comment", 3, false, func(p *person) error {
			return p.onOurs(func(g githubsim.Person, id int64) error { return g.EditComment(id, "All is well, "+p.token()+".") })
		}},
		{"command that will be revised", 6, false, func(p *person) error {
			all := typing()
			return p.remark(all[p.r.IntN(len(all))])
		}},
		{"finish a record in GitHub", 8, false, (*person).finish},
		{"review what was finished", 8, false, (*person).reviewFinished},
		{"reopen after a review", 6, false, (*person).reopenReviewed},
	}
}

// revise has the author of a typed comment edit it, or delete it if say is nil. Say returns
// the new text, and whether it is a command.
func (p *person) revise(which func(typed) bool, say func(typed) (string, bool)) error {
	p.w.mu.Lock()
	var some []int
	for i, c := range p.w.typed {
		if !c.revised && !isBot(c.by) && which(c) && (c.side == github || c.jiraID != "") {
			some = append(some, i)
		}
	}
	p.w.mu.Unlock()
	if len(some) == 0 {
		return errNothing
	}
	i := some[p.r.IntN(len(some))]
	p.w.mu.Lock()
	c := p.w.typed[i]
	p.w.mu.Unlock()
	text, command := "", false
	if say != nil {
		text, command = say(c)
	}
	var err error
	switch g := p.w.trackers.GitHub.As(c.by); {
	case c.side == jira:
		err = p.w.trackers.Jira.Person(c.by).EditComment(c.issue, c.jiraID, text)
	case say == nil:
		err = g.DeleteComment(c.id)
	default:
		err = g.EditComment(c.id, text)
	}
	if err != nil {
		return err
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.typed[i].revised = true
	if command {
		p.w.typed[i].after = p.token()
	}
	return nil
}

// onOurs does something to a comment of conformd in GitHub.
func (p *person) onOurs(f func(githubsim.Person, int64) error) error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		for _, c := range is.Comments {
			if isBot(c.Author) && strings.Contains(c.Body, "NC-") { // and no command that was typed under its name
				return f(g, c.ID)
			}
		}
		return errNothing
	})
}

// finish gives an issue of GitHub all that its record lacks and closes it.
func (p *person) finish() error {
	return p.onIssue(func(g githubsim.Person, is githubsim.State) error {
		t := p.token()
		body := rewrite(form(t), "Root cause", "Because "+t+" was seen.")
		if i := strings.Index(is.Body, "<!-- conformd"); i >= 0 {
			body += "\n\n" + is.Body[i:]
		}
		open := "open"
		if err := g.Edit(is.Number, githubsim.Edit{Body: &body, Labels: []string{"capa", "grade/minor", "risk/high"}, Assignees: []string{"erik"}, State: open}); err != nil {
			return err
		}
		p.wrote(github, fmt.Sprintf("acme/isms#%d", is.Number), "body", "Root cause", t)
		return g.Close(is.Number, "completed")
	})
}

// reviewFinished has somebody independent review an issue that was closed.
func (p *person) reviewFinished() error {
	for _, is := range p.w.trackers.GitHub.Issues() {
		if is.State != "closed" || is.Reason != "completed" || p.r.IntN(2) == 0 {
			continue
		}
		_, err := p.w.trackers.GitHub.As("rita").Comment(is.Number, "/capa effective compared four exports, "+p.token())
		if err == nil {
			p.wrote("command", fmt.Sprintf("acme/isms#%d", is.Number), "comment", "effective", p.token())
		}
		return err
	}
	return errNothing
}

// reopenReviewed opens an issue again that is closed and was reviewed, in either tracker.
func (p *person) reopenReviewed() error {
	for _, is := range p.w.trackers.GitHub.Issues() {
		for _, c := range is.Comments {
			if is.State == "closed" && c.Author == "rita" && strings.HasPrefix(c.Body, "/capa effective") {
				return p.w.trackers.GitHub.As("erik").Reopen(is.Number)
			}
		}
	}
	for _, is := range p.w.trackers.Jira.Snapshots() {
		if is.Status == "Closed" {
			return p.w.trackers.Jira.Person("olga").Move(is.Key, "Reopen", nil)
		}
	}
	return errNothing
}

// revised judges comments that were edited or deleted: what a comment says since an edit
// counts for nothing, and who edited a command in GitHub gets a reaction.
func (p *picture) revised() {
	for _, c := range p.typed {
		link, r, ok := p.bound(c)
		if !c.revised || c.after == "" || !ok {
			continue
		}
		p.counts[judgedEdit]++
		for _, a := range r.Record.Approvals {
			if strings.Contains(a.Reason, c.after) && a.Refused == "" {
				p.violated("S20", "%s: what %s made of a comment on %s by an edit counts as a decision (%s)", r.Record.Ref, c.by, c.issue, c.kind)
			}
		}
		for f, v := range r.Record.Fields {
			if strings.Contains(v, c.after) {
				p.violated("S20", "%s: what %s made of a comment on %s by an edit became %s (%s)", r.Record.Ref, c.by, c.issue, f, c.kind)
			}
		}
		if c.side == github && !p.observed(link.Binding) && (!c.early || p.GitHubSkew >= -oldCommand+2*p.Late) {
			if p.counts[judgedEditAnswer]++; p.thumb(c) == "" {
				p.violated("S20", "%s: the edit of a comment by %s on %s (%s) got no reaction", r.Record.Ref, c.by, c.issue, c.kind)
			}
		}
	}
	for _, r := range p.rows {
		if r.Record.Round > 0 {
			p.counts["judged: work that came up again"]++
		}
	}
}

// What is judged of comments that were edited.
const (
	judgedEdit       = "judged: an edited comment"
	judgedEditAnswer = "judged: a reaction to an edited comment"
)

func revisedKinds() []string {
	return []string{judgedEdit, judgedEditAnswer, "judged: work that came up again", judgedTimely, judgedLapsed}
}

// silenced reports whether a person took away or changed what conformd said on an issue of
// GitHub. It is not said again before there is something new to say.
func (p *picture) silenced(k store.BoundIssue) bool {
	return slices.ContainsFunc(p.truth[github], func(c simkit.Change) bool {
		return c.Issue == k.Ref.Key && c.Field == "comment" && !isBot(c.By) && strings.Contains(c.From, "NC-")
	})
}
