package githubsim

import (
	"net/http"
	"slices"
	"strings"
)

// searchIssues searches issues. It knows the words repo:, is:issue, is:pr, is:open, is:closed, state: and
// label:, and looks for others in title and text. As at GitHub a search needs
// is:issue or is:pr, and a repository that the caller may not see is refused.
func (c *call) searchIssues() reply {
	words := searchWords(c.r.URL.Query().Get("q"))
	var in []*repo
	of := ""
	var tests []func(*issue, *version) bool
	for _, w := range words {
		key, value, qualified := strings.Cut(w, ":")
		switch {
		case qualified && key == "repo":
			owner, name, _ := strings.Cut(value, "/")
			r, _ := c.s.repoNamed(owner, name)
			if r == nil || r.private && c.app == nil && !c.who.may(r, Read) {
				return invalid(fieldError{Resource: "Search", Code: "invalid", Field: "q", Message: "The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them."})
			}
			in = append(in, r)
		case w == "is:issue", w == "is:pr":
			of = value
			tests = append(tests, func(_ *issue, v *version) bool { return v.pull == (value == "pr") })
		case qualified && (key == "is" || key == "state") && (value == "open" || value == "closed"):
			tests = append(tests, func(_ *issue, v *version) bool { return v.state == value })
		case qualified && key == "label":
			tests = append(tests, func(_ *issue, v *version) bool {
				return slices.ContainsFunc(v.labels, func(l *label) bool { return strings.EqualFold(l.name, value) })
			})
		default:
			tests = append(tests, func(_ *issue, v *version) bool {
				text := v.title
				if v.body != nil {
					text += "\n" + *v.body
				}
				return strings.Contains(strings.ToLower(text), strings.ToLower(w))
			})
		}
	}
	if of == "" {
		return invalid(fieldError{Resource: "Search", Code: "invalid", Field: "q", Message: "Query must include 'is:issue' or 'is:pull-request'"})
	}
	if len(in) == 0 {
		in = c.s.repos
	}
	var found []listed
	for _, r := range in {
		for _, i := range r.issues {
			v := c.s.listed(i)
			if v != nil && !slices.ContainsFunc(tests, func(meets func(*issue, *version) bool) bool { return !meets(i, v) }) {
				found = append(found, listed{i, v})
			}
		}
	}
	items := []hitJSON{}
	for _, l := range paginate(c, found) {
		items = append(items, hitJSON{c.s.renderIssue(l.issue, l.version, false), 1})
	}
	return reply{http.StatusOK, map[string]any{"total_count": len(found), "incomplete_results": false, "items": items, "search_type": "lexical"}}
}

// A hitJSON is an issue that a search found, and how well it matches.
type hitJSON struct {
	issueJSON
	Score float64 `json:"score"`
}

// searchWords splits a search at its blanks, and keeps what stands in quotes together.
func searchWords(q string) []string {
	quoted := false
	words := strings.FieldsFunc(q, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, `"`, "")
	}
	return words
}
