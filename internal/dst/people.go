package dst

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// An edit is something that a person wrote and that must not be lost. Its token
// occurs nowhere else, so that it can be followed.
type edit struct {
	side  string // "jira" or "github"
	issue string // as the tracker's truth names it
	field string // as the tracker's truth names it
	name  string // what was edited: a heading, or a field
	token string
	seq   int64 // number of the change in the tracker's truth
}

// A person acts in one tracker.
type person struct {
	w    *world
	a    *actor
	r    *rand.Rand
	turn int
	nth  int // among those who act
}

// players are who acts: an engineer in GitHub, one in Jira, a reviewer, one who puts
// things in order, one who fills in forms, one who comes back to what was said,
// one of the team that carries out actions, and the ISMS manager.
func players() []string {
	return []string{"erik", "olga", "rita", tidier, filler, reviser, team, manager}
}

// Those who act only where the options say so.
const (
	tidier  = "nora"
	filler  = "fiona"
	reviser = "carla"
	team    = "theo"
)

// plays reports whether one of the players acts.
func (o Options) plays(name string) bool {
	switch name {
	case tidier:
		return o.Tidy
	case filler:
		return o.Fill
	case reviser:
		return o.Revise
	case team:
		return o.Team
	}
	return true
}

// run acts, with a while to think before each act.
func (p *person) run() {
	p.a.sleep(time.Millisecond)
	for p.turn = range p.w.Acts {
		// Each act has chance of its own: leaving one out changes no other.
		p.r = rand.New(rand.NewPCG(p.w.Seed, uint64(1000*p.a.id)+uint64(p.turn))) //nolint:gosec // chance by seed is the point
		think := time.Second + time.Duration(p.r.Int64N(int64(2*p.w.Think/time.Millisecond)+1))*time.Millisecond
		if a := p.w.Apart; a > 0 {
			think = time.Until(p.w.began.Add(a * time.Duration(len(players())*p.turn+p.nth+1)))
		}
		p.a.sleep(think)
		if slices.Contains(p.w.Leave, fmt.Sprint(p.a.name, p.turn)) {
			continue
		}
		what, err := p.act()
		p.w.note(p.a.name, "%s: %v", what, err == nil)
	}
}

func (p *person) act() (string, error) {
	switch p.a.name {
	case "erik":
		return p.github(p.w.trackers.GitHub.As("erik"))
	case "olga":
		return p.jira(p.w.trackers.Jira.Person("olga"))
	case tidier:
		return p.oneOf(acts())
	case filler:
		return p.oneOf(fillings())
	case reviser:
		return p.oneOf(revisions())
	case team:
		return p.oneOf(teamwork())
	case manager:
		return p.oneOf(decisions())
	default:
		return p.review()
	}
}

// token returns a word that nobody else writes.
func (p *person) token() string { return fmt.Sprintf("%s%dq", p.a.name, p.turn) }

// wrote remembers an edit that was accepted.
func (p *person) wrote(side, issue, field, name, token string) {
	t := p.w.trackers.Jira.Truth()
	if side != "jira" {
		t = p.w.trackers.GitHub.Truth()
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.edits = append(p.w.edits, edit{side, issue, field, name, token, t.Len()})
}

// headings are what is edited in GitHub; names are the fields of the same in Jira.
func headings() []string {
	return []string{"Root cause", "Consequences", "Containment and correction", "Objective evidence"}
}

func names() []string {
	return []string{"Root cause", "Consequences", "Containment", "Objective evidence"}
}

// github is what an engineer does there.
func (p *person) github(g githubsim.Person) (string, error) {
	s := p.w.trackers.GitHub
	issues := s.Issues()
	pick := p.r.IntN(100)
	if len(issues) == 0 || pick < 12 && len(issues) < 3 {
		n, err := g.Open("Finding "+p.token(), form(p.token()), "capa", "grade/minor", "risk/high")
		if err == nil {
			err = g.Assign(n, "erik")
		}
		return "open", err
	}
	is := issues[p.r.IntN(len(issues))]
	key := fmt.Sprintf("acme/isms#%d", is.Number)
	heading := headings()[p.r.IntN(len(headings()))]
	switch {
	case pick < 42:
		return "write " + heading + " of " + key, p.section(g, is, heading)
	case pick < 50:
		return p.small("GitHub")
	case pick < 58:
		t := p.token()
		err := g.Retitle(is.Number, "Finding "+t)
		if err == nil {
			p.wrote("github", key, "title", "title", t)
		}
		return "retitle " + key, err
	case pick < 76:
		reason := "completed"
		if p.r.IntN(4) == 0 {
			reason = "not_planned"
		}
		return "close " + key + " " + reason, g.Close(is.Number, reason)
	case pick < 82:
		return "reopen " + key, g.Reopen(is.Number)
	case pick < 90:
		_, err := g.Comment(is.Number, "/capa effective I looked, "+p.token())
		return "own review of " + key, err
	case pick < 95:
		_, err := g.Comment(is.Number, "Any news? "+p.token())
		return "comment on " + key, err
	default:
		return "unlabel " + key, g.Unlabel(is.Number, "conformd:held")
	}
}

// section replaces what stands under a heading of an issue of GitHub, as it was when
// the person opened it.
func (p *person) section(g githubsim.Person, is githubsim.State, heading string) error {
	t := p.token()
	err := g.Rewrite(is.Number, rewrite(is.Body, heading, "Because "+t+" was seen."))
	if err == nil {
		p.wrote("github", fmt.Sprintf("acme/isms#%d", is.Number), "body", heading, t)
	}
	return err
}

// jira is what an engineer does there.
func (p *person) jira(j *jirasim.Person) (string, error) {
	issues := p.w.trackers.Jira.Snapshots()
	pick := p.r.IntN(100)
	if len(issues) == 0 || pick < 10 && len(issues) < 5 {
		_, key, err := j.File("Nonconformity", "Finding "+p.token(), map[string]any{"NC grade": "Minor", "assignee": "olga", "Objective evidence": "Seen."})
		return "file " + key, err
	}
	is := issues[p.r.IntN(len(issues))]
	switch {
	case pick < 18:
		return p.small("Jira")
	case pick < 55:
		name := names()[p.r.IntN(len(names()))]
		t := p.token()
		err := j.Edit(is.Key, map[string]any{name: "Because " + t + " was seen.", "Cause category": "Process"})
		if err == nil {
			p.wrote("jira", is.ID, name, name, t)
		}
		return "edit " + name + " of " + is.Key, err
	case pick < 63:
		t := p.token()
		err := j.Edit(is.Key, map[string]any{"summary": "Finding " + t})
		if err == nil {
			p.wrote("jira", is.ID, "summary", "title", t)
		}
		return "rename " + is.Key, err
	case pick < 92:
		ways := []string{"Accept into register", "Plan actions", "Submit plan", "Request closure", "Close", "Close", "Reopen", "Not effective"}
		way := ways[p.r.IntN(len(ways))]
		return way + " " + is.Key, j.Move(is.Key, way, nil)
	default:
		_, err := j.Comment(is.Key, "Any news? "+p.token())
		return "comment on " + is.Key, err
	}
}

// review is what somebody independent does, in either tracker, and what the ISMS
// manager does.
func (p *person) review() (string, error) {
	gh, ji := p.w.trackers.GitHub.Issues(), p.w.trackers.Jira.Snapshots()
	pick := p.r.IntN(100)
	if pick < 60 && len(gh) > 0 {
		is := gh[p.r.IntN(len(gh))]
		verb := []string{"effective", "effective", "ineffective"}[p.r.IntN(3)]
		_, err := p.w.trackers.GitHub.As("rita").Comment(is.Number, "/capa "+verb+" compared four exports, "+p.token())
		if err == nil {
			p.wrote("command", fmt.Sprintf("acme/isms#%d", is.Number), "comment", verb, p.token())
		}
		return fmt.Sprintf("/capa %s on %d", verb, is.Number), err
	}
	if len(ji) == 0 {
		return "nothing to review", nil
	}
	is := ji[p.r.IntN(len(ji))]
	switch {
	case pick < 80:
		return "confirm " + is.Key, p.w.trackers.Jira.Person("rita").Move(is.Key, "Confirm effective", nil)
	case pick < 90:
		return "approve " + is.Key, p.w.trackers.Jira.Person("irene").Move(is.Key, "Approve plan", nil)
	default:
		return "accept " + is.Key, p.w.trackers.Jira.Person("irene").Move(is.Key, "Accept exception", nil)
	}
}
