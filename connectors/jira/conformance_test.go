package jira_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/connectortest"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
)

// The connector keeps the contract against a Jira of either kind, with a search
// index that lags behind and a project in which teams plan stories, too.
func TestConformance(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(d, func(t *testing.T) {
			connectortest.Run(t, func(t *testing.T) connectortest.Harness {
				start := time.Now().Add(-240 * time.Hour).Truncate(time.Second)
				fields := append(jirasim.DefaultFields(), jirasim.Field{Name: "Sprint", Kind: jirasim.KindSprint})
				r := open(t, jirasim.Options{Deployment: d, Clock: simkit.NewClock(start), IndexLag: lag, Fields: fields, IssueTypes: []string{"Nonconformity", "Story"}}, func(c *jira.Config) {
					c.IssueTypes, c.Known = []string{"Nonconformity"}, func(string) bool { return false }
					c.Fields = []string{"Root cause", "NC grade", "Source reference", "Cost", "Sprint", "No such field"}
				})
				r.cfg.Installation = connectortest.Installation
				r.client = r.connect(t)
				r.sim.AddProject("OPS", "Operations")
				must(t, r.sim.Deactivate("olga", true))
				must(t, r.sim.Show("Cost", false))
				var tracker connectors.Tracker = r.client
				if d == jirasim.DataCenter {
					// GetMany is there, but is many requests and so no operation
					// of which one request can be made to fail.
					tracker = struct {
						connectors.Tracker
						connectors.Webhook
						connectors.Counter
					}{r.client, r.client, r.client}
				}
				return connectortest.Harness{Tracker: tracker, As: as(r), World: &world{rig: r, cloud: d == jirasim.Cloud}, Facts: facts(d)}
			})
		})
	}
}

// as opens the project as another installation.
func as(r *rig) func(testing.TB, string) connectors.Tracker {
	return func(t testing.TB, installation string) connectors.Tracker {
		t.Helper()
		cfg := r.cfg
		cfg.Installation = installation
		c, err := jira.New(cfg)
		must(t, err)
		return c
	}
}

// lag is how far the index of the conformance runs is behind.
const lag = 30 * time.Second

func facts(deployment string) connectortest.Facts {
	f := connectortest.Facts{
		Secrets:     []string{"conformd-token", "erik-token", "hook-secret"},
		Human:       "erik",
		Missing:     connectors.Ref{ID: "99999999", Key: "ISMS-99999"},
		DraftFields: map[connectors.Field]connectors.Value{connectors.Type: {Text: "Nonconformity"}},
		Writable: map[connectors.Field][2]connectors.Value{
			connectors.Title:                {{Text: "one title"}, {Text: "another title"}},
			connectors.Body:                 {{Text: "one body"}, {Text: "another body"}},
			connectors.Due:                  {{Text: "2026-12-01"}, {Text: "2027-01-31"}},
			connectors.Priority:             {{Text: "High"}, {Text: "Low"}},
			connectors.Custom("Root cause"): {{Text: "nobody owned it"}, {Text: "the owner left"}},
			connectors.Custom("NC grade"):   {{Text: "Major"}, {Text: "Minor"}},
		},
		Clearable:  []connectors.Field{connectors.Body, connectors.Due, connectors.Custom("Root cause"), connectors.Custom("NC grade")},
		Assignees:  []string{"712020:erik", "712020:rita"},
		Refused:    refused("712020:olga", "712020:olga"),
		Empty:      connectors.Custom("Root cause"),
		Absent:     connectors.Custom("No such field"),
		Unreadable: connectors.Custom("Sprint"),
		Search: connectortest.Searches{
			Seeded: "issuetype = Nonconformity AND status = Reported", Nothing: "status = Closed",
			Refused: []string{"status = Reported) OR (project = OPS", "status = Reported ORDER BY created", `summary ~ "open`, "nonsense"},
		},
		Start:       "Reported",
		Done:        []connectors.Target{{Name: "Closed", Reason: "Rejected"}, {Name: "Closed", Reason: "Duplicate"}, {Name: "Closed"}},
		Unreachable: connectors.Target{Name: "Implementing"},
		Reachable:   []string{"Analysis", "Closed"},
		PageSize:    100,
		Lacks: map[connectortest.Feature]string{
			connectortest.FeatureCommentFeed: "Jira lists comments by issue only",
			connectortest.FeatureCoAssignees: "an issue of Jira has one assignee",
			connectortest.FeatureReactions:   "no documented request of Jira reacts to a comment",
			connectortest.FeatureEditTimes:   "the history of an issue tells who edited what",
			connectortest.FeatureHistory:     "an issue comes with its history",
		},
	}
	soon := []connectortest.Limit{
		{Name: "retry after", Status: 429, Header: map[string]string{"Retry-After": "7"}, Scope: connectors.ScopeAll, Least: 6 * time.Second, Most: 8 * time.Second},
		{Name: "no header", Status: 429, Scope: connectors.ScopeAll, Least: 59 * time.Second, Most: 61 * time.Second},
	}
	f.Limits = soon
	if deployment == jirasim.DataCenter {
		f.Assignees = []string{"JIRAUSER10103", "JIRAUSER10105"}
		f.Refused = refused("JIRAUSER10104", "olga")
		f.Lacks[connectortest.FeatureBulk] = "Data Center has no request that reads many issues; GetMany asks one by one"
		f.Limits = append(f.Limits, connectortest.Limit{Name: "tokens left again", Status: 429, Header: map[string]string{"Retry-After": "0"}, Scope: connectors.ScopeAll, Least: -time.Second, Most: time.Second})
		return f
	}
	reason := func(r string) map[string]string { return map[string]string{"Retry-After": "3", "RateLimit-Reason": r} }
	reset := time.Now().Add(3 * time.Minute).UTC()
	f.Limits = append(f.Limits,
		connectortest.Limit{Name: "burst", Status: 429, Header: reason("jira-burst-based"), Scope: connectors.ScopeRoute, Least: 2 * time.Second, Most: 4 * time.Second},
		connectortest.Limit{Name: "per issue", Op: connectortest.OpUpdate, Status: 429, Header: reason("jira-per-issue-on-write"), Scope: connectors.ScopeIssue, Least: 2 * time.Second, Most: 4 * time.Second},
		connectortest.Limit{Name: "quota", Status: 429, Header: reason("jira-quota-tenant-based"), Scope: connectors.ScopeAll, Least: 2 * time.Second, Most: 4 * time.Second},
		connectortest.Limit{Name: "unknown reason", Status: 429, Header: reason("jira-cost-based"), Scope: connectors.ScopeAll, Least: 2 * time.Second, Most: 4 * time.Second},
		connectortest.Limit{Name: "reset with seconds", Status: 429, Header: map[string]string{"X-RateLimit-Reset": reset.Format(time.RFC3339)}, Scope: connectors.ScopeAll, Least: 2 * time.Minute, Most: 4 * time.Minute},
		connectortest.Limit{Name: "reset without seconds", Status: 429, Header: map[string]string{"X-RateLimit-Reset": reset.Format("2006-01-02T15:04Z")}, Scope: connectors.ScopeAll, Least: time.Minute, Most: 4 * time.Minute},
	)
	return f
}

// refused are values that Jira does not take. Olga has left: id is her account, called
// what writes call her.
func refused(id, called string) []connectortest.Refused {
	text := func(s string) connectors.Value { return connectors.Value{Text: s} }
	return []connectortest.Refused{
		{Why: "too long", Field: connectors.Title, Value: text(strings.Repeat("x", 256)), Words: "Summary can't exceed 255 characters."},
		{Why: "too long", Field: connectors.Body, Value: text(strings.Repeat("x", 32768)), Words: "It exceeds the allowed limit of 32,767 characters."},
		{Why: "too long", Field: connectors.Custom("Source reference"), Value: text(strings.Repeat("x", 256)), Words: "It exceeds the allowed limit of 255 characters."},
		{Why: "an unknown option", Field: connectors.Custom("NC grade"), Value: text("Trivial"), Words: "Option value 'Trivial' is not valid"},
		{Why: "not on the screen", Field: connectors.Custom("Cost"), Value: text("12"), Words: "cannot be set. It is not on the appropriate screen, or unknown."},
		{Why: "no field", Field: connectors.Custom("No such field"), Value: text("x"), Words: "Jira has no field of this name"},
		{Why: "unknown", Field: connectors.Priority, Value: text("Apocalyptic"), Words: "The priority selected is invalid."},
		{Why: "no date", Field: connectors.Due, Value: text("2026-13-45"), Words: "Error parsing date string: 2026-13-45"},
		{Why: "out of use", Field: connectors.Assignee, Value: text(id), Words: "User '" + called + "' cannot be assigned issues."},
		{Why: "with a space", Field: connectors.Labels, Value: connectors.Value{Items: []string{"two words"}}, Words: "The label 'two words' contains spaces which is invalid."},
		{Why: "too long", Field: connectors.Labels, Value: connectors.Value{Items: []string{strings.Repeat("l", 256)}}, Words: "exceeds the maximum length for"},
	}
}

// world is Jira as people see it.
type world struct {
	*rig
	cloud bool
}

func (w *world) Seed(t testing.TB, n int) []connectors.Ref {
	t.Helper()
	if _, _, err := w.sim.Person("erik").File("Story", "Of no concern", nil); err != nil {
		t.Fatal(err)
	}
	var out []connectors.Ref
	for i := range n {
		w.sim.Clock().Advance(2 * time.Second)
		id, key, err := w.sim.Person("erik").File("Nonconformity", fmt.Sprintf("Seeded issue %d", i+1), map[string]any{"description": "Found by a person."})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, connectors.Ref{ID: id, Key: key})
	}
	return out
}

func (w *world) HumanEdit(t testing.TB, ref connectors.Ref, f connectors.Field, v connectors.Value) {
	t.Helper()
	names := map[connectors.Field]string{connectors.Title: "summary", connectors.Body: "description", connectors.Type: "issuetype", connectors.Due: "duedate"}
	name, ok := names[f]
	if !ok {
		name = strings.TrimPrefix(string(f), "field:")
	}
	var val any = v.Text
	switch {
	case f == connectors.Labels && v.Items == nil:
		val = []string{}
	case v.Items != nil:
		val = v.Items
	}
	if err := w.sim.Person("erik").Edit(ref.ID, map[string]any{name: val}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) HumanComment(t testing.TB, ref connectors.Ref, body string) string {
	t.Helper()
	id, err := w.sim.Person("erik").Comment(ref.ID, body)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) HumanStatus(t testing.TB, ref connectors.Ref, to connectors.Target) {
	t.Helper()
	name := map[string]string{"Closed": "Close", "Analysis": "Accept into register"}[to.Name]
	var fields map[string]any
	if to.Reason != "" {
		fields = map[string]any{"resolution": to.Reason}
	}
	if err := w.sim.Person("erik").Move(ref.ID, name, fields); err != nil {
		t.Fatal(err)
	}
}

func (w *world) Copy(t testing.TB, ref connectors.Ref) connectors.Ref {
	t.Helper()
	is, _ := w.sim.Snapshot(ref.ID)
	return w.file(t, is.Fields["summary"], map[string]any{"description": is.Fields["description"], "labels": strings.Fields(is.Fields["labels"])})
}

// CopyComment copies the text as the API shows it, with the anchor of Data Center.
func (w *world) CopyComment(t testing.TB, ref connectors.Ref, id string) string {
	t.Helper()
	is, _ := w.sim.Snapshot(ref.ID)
	for n, body := range is.Comments {
		if is.CommentIDs[n] == id {
			return w.HumanComment(t, ref, body)
		}
	}
	t.Fatalf("no comment %s of %s", id, ref)
	return ""
}

func (w *world) Vanish(t testing.TB, ref connectors.Ref) {
	t.Helper()
	if err := w.sim.Person("admin").Delete(ref.ID); err != nil {
		t.Fatal(err)
	}
}

func (w *world) Count(testing.TB) int {
	is := slices.DeleteFunc(w.sim.Snapshots(), func(s jirasim.Snapshot) bool { return s.Fields["issuetype"] == "Story" })
	return len(is)
}

func (w *world) Now(testing.TB) time.Time              { return w.sim.Clock().Now() }
func (w *world) Advance(_ testing.TB, d time.Duration) { w.sim.Clock().Advance(d) }
func (w *world) Settle(testing.TB)                     { w.sim.Clock().Advance(lag) }
func (w *world) Calm(testing.TB)                       { w.sim.Faults().Clear() }

// Fault names the request that counts of each operation.
func (w *world) Fault(t testing.TB, op connectortest.Op, f simkit.Fault) {
	t.Helper()
	search, count := "/search$", [2]string{"GET", "/search$"}
	many := [2]string{"GET", "/issue/[^/]+$"}
	if w.cloud {
		search, many = "/search/jql$", [2]string{"POST", "/issue/bulkfetch$"}
		count = [2]string{"POST", "/search/approximate-count$"}
	}
	where, ok := map[connectortest.Op][2]string{
		connectortest.OpGet:         {"GET", "/issue/[^/]+$"},
		connectortest.OpMany:        many,
		connectortest.OpPresent:     many,
		connectortest.OpCount:       count,
		connectortest.OpChanged:     {"GET", search},
		connectortest.OpComments:    {"GET", "/issue/[^/]+/comment$"},
		connectortest.OpCreate:      {"POST", "/issue$"},
		connectortest.OpUpdate:      {"PUT", "/issue/[^/]+$"},
		connectortest.OpStatus:      {"POST", "/transitions$"},
		connectortest.OpFindCreated: {"GET", search},
		connectortest.OpCreated:     {"GET", search},
		connectortest.OpPostComment: {"POST", "/issue/[^/]+/comment$"},
		connectortest.OpEditComment: {"PUT", "/comment/[^/]+$"},
	}[op]
	if !ok {
		t.Fatalf("no request for %s", op)
	}
	f.Method, f.Path = where[0], where[1]
	w.sim.Faults().Add(f)
}

// Move moves an issue to another project: the id stays.
func (w *world) Move(t testing.TB, ref connectors.Ref) (connectors.Ref, bool) {
	t.Helper()
	if err := w.sim.MoveProject(ref.ID, "OPS", "admin"); err != nil {
		t.Fatal(err)
	}
	s, _ := w.sim.Snapshot(ref.ID)
	return connectors.Ref{ID: s.ID, Key: s.Key}, true
}

// Delivery signs as Jira does, by hand.
func (w *world) Delivery(t testing.TB, ref connectors.Ref, body []byte) (http.Header, []byte) {
	t.Helper()
	if body == nil {
		body = []byte(`{"timestamp":1,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_updated","issue":{"id":"` + ref.ID + `","key":"` + ref.Key + `"}}`)
	}
	h := http.Header{}
	h.Set("X-Atlassian-Webhook-Identifier", "delivery-1")
	h.Set("X-Hub-Signature", sign(body))
	return h, body
}

func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte("hook-secret"))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
