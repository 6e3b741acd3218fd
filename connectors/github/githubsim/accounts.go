package githubsim

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// A token is what an Authorization header may carry.
type token struct {
	who     *account
	expires time.Time // zero: never
	app     bool      // an installation token, which has no GET /user
}

// AddUser adds an account.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := "User"
	if u.Bot {
		kind = "Bot"
	}
	s.account(u, kind)
}

// account adds an account, or completes the one of that login.
func (s *Server) account(u User, kind string) *account {
	a := s.byLogin[strings.ToLower(u.Login)]
	if a == nil {
		a = &account{id: u.ID, login: u.Login, kind: kind, roles: map[int64]Role{}}
		if a.id == 0 {
			a.id = s.id()
		}
		s.accounts = append(s.accounts, a)
		s.byLogin[strings.ToLower(u.Login)] = a
	}
	a.name, a.role = u.Name, u.Role
	if u.Token != "" {
		s.tokens[u.Token] = &token{who: a}
	}
	return a
}

func (s *Server) installApp(app App) {
	if app.InstallationID == 0 {
		app.InstallationID = 1
	}
	if app.TokenLife == 0 {
		app.TokenLife = time.Hour
	}
	role := app.Role
	if role == "" {
		role = Write
	}
	a := s.account(User{Login: app.Slug + "[bot]", Name: app.Slug, Role: role}, "Bot")
	a.app = &app
	s.opts.App = &app
}

// SetRole gives an account another role in one repository of the owner.
func (s *Server) SetRole(login, repoName string, role Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.byLogin[strings.ToLower(login)]
	r, _ := s.repoNamed(s.opts.Owner, repoName)
	if a != nil && r != nil {
		a.roles[r.id] = role
	}
}

// RenameUser gives an account another login; its id stays. The old login is free
// for somebody else.
func (s *Server) RenameUser(login, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.byLogin[strings.ToLower(login)]
	if a == nil {
		return
	}
	delete(s.byLogin, strings.ToLower(login))
	a.login = to
	s.byLogin[strings.ToLower(to)] = a
	clear(s.cache)
}

// Revoke makes a token worthless.
func (s *Server) Revoke(tok string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, tok)
}

// AddRepo adds an empty repository to the owner's account, with the labels that
// every new repository has.
func (s *Server) AddRepo(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &repo{
		id: s.id(), owner: s.byLogin[strings.ToLower(s.opts.Owner)], name: name,
		private: !s.opts.Public, created: s.now(), orders: map[string]ordered{},
	}
	for _, l := range [][3]string{
		{"bug", "d73a4a", "Something isn't working"},
		{"documentation", "0075ca", "Improvements or additions to documentation"},
		{"enhancement", "a2eeef", "New feature or request"},
		{"question", "d876e3", "Further information is requested"},
	} {
		r.labels = append(r.labels, &label{id: s.id(), name: l[0], color: l[1], description: l[2]})
	}
	s.repos = append(s.repos, r)
}

// log writes one change to the ground truth.
func (s *Server) log(issue string, by *account, request, field, from, to string) {
	s.truth.Add(simkit.Change{
		At: s.clock.Now(), Tracker: "github", Issue: issue, Field: field, From: from, To: to,
		By: by.login, Request: request,
	})
}

// DeleteUser deletes an account. What it did is shown as the ghost's from then on in the
// REST API, and as nobody's in GraphQL.
// https://docs.github.com/account-and-profile/concepts/account-management/personal-account-deletion
func (s *Server) DeleteUser(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.byLogin[strings.ToLower(login)]
	if a == nil {
		return
	}
	delete(s.byLogin, strings.ToLower(login))
	for tok, t := range s.tokens {
		if t.who == a {
			delete(s.tokens, tok)
		}
	}
	ghost := s.ghost()
	for _, r := range s.repos {
		for _, i := range r.issues {
			v := *i.version
			if v.author == a {
				v.author = ghost
			}
			v.assignees = slices.DeleteFunc(slices.Clone(v.assignees), func(x *account) bool { return x == a })
			i.version = &v
			became(i.edits, a, ghost)
		}
		for _, e := range r.events {
			if e.actor == a {
				e.actor = ghost
			}
			if e.assignee == a {
				e.assignee = ghost
			}
		}
		for _, cm := range r.comments {
			if cm.author == a {
				cm.author = ghost
			}
			became(cm.edits, a, ghost)
		}
		r.changed++
	}
}

func became(edits []*edit, a, ghost *account) {
	for _, e := range edits {
		if e.by == a {
			e.by = ghost
		}
	}
}
