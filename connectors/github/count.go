package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// Count asks GitHub's search, which always gets the repository and is:issue as further words.
func (c *Client) Count(ctx context.Context, query string) (int, error) {
	r := request{op: "count", method: http.MethodGet}
	if err := checkSearch(query); err != nil {
		return 0, r.err(connectors.Rejected, err)
	}
	words := strings.TrimSpace(query) + " repo:" + c.cfg.Owner + "/" + c.cfg.Repo + " is:issue"
	r.path = "search/issues?" + url.Values{"q": {words}, "per_page": {"1"}}.Encode()
	var w wireSearch
	if _, err := c.fetch(ctx, r, &w); err != nil {
		return 0, err
	}
	if *w.Partial {
		return 0, r.err(connectors.Unavailable, errors.New("GitHub did not finish the search"))
	}
	return *w.Total, nil
}

// wireSearch is what the answer of a search says of its hits.
type wireSearch struct {
	Total   *int  `json:"total_count"`
	Partial *bool `json:"incomplete_results"`
}

func (w *wireSearch) complete() bool { return w.Total != nil && *w.Total >= 0 && w.Partial != nil }

// checkSearch refuses a search that could reach beyond the repository. GitHub joins several
// places with "or", as it does words beside OR, so a further condition does not narrow them.
func checkSearch(query string) error {
	if strings.TrimSpace(query) == "" {
		return errors.New("the search is empty")
	}
	bare, quoted := strings.Builder{}, false
	for _, c := range strings.ToLower(query) {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			bare.WriteRune(c)
		}
	}
	words := strings.Fields(bare.String())
	switch {
	case quoted:
		return errors.New("a quoted text has no end")
	case strings.Contains(query, `\`): // it could end a quoted text in another place than here
		return errors.New("a search with a backslash could reach other repositories")
	case strings.ContainsAny(bare.String(), "()"):
		return errors.New("a search with parentheses could reach other repositories")
	case slices.Contains(words, "or"):
		return errors.New("a search with OR could reach other repositories")
	}
	for _, place := range []string{"repo:", "org:", "user:", "enterprise:"} {
		if strings.Contains(bare.String(), place) {
			return fmt.Errorf("%s names where to search, and the repository of the binding is searched", place)
		}
	}
	for _, pull := range []string{"is:pr", "is:pull-request", "type:pr", "type:pull-request"} {
		if slices.Contains(words, pull) {
			return errors.New("issues are counted, and no pull requests")
		}
	}
	return nil
}
