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
  editor { __typename login ... on User { databaseId name } ... on Bot { databaseId } ... on Mannequin { databaseId } ... on Organization { databaseId } }
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
	Editor *struct {
		Kind  string `json:"__typename"`
		ID    int64  `json:"databaseId"`
		Login string `json:"login"`
		Name  string `json:"name"`
	} `json:"editor"`
}

// edit turns GitHub's form into the contract's. An app goes without the "[bot]" here
// that its login has in the REST API.
func (c *Client) edit(w *wireEdited) connectors.Edit {
	e := connectors.Edit{At: w.At.at.UTC()}
	if e.At.IsZero() || w.Editor == nil || w.Editor.ID < 1 {
		return e
	}
	u := wireUser{ID: w.Editor.ID, Login: w.Editor.Login, Name: w.Editor.Name, Type: w.Editor.Kind}
	if w.Editor.Kind == "Bot" && !strings.HasSuffix(u.Login, "[bot]") {
		u.Login += "[bot]"
	}
	e.By = c.user(&u)
	return e
}
