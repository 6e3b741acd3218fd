package github

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

// issue turns GitHub's form into the contract's; it sends no request. The identity
// must be known.
func (c *Client) issue(w *wireIssue) *connectors.Issue {
	body, m := c.split(w)
	users := map[string]connectors.User{}
	i := &connectors.Issue{
		Ref:     connectors.Ref{ID: decimal(w.ID), Key: c.key(w)},
		Version: version(w),
		URL:     w.HTMLURL,
		Status:  connectors.Status{Name: w.State, Done: w.State == "closed", Reason: w.StateReason},
		Fields: map[connectors.Field]connectors.Value{
			connectors.Title:    {Text: w.Title},
			connectors.Body:     {Text: body},
			connectors.Labels:   {Items: labels(w.Labels)},
			connectors.Assignee: {},
		},
		Author:  c.user(w.User),
		Created: w.CreatedAt.UTC(),
		Updated: w.UpdatedAt.UTC(),
		Marker:  m.marker, Installation: m.installation,
		Users: users,
	}
	if w.ClosedAt != nil && i.Status.Done {
		i.Closed = w.ClosedAt.UTC()
	}
	if i.URL == "" {
		i.URL = c.web + "/" + strings.Replace(i.Ref.Key, "#", "/issues/", 1)
	}
	if len(w.Type) > 0 {
		i.Fields[connectors.Type] = connectors.Value{Text: w.typeName()}
	}
	if w.StateReason == "reopened" {
		i.Status.Reason = "" // says how it came to be open, not why it is
	}
	if i.Author.ID != "" {
		users[i.Author.ID] = i.Author
	}
	assignees := w.Assignees
	if len(assignees) == 0 && w.Assignee != nil {
		assignees = []wireUser{*w.Assignee}
	}
	var ids []string
	for _, a := range assignees {
		u := c.user(&a)
		users[u.ID] = u
		ids = append(ids, u.ID)
	}
	i.Fields[connectors.Assignee] = assigned(ids)
	return i
}

// assigned is the value of an assignee field, from the accounts in GitHub's order.
func assigned(ids []string) connectors.Value {
	var v connectors.Value
	if len(ids) > 0 {
		v.Text = ids[0]
	}
	if len(ids) > 1 {
		v.Items = slices.Compact(slices.Sorted(slices.Values(ids)))
	}
	return v
}

// key is the address of an issue: the repository under its present name.
func (c *Client) key(w *wireIssue) string {
	repo := c.cfg.Owner + "/" + c.cfg.Repo
	if name := repoOf(w.RepositoryURL); name != "" {
		repo = name
	}
	return repo + "#" + strconv.Itoa(w.Number)
}

// repoOf cuts "owner/repo" out of an API address.
func repoOf(apiURL string) string {
	_, rest, ok := strings.Cut(apiURL, "/repos/")
	if !ok {
		return ""
	}
	parts := strings.SplitN(rest, "/", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[0] + "/" + parts[1]
}

// numberOf reads the number out of "owner/repo#17", "#17" or "17"; 0 if there is
// none.
func numberOf(key string) int {
	n, err := strconv.Atoi(key[strings.LastIndexByte(key, '#')+1:])
	if err != nil || n < 1 {
		return 0
	}
	return n
}

func labels(ls []wireLabel) []string {
	var out []string
	for _, l := range ls {
		out = append(out, l.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// version is a hash of all that is shown: GitHub's own time stamp has whole
// seconds, so that two edits within one second would look alike.
func version(w *wireIssue) string {
	ids := make([]int64, 0, len(w.Assignees))
	for _, a := range w.Assignees {
		ids = append(ids, a.ID)
	}
	b, err := json.Marshal([]any{
		w.ID, w.Number, w.RepositoryURL, w.Title, w.Body.text, w.State, w.StateReason, w.typeName(), labels(w.Labels), ids, w.UpdatedAt.UTC().Format(time.RFC3339),
	})
	if err != nil {
		return w.UpdatedAt.UTC().Format(time.RFC3339)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// user turns an account into the contract's form and remembers its login, which
// writes need. A deleted account is null, or the account "ghost".
func (c *Client) user(w *wireUser) connectors.User {
	if w == nil {
		return connectors.User{}
	}
	u := connectors.User{ID: decimal(w.ID), Login: w.Login, Name: w.Name, Bot: w.Type == "Bot"}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.logins[u.ID] = u.Login
	if c.self != nil && c.self.ID == u.ID {
		u.Bot = true
	}
	return u
}

// comment turns a comment into the contract's form. The identity must be known.
func (c *Client) comment(w *wireComment, ref connectors.Ref) connectors.Comment {
	body, m := w.Body.text, mark{}
	if c.ours(w.User) {
		body, m = splitHeader(w.Body.text)
	}
	c.know(decimal(w.ID), w.NodeID)
	return connectors.Comment{
		ID: decimal(w.ID), Issue: ref, Author: c.user(w.User), Body: body, Marker: m.marker, Installation: m.installation,
		Created: w.CreatedAt.UTC(), Updated: w.UpdatedAt.UTC(),
	}
}

// ours reports whether our own account wrote something. Before the identity is
// known it wrote nothing.
func (c *Client) ours(author *wireUser) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return author != nil && c.self != nil && c.self.ID == decimal(author.ID)
}

// split takes the mark out of the text of an issue that our account wrote. In
// the text of anybody else it is what that person typed: whoever can file an issue
// can copy a marker from a comment of conformd.
func (c *Client) split(w *wireIssue) (text string, found mark) {
	if !c.ours(w.User) {
		return w.Body.text, mark{}
	}
	return splitFooter(w.Body.text)
}

// selected reports whether an issue belongs to the binding: it carries the
// labels, our account created it with a marker, or it is bound already.
func (c *Client) selected(i *connectors.Issue) bool {
	return c.labelled(i) || i.Marker != "" || c.cfg.Known != nil && c.cfg.Known(i.Ref.ID)
}

// labelled reports whether an issue carries all labels that select.
func (c *Client) labelled(i *connectors.Issue) bool {
	have := i.Fields[connectors.Labels].Items
	for _, want := range c.cfg.Labels {
		if !slices.ContainsFunc(have, func(l string) bool { return strings.EqualFold(l, want) }) {
			return false
		}
	}
	return true
}
