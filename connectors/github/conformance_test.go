package github_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/connectortest"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
)

func TestConformance(t *testing.T) {
	t.Run("github.com", func(t *testing.T) {
		connectortest.Run(t, func(t *testing.T) connectortest.Harness { return harness(t) })
	})
	t.Run("GHES", func(t *testing.T) {
		connectortest.Run(t, func(t *testing.T) connectortest.Harness {
			return harness(t, ghes, func(o *githubsim.Options, _ *github.Config) {
				o.ListLag, o.SinceExclusive = 3*time.Second, true
			})
		})
	})
}

func harness(t *testing.T, settings ...setting) connectortest.Harness {
	var config github.Config
	settings = append(settings, func(_ *githubsim.Options, c *github.Config) { c.Installation = connectortest.Installation })
	w := &world{open(t, append(settings, func(_ *githubsim.Options, c *github.Config) { config = *c })...)}
	as := func(t testing.TB, installation string) connectors.Tracker {
		t.Helper()
		config.BaseURL, config.Installation = w.s.api, installation
		c, err := github.New(config)
		must(t, err)
		return c
	}
	return connectortest.Harness{Tracker: w.s.Client, As: as, World: w, Facts: connectortest.Facts{
		Secrets: []string{botToken, ourHook},
		Human:   "bob",
		Missing: connectors.Ref{ID: "424242", Key: "acme/isms#4242"},
		Writable: map[connectors.Field][2]connectors.Value{
			connectors.Title:    {{Text: "One"}, {Text: "Two"}},
			connectors.Body:     {{Text: "One\n\ntwo"}, {Text: "Three\r\nfour\n"}},
			connectors.Assignee: {{Text: "9001"}, {Text: "9002"}},
		},
		Assignees: []string{"9001", "9002", "9003"},
		Refused: []connectortest.Refused{
			{Why: "too long", Field: connectors.Title, Value: connectors.Value{Text: strings.Repeat("x", 257)}, Words: "title is too long (maximum is 256 characters)"},
			{Why: "too long", Field: connectors.Body, Value: connectors.Value{Text: strings.Repeat("ü", 65537)}, Words: "body is too long (maximum is 65536 characters)"},
			{Why: "no access", Field: connectors.Assignee, Value: connectors.Value{Text: "9004"}, Words: "assignees outsider cannot be assigned to this issue"},
			{Why: "no such account", Field: connectors.Assignee, Value: connectors.Value{Text: "424242"}, Words: "there is no account 424242"},
			{Why: "too long", Field: connectors.Labels, Value: connectors.Value{Items: []string{strings.Repeat("l", 51)}}, Words: "Label name invalid (" + strings.Repeat("l", 51) + ")"},
		},
		Clearable: []connectors.Field{connectors.Body, connectors.Assignee},
		Empty:     connectors.Assignee,
		Absent:    connectors.Due,
		Search: connectortest.Searches{
			Seeded: "is:open", Nothing: `label:"no such label"`,
			Refused: []string{
				"repo:acme/platform", "is:open -repo:acme/isms", `repo:"acme/platform"`, "REPO:acme/platform", "org:acme", "user:alice", "is:open OR is:closed",
				"(is:open)", `"a\" repo:acme/platform "`, `label:"isms`, "is:pr",
			},
		},
		Start: "open",
		Done: []connectors.Target{
			{Name: "closed"},
			{Name: "closed", Reason: "completed"},
			{Name: "closed", Reason: "not_planned"},
			{Name: "closed", Reason: "duplicate"},
		},
		Unreachable: connectors.Target{Name: "In Progress"},
		Reachable:   []string{"open", "closed"},
		PageSize:    100,
		Limits:      vendorLimits(),
		Lacks: map[connectortest.Feature]string{
			connectortest.FeatureBulk:       "the REST API reads one issue at a time",
			connectortest.FeatureUnreadable: "every field of an issue that is mapped is a text, a set or an account",
		},
	}}
}

// vendorLimits are the ways in which GitHub says that it was too much.
func vendorLimits() []connectortest.Limit {
	const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`
	const content = `{"message":"You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later."}`
	in := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	all := connectors.ScopeAll
	return []connectortest.Limit{
		{
			Name: "primary", Status: 403, Scope: all, Least: 29 * time.Minute, Most: 31 * time.Minute, Body: `{"message":"API rate limit exceeded for user ID 9000."}`,
			Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in(30 * time.Minute), "Date": time.Now().UTC().Format(http.TimeFormat)},
		},
		{
			Name: "primary as 429", Status: 429, Scope: all, Least: 29 * time.Minute, Most: 31 * time.Minute, Body: `{"message":"API rate limit exceeded"}`,
			Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in(30 * time.Minute), "Date": time.Now().UTC().Format(http.TimeFormat)},
		},
		{
			Name: "secondary with Retry-After", Status: 403, Scope: all, Least: 41 * time.Second, Most: 43 * time.Second, Body: secondary,
			Header: map[string]string{"Retry-After": "42", "X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": in(time.Hour)},
		},
		{
			Name: "secondary in words only", Status: 403, Scope: all, Least: 59 * time.Second, Most: 61 * time.Second, Body: secondary,
			Header: map[string]string{"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": in(time.Hour)},
		},
		{Name: "bare 429", Status: 429, Scope: all, Least: 59 * time.Second, Most: 61 * time.Second},
		{Name: "content creation", Op: connectortest.OpPostComment, Status: 403, Scope: connectors.ScopeWrites, Least: 59 * time.Second, Most: 61 * time.Second, Body: content},
	}
}

// A world is the simulated GitHub as the conformance suite arranges it.
type world struct{ s *site }

func (w *world) number(t testing.TB, ref connectors.Ref) int {
	t.Helper()
	n, err := strconv.Atoi(ref.Key[strings.LastIndexByte(ref.Key, '#')+1:])
	must(t, err)
	return n
}

func (w *world) Seed(t testing.TB, n int) []connectors.Ref {
	t.Helper()
	var out []connectors.Ref
	for range n {
		w.s.Clock().Advance(2 * time.Second)
		k := len(w.s.Issues()) + 1
		out = append(out, w.s.file(t, fmt.Sprintf("Seeded %d", k), fmt.Sprintf("Body %d", k)))
	}
	return out
}

func (w *world) HumanEdit(t testing.TB, ref connectors.Ref, f connectors.Field, v connectors.Value) {
	t.Helper()
	w.edit(t, "bob", ref, f, v)
}

func (w *world) Other() string { return "alice" }

func (w *world) OtherEdit(t testing.TB, ref connectors.Ref, f connectors.Field, v connectors.Value) {
	t.Helper()
	w.edit(t, w.Other(), ref, f, v)
}

func (w *world) OtherEditComment(t testing.TB, _ connectors.Ref, id, body string) {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	must(t, err)
	must(t, w.s.As(w.Other()).EditComment(n, body))
}

func (w *world) edit(t testing.TB, login string, ref connectors.Ref, f connectors.Field, v connectors.Value) {
	t.Helper()
	who, n := w.s.As(login), w.number(t, ref)
	switch f {
	case connectors.Title:
		must(t, who.Retitle(n, v.Text))
	case connectors.Body: // people leave alone what is hidden below
		body, _, found := strings.Cut(w.s.Issue(n).Body, "\n\n<!-- conformd:")
		hidden := strings.TrimPrefix(w.s.Issue(n).Body, body)
		if !found {
			hidden = ""
		}
		must(t, who.Rewrite(n, v.Text+hidden))
	case connectors.Labels:
		must(t, who.Edit(n, githubsim.Edit{Labels: append([]string{}, v.Items...)}))
	case connectors.Assignee:
		logins := []string{}
		for _, p := range people() {
			if itoa(p.ID) == v.Text || slices.Contains(v.Items, itoa(p.ID)) {
				logins = append(logins, p.Login)
			}
		}
		must(t, who.Assign(n, logins...))
	default:
		t.Fatalf("a person cannot set %q on GitHub", f)
	}
}

func (w *world) HumanComment(t testing.TB, ref connectors.Ref, body string) string {
	t.Helper()
	id, err := w.s.As("bob").Comment(w.number(t, ref), body)
	must(t, err)
	return itoa(id)
}

func (w *world) HumanStatus(t testing.TB, ref connectors.Ref, to connectors.Target) {
	t.Helper()
	must(t, w.s.As("bob").Edit(w.number(t, ref), githubsim.Edit{State: to.Name, StateReason: to.Reason}))
}

func (w *world) Copy(t testing.TB, ref connectors.Ref) connectors.Ref {
	t.Helper()
	is := w.s.Issue(w.number(t, ref))
	return w.s.file(t, is.Title, is.Body, is.Labels...)
}

func (w *world) CopyComment(t testing.TB, ref connectors.Ref, id string) string {
	t.Helper()
	for _, c := range w.s.Issue(w.number(t, ref)).Comments {
		if itoa(c.ID) == id {
			return w.HumanComment(t, ref, c.Body)
		}
	}
	t.Fatalf("no comment %s of %s", id, ref)
	return ""
}

func (w *world) Reactions(t testing.TB, ref connectors.Ref, comment string) []string {
	t.Helper()
	var out []string
	for _, c := range w.s.Issue(w.number(t, ref)).Comments {
		for _, r := range c.Reactions {
			if itoa(c.ID) == comment && r.By == "conformd-bot" {
				out = append(out, r.Content)
			}
		}
	}
	return out
}

func (w *world) Vanish(t testing.TB, ref connectors.Ref) {
	t.Helper()
	must(t, w.s.As("alice").Delete(w.number(t, ref)))
}

func (w *world) Count(testing.TB) int                  { return len(w.s.Issues()) }
func (w *world) Now(testing.TB) time.Time              { return w.s.Clock().Now() }
func (w *world) Advance(_ testing.TB, d time.Duration) { w.s.Clock().Advance(d) }
func (w *world) Settle(testing.TB)                     { w.s.Clock().Advance(4 * time.Second) }
func (w *world) Calm(testing.TB)                       { w.s.Faults().Clear() }

func (w *world) Fault(t testing.TB, op connectortest.Op, f simkit.Fault) {
	t.Helper()
	at, ok := map[connectortest.Op][2]string{
		connectortest.OpGet:           {"GET", `/issues/\d+$`},
		connectortest.OpChanged:       {"GET", `/issues$`},
		connectortest.OpFindCreated:   {"GET", `/issues$`},
		connectortest.OpCreated:       {"GET", `/issues$`},
		connectortest.OpComments:      {"GET", `/issues/\d+/comments$`},
		connectortest.OpCommentsSince: {"GET", `/issues/comments$`},
		connectortest.OpCreate:        {"POST", `/issues$`},
		connectortest.OpUpdate:        {"PATCH", `/issues/\d+$`},
		connectortest.OpStatus:        {"PATCH", `/issues/\d+$`},
		connectortest.OpPostComment:   {"POST", `/issues/\d+/comments$`},
		connectortest.OpEditComment:   {"PATCH", `/issues/comments/\d+$`},
		connectortest.OpReact:         {"POST", `/issues/comments/\d+/reactions$`},
		connectortest.OpLastEdited:    {"POST", `/graphql$`},
		connectortest.OpPresent:       {"POST", `/graphql$`},
		connectortest.OpCount:         {"GET", `/search/issues$`},
	}[op]
	if !ok {
		t.Fatalf("GitHub has no operation %q", op)
	}
	f.Method, f.Path = at[0], at[1]
	w.s.Faults().Add(f)
}

// Delivery is what GitHub sends after an edit.
func (w *world) Delivery(t testing.TB, ref connectors.Ref, body []byte) (http.Header, []byte) {
	t.Helper()
	if body == nil {
		id, err := strconv.ParseInt(ref.ID, 10, 64)
		must(t, err)
		repo, _, _ := strings.Cut(ref.Key, "#")
		body, err = json.Marshal(map[string]any{
			"action": "edited", "issue": map[string]any{"id": id, "number": w.number(t, ref)},
			"repository": map[string]any{"id": 1, "full_name": repo},
		})
		must(t, err)
	}
	return delivered("issues", ourHook, body), body
}

func (w *world) Move(t testing.TB, ref connectors.Ref) (connectors.Ref, bool) {
	t.Helper()
	n, err := w.s.As("alice").Transfer(w.number(t, ref), "platform")
	must(t, err)
	return connectors.Ref{ID: itoa(w.s.IssueIn("platform", n).ID), Key: fmt.Sprintf("acme/platform#%d", n)}, false
}
