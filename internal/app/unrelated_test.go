package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// polled waits until every binding was read once.
func (h *house) polled() {
	h.Helper()
	h.until("every binding was read", func() bool {
		for _, b := range h.app.Bindings {
			if row, err := h.app.Store.Binding(h.Context(), b.ID); err != nil || row.Polled.IsZero() {
				return false
			}
		}
		return true
	})
}

// reads counts the requests of conformd to GitHub whose path matches.
func (h *house) reads(path string) (n int) {
	h.Helper()
	re := regexp.MustCompile(path)
	for _, r := range h.world.GitHub.Faults().Requests() {
		if r.By == "conformd" && re.MatchString(r.Path) {
			n++
		}
	}
	return n
}

// settle waits until the webhooks of both trackers were answered.
func (h *house) settle() {
	h.Helper()
	for _, c := range []*simkit.Courier{h.world.GitHub.Courier(), h.world.Jira.Courier()} {
		if err := c.Wait(h.Context()); err != nil {
			h.Fatal(err)
		}
	}
}

// Edits of issues that are none of conformd's business cost nothing where the payload
// proves it, and leave no entry in the log; a new issue and one that is labelled later
// arrive at once all the same, with what was said on it before.
func TestUnrelatedDeliveries(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.app.Config.Sync.PollEvery = time.Hour
	const unrelated = 30
	if _, err := h.world.GitHub.Seed("erik", unrelated, func(k int) (string, string, []string) { return fmt.Sprintf("Task %d", k), form, nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := h.world.GitHub.As("rita").Comment(1, "/capa reject It is a duplicate of the leavers."); err != nil {
		t.Fatal(err)
	}
	h.world.Clock.Advance(time.Hour)
	h.run()
	h.polled()
	if err := h.world.Webhooks(t.Context(), h.hooks); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.until("all is quiet", func() bool { return h.reads("/issues/comments$") > 0 })
	size, err := h.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.world.GitHub.Faults().ResetCount()
	erik := h.world.GitHub.As("erik")
	for round := range 3 {
		for k := 1; k <= unrelated; k++ {
			if err := erik.Retitle(k, fmt.Sprintf("Task %d, %d", k, round)); err != nil {
				t.Fatal(err)
			}
			if _, err := erik.Comment(k, "noted"); err != nil {
				t.Fatal(err)
			}
		}
	}
	pull, err := erik.OpenPull("Rotate the keys")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := erik.Comment(pull, "please review"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if got, err := h.app.Store.LogSize(t.Context()); err != nil || got != size {
		t.Errorf("deliveries about unrelated issues added %d entries to the log, %v, want 0", got-size, err)
	}
	h.open("Badge reader out of order")
	h.until("the new issue has its twin", func() bool { return len(h.world.Jira.Snapshots()) == 1 })
	if n := h.reads(`/issues$|/issues/comments$|/issues/([1-9]|[12][0-9]|30)(/comments)?$`); n != 0 {
		t.Errorf("unrelated deliveries led to %d reads, want 0:\n%s", n, requests(h.world.GitHub.Faults().Requests()))
	}
	if err := erik.Edit(1, githubsim.Edit{Labels: []string{"capa"}}); err != nil {
		t.Fatal(err)
	}
	h.until("the issue that was labelled has its twin", func() bool { return len(h.world.Jira.Snapshots()) == 2 })
	h.until("what was said before is heard", func() bool { return strings.Contains(h.register(), "duplicate of the leavers") })
}

// Many deliveries about one issue lead to one read of it and to no listing of the binding,
// where their payloads do not show whether the binding selects it.
func TestOneReadForMany(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.app.Config.Sync.PollEvery = time.Hour
	ref := connectors.Ref{}
	if _, err := h.world.GitHub.Seed("erik", 1, func(int) (string, string, []string) { return "Task", "x", nil }); err != nil {
		t.Fatal(err)
	}
	ref.ID, ref.Key = strconv.FormatInt(h.world.GitHub.Issue(1).ID, 10), rehearsal.Owner+"/"+rehearsal.Repo+"#1"
	h.run()
	h.polled()
	size, err := h.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.world.GitHub.Faults().ResetCount()
	if err := h.app.Ingest.Sight(t.Context(), rehearsal.GitHubBinding, ref); err != nil {
		t.Errorf("Sight of an issue that is not selected = %v, want nil", err)
	}
	missing := connectors.Ref{ID: "999999", Key: rehearsal.Owner + "/" + rehearsal.Repo + "#999"}
	if err := h.app.Ingest.Sight(t.Context(), rehearsal.GitHubBinding, missing); err != nil {
		t.Errorf("Sight of an issue that is gone = %v, want nil", err)
	}
	if n := len(h.world.GitHub.Faults().Requests()); n != 2 {
		t.Errorf("two sightings took %d requests, want 2:\n%s", n, requests(h.world.GitHub.Faults().Requests()))
	}
	if got, err := h.app.Store.LogSize(t.Context()); err != nil || got != size {
		t.Errorf("they added %d entries to the log, %v, want 0", got-size, err)
	}
	until := h.app.Reconciler.Now().Add(time.Hour)
	if err := h.app.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.LimitUntil(t.Context(), []string{rehearsal.GitHubBinding}, until, "rate limited")
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.app.Ingest.Sight(t.Context(), rehearsal.GitHubBinding, ref); err == nil {
		t.Error("Sight while the tracker asks to wait = nil, want the wait")
	}
	if n := len(h.world.GitHub.Faults().Requests()); n != 2 {
		t.Errorf("a sighting while the tracker asks to wait took %d requests, want 0", n-2)
	}
}

// Where only the tracker's search can say whether an issue is selected, each unrelated
// delivery costs one search for that issue at most, and a selected one is found.
func TestSelectedByTheSearch(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(text string) string {
		return strings.Replace(text, "    issue_type: Nonconformity\n", "    issue_type: Nonconformity\n    select: labels = isms\n", 1)
	})
	h.app.Config.Sync.PollEvery = time.Hour
	h.run()
	h.polled()
	if err := h.world.Webhooks(t.Context(), h.hooks); err != nil {
		t.Fatal(err)
	}
	size, err := h.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.world.Jira.Faults().ResetCount()
	const issues, edits = 5, 4
	erik := h.world.Jira.Person("erik")
	for k := range issues {
		id, _, err := erik.File("Nonconformity", fmt.Sprintf("Not ours %d", k), nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := range edits - 1 {
			if err := erik.Edit(id, map[string]any{"summary": fmt.Sprintf("Not ours %d, %d", k, n)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.settle()
	h.until("each of the issues was searched for", func() bool { return h.world.Jira.Faults().Count("", "/search") >= issues })
	if n := h.world.Jira.Faults().Count("", "/search"); n > issues*edits {
		t.Errorf("%d deliveries about unrelated issues led to %d searches, want one each at most", issues*edits, n)
	}
	if got, err := h.app.Store.LogSize(t.Context()); err != nil || got != size {
		t.Errorf("they added %d entries to the log, %v, want 0", got-size, err)
	}
	if _, _, err := erik.File("Nonconformity", "Ours", map[string]any{"labels": []string{"isms"}}); err != nil {
		t.Fatal(err)
	}
	h.until("the selected issue is in the register", func() bool { return strings.Contains(h.register(), "Ours") })
}

func requests(rs []simkit.Request) string {
	var b strings.Builder
	for _, r := range rs {
		if r.By == "conformd" && r.Method == http.MethodGet {
			fmt.Fprintf(&b, "%s %s?%s\n", r.Method, r.Path, r.Query)
		}
	}
	return b.String()
}

// An edit that a webhook announced leaves three entries: what was taken over, with the id of
// the delivery, and the write to the other tracker before and after. The echo of that write
// leaves none.
func TestAnEditLeavesThreeEntries(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.app.Config.Sync.PollEvery = time.Hour
	n := h.open("Leavers keep their accounts")
	for range 3 {
		if err := h.pass(); err != nil {
			t.Fatal(err)
		}
	}
	h.run()
	h.polled()
	if err := h.world.Webhooks(t.Context(), h.hooks); err != nil {
		t.Fatal(err)
	}
	calm := func() bool {
		h.settle()
		ids, err := h.app.Store.Dirty(t.Context(), time.Now(), 10)
		return err == nil && len(ids) == 0
	}
	h.until("all is quiet", calm)
	before, err := h.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.world.GitHub.As("erik").Retitle(n, "Leavers keep their badges"); err != nil {
		t.Fatal(err)
	}
	h.until("the edit is in Jira", func() bool {
		return slices.ContainsFunc(h.world.Jira.Snapshots(), func(s jirasim.Snapshot) bool { return s.Fields["summary"] == "Leavers keep their badges" })
	})
	h.until("all is quiet again", calm)
	var verbs []audit.Verb
	for e, err := range auditdb.Read(t.Context(), h.app.Store.Reader(), before, -1) {
		if err != nil {
			t.Fatal(err)
		}
		verbs = append(verbs, e.Entry.Verb)
		if o := e.Entry.Origin; e.Entry.Verb == audit.SyncPulled && (o.Delivery == "" || o.Trigger != audit.TriggerWebhook || o.Key != fmt.Sprintf("acme/isms#%d", n)) {
			t.Errorf("the edit has the origin %+v, want the delivery about the issue", o)
		}
	}
	if want := []audit.Verb{audit.SyncPulled, audit.WriteIntent, audit.WriteOutcome}; !slices.Equal(verbs, want) {
		t.Errorf("the log has %v of an edit, want %v", verbs, want)
	}
}
