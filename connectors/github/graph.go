package github

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// graphPath is the path of the GraphQL API: beside the REST API of an Enterprise
// Server, not below it.
func (c *Client) graphPath() string {
	if strings.HasSuffix(c.base.Path, "/api/v3/") {
		return "../graphql"
	}
	return "graphql"
}

// mostAsked is how many issues one query asks for.
const mostAsked = 100

// A graphAnswer is what a query for several issues showed, by the alias of each in it.
type graphAnswer[T any] struct {
	asked  map[string][]connectors.Ref // more than one where one took the number of another
	shown  map[string]*T               // nil: the server shows no such issue
	errors []wireGraphError
}

// askGraph asks the GraphQL API for several issues by their numbers. Fragment, named
// "asked", is what it asks of each.
func askGraph[T any](ctx context.Context, c *Client, r request, fragment string, refs []connectors.Ref) (graphAnswer[T], answer, error) {
	g := graphAnswer[T]{}
	var err error
	var query string
	if query, g.asked, err = r.selectIssues(refs); err != nil {
		return g, answer{}, err
	}
	r.body = c.graphQuery(fragment+"query($owner: String!, $name: String!) {\n"+query+"}\n", nil)
	var w wireGraph[T]
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return g, a, err
	}
	if err := c.graphFailed(r, a, w.Errors); err != nil {
		return g, a, err
	}
	if w.Data == nil || w.Data.Repository == nil {
		return g, a, r.garbage(a, nil)
	}
	g.shown, g.errors = w.Data.Repository, w.Errors
	return g, a, nil
}

// selectIssues writes the part of a query that asks for issues of the repository, and
// returns which issues each alias in it is of.
func (r request) selectIssues(refs []connectors.Ref) (query string, asked map[string][]connectors.Ref, err error) {
	asked = map[string][]connectors.Ref{}
	var b strings.Builder
	b.WriteString("  repository(owner: $owner, name: $name) {\n")
	for _, ref := range refs {
		n := numberOf(ref.Key)
		if n == 0 {
			r.ref = ref
			return "", nil, r.err(connectors.Rejected, errNoNumber)
		}
		alias := "i" + strconv.Itoa(n)
		if asked[alias] == nil {
			fmt.Fprintf(&b, "    %s: issue(number: %d) { ...asked }\n", alias, n)
		}
		asked[alias] = append(asked[alias], ref)
	}
	b.WriteString("  }\n")
	return b.String(), asked, nil
}

// graphQuery is the body of a request for a query about the repository.
func (c *Client) graphQuery(query string, variables map[string]any) map[string]any {
	vars := map[string]any{"owner": c.cfg.Owner, "name": c.cfg.Repo}
	maps.Copy(vars, variables)
	return map[string]any{"query": query, "variables": vars}
}

// graphFailed returns the error of an answer that is of no use: it comes from elsewhere,
// or says that the query failed.
func (c *Client) graphFailed(r request, a answer, errs []wireGraphError) error {
	if !strings.HasSuffix(a.from, "/graphql") { // a redirect led to something else
		return r.garbage(a, nil)
	}
	err := r.graphErrors(a, errs)
	c.cfg.Pause.Note(err)
	return err
}

// explained reports whether the answer says why it shows nothing under an alias. A gap
// without a reason may be a cut answer.
func (g graphAnswer[T]) explained(alias string) bool {
	for _, e := range g.errors {
		if len(e.Path) == 2 && strings.Trim(string(e.Path[1]), `"`) == alias {
			return true
		}
	}
	return false
}

type wireGraph[T any] struct {
	Data *struct {
		Repository map[string]*T `json:"repository"`
	} `json:"data"`
	Errors []wireGraphError `json:"errors"`
}

func (w *wireGraph[T]) complete() bool { return w.Data != nil || len(w.Errors) > 0 }

// graphID is the id of an issue in the decimal form of the REST API, "" if there is none.
func graphID(raw json.RawMessage) string {
	id := strings.Trim(string(raw), `"`)
	if n, err := strconv.ParseInt(id, 10, 64); err != nil || n < 1 {
		return ""
	}
	return id
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
