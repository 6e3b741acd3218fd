package githubsim

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Seed files n issues at once, written by the given account, without webhooks
// of issues and one second apart in the past. It returns the first number.
func (s *Server) Seed(login string, n int, content func(k int) (title, body string, labels []string)) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	by, r := s.byLogin[strings.ToLower(login)], s.repos[0]
	if by == nil {
		return 0, fmt.Errorf("no account %q", login)
	}
	first := len(r.issues) + 1
	start := s.now().Add(-time.Duration(n) * time.Second)
	for k := range n {
		title, body, labels := content(k)
		at := start.Add(time.Duration(k) * time.Second)
		r.issues = append(r.issues, &issue{repo: r, version: &version{
			id: s.id(), number: len(r.issues) + 1, title: title, body: &body, state: "open", author: by,
			labels: s.labelsNamed(r, labels, by), created: at, updated: at, since: at.Add(-s.opts.ListLag),
		}})
	}
	r.changed++
	return first, nil
}

// SeedComments posts n comments at once as Seed files issues, the kth on an issue of the
// given number.
func (s *Server) SeedComments(login string, n int, on func(k int) (issue int)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	by, r := s.byLogin[strings.ToLower(login)], s.repos[0]
	if by == nil {
		return fmt.Errorf("no account %q", login)
	}
	start := s.now().Add(-time.Duration(n) * time.Second)
	for k := range n {
		i := r.issue(on(k))
		if i == nil {
			return fmt.Errorf("no issue %d", on(k))
		}
		at := start.Add(time.Duration(k) * time.Second)
		r.comments = append(r.comments, &comment{
			id: s.id(), issue: i, author: by, body: fmt.Sprint("Comment ", k), created: at, updated: at, since: at.Add(-s.opts.ListLag),
		})
		i.comments++
		if at.After(i.updated) {
			i.updated, i.since = at, at.Add(-s.opts.ListLag)
		}
	}
	r.changed++
	return nil
}

// LoadRecorded files recorded issues into the first repository. The format is
// that of Apache DevLake's raw tables: CSV whose column "data" holds one issue or
// pull request as the REST API shows it. Numbers, ids, authors, labels, states
// and times are kept; a number that is already taken is passed over, so that a
// recording may hold an issue twice. It returns how many were filed.
func (s *Server) LoadRecorded(in io.Reader) (int, error) {
	rows := csv.NewReader(in)
	head, err := rows.Read()
	if err != nil {
		return 0, fmt.Errorf("recorded issues: %w", err)
	}
	column := slices.Index(head, "data")
	if column < 0 {
		return 0, fmt.Errorf("recorded issues: no column %q", "data")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	filed := 0
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return filed, fmt.Errorf("recorded issues: %w", err)
		}
		var rec recorded
		if err := json.Unmarshal([]byte(row[column]), &rec); err != nil {
			return filed, fmt.Errorf("recorded issue %d: %w", filed+1, err)
		}
		if s.load(s.repos[0], rec) {
			filed++
		}
	}
	s.repos[0].changed++
	return filed, nil
}

type recordedUser struct {
	ID    int64
	Login string
	Type  string
}

type recorded struct {
	ID        int64
	Number    int
	Title     string
	Body      *string
	State     string
	Reason    string `json:"state_reason"`
	User      *recordedUser
	Assignees []recordedUser
	Labels    []struct{ Name, Color, Description string }
	Locked    bool
	Created   time.Time  `json:"created_at"`
	Updated   time.Time  `json:"updated_at"`
	Closed    *time.Time `json:"closed_at"`
	Pull      any        `json:"pull_request"`
}

func (s *Server) load(r *repo, rec recorded) bool {
	if rec.Number < 1 || rec.Number <= len(r.issues) && !r.issues[rec.Number-1].blank() {
		return false
	}
	// The numbers between are issues that are not in the recording: deleted.
	for len(r.issues) < rec.Number {
		r.issues = append(r.issues, &issue{repo: r, gone: true, version: &version{
			id: s.id(), number: len(r.issues) + 1, state: "closed", author: s.ghost(),
		}})
	}
	v := &version{
		id: rec.ID, number: rec.Number, title: rec.Title, body: rec.Body, state: rec.State, reason: rec.Reason,
		created: rec.Created, updated: rec.Updated, since: rec.Updated, locked: rec.Locked, pull: rec.Pull != nil, author: s.ghost(),
	}
	if rec.User != nil {
		v.author = s.recordedAccount(*rec.User)
	}
	for _, a := range rec.Assignees {
		v.assignees = append(v.assignees, s.recordedAccount(a))
	}
	for _, l := range rec.Labels {
		have := r.label(l.Name)
		if have == nil {
			have = &label{id: s.id(), name: l.Name, color: l.Color, description: l.Description}
			r.labels = append(r.labels, have)
		}
		v.labels = append(v.labels, have)
	}
	if rec.Closed != nil {
		v.closed = *rec.Closed
	}
	r.issues[rec.Number-1] = &issue{repo: r, version: v}
	return true
}

// blank reports whether an issue only holds the place of a number.
func (i *issue) blank() bool { return i.gone && i.title == "" }

// ghost is the account that stands for deleted ones.
func (s *Server) ghost() *account {
	if a := s.byLogin["ghost"]; a != nil {
		return a
	}
	return s.account(User{Login: "ghost", ID: 10137}, "User")
}

func (s *Server) recordedAccount(u recordedUser) *account {
	if a := s.byLogin[strings.ToLower(u.Login)]; a != nil {
		return a
	}
	return s.account(User{Login: u.Login, ID: u.ID}, u.Type)
}
