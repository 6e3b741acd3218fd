package githubsim

import (
	"slices"
	"strings"
	"time"
)

// A State is what an issue truly is, whatever listings show.
type State struct {
	ID        int64
	Number    int
	Title     string
	Body      string
	State     string // "open" or "closed"
	Reason    string
	Type      string   // issue type
	Labels    []string // in the order they were put on
	Assignees []string // logins
	Author    string   // login
	Updated   time.Time
	Gone      bool // deleted or transferred
	Comments  []Comment
}

// A Comment is a comment as it truly is.
type Comment struct {
	ID     int64
	Author string // login
	Body   string

	Reactions []Reaction // oldest first
}

// A Reaction is an account's answer to a comment.
type Reaction struct {
	By, Content string // login; "+1", "-1", "heart", …
}

// Issue returns the true state of an issue of the first repository; its Number
// is 0 if there is none.
func (s *Server) Issue(number int) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state(s.repos[0], number)
}

// IssueIn returns the true state of an issue of another repository.
func (s *Server) IssueIn(repoName string, number int) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, _ := s.repoNamed(s.opts.Owner, repoName)
	if r == nil {
		return State{}
	}
	return s.state(r, number)
}

// Issues returns the true states of all issues of the first repository that are
// still there, without pull requests.
func (s *Server) Issues() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []State
	for _, i := range s.repos[0].issues {
		if !i.gone && i.movedTo == nil && !i.pull {
			out = append(out, s.state(s.repos[0], i.number))
		}
	}
	return out
}

func (s *Server) state(r *repo, number int) State {
	i := r.issue(number)
	if i == nil {
		return State{}
	}
	st := State{
		ID: i.id, Number: i.number, Title: i.title, Body: text(i.body), State: i.state, Reason: i.reason, Type: i.kind,
		Labels: i.labelNames(), Author: i.author.login, Updated: i.updated, Gone: i.gone || i.movedTo != nil,
	}
	for _, a := range i.assignees {
		st.Assignees = append(st.Assignees, a.login)
	}
	for _, cm := range r.comments {
		if cm.issue == i {
			x := Comment{ID: cm.id, Author: cm.author.login, Body: cm.body}
			for _, r := range cm.reactions {
				x.Reactions = append(x.Reactions, Reaction{r.who.login, r.content})
			}
			st.Comments = append(st.Comments, x)
		}
	}
	return st
}

// LabelNames returns the labels of the first repository, sorted.
func (s *Server) LabelNames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, l := range s.repos[0].labels {
		out = append(out, l.name)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(a, b) })
	return out
}
