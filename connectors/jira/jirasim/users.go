package jirasim

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A User is an account of the simulated Jira.
type User struct {
	// AccountID is the identity on Cloud; Name the login and Key the stable key on
	// Data Center. What is empty is derived from Name.
	AccountID, Name, Key string
	Display              string // "": Name
	Email                string // "": Name@example.com; the user part of Basic on Cloud
	// Secret is the API token on Cloud, the password and personal access token on
	// Data Center. "": cannot log in.
	Secret   string
	TimeZone string // "": UTC
	Groups   []string
	App      bool // accountType "app" on Cloud
	Inactive bool
	Admin    bool // may administer webhooks
	// Scoped makes Secret a scoped token of Cloud, which is refused at the site's
	// own address and accepted below the gateway prefix.
	Scoped bool
	// Denied lists project permissions the account lacks, such as EDIT_ISSUES.
	Denied []string
}

// DefaultUsers are the people of the default set-up: the integration "conformd",
// an administrator, the ISMS manager, engineers, a reviewer and a risk owner.
// Each one's secret is the name followed by "-token".
func DefaultUsers() []User {
	return []User{
		{Name: "conformd", Display: "conformd", Secret: "conformd-token", App: true},
		{Name: "admin", Display: "Site Admin", Secret: "admin-token", Admin: true},
		{Name: "irene", Display: "Irene Ismail", Secret: "irene-token", Groups: []string{"isms-managers", "risk-owners"}},
		{Name: "erik", Display: "Erik Engel", Secret: "erik-token", TimeZone: "Europe/Berlin"},
		{Name: "olga", Display: "Olga Owens", Secret: "olga-token", TimeZone: "America/Los_Angeles"},
		{Name: "rita", Display: "Rita Review", Secret: "rita-token", Groups: []string{"reviewers"}},
	}
}

// account is a user with what the server worked out.
type account struct {
	User
	zone *time.Location
}

// AddUser adds an account.
func (s *Server) AddUser(u User) {
	if u.AccountID == "" {
		u.AccountID = "712020:" + u.Name
	}
	if u.Key == "" {
		u.Key = "JIRAUSER" + itoa(int64(10100+len(s.users)))
	}
	if u.Display == "" {
		u.Display = u.Name
	}
	if u.Email == "" {
		u.Email = u.Name + "@example.com"
	}
	if u.TimeZone == "" {
		u.TimeZone = "Etc/UTC"
	}
	zone, err := time.LoadLocation(u.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = append(s.users, &account{User: u, zone: zone})
}

// user finds an account by any of its identities. The caller holds the lock.
func (s *Server) user(id string) *account {
	for _, a := range s.users {
		if id != "" && (a.AccountID == id || a.Name == id || a.Key == id) {
			return a
		}
	}
	return nil
}

// Deny takes project permissions (BROWSE_PROJECTS, CREATE_ISSUES, EDIT_ISSUES,
// TRANSITION_ISSUES, ADD_COMMENTS, ASSIGN_ISSUES, …) from an account.
func (s *Server) Deny(user string, permissions ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.user(user); a != nil {
		a.Denied = append(slices.Clone(a.Denied), permissions...)
	}
}

// Allow gives permissions back; without any, all of them.
func (s *Server) Allow(user string, permissions ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.user(user); a != nil {
		a.Denied = slices.DeleteFunc(slices.Clone(a.Denied), func(p string) bool {
			return len(permissions) == 0 || slices.Contains(permissions, p)
		})
	}
}

// SetSecret changes the token or password of an account; "" revokes it.
func (s *Server) SetSecret(user, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.user(user); a != nil {
		a.Secret = secret
	}
}

func (a *account) may(permission string) bool { return !slices.Contains(a.Denied, permission) }

func (a *account) in(group string) bool { return slices.Contains(a.Groups, group) }

// authenticate returns the account of the request's credential, nil if there is
// none or it is wrong. Nothing is served to anonymous callers.
func (s *Server) authenticate(r *http.Request, gateway bool) *account {
	login, secret, basic := r.BasicAuth()
	if !basic {
		var ok bool
		if secret, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !ok {
			return nil
		}
	}
	for _, a := range s.users {
		if a.Secret == "" || a.Inactive || subtle.ConstantTimeCompare([]byte(a.Secret), []byte(secret)) != 1 {
			continue
		}
		name := a.Name
		if s.cloud {
			name = a.Email
		}
		if basic && !strings.EqualFold(login, name) {
			continue
		}
		if s.cloud && a.Scoped && !gateway {
			continue
		}
		return a
	}
	return nil
}

// renderUser shows an account as it is embedded in answers.
func (s *Server) renderUser(a *account) any {
	if a == nil {
		return nil
	}
	avatars := map[string]any{}
	for _, size := range []string{"16x16", "24x24", "32x32", "48x48"} {
		avatars[size] = s.base + "/secure/useravatar?size=" + size
	}
	u := map[string]any{
		"displayName": a.Display, "active": !a.Inactive, "timeZone": a.TimeZone, "avatarUrls": avatars,
	}
	if s.cloud {
		u["self"] = s.base + "/rest/api/2/user?accountId=" + a.AccountID
		u["accountId"] = a.AccountID
		u["accountType"] = "atlassian"
		if a.App {
			u["accountType"] = "app"
		}
		return u
	}
	u["self"] = s.base + "/rest/api/2/user?username=" + a.Name
	u["name"], u["key"], u["emailAddress"] = a.Name, a.Key, a.Email
	return u
}
