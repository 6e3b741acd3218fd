package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/register"
)

// named checks that every entry about what was taken from an issue, and about what was decided
// in its comments, names the person who did it, by the tracker's own log: the one who changed
// that place at that time.
func (w *world) named(where, issue string) {
	w.Helper()
	log := w.githubLog("acme/isms#" + issue)
	if where == "jira" {
		log = w.jiraLog(issue)
	}
	judged, records := 0, map[string]bool{}
	for s, err := range auditdb.Read(w.Context(), w.daemon().Store.Reader(), 0, -1) {
		w.must(err)
		e := s.Entry
		switch e.Verb {
		case audit.SyncPulled, audit.RecordTransitioned, audit.RecordCreated:
			if e.Origin.Key != log.key {
				continue
			}
			records[e.Subject.ID] = true
		case audit.ApprovalGiven, audit.ApprovalIgnored, audit.ApprovalVoided:
			if !records[e.Subject.ID] || !strings.HasPrefix(e.Origin.Event, log.binding+":comment:") {
				continue
			}
		default:
			continue
		}
		for _, c := range e.Changes {
			judged++
			if !log.names(e, register.Field(c.Field)) {
				w.Errorf("line %d: entry %d names %s %q for %s at %s, and the tracker's log has: %v",
					w.at, s.Seq, e.Actor.Kind, e.Actor.ID, c.Field, e.Occurred.Format(time.StampMilli), log.of(e, register.Field(c.Field)))
			}
		}
	}
	if judged == 0 {
		w.Errorf("line %d: no entry about %s", w.at, log.key)
	}
}

// An issueLog is what a simulated tracker itself has of one issue.
type issueLog struct {
	key     string
	binding string
	changes []simkit.Change
	tick    time.Duration // of the times that the tracker tells
	place   func(register.Field) []string
	actor   func(login string) audit.Actor // who an entry must name
}

// names reports whether an entry names who changed the place of a field at the time of the
// entry. Whoever files an issue fills all of its places.
func (l issueLog) names(e audit.Entry, f register.Field) bool {
	places := l.places(e, f)
	return slices.ContainsFunc(l.changes, func(c simkit.Change) bool {
		want := l.actor(c.By)
		return e.Actor.Kind == want.Kind && e.Actor.ID == want.ID && c.At.Truncate(l.tick).Equal(e.Occurred) &&
			slices.Contains(places, c.Field)
	})
}

// places are the fields of the tracker's log that tell of what an entry has of a field.
func (l issueLog) places(e audit.Entry, f register.Field) []string {
	if e.Actor.How == audit.ByComment {
		return []string{"comment"}
	}
	return append(l.place(f), "created")
}

// of is what the log has of the place of a field.
func (l issueLog) of(e audit.Entry, f register.Field) (out []string) {
	places := l.places(e, f)
	for _, c := range l.changes {
		if slices.Contains(places, c.Field) {
			out = append(out, fmt.Sprintf("%s %s %s", c.At.Format(time.StampMilli), c.By, c.Field))
		}
	}
	return out
}

func (w *world) githubLog(key string) issueLog {
	l := issueLog{key: key, binding: rehearsal.GitHubBinding, tick: time.Second, place: githubPlace, actor: func(login string) audit.Actor {
		return audit.Actor{Kind: audit.Person, ID: login}
	}}
	for _, c := range w.trackers.GitHub.Truth().All() {
		if c.Issue == key {
			l.changes = append(l.changes, c)
		}
	}
	return l
}

func githubPlace(f register.Field) []string {
	switch f {
	case register.FieldTitle:
		return []string{"title"}
	case register.FieldGrade:
		return []string{"label"}
	case register.FieldOwner:
		return []string{"assignee"}
	case register.FieldState:
		return []string{"state"}
	default:
		return []string{"body"}
	}
}

// jiraLog is what the simulated Jira has of an issue, under whatever key it was filed.
func (w *world) jiraLog(key string) issueLog {
	w.Helper()
	l := issueLog{key: key, binding: rehearsal.JiraBinding, tick: time.Millisecond, place: jiraPlace, actor: w.jiraActor}
	all := w.trackers.Jira.Truth().All()
	i := slices.IndexFunc(all, func(c simkit.Change) bool { return c.Field == "created" && c.To == key })
	if i < 0 {
		w.fail("Jira's log has no issue %s", key)
	}
	for _, c := range all {
		if c.Issue == all[i].Issue {
			l.changes = append(l.changes, c)
		}
	}
	return l
}

// jiraActor is who an entry must name for what an account of Jira did: a person of the
// register, the account of somebody whom the register does not know, or an app. Only Cloud
// says of an account that it is an app's.
func (w *world) jiraActor(login string) audit.Actor {
	if slices.ContainsFunc(rehearsal.Players(), func(p rehearsal.Player) bool { return p.Login == login }) {
		return audit.Actor{Kind: audit.Person, ID: login}
	}
	if login == "conformd" {
		return audit.Actor{Kind: audit.Unattributed} // nobody knows who typed with its account
	}
	a := audit.Actor{Kind: audit.Person, ID: "account:" + rehearsal.JiraBinding + ":" + w.trackers.Jira.Person(login).AccountID()}
	if w.apps[login] && w.deployment != jirasim.DataCenter {
		a.Kind = audit.TrackerApp
	}
	return a
}

func jiraPlace(f register.Field) []string {
	switch f {
	case register.FieldTitle:
		return []string{"summary"}
	case register.FieldProblem:
		return []string{"description"}
	case register.FieldOwner:
		return []string{"assignee"}
	case register.FieldRisk:
		return []string{"priority"}
	case register.FieldGrade:
		return []string{"NC grade"}
	case register.FieldLocation:
		return []string{"Where"}
	case register.FieldRootCause:
		return []string{"Root cause"}
	case register.FieldDue:
		return []string{"duedate"}
	case register.FieldState:
		return []string{"status", "resolution"}
	default:
		return []string{string(f)}
	}
}
