package store

import (
	"time"

	"github.com/conformd/conformd/connectors"
)

type storedIssue struct {
	versioned
	Ref        storedRef              `json:"ref"`
	Version    string                 `json:"version"`
	URL        string                 `json:"url,omitempty"`
	Status     storedStatus           `json:"status"`
	Fields     map[string]storedValue `json:"fields"`
	Unreadable map[string]string      `json:"unreadable,omitempty"`
	Author     storedUser             `json:"author"`
	Reporter   storedUser             `json:"reporter,omitzero"` // since form 3
	Created    time.Time              `json:"created"`
	Updated    time.Time              `json:"updated"`
	Closed     time.Time              `json:"closed,omitzero"`
	Marker     string                 `json:"marker,omitempty"`
	Users      map[string]storedUser  `json:"users,omitempty"`
	Changes    []storedChange         `json:"changes,omitempty"`
	History    string                 `json:"history,omitempty"` // since form 2
	Older      int                    `json:"older,omitempty"`   // since form 3
}

// form is 2 since GitHub tells who changed an issue, and 3 since Jira tells who raised it and
// an issue of Jira may be shown without its older comments.
func (*storedIssue) form() int { return 3 }

type storedRef struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

type storedStatus struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name"`
	Done   bool   `json:"done"`
	Reason string `json:"reason,omitempty"`
}

type storedValue struct {
	Text  string   `json:"text,omitempty"`
	Items []string `json:"items,omitempty"`
}

type storedUser struct {
	ID    string `json:"id"`
	Login string `json:"login,omitempty"`
	Name  string `json:"name,omitempty"`
	Bot   bool   `json:"bot,omitempty"`
}

type storedChange struct {
	ID     string     `json:"id"`
	At     time.Time  `json:"at"`
	Author storedUser `json:"author"`
	Field  string     `json:"field"`
	From   string     `json:"from"`
	To     string     `json:"to"`
	FromID string     `json:"from_id,omitempty"`
	ToID   string     `json:"to_id,omitempty"`
	Reason string     `json:"reason,omitempty"` // since form 2 of an issue
	Untold bool       `json:"untold,omitempty"` // likewise
}

type storedComment struct {
	versioned
	ID      string     `json:"id"`
	Issue   storedRef  `json:"issue"`
	Author  storedUser `json:"author"`
	Body    string     `json:"body"`
	Created time.Time  `json:"created"`
	Updated time.Time  `json:"updated"`
	Marker  string     `json:"marker,omitempty"`
	Edited  time.Time  `json:"edited,omitzero"` // since form 2
	Editor  storedUser `json:"editor,omitzero"` // likewise
}

// form is 2 since GitHub tells who edited a comment.
func (*storedComment) form() int { return 2 }

// encodeIssue writes an issue without its comments, which have rows of their own; "" for
// none.
func encodeIssue(is *connectors.Issue) (string, error) {
	if is == nil {
		return "", nil
	}
	return encode(&storedIssue{
		Ref: storedRef(is.Ref), Version: is.Version, URL: is.URL, Status: storedStatus(is.Status),
		Fields:     eachOf[connectors.Field, string](is.Fields, func(v connectors.Value) storedValue { return storedValue(v) }),
		Unreadable: texts[string](is.Unreadable),
		Author:     storedUser(is.Author), Reporter: storedUser(is.Reporter), Created: is.Created, Updated: is.Updated, Closed: is.Closed, Marker: is.Marker,
		Users: eachOf[string, string](is.Users, func(u connectors.User) storedUser { return storedUser(u) }),
		Changes: each(is.Changes, func(c connectors.Change) storedChange {
			return storedChange{ID: c.ID, At: c.At, Author: storedUser(c.Author), Field: c.Field, From: c.From, To: c.To, FromID: c.FromID, ToID: c.ToID, Reason: c.Reason, Untold: c.Untold}
		}),
		History: string(is.History), Older: is.Older,
	})
}

func decodeIssue(doc string) (*connectors.Issue, error) {
	if doc == "" {
		return nil, nil //nolint:nilnil // there is no issue, and that is no error
	}
	var s storedIssue
	if err := decode(doc, "issue", &s); err != nil {
		return nil, err
	}
	return &connectors.Issue{
		Ref: connectors.Ref(s.Ref), Version: s.Version, URL: s.URL, Status: connectors.Status(s.Status),
		Fields:     eachOf[string, connectors.Field](s.Fields, func(v storedValue) connectors.Value { return connectors.Value(v) }),
		Unreadable: texts[connectors.Field](s.Unreadable),
		Author:     connectors.User(s.Author), Reporter: connectors.User(s.Reporter), Created: s.Created, Updated: s.Updated, Closed: s.Closed, Marker: s.Marker,
		Users: eachOf[string, string](s.Users, func(u storedUser) connectors.User { return connectors.User(u) }),
		Changes: each(s.Changes, func(c storedChange) connectors.Change {
			return connectors.Change{ID: c.ID, At: c.At, Author: connectors.User(c.Author), Field: c.Field, From: c.From, To: c.To, FromID: c.FromID, ToID: c.ToID, Reason: c.Reason, Untold: c.Untold}
		}),
		History: connectors.History(s.History), Older: s.Older,
	}, nil
}

func encodeComment(c connectors.Comment) (string, error) {
	return encode(&storedComment{
		ID: c.ID, Issue: storedRef(c.Issue), Author: storedUser(c.Author), Body: c.Body, Created: c.Created, Updated: c.Updated, Marker: c.Marker,
		Edited: c.Edited, Editor: storedUser(c.Editor),
	})
}

func decodeComment(doc string) (connectors.Comment, error) {
	var s storedComment
	err := decode(doc, "comment", &s)
	return connectors.Comment{
		ID: s.ID, Issue: connectors.Ref(s.Issue), Author: connectors.User(s.Author), Body: s.Body, Created: s.Created, Updated: s.Updated, Marker: s.Marker,
		Edited: s.Edited, Editor: connectors.User(s.Editor),
	}, err
}
