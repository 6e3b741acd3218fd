package connectortest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/connectortest"
	"github.com/conformd/conformd/connectors/simkit"
)

const hookSecret = "memory-hook-5ecret"

// memoryWorld is the world of a Memory.
type memoryWorld struct {
	m   *connectortest.Memory
	lag time.Duration
}

func (w memoryWorld) check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w memoryWorld) key(t testing.TB, ref connectors.Ref) string {
	t.Helper()
	if ref.Key == "" {
		t.Fatalf("no key in %+v", ref)
	}
	return ref.Key
}

func (w memoryWorld) Seed(t testing.TB, n int) []connectors.Ref {
	t.Helper()
	var refs []connectors.Ref
	for k := range n {
		ref, err := w.m.CreateAs("alice", map[connectors.Field]connectors.Value{
			connectors.Title: {Text: fmt.Sprintf("Seeded %d", k)}, connectors.Body: {Text: "A body."},
		})
		w.check(t, err)
		refs = append(refs, ref)
		w.m.Clock().Advance(2 * time.Second)
	}
	return refs
}

func (w memoryWorld) HumanEdit(t testing.TB, ref connectors.Ref, f connectors.Field, v connectors.Value) {
	t.Helper()
	w.check(t, w.m.EditAs("alice", w.key(t, ref), func(fields map[connectors.Field]connectors.Value) { fields[f] = v }))
}

func (w memoryWorld) HumanComment(t testing.TB, ref connectors.Ref, body string) string {
	t.Helper()
	id, err := w.m.CommentAs("alice", w.key(t, ref), body)
	w.check(t, err)
	return id
}

func (w memoryWorld) HumanStatus(t testing.TB, ref connectors.Ref, to connectors.Target) {
	t.Helper()
	w.check(t, w.m.MoveStatus("alice", w.key(t, ref), to))
}

func (w memoryWorld) Copy(t testing.TB, ref connectors.Ref) connectors.Ref {
	t.Helper()
	copied, err := w.m.CopyAs("alice", w.key(t, ref))
	w.check(t, err)
	return copied
}

func (w memoryWorld) CopyComment(t testing.TB, ref connectors.Ref, id string) string {
	t.Helper()
	copied, err := w.m.CopyCommentAs("alice", w.key(t, ref), id)
	w.check(t, err)
	return copied
}

func (w memoryWorld) Reactions(_ testing.TB, _ connectors.Ref, comment string) []string {
	return w.m.Reactions(comment)
}

func (w memoryWorld) Vanish(t testing.TB, ref connectors.Ref) {
	t.Helper()
	w.check(t, w.m.Delete(w.key(t, ref)))
}

func (w memoryWorld) Count(testing.TB) int                  { return len(w.m.Issues()) }
func (w memoryWorld) Now(testing.TB) time.Time              { return w.m.Clock().Now() }
func (w memoryWorld) Advance(_ testing.TB, d time.Duration) { w.m.Clock().Advance(d) }
func (w memoryWorld) Settle(testing.TB)                     { w.m.Clock().Advance(w.lag + time.Millisecond) }
func (w memoryWorld) Calm(testing.TB)                       { w.m.Heal() }
func (w memoryWorld) Move(t testing.TB, ref connectors.Ref) (connectors.Ref, bool) {
	t.Helper()
	to := connectors.Ref{ID: "77", Key: "ELSEWHERE-1"}
	w.check(t, w.m.Transfer("alice", w.key(t, ref), to, false))
	return to, false
}

func (w memoryWorld) Delivery(_ testing.TB, ref connectors.Ref, body []byte) (http.Header, []byte) {
	return w.m.Delivery(ref, false, body)
}

// Fault translates a failure of HTTP into one of a tracker without HTTP. For
// this tracker the verdicts on statuses are therefore right by construction; the
// cases show how a Memory fails, not how it classifies.
func (w memoryWorld) Fault(_ testing.TB, op connectortest.Op, f simkit.Fault) {
	fail := connectortest.Failure{Op: op, Skip: f.Skip, Times: f.Times, Applied: f.After, Hang: f.Do == simkit.Delay}
	e := &fail.Err
	e.Kind = connectors.Malformed
	switch {
	case f.Do == simkit.Drop:
		e.Kind = connectors.Unavailable
	case f.Do == simkit.Status && f.Status >= 300:
		e.Kind, e.Status = connectortest.WantKind(f.Status, op.Write()), f.Status
	}
	if op.Write() && f.Do != simkit.Status || f.Status == http.StatusOK && op.Write() {
		e.Kind = connectors.Unknown
	}
	var body struct {
		Message string `json:"message"`
	}
	if json.Unmarshal([]byte(f.Body), &body) == nil {
		e.Detail = body.Message[:min(len(body.Message), 300)]
	}
	if e.Kind == connectors.Limited {
		e.Scope, e.Until = connectors.ScopeAll, time.Now().Add(time.Minute)
		if s, err := strconv.Atoi(f.Header["Retry-After"]); err == nil && s > 0 {
			e.Until = time.Now().Add(time.Duration(s) * time.Second)
		} else if at, err := http.ParseTime(f.Header["Retry-After"]); err == nil {
			e.Until = at
		}
	}
	w.m.Arm(fail)
}

// newMemory is a Memory with the accounts of facts.
func newMemory(o connectortest.MemoryOptions) *connectortest.Memory {
	o.Unreadable = map[connectors.Field]string{connectors.Custom("Sprint"): "fields of this type are not supported"}
	o.Refuse = func(f connectors.Field, v connectors.Value) string {
		if f == connectors.Priority && v.Text == "Apocalyptic" {
			return "there is no such priority"
		}
		return ""
	}
	m := connectortest.NewMemory(o)
	for _, login := range []string{"alice", "bob", "carol"} {
		m.AddUser(connectors.User{ID: "u-" + login, Login: login, Name: login})
	}
	return m
}

func facts() connectortest.Facts {
	text := func(a, b string) [2]connectors.Value { return [2]connectors.Value{{Text: a}, {Text: b}} }
	return connectortest.Facts{
		Secrets: []string{hookSecret},
		Human:   "alice",
		Missing: connectors.Ref{ID: "999999", Key: "MEM-999999"},
		DraftFields: map[connectors.Field]connectors.Value{
			connectors.Type: {Text: "Nonconformity"},
		},
		Writable: map[connectors.Field][2]connectors.Value{
			connectors.Title:                text("One", "Two"),
			connectors.Body:                 text("one\n\ntwo", "three"),
			connectors.Due:                  text("2026-12-24", "2027-01-31"),
			connectors.Priority:             text("High", "Low"),
			connectors.Assignee:             text("u-alice", "u-bob"),
			connectors.Custom("Root cause"): text("No owner", "No time"),
		},
		Assignees: []string{"u-alice", "u-bob", "u-carol"},
		Refused: []connectortest.Refused{
			{Why: "too long", Field: connectors.Title, Value: connectors.Value{Text: strings.Repeat("x", 300)}, Words: "are allowed"},
			{Why: "unknown", Field: connectors.Priority, Value: connectors.Value{Text: "Apocalyptic"}, Words: "no such priority"},
		},
		Clearable:  []connectors.Field{connectors.Body, connectors.Due, connectors.Assignee},
		Empty:      connectors.Due,
		Absent:     connectors.Custom("Nowhere"),
		Unreadable: connectors.Custom("Sprint"),
		Start:      "To Do",
		Done: []connectors.Target{
			{Name: "Done"}, {Name: "Done", Reason: "Fixed"}, {Name: "Done", Reason: "Won't Do"},
		},
		Unreachable: connectors.Target{Name: "Archived"},
		Reachable:   []string{"In Progress", "Done"},
		PageSize:    5,
		Lacks: map[connectortest.Feature]string{
			connectortest.FeatureTransport: "it lives in memory, so there is no way on which a read could fail and be repeated",
			connectortest.FeatureEditTimes: "its changelog tells who edited what",
			connectortest.FeatureHistory:   "its issues come with their changes",
			connectortest.FeatureCount:     "it has no language to search in",
		},
	}
}

// as opens a Memory as another installation.
func as(m *connectortest.Memory) func(testing.TB, string) connectors.Tracker {
	return func(_ testing.TB, installation string) connectors.Tracker { return m.Beside(installation) }
}

func TestMemoryConforms(t *testing.T) {
	jira := connectors.Capabilities{
		Name: "memory", SeparateTransition: true, InlineComments: true, Changelog: true,
		TitleLimit: 100, BodyLimit: 5000, Markup: "wiki", Concurrency: 2,
	}
	github := connectors.Capabilities{Name: "memory", WriteEchoes: true, TitleLimit: 256, BodyLimit: 65536, Markup: "gfm", Concurrency: 1}
	for name, test := range map[string]struct {
		options connectortest.MemoryOptions
		lacks   map[connectortest.Feature]string
	}{
		"with everything": {options: connectortest.MemoryOptions{Bulk: true, Feed: true, Reactions: true, Secret: hookSecret}},
		"like jira": {
			options: connectortest.MemoryOptions{Traits: jira, Bulk: true, Secret: hookSecret, ListLag: 30 * time.Second, OneAssignee: true},
			lacks: map[connectortest.Feature]string{
				connectortest.FeatureCommentFeed: "opened without", connectortest.FeatureCoAssignees: "opened with one assignee",
				connectortest.FeatureReactions: "opened without",
			},
		},
		"like github": {
			options: connectortest.MemoryOptions{Traits: github, Feed: true, Reactions: true, Secret: hookSecret},
			lacks:   map[connectortest.Feature]string{connectortest.FeatureBulk: "opened without"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, func(*testing.T) connectortest.Harness {
				o := test.options
				o.PageSize, o.Installation = 5, connectortest.Installation
				m := newMemory(o)
				f := facts()
				maps.Copy(f.Lacks, test.lacks)
				if o.OneAssignee {
					f.Assignees = f.Assignees[:2]
				}
				return connectortest.Harness{Tracker: m.Tracker(), As: as(m), World: memoryWorld{m, o.ListLag}, Facts: f}
			})
		})
	}
}

// The optional interfaces are there exactly when asked for: code that looks for
// them must find the other way too.
func TestMemoryOffersWhatItsOptionsChoose(t *testing.T) {
	for n := range 16 {
		o := connectortest.MemoryOptions{Bulk: n&1 != 0, Feed: n&2 != 0, Reactions: n&8 != 0}
		if n&4 != 0 {
			o.Secret = hookSecret
		}
		tr := connectortest.NewMemory(o).Tracker()
		_, isBulk := tr.(connectors.BulkReader)
		_, isFeed := tr.(connectors.CommentFeed)
		_, isHook := tr.(connectors.Webhook)
		_, isReactor := tr.(connectors.Reactor)
		if isBulk != o.Bulk || isFeed != o.Feed || isHook != (o.Secret != "") || isReactor != o.Reactions {
			t.Errorf("options %d: bulk, feed, webhook, reactor = %t, %t, %t, %t, want as chosen", n, isBulk, isFeed, isHook, isReactor)
		}
	}
}

func TestMemoryTellsTheTruth(t *testing.T) {
	m := connectortest.NewMemory(connectortest.MemoryOptions{})
	ref, err := m.CreateAs("alice", map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	m.Fail(connectortest.OpUpdate, 1, true, connectors.Unknown)
	m.Fail(connectortest.OpUpdate, 1, false, connectors.Unknown)
	for _, text := range []string{"took effect", "did not"} {
		p := connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Title: {Text: text}}}
		if _, err := m.Update(t.Context(), ref, p); !errors.Is(err, connectors.Unknown) {
			t.Errorf("Update = %v, want Unknown", err)
		}
	}
	if err := m.EditAs("bob", ref.Key, func(f map[connectors.Field]connectors.Value) { f[connectors.Title] = connectors.Value{Text: "by bob"} }); err != nil {
		t.Fatal(err)
	}
	// Nothing changes, so nothing happened.
	if err := m.EditAs("bob", ref.Key, func(map[connectors.Field]connectors.Value) {}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.Truth().All() {
		got = append(got, fmt.Sprintf("%s %s: %q > %q, request %t", c.By, c.Field, c.From, c.To, c.Request != ""))
	}
	want := []string{
		`alice created: "" > "a", request false`,
		`conformd title: "a" > "took effect", request true`,
		`bob title: "took effect" > "by bob", request false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Truth (-want +got):\n%s", diff)
	}
	if m.Calls(connectortest.OpUpdate) != 2 || m.Writes() != 2 || m.Calls(connectortest.OpGet) != 0 {
		t.Errorf("Calls(update), Writes, Calls(get) = %d, %d, %d, want 2, 2, 0", m.Calls(connectortest.OpUpdate), m.Writes(), m.Calls(connectortest.OpGet))
	}
}

func TestMemoryPeopleAreBoundByTheWorkflow(t *testing.T) {
	m := connectortest.NewMemory(connectortest.MemoryOptions{})
	ref, err := m.CreateAs("alice", map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []connectors.Target{{Name: "Archived"}, {Name: "No such"}, {Name: "Done", Reason: "No such"}, {Name: "In Progress", Reason: "Fixed"}} {
		if err := m.MoveStatus("alice", ref.Key, bad); err == nil {
			t.Errorf("MoveStatus(%+v) = nil, want an error", bad)
		}
	}
	for _, to := range []connectors.Target{{Name: "Done", Reason: "Fixed"}, {Name: "To Do"}} {
		if err := m.MoveStatus("alice", ref.Key, to); err != nil {
			t.Errorf("MoveStatus(%+v) = %v, want success", to, err)
		}
	}
	i, err := m.Issue(ref.Key)
	if err != nil {
		t.Fatal(err)
	}
	if i.Status.Reason != "" || i.Status.Done {
		t.Errorf("Status after reopening = %+v, want no reason", i.Status)
	}
	if _, err := m.CommentAs("alice", "MEM-0", "x"); !errors.Is(err, connectors.NotFound) {
		t.Errorf("CommentAs(missing) = %v, want NotFound", err)
	}
}

// Before is the race between our reading and our writing.
func TestMemoryBefore(t *testing.T) {
	m := connectortest.NewMemory(connectortest.MemoryOptions{})
	ref, err := m.CreateAs("alice", map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	m.Before(connectortest.OpUpdate, func() {
		if err := m.EditAs("bob", ref.Key, func(f map[connectors.Field]connectors.Value) { f[connectors.Body] = connectors.Value{Text: "bob's"} }); err != nil {
			t.Error(err)
		}
	})
	var told []connectors.Ref
	m.Notify(func(r connectors.Ref, _ bool) { told = append(told, r) })
	for range 2 {
		w, err := m.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"ours"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Issue.Fields[connectors.Body].Text; got != "bob's" {
			t.Errorf("body in the answer = %q, want what bob wrote first", got)
		}
	}
	if len(told) != 3 {
		t.Errorf("told of %d changes, want bob's and ours twice", len(told))
	}
}

func TestMemoryListingsLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := connectortest.NewMemory(connectortest.MemoryOptions{ListLag: time.Minute})
		ref, err := m.CreateAs("alice", map[connectors.Field]connectors.Value{connectors.Title: {Text: "old"}})
		if err != nil {
			t.Fatal(err)
		}
		m.Clock().Advance(2 * time.Minute)
		if err := m.EditAs("alice", ref.Key, func(f map[connectors.Field]connectors.Value) {
			f[connectors.Title] = connectors.Value{Text: "new"}
		}); err != nil {
			t.Fatal(err)
		}
		listed := func() (titles []string) {
			for p, err := range m.Changed(t.Context(), time.Time{}) {
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range p.Issues {
					titles = append(titles, i.Fields[connectors.Title].Text)
				}
			}
			return titles
		}
		if diff := cmp.Diff([]string{"old"}, listed()); diff != "" {
			t.Errorf("listing within the lag (-want +got):\n%s", diff)
		}
		if i, err := m.Get(t.Context(), ref); err != nil || i.Fields[connectors.Title].Text != "new" {
			t.Errorf("Get = %+v, %v, want the truth", i, err)
		}
		m.Clock().Advance(time.Minute)
		if diff := cmp.Diff([]string{"new"}, listed()); diff != "" {
			t.Errorf("listing after the lag (-want +got):\n%s", diff)
		}
	})
}

// A caller may alter what it was given.
func TestMemoryGivesCopies(t *testing.T) {
	m := connectortest.NewMemory(connectortest.MemoryOptions{})
	ref, err := m.CreateAs("alice", map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}, connectors.Labels: {Items: []string{"x", "y"}}})
	if err != nil {
		t.Fatal(err)
	}
	i, err := m.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	i.Fields[connectors.Labels].Items[0] = "changed"
	i.Fields[connectors.Title] = connectors.Value{Text: "changed"}
	again, err := m.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if again.Fields[connectors.Title].Text != "a" || again.Fields[connectors.Labels].Items[0] != "x" {
		t.Errorf("Fields = %+v, want what was written", again.Fields)
	}
}

func TestMemoryHangsUntilTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := connectortest.NewMemory(connectortest.MemoryOptions{})
		m.Arm(connectortest.Failure{Op: connectortest.OpCreate, Hang: true, Applied: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := m.Create(ctx, connectors.Draft{Marker: "cfd-12345678", Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}}})
		if !errors.Is(err, connectors.Unknown) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("Create = %v after %s, want Unknown after a minute", err, time.Since(start))
		}
		if got := len(m.Issues()); got != 1 {
			t.Errorf("issues = %d, want 1", got)
		}
	})
}

// Jira keeps an issue's id when it moves to another project.
func TestMemoryTransferThatKeepsTheID(t *testing.T) {
	m := connectortest.NewMemory(connectortest.MemoryOptions{})
	ref, err := m.CreateAs("alice", map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Transfer("alice", ref.Key, connectors.Ref{Key: "OTHER-7"}, true); err != nil {
		t.Fatal(err)
	}
	i, err := m.Get(t.Context(), ref)
	if want := (connectors.Ref{ID: ref.ID, Key: "OTHER-7"}); err != nil || i.Ref != want {
		t.Errorf("Get(moved) = %+v, %v, want %+v", i, err, want)
	}
}

func TestMemoryPeopleEditAnybodysComment(t *testing.T) {
	m := connectortest.NewMemory(connectortest.MemoryOptions{})
	bot := connectors.User{ID: "u-7", Login: "other-bot", Bot: true}
	m.AddUser(bot)
	ref, err := m.CreateAs("other-bot", map[connectors.Field]connectors.Value{connectors.Title: {Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := m.PostComment(t.Context(), ref, "ours", "cfd-12345678")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.EditCommentAs("alice", ref.Key, w.CommentID, "altered by alice"); err != nil {
		t.Fatal(err)
	}
	if err := m.EditCommentAs("alice", ref.Key, "0", "x"); !errors.Is(err, connectors.NotFound) {
		t.Errorf("EditCommentAs(missing) = %v, want NotFound", err)
	}
	i, err := m.Issue(ref.Key)
	if err != nil {
		t.Fatal(err)
	}
	if c := i.Comments[0]; i.Author != bot || c.Body != "altered by alice" || c.Marker != "cfd-12345678" || !c.Updated.After(c.Created) {
		t.Errorf("issue by %+v with comment %+v, want the bot's, and alice's words in our comment", i.Author, c)
	}
}
