package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// editsOf is what is asked of each issue. Ids of issues do not fit databaseId any more.
// https://docs.github.com/graphql/reference/objects#issue
const editsOf = `fragment edits on Issue {
  fullDatabaseId
  lastEditedAt
  editor { __typename login ... on User { databaseId name } ... on Bot { databaseId } ... on Mannequin { databaseId } ... on Organization { databaseId } }
}
`

// mostEdits is how many issues one query asks for.
const mostEdits = 100

// LastEdited asks the GraphQL API, a hundred issues at a time: the REST API tells neither
// the time nor the author of an edit of a body.
func (c *Client) LastEdited(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Edit, error) {
	if _, err := c.identity(ctx); err != nil {
		return nil, err
	}
	out := map[string]connectors.Edit{}
	for part := range slices.Chunk(refs, mostEdits) {
		if err := c.lastEdited(ctx, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Client) lastEdited(ctx context.Context, refs []connectors.Ref, into map[string]connectors.Edit) error {
	r := request{op: "last edited", method: http.MethodPost, path: c.graphPath(), query: true}
	var b strings.Builder
	b.WriteString(editsOf + "query($owner: String!, $name: String!) {\n  repository(owner: $owner, name: $name) {\n")
	byNumber := map[string]connectors.Ref{}
	for _, ref := range refs {
		n := numberOf(ref.Key)
		if n == 0 {
			r.ref = ref
			return r.err(connectors.Rejected, errNoNumber)
		}
		alias := "i" + strconv.Itoa(n)
		if _, twice := byNumber[alias]; !twice {
			fmt.Fprintf(&b, "    %s: issue(number: %d) { ...edits }\n", alias, n)
		}
		byNumber[alias] = ref
	}
	b.WriteString("  }\n}\n")
	r.body = map[string]any{"query": b.String(), "variables": map[string]string{"owner": c.cfg.Owner, "name": c.cfg.Repo}}
	var w wireGraph
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(a.from, "/graphql") { // a redirect led to something else
		return r.garbage(a, nil)
	}
	if err := r.graphErrors(a, w.Errors); err != nil {
		return err
	}
	if w.Data == nil || w.Data.Repository == nil {
		return r.garbage(a, nil)
	}
	for alias, ref := range byNumber {
		i := w.Data.Repository[alias]
		if i == nil {
			continue
		}
		if i.id() == "" || !i.At.shown {
			return r.garbage(a, nil)
		}
		if ref.ID != "" && ref.ID != i.id() {
			continue // another issue took the number of one that is gone
		}
		into[i.id()] = c.edit(i)
	}
	return nil
}

// graphPath is the path of the GraphQL API: beside the REST API of an Enterprise
// Server, not below it.
func (c *Client) graphPath() string {
	if strings.HasSuffix(c.base.Path, "/api/v3/") {
		return "../graphql"
	}
	return "graphql"
}

type wireGraph struct {
	Data *struct {
		Repository map[string]*wireEdited `json:"repository"`
	} `json:"data"`
	Errors []wireGraphError `json:"errors"`
}

func (w *wireGraph) complete() bool { return w.Data != nil || len(w.Errors) > 0 }

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

// A shownTime is a time that may be null, and tells whether it was shown at all: what an
// answer leaves out must not pass for never.
type shownTime struct {
	shown bool
	at    time.Time
}

// UnmarshalJSON reads a time or null.
func (t *shownTime) UnmarshalJSON(raw []byte) error {
	t.shown, t.at = true, time.Time{}
	return json.Unmarshal(raw, &t.at)
}

func (w *wireEdited) id() string {
	id := strings.Trim(string(w.ID), `"`)
	if n, err := strconv.ParseInt(id, 10, 64); err != nil || n < 1 {
		return ""
	}
	return id
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

// A wireGraphError is an entry of the errors of an answer, whose status is 200 as a
// rule. Failures have a type, or a code.
type wireGraphError struct {
	Type       string            `json:"type"`
	Code       string            `json:"code"`
	Message    string            `json:"message"`
	Path       []json.RawMessage `json:"path"`
	Extensions map[string]any    `json:"extensions"`
}

// graphErrors classifies the errors of an answer. Those that are about one issue, or
// about something of one issue, leave a gap in the data and end nothing.
func (r request) graphErrors(a answer, list []wireGraphError) error {
	for _, e := range list {
		kind := strings.ToUpper(e.Type + e.Code)
		err := r.err(connectors.Unavailable, nil) // "Something went wrong while executing your query"
		err.Status = a.status
		err.Detail = transport.Detail([]byte(e.Message))
		switch {
		case strings.Contains(kind, "RATE_LIMIT") || limited(http.Header{}, []byte(e.Message)):
			err.Kind = connectors.Limited
			err.Until, _ = limit(a.head, []byte(e.Message), time.Now())
			err.Scope = connectors.ScopeRoute
		case len(e.Path) >= 2 && (kind == "NOT_FOUND" || kind == "FORBIDDEN"):
			continue
		case kind == "NOT_FOUND":
			err.Kind = connectors.NotFound
		case kind == "FORBIDDEN", kind == "INSUFFICIENT_SCOPES":
			err.Kind = connectors.Denied
		case len(e.Extensions) > 0: // the server does not know the query
			err.Kind = connectors.Rejected
		}
		return err
	}
	return nil
}
