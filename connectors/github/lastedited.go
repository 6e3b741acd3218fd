package github

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// editsOf is what is asked of each issue. Ids of issues do not fit databaseId any more.
// https://docs.github.com/graphql/reference/objects#issue
const editsOf = `fragment asked on Issue {
  fullDatabaseId
  lastEditedAt
  editor { ...who }
}
` + whoFragment

// whoFragment is what is asked of each account.
const whoFragment = `fragment who on Actor {
  __typename
  login
  ... on User { databaseId name }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}
`

// LastEdited asks the GraphQL API, a hundred issues at a time: the REST API tells neither
// the time nor the author of an edit of a body.
func (c *Client) LastEdited(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Edit, error) {
	if _, err := c.identity(ctx); err != nil {
		return nil, err
	}
	out := map[string]connectors.Edit{}
	for part := range slices.Chunk(refs, mostAsked) {
		if err := c.lastEdited(ctx, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Client) lastEdited(ctx context.Context, refs []connectors.Ref, into map[string]connectors.Edit) error {
	r := request{op: "last edited", method: http.MethodPost, path: c.graphPath(), query: true}
	g, a, err := askGraph[wireEdited](ctx, c, r, editsOf, refs)
	if err != nil {
		return err
	}
	for alias, asked := range g.asked {
		i := g.shown[alias]
		if i == nil {
			continue
		}
		if graphID(i.ID) == "" || !i.At.shown {
			return r.garbage(a, nil)
		}
		for _, ref := range asked {
			// Another issue may have taken the number of one that is gone.
			if ref.ID == "" || ref.ID == graphID(i.ID) {
				into[graphID(i.ID)] = c.edit(i)
			}
		}
	}
	return nil
}

type wireEdited struct {
	ID     json.RawMessage `json:"fullDatabaseId"` // a text as a rule; a number is no surprise
	At     shownTime       `json:"lastEditedAt"`
	Editor *wireActor      `json:"editor"`
}

// A wireActor is an account in the form of the GraphQL API.
type wireActor struct {
	Kind  string `json:"__typename"`
	ID    int64  `json:"databaseId"`
	Login string `json:"login"`
	Name  string `json:"name"`
}

// edit turns GitHub's form into the contract's.
func (c *Client) edit(w *wireEdited) connectors.Edit {
	e := connectors.Edit{At: w.At.at.UTC()}
	if !e.At.IsZero() {
		e.By = c.actor(w.Editor)
	}
	return e
}

// actor turns an account into the contract's form; its ID is "" where the account is gone
// or not shown. An app goes without the "[bot]" here that its login has in the REST API.
func (c *Client) actor(w *wireActor) connectors.User {
	if w == nil || w.ID < 1 {
		return connectors.User{}
	}
	u := wireUser{ID: w.ID, Login: w.Login, Name: w.Name, Type: w.Kind}
	if w.Kind == "Bot" && !strings.HasSuffix(u.Login, "[bot]") {
		u.Login += "[bot]"
	}
	return c.user(&u)
}
