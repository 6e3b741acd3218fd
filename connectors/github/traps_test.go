package github_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/connectors/transport"
)

const issuePath = `/issues/\d+$`

func title(s string) connectors.Patch {
	return connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Title: {Text: s}}}
}

// within fails unless t lies between min and max from now.
func within(t *testing.T, what string, at time.Time, least, most time.Duration) {
	t.Helper()
	if d := time.Until(at); d < least-2*time.Second || d > most+2*time.Second {
		t.Errorf("%s: until %v from now, want %v to %v", what, d, least, most)
	}
}

// go-github v60 takes a 429 for an ordinary error.
func Test429IsALimit(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.Faults().Add(githubsim.SecondaryLimit(429, 2, 37*time.Second))
	_, err := s.Get(t.Context(), ref)
	e := failure(t, "Get", err, connectors.Limited)
	within(t, "429 with Retry-After", e.Until, 37*time.Second, 37*time.Second)
	_, err = s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Limited)
	if s.Issue(1).Title != "a" {
		t.Error("a limited write took effect")
	}
}

// go-github v60 waits for the end of the hour after a secondary limit without
// Retry-After, and refuses all calls until then without sending them.
func TestSecondaryLimitDoesNotBlockEverything(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	f := githubsim.SecondaryLimit(403, 1, 0)
	f.Header["X-RateLimit-Reset"] = "4102444800" // far away, and of no concern
	s.Faults().Add(f)
	_, err := s.Get(t.Context(), ref)
	e := failure(t, "Get", err, connectors.Limited)
	if e.Scope != connectors.ScopeAll {
		t.Errorf("scope = %q, want %q", e.Scope, connectors.ScopeAll)
	}
	within(t, "without Retry-After", e.Until, time.Minute, time.Minute)
	if _, err := s.Get(t.Context(), ref); err != nil {
		t.Errorf("the next call = %v, want it to be sent and answered", err)
	}
}

func TestContentLimitIsAboutWrites(t *testing.T) {
	for _, silent := range []bool{false, true} {
		s := open(t, func(o *githubsim.Options, _ *github.Config) {
			o.Limits = githubsim.Limits{ContentPerMinute: 2, NoRetryAfter: silent}
		})
		ref := s.file(t, "a", "")
		var err error
		for range 3 {
			_, err = s.PostComment(t.Context(), ref, "x", marker)
		}
		e := failure(t, "third comment", err, connectors.Limited)
		if e.Scope != connectors.ScopeWrites {
			t.Errorf("scope = %q, want %q", e.Scope, connectors.ScopeWrites)
		}
		within(t, "content limit", e.Until, 50*time.Second, 61*time.Second)
		if _, err := s.Get(t.Context(), ref); err != nil {
			t.Errorf("a read meanwhile = %v", err)
		}
		if n := len(s.Issue(1).Comments); n != 2 {
			t.Errorf("%d comments, want 2", n)
		}
	}
}

// The reset time is by GitHub's clock, which here is a day ahead of ours.
func TestPrimaryLimitWaitsForTheReset(t *testing.T) {
	s := open(t, func(o *githubsim.Options, _ *github.Config) {
		o.Limits.PerHour = 3
		o.Clock = simkit.NewClock(time.Now().Add(24 * time.Hour))
	})
	ref := s.file(t, "a", "")
	var err error
	for range 5 {
		_, err = s.Get(t.Context(), ref)
	}
	e := failure(t, "Get beyond the limit", err, connectors.Limited)
	within(t, "reset", e.Until, 59*time.Minute, time.Hour)
	s.Clock().Advance(time.Hour)
	if _, err := s.Get(t.Context(), ref); err != nil {
		t.Errorf("Get after the reset = %v", err)
	}
}

// A reset in a thousand years comes from a damaged header, and stops nothing for so long.
func TestPrimaryLimitIsWaitedForADayAtMost(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.Faults().Add(simkit.Fault{Do: "status", Status: 403, Path: issuePath, Header: map[string]string{
		"X-RateLimit-Remaining": "0", "X-RateLimit-Resource": "core", "X-RateLimit-Reset": "32503680000",
	}, Body: `{"message":"API rate limit exceeded"}`})
	_, err := s.Get(t.Context(), ref)
	within(t, "reset", failure(t, "Get", err, connectors.Limited).Until, 23*time.Hour, 24*time.Hour)
}

// v60 guesses the budget from the path and would let a used-up search budget of
// an Enterprise Server block everything.
func TestSearchBudgetDoesNotBlockCore(t *testing.T) {
	s := open(t, ghes)
	ref := s.file(t, "a", "")
	s.Faults().Add(simkit.Fault{Do: "status", Status: 403, Path: issuePath, Header: map[string]string{
		"X-RateLimit-Remaining": "0", "X-RateLimit-Resource": "search", "X-RateLimit-Reset": "1",
	}, Body: `{"message":"API rate limit exceeded"}`})
	_, err := s.Get(t.Context(), ref)
	if e := failure(t, "Get", err, connectors.Limited); e.Scope != connectors.ScopeRoute {
		t.Errorf("scope = %q, want %q", e.Scope, connectors.ScopeRoute)
	}
	if _, err := s.Get(t.Context(), ref); err != nil {
		t.Errorf("the next call = %v, want it to be sent and answered", err)
	}
}

// A 202 promises something for later; whether it happens is unknown.
func TestAcceptedIsNotDone(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.Faults().Add(simkit.Fault{Do: "status", Status: 202, Method: "PATCH", Body: `{}`})
	_, err := s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Unknown)
	s.Faults().Add(simkit.Fault{Do: "status", Status: 202, Path: issuePath, Times: -1, Body: `{}`})
	_, err = s.Get(t.Context(), ref)
	kind(t, "Get", err, connectors.Unavailable)
}

// The simulator answers conditional requests as GitHub does: 304 without cost.
func TestNotModified(t *testing.T) {
	s := open(t)
	s.file(t, "a", "")
	first := s.do(t, "GET", "/repos/acme/isms/issues", botToken, "")
	left := first.Header.Get("X-RateLimit-Remaining")
	get := func() answer {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/repos/acme/isms/issues", http.NoBody)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+botToken)
		req.Header.Set("If-None-Match", first.Header.Get("ETag"))
		resp, err := http.DefaultTransport.RoundTrip(req)
		must(t, err)
		must(t, resp.Body.Close())
		return answer{resp.StatusCode, resp.Header}
	}
	again := get()
	if again.StatusCode != 304 || again.Header.Get("X-RateLimit-Remaining") != left {
		t.Errorf("conditional GET = %d with %s left, want 304 with %s", again.StatusCode, again.Header.Get("X-RateLimit-Remaining"), left)
	}
	must(t, s.As("bob").Retitle(1, "b"))
	if changed := get(); changed.StatusCode != 200 {
		t.Errorf("conditional GET after a change = %d, want 200", changed.StatusCode)
	}
}

// Go follows a 301 of a PATCH as a GET: the answer is 200, and nothing happened.
func TestPatchOnATransferredIssueWritesNothing(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "body", "bug")
	n, err := s.As("alice").Transfer(1, "platform")
	must(t, err)
	want := connectors.Ref{ID: itoa(s.IssueIn("platform", n).ID), Key: "acme/platform#1"}
	for what, p := range map[string]connectors.Patch{
		"Update of the title":  title("b"),
		"Update of the labels": {AddLabels: []string{"x"}},
	} {
		_, err = s.Update(t.Context(), ref, p)
		if e := failure(t, what, err, connectors.Moved); e.To != want {
			t.Errorf("%s: moved to %v, want %v", what, e.To, want)
		}
	}
	_, err = s.Get(t.Context(), ref)
	if e := failure(t, "Get", err, connectors.Moved); e.To != want {
		t.Errorf("Get: moved to %v, want %v", e.To, want)
	}
	_, err = s.Get(t.Context(), connectors.Ref{Key: ref.Key})
	if e := failure(t, "Get by key alone", err, connectors.Moved); e.To != want {
		t.Errorf("Get by key alone: moved to %v, want %v", e.To, want)
	}
	if n := ours(s.Server); n != 0 {
		t.Errorf("%d changes by us, want none", n)
	}
}

func TestTransferOutOfSight(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	_, err := s.As("alice").Transfer(1, "platform")
	must(t, err)
	s.SetRole("conformd-bot", "platform", githubsim.None)
	_, err = s.Get(t.Context(), ref)
	kind(t, "Get", err, connectors.NotFound)
	_, err = s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.NotFound)
}

// A renamed repository answers 301 to a read and 307 to a write.
func TestRenamedRepositoryKeepsWriting(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	if r := s.do(t, "PATCH", "/repos/acme/isms", "ghp_alice", `{"name":"isms-2027"}`); r.StatusCode != 200 {
		t.Fatalf("rename = %d", r.StatusCode)
	}
	if r := s.do(t, "PATCH", "/repos/acme/isms/issues/1", botToken, `{"title":"x"}`); r.StatusCode != 307 {
		t.Errorf("a write under the old name = %d, want 307", r.StatusCode)
	}
	for _, ref := range []connectors.Ref{ref, {Key: ref.Key}} {
		i, err := s.Get(t.Context(), ref)
		must(t, err)
		if i.Ref.Key != "acme/isms-2027#1" || i.Ref.ID == "" {
			t.Errorf("Get(%v) = %v, want the new key", ref, i.Ref)
		}
	}
	w, err := s.Update(t.Context(), ref, title("b"))
	must(t, err)
	if s.Issue(1).Title != "b" || w.Issue.Fields[connectors.Title].Text != "b" {
		t.Errorf("Update did not take effect: %+v", w)
	}
	if got := all(t, s, time.Time{}); len(got) != 1 {
		t.Errorf("Changed = %d issues, want 1", len(got))
	}
	_, err = s.PostComment(t.Context(), ref, "x", marker)
	must(t, err)
	rep, err := s.Check(t.Context())
	must(t, err)
	if len(rep.Problems) != 1 || rep.Problems[0].Code != "repository-renamed" {
		t.Errorf("Check = %+v, want repository-renamed", rep.Problems)
	}
}

// What hangs below a transferred issue is 404, without a way to its new place.
func TestCommentsOfATransferredIssue(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	_, err := s.As("alice").Transfer(1, "platform")
	must(t, err)
	_, err = connectors.AllComments(s.Comments(t.Context(), ref, ""))
	kind(t, "Comments", err, connectors.NotFound)
	_, err = s.PostComment(t.Context(), ref, "x", marker)
	kind(t, "PostComment", err, connectors.NotFound)
}

func TestListLeavesOutPullRequests(t *testing.T) {
	s := open(t)
	s.file(t, "issue", "")
	n, err := s.As("bob").OpenPull("pull request")
	must(t, err)
	_, err = s.As("bob").Comment(n, "looks good")
	must(t, err)
	must(t, s.As("bob").Close(1, ""))
	if got := all(t, s, time.Time{}); len(got) != 1 || got[0].Fields[connectors.Title].Text != "issue" {
		t.Errorf("Changed = %v, want the closed issue alone", got)
	}
	for cs, err := range s.CommentsSince(t.Context(), time.Time{}) {
		must(t, err)
		if len(cs.Comments) != 0 {
			t.Errorf("CommentsSince = %+v, want none of a pull request", cs)
		}
	}
	_, err = s.Get(t.Context(), refOf(s.Server, n))
	kind(t, "Get of a pull request", err, connectors.NotFound)
}

// Without push access GitHub answers 200 and drops labels and assignees.
// GitHub has no precondition on writing an issue: the read that finds the marker is
// also the last chance to see that somebody was faster.
func TestABodyThatChangedIsNotOverwritten(t *testing.T) {
	s := open(t)
	w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "t"}}})
	must(t, err)
	must(t, s.As("bob").Rewrite(1, "Written by a person."))
	p := connectors.Patch{IfVersion: w.Issue.Version, Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "ours"}}}
	if _, err := s.Update(t.Context(), w.Ref, p); connectors.KindOf(err) != connectors.Conflict {
		t.Errorf("Update for an older version = %v, want a conflict", err)
	}
	if got := s.Issue(1).Body; got != "Written by a person." {
		t.Errorf("body = %q, want the person's", got)
	}
}

func TestDroppedLabelsAreSeen(t *testing.T) {
	s := open(t)
	s.SetRole("conformd-bot", "isms", githubsim.Read)
	w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{
		connectors.Title: {Text: "t"}, connectors.Labels: {Items: []string{"bug"}}, connectors.Assignee: {Text: "9001"},
	}})
	must(t, err)
	if f := w.Issue.Fields; len(f[connectors.Labels].Items) != 0 || f[connectors.Assignee].Text != "" {
		t.Errorf("Create = %+v, want the true state without label and assignee", f)
	}
	w, err = s.Update(t.Context(), w.Ref, connectors.Patch{AddLabels: []string{"bug"}})
	must(t, err)
	if got := w.Issue.Fields[connectors.Labels].Items; len(got) != 0 {
		t.Errorf("Update = %v, want the true labels: none", got)
	}
	rep, err := s.Check(t.Context())
	must(t, err)
	if len(rep.Problems) != 1 || rep.Problems[0].Code != "missing-permission" {
		t.Errorf("Check = %+v, want missing-permission", rep.Problems)
	}
}

func TestUnassignableIsRejected(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	p := connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: "9004"}}}
	_, err := s.Update(t.Context(), ref, p)
	if e := failure(t, "Update", err, connectors.Rejected); !strings.Contains(e.Detail, "assignees") {
		t.Errorf("detail = %q, want the field named", e.Detail)
	}
	p.Set[connectors.Assignee] = connectors.Value{Text: "424242"}
	_, err = s.Update(t.Context(), ref, p)
	kind(t, "Update with an unknown account", err, connectors.Rejected)
}

// The id of an account is stable, its login is not.
func TestAssigneeByIdSurvivesARename(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.RenameUser("alice", "alice-b")
	w, err := s.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: "9001"}}})
	must(t, err)
	if d := cmp.Diff([]string{"alice-b"}, s.Issue(1).Assignees); d != "" {
		t.Errorf("assignees (-want +got):\n%s", d)
	}
	if w.Issue.Fields[connectors.Assignee].Text != "9001" {
		t.Errorf("assignee = %+v, want 9001", w.Issue.Fields[connectors.Assignee])
	}
}

// state_reason is ignored unless the state changes with it.
func TestReasonAloneChangesNothing(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	must(t, s.As("bob").Close(1, "completed"))
	w, err := s.Update(t.Context(), ref, connectors.Patch{Status: &connectors.Target{Name: "closed", Reason: "not_planned"}})
	must(t, err)
	if w.Issue.Status.Reason != "completed" {
		t.Errorf("reason = %q, want the true one, completed", w.Issue.Status.Reason)
	}
	_, err = s.Update(t.Context(), ref, connectors.Patch{Status: &connectors.Target{Name: "In Progress"}})
	if e := failure(t, "Update to a status of elsewhere", err, connectors.Rejected); !strings.Contains(e.Error(), "open, closed") {
		t.Errorf("error = %q, want the statuses that exist", e)
	}
}

func TestGoneAndDisabled(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	other := s.file(t, "b", "")
	must(t, s.As("alice").Delete(1))
	_, err := s.Get(t.Context(), ref)
	kind(t, "Get of a deleted issue", err, connectors.Gone)
	s.do(t, "PATCH", "/repos/acme/isms", "ghp_alice", `{"has_issues":false}`)
	_, err = s.Get(t.Context(), other)
	kind(t, "Get with issues off", err, connectors.Gone)
	rep, err := s.Check(t.Context())
	must(t, err)
	if len(rep.Problems) != 1 || rep.Problems[0].Code != "issues-disabled" || !rep.Problems[0].Fatal {
		t.Errorf("Check = %+v, want issues-disabled", rep.Problems)
	}
}

// A renamed label shows on every issue without a change of theirs.
func TestRenamedLabelShows(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "", "bug")
	before, err := s.Get(t.Context(), ref)
	must(t, err)
	s.do(t, "PATCH", "/repos/acme/isms/labels/bug", "ghp_alice", `{"new_name":"defect"}`)
	after, err := s.Get(t.Context(), ref)
	must(t, err)
	if !after.Updated.Equal(before.Updated) || after.Version == before.Version {
		t.Errorf("updated %v to %v, version %s to %s: want the same time and another version", before.Updated, after.Updated, before.Version, after.Version)
	}
}

// Every status has one meaning for a read and one for a write.
func TestEveryStatusHasAVerdict(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	for status, want := range map[int][2]connectors.Kind{
		400: {connectors.Rejected, connectors.Rejected}, 401: {connectors.Unauthenticated, connectors.Unauthenticated},
		403: {connectors.Denied, connectors.Denied}, 404: {connectors.NotFound, connectors.NotFound},
		408: {connectors.Rejected, connectors.Rejected}, 409: {connectors.Conflict, connectors.Conflict},
		410: {connectors.Gone, connectors.Gone}, 412: {connectors.Conflict, connectors.Conflict},
		422: {connectors.Rejected, connectors.Rejected}, 429: {connectors.Limited, connectors.Limited},
		451: {connectors.Rejected, connectors.Rejected}, 500: {connectors.Unavailable, connectors.Unknown},
		501: {connectors.Unavailable, connectors.Unknown}, 502: {connectors.Unavailable, connectors.Unknown},
		503: {connectors.Unavailable, connectors.Unknown}, 504: {connectors.Unavailable, connectors.Unknown},
	} {
		s.Faults().Clear()
		s.Faults().Add(simkit.Fault{Do: "status", Status: status, Path: issuePath, Times: -1, Body: `{"message":"no"}`})
		_, err := s.Get(t.Context(), ref)
		if e := failure(t, "Get", err, want[0]); e.Status != status || e.Detail != "no" {
			t.Errorf("Get with %d = %+v, want the status and GitHub's words", status, e)
		}
		_, err = s.Update(t.Context(), ref, title("b"))
		kind(t, "Update", err, want[1])
	}
}

// A write whose answer is lost may have happened; it is sent once and looked for.
func TestLostAnswerIsUnknown(t *testing.T) {
	for _, do := range []string{"drop", "truncate", "garbage"} {
		posts := 0
		s := open(t, func(_ *githubsim.Options, c *github.Config) {
			c.Observe = func(a transport.Attempt) {
				if a.Method == "POST" {
					posts++
				}
			}
		})
		s.Faults().Add(simkit.Fault{Do: do, Method: "POST", After: true})
		_, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "t"}}})
		kind(t, do, err, connectors.Unknown)
		if posts != 1 {
			t.Errorf("%s: %d POSTs, want 1", do, posts)
		}
		refs, err := s.FindCreated(t.Context(), marker, time.Now().Add(-time.Minute))
		must(t, err)
		if len(refs) != 1 {
			t.Errorf("%s: FindCreated = %v, want the issue that was created", do, refs)
		}
	}
}

func TestUnreachableIsUnavailable(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.web.Close()
	_, err := s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Unavailable) // the request never left
	_, err = s.Get(t.Context(), ref)
	kind(t, "Get", err, connectors.Unavailable)
}

func TestNoSecretInErrors(t *testing.T) {
	var dump strings.Builder
	s := open(t)
	ref := s.file(t, "a", "")
	note := func(err error) {
		if err == nil {
			t.Error("no error to look at")
			return
		}
		dump.WriteString(err.Error())
		for e := err; e != nil; e = errors.Unwrap(e) {
			b, _ := json.Marshal(e)
			dump.Write(b)
		}
	}
	s.Faults().Add(simkit.Fault{Do: "status", Status: 401, Times: 1, Body: `{"message":"Bad credentials"}`})
	_, err := s.Get(t.Context(), ref)
	note(err)
	_, err = s.Get(t.Context(), connectors.Ref{Key: "acme/isms#999"})
	note(err)
	s.web.Close()
	_, err = s.FindCreated(t.Context(), marker, time.Now())
	note(err)
	_, err = s.PostComment(t.Context(), ref, "private words", marker)
	note(err)
	for _, p := range s.Changed(t.Context(), time.Now()) {
		note(p)
	}
	for _, secret := range []string{botToken, "private words", "since=", "creator="} {
		if strings.Contains(dump.String(), secret) {
			t.Errorf("%q shows in an error: %s", secret, dump.String())
		}
	}
}

// A redirect to another host must not take the credential along.
func TestCredentialStaysAtHome(t *testing.T) {
	var seen []string
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, `{}`)
	}))
	defer thief.Close()
	s := open(t)
	ref := s.file(t, "a", "")
	s.Faults().Add(simkit.Fault{Do: "status", Status: 302, Path: issuePath, Times: -1, Header: map[string]string{"Location": thief.URL + "/x"}})
	_, err := s.Get(t.Context(), ref)
	kind(t, "Get", err, connectors.Unavailable)
	if len(seen) != 0 {
		t.Errorf("another host was called with %q", seen)
	}
}

// What cannot be told from a person is not shown: without knowing our own
// account, our comments would look like somebody's approval.
func TestNothingIsShownBeforeWeKnowOurselves(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.Faults().Add(simkit.Fault{Do: "status", Status: 502, Path: "/user$", Times: -1})
	_, err := s.Get(t.Context(), ref)
	kind(t, "Get", err, connectors.Unavailable)
	_, err = s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Unavailable)
	if n := ours(s.Server); n != 0 {
		t.Errorf("%d changes by us, want none", n)
	}
	s.Faults().Clear()
	_, err = s.PostComment(t.Context(), ref, "x", marker)
	must(t, err)
	got, err := connectors.AllComments(s.Comments(t.Context(), ref, ""))
	must(t, err)
	if !got[0].Author.Bot {
		t.Errorf("comment = %+v, want ours as a bot's", got[0])
	}
}

// A token without single sign-on is a matter of permission, not of patience.
func TestSingleSignOnIsDenied(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "")
	s.Faults().Add(simkit.Fault{
		Do: "status", Status: 403, Header: map[string]string{"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso", "X-RateLimit-Remaining": "4999"},
		Body: `{"message":"Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."}`,
	})
	_, err := s.Get(t.Context(), ref)
	if e := failure(t, "Get", err, connectors.Denied); !strings.Contains(e.Detail, "SAML") {
		t.Errorf("detail = %q, want GitHub's words", e.Detail)
	}
}

// One issue is judged as the listing judges it, with one request.
func TestSelectedJudgesAsTheListing(t *testing.T) {
	s := open(t, func(_ *githubsim.Options, c *github.Config) { c.Labels = []string{"capa", "isms"} })
	refs := map[string]connectors.Ref{
		"both": s.file(t, "both", "", "isms", "capa", "bug"), "one": s.file(t, "one", "", "capa"), "none": s.file(t, "none", ""),
	}
	listed := map[string]bool{}
	for _, is := range all(t, s, time.Time{}) {
		listed[is.Fields[connectors.Title].Text] = true
	}
	for title, ref := range refs {
		s.Faults().ResetCount()
		is, err := s.Selected(t.Context(), ref)
		must(t, err)
		if (is != nil) != listed[title] || is != nil && is.Fields[connectors.Title].Text != title {
			t.Errorf("Selected(%s) = %+v, want it: %t", title, is, listed[title])
		}
		if n := len(s.Faults().Requests()); n != 1 {
			t.Errorf("Selected(%s) took %d requests, want 1", title, n)
		}
	}
	n, err := s.As("bob").OpenPull("pull request")
	must(t, err)
	_, err = s.Selected(t.Context(), refOf(s.Server, n))
	kind(t, "Selected of a pull request", err, connectors.NotFound)
}
