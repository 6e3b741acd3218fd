package jira

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A moment is a time in one of the forms that Jira and proxies before it write: with +0000,
// +00:00 or Z, with or without fractions.
type moment struct{ time.Time }

// UnmarshalJSON reads a time; null is the zero time.
func (m *moment) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil || s == "" {
		return err
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999-0700", time.RFC3339Nano, "2006-01-02T15:04-0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return fmt.Errorf("time %.40q is in no known form", s)
}

type wireUser struct {
	AccountID   string `json:"accountId"`
	AccountType string `json:"accountType"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	Display     string `json:"displayName"`
}

// user converts an account: Cloud knows people by accountId, Data Center by key.
func (u *wireUser) user() connectors.User {
	if u == nil {
		return connectors.User{}
	}
	if u.AccountID != "" {
		return connectors.User{ID: u.AccountID, Name: u.Display, Bot: u.AccountType == "app"}
	}
	id := u.Key
	if id == "" {
		id = u.Name
	}
	return connectors.User{ID: id, Login: u.Name, Name: u.Display}
}

type wireStatus struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

type wireNamed struct {
	Name string `json:"name"`
}

// wireIssue is an issue; its fields are read one by one.
type wireIssue struct {
	ID         string                     `json:"id"`
	Key        string                     `json:"key"`
	Fields     map[string]json.RawMessage `json:"fields"`
	Properties map[string]json.RawMessage `json:"properties"`
	Changelog  *struct {
		Total     int           `json:"total"`
		Histories []wireHistory `json:"histories"`
	} `json:"changelog"`
}

// wireHits is a page of a listing: Cloud goes on with Next, Data Center to Total.
type wireHits struct {
	Issues []wireIssue `json:"issues"`
	Next   string      `json:"nextPageToken"`
	Total  int         `json:"total"`
}

// wireIDs is a page of a listing with ids alone, on Cloud.
type wireIDs struct {
	Issues []struct {
		ID string `json:"id"`
	} `json:"issues"`
	Next string `json:"nextPageToken"`
}

// wireCreated is the answer to the creation of an issue.
type wireCreated struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

type wireHistory struct {
	ID      string    `json:"id"`
	Author  *wireUser `json:"author"`
	Created moment    `json:"created"`
	Items   []struct {
		Field      string  `json:"field"`
		FieldID    string  `json:"fieldId"`
		From       *string `json:"from"`
		FromString *string `json:"fromString"`
		To         *string `json:"to"`
		ToString   *string `json:"toString"`
	} `json:"items"`
}

// wireHistories is a page of the history.
type wireHistories struct {
	Values []wireHistory `json:"values"`
	Total  int           `json:"total"`
}

type wireComment struct {
	ID         string         `json:"id"`
	Author     *wireUser      `json:"author"`
	Editor     *wireUser      `json:"updateAuthor"`
	Body       string         `json:"body"`
	Created    moment         `json:"created"`
	Updated    moment         `json:"updated"`
	Properties []wireProperty `json:"properties"`
}

type wireComments struct {
	Comments []wireComment `json:"comments"`
	StartAt  int           `json:"startAt"`
	Total    int           `json:"total"`
}

// wirePosted is the answer to a comment that was written.
type wirePosted struct {
	ID string `json:"id"`
}

// wireMarks are comments that were requested by id to read their properties.
type wireMarks struct {
	Values []wireComment `json:"values"`
}

// wireSite is the answer of serverInfo.
type wireSite struct {
	Deployment string `json:"deploymentType"`
	Version    string `json:"version"`
}

type wireProperty struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// text is a wiki text with the line ends of Unix; Jira's web editor of Data
// Center stores those of Windows.
func text(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
