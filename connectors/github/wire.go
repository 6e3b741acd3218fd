package github

import (
	"encoding/json"
	"slices"
	"time"
)

// The fields of GitHub's answers that are used, and no others.

type wireUser struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
	Type  string `json:"type"`
}

func (u *wireUser) complete() bool { return u.ID > 0 && u.Login != "" }

func (u *wireUser) key() (string, time.Time) { return decimal(u.ID), time.Time{} }

// A shownText is a text that may be null, and tells whether it was shown at all:
// what an answer leaves out must not pass for empty.
type shownText struct {
	shown bool
	text  string
}

// UnmarshalJSON reads a text or null.
func (t *shownText) UnmarshalJSON(raw []byte) error {
	t.shown, t.text = true, ""
	return json.Unmarshal(raw, &t.text)
}

type wireIssue struct {
	ID            int64           `json:"id"`
	Number        int             `json:"number"`
	RepositoryURL string          `json:"repository_url"`
	HTMLURL       string          `json:"html_url"`
	Title         string          `json:"title"`
	Body          shownText       `json:"body"`
	State         string          `json:"state"`
	StateReason   string          `json:"state_reason"`
	Comments      *int            `json:"comments"` // nil where a server does not count
	User          *wireUser       `json:"user"`
	Labels        []wireLabel     `json:"labels"`
	Assignee      *wireUser       `json:"assignee"`
	Assignees     []wireUser      `json:"assignees"`
	PullRequest   json.RawMessage `json:"pull_request"`
	Type          json.RawMessage `json:"type"` // absent where the owner has no issue types
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
	ClosedAt      *time.Time      `json:"closed_at"` // null while it is open
}

// complete reports whether the answer shows all that GitHub always shows. An
// issue that is read in half looks as if somebody had emptied the rest of it.
func (i *wireIssue) complete() bool {
	return i.ID > 0 && i.Number > 0 && i.Title != "" && i.Body.shown && (i.State == "open" || i.State == "closed") &&
		!i.CreatedAt.IsZero() && !i.UpdatedAt.IsZero() && i.Labels != nil && i.Assignees != nil &&
		(i.User == nil || i.User.complete()) && (i.Assignee == nil || i.Assignee.complete()) &&
		!slices.ContainsFunc(i.Assignees, func(u wireUser) bool { return !u.complete() }) &&
		!slices.ContainsFunc(i.Labels, func(l wireLabel) bool { return !l.complete() })
}

func (i *wireIssue) key() (string, time.Time) { return decimal(i.ID), i.UpdatedAt }

func (i *wireIssue) isPull() bool { return len(i.PullRequest) > 0 && string(i.PullRequest) != "null" }

// typeName is the issue type, "" for none.
func (i *wireIssue) typeName() string {
	var t struct{ Name string }
	if json.Unmarshal(i.Type, &t) != nil {
		return ""
	}
	return t.Name
}

type wireLabel struct {
	Name string `json:"name"`
}

func (l *wireLabel) complete() bool { return l.Name != "" }

func (l *wireLabel) key() (string, time.Time) { return l.Name, time.Time{} }

type wireComment struct {
	ID        int64     `json:"id"`
	NodeID    string    `json:"node_id"` // by which the GraphQL API knows it
	Body      shownText `json:"body"`
	IssueURL  string    `json:"issue_url"`
	HTMLURL   string    `json:"html_url"`
	User      *wireUser `json:"user"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (c *wireComment) complete() bool {
	return c.ID > 0 && c.Body.shown && !c.CreatedAt.IsZero() && !c.UpdatedAt.IsZero() && (c.User == nil || c.User.complete())
}

func (c *wireComment) key() (string, time.Time) { return decimal(c.ID), c.UpdatedAt }

type wireReaction struct {
	ID      int64  `json:"id"`
	Content string `json:"content"`
}

func (r *wireReaction) complete() bool { return r.ID > 0 && r.Content != "" }

type wireRepo struct {
	ID          int64           `json:"id"`
	FullName    string          `json:"full_name"`
	HasIssues   bool            `json:"has_issues"`
	Archived    bool            `json:"archived"`
	Permissions map[string]bool `json:"permissions"`
}

func (r *wireRepo) complete() bool { return r.ID > 0 && r.FullName != "" }

type wireApp struct {
	Slug string `json:"slug"`
}

func (a *wireApp) complete() bool { return a.Slug != "" }

type wireInstallation struct {
	ID          int64             `json:"id"`
	Permissions map[string]string `json:"permissions"`
}

func (i *wireInstallation) complete() bool { return i.ID != 0 }

type wireLimits struct {
	Resources struct {
		Core struct {
			Limit     int   `json:"limit"`
			Remaining int   `json:"remaining"`
			Reset     int64 `json:"reset"`
		} `json:"core"`
	} `json:"resources"`
}

func (l *wireLimits) complete() bool { return true }
