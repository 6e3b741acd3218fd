package jira_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
)

// Trap: go-jira's Do leaves the body open when it decodes nothing, and on errors;
// each such call would cost a connection (trackers.md 1).
func TestConnectionsAreReused(t *testing.T) {
	sim := jirasim.New(jirasim.Options{})
	defer sim.Close()
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(sim)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c, err := jira.New(jira.Config{BaseURL: server.URL, User: "conformd@example.com", Token: "conformd-token", Project: "ISMS", IssueType: "Nonconformity"})
	must(t, err)
	w, err := c.Create(t.Context(), connectors.Draft{Marker: "marker-0001", Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "x"}}})
	must(t, err)
	for i := range 20 {
		_, err := c.Update(t.Context(), w.Ref, connectors.Patch{AddLabels: []string{fmt.Sprint("l", i)}}) // 204
		must(t, err)
		if _, err := c.Get(t.Context(), connectors.Ref{ID: "99"}); connectors.KindOf(err) != connectors.NotFound { // 404
			t.Fatal(err)
		}
		if _, err := c.Update(t.Context(), w.Ref, connectors.Patch{AddLabels: []string{"two words"}}); connectors.KindOf(err) != connectors.Rejected { // 400
			t.Fatal(err)
		}
	}
	if n := opened.Load(); n > 2 {
		t.Errorf("%d connections for 60 requests one after the other, want them reused", n)
	}
}

// Trap: a quoted date in JQL is a minute in the zone of the asking account. The
// cursor is milliseconds and means the same for an account anywhere.
func TestSinceHasNoTimeZone(t *testing.T) {
	for _, zone := range []string{"Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata"} {
		clock := simkit.NewClock(time.Date(2026, 3, 29, 0, 59, 30, 0, time.UTC)) // before a change of the clocks
		users := append(jirasim.DefaultUsers()[1:], jirasim.User{Name: "conformd", Secret: "conformd-token", TimeZone: zone})
		r := open(t, jirasim.Options{Clock: clock, Users: users}, nil)
		r.file(t, "before", nil)
		clock.Advance(10 * time.Second)
		second := r.file(t, "after", nil)
		since := r.get(t, second).Updated
		if got := all(t, r.client, since); len(got) != 1 || got[0].Ref != second {
			t.Errorf("%s: Changed since %s = %d issues, want the second only", zone, since, len(got))
		}
		if !since.Equal(r.get(t, second).Created) || since.Location() != time.UTC {
			t.Errorf("%s: Updated = %s, want UTC", zone, since)
		}
	}
}

// A status is named by its id where names repeat, and moved to by whichever
// transition is open to us.
func TestStatusByID(t *testing.T) {
	flow := jirasim.DefaultWorkflow()
	flow.Transitions = slices.DeleteFunc(flow.Transitions, func(t jirasim.Transition) bool { return t.Name == "Close" })
	flow.Transitions = append([]jirasim.Transition{
		{ID: "7", Name: "Close with a reason", To: "Closed", Screen: []string{"resolution!", "Closing summary!"}},
		{ID: "8", Name: "Just close", To: "Closed", Resolution: "Done"},
		{ID: "9", Name: "Close as", To: "Closed", Screen: []string{"resolution!"}},
	}, flow.Transitions...)
	r := open(t, jirasim.Options{Workflow: flow}, nil)
	for target, want := range map[connectors.Target]string{
		{Name: "10107"}:                      "Done",      // nothing is asked for
		{Name: "10107", Reason: "Duplicate"}: "Duplicate", // the reason has a place
	} {
		ref := r.file(t, "x", nil)
		r.update(t, ref, connectors.Patch{Status: &target})
		if got := r.get(t, ref).Status; got.ID != "10107" || got.Reason != want {
			t.Errorf("%+v leads to %+v, want 10107 with %s", target, got, want)
		}
	}
}

// A search too long for an address is posted, and repeated all the same when it
// fails on the way.
func TestLongSearches(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		long := "labels = nc"
		for i := range 400 {
			long += fmt.Sprintf(" OR labels = %q", fmt.Sprint("some-rather-long-label-", i))
		}
		r.cfg.Select = long
		c := r.connect(t)
		ref := r.file(t, "x", map[string]any{"labels": []string{"nc"}})
		r.sim.Faults().Add(simkit.Fault{Method: "POST", Path: "/search", Do: simkit.Drop})
		if got := all(t, c, time.Time{}); len(got) != 1 || got[0].Ref != ref {
			t.Errorf("Changed = %d issues, want the one", len(got))
		}
		if n := r.sim.Faults().Count("POST", "/search"); n != 2 {
			t.Errorf("%d searches posted, want one and its repetition", n)
		}
	})
}

// A write that found nobody never left; one whose answer is lost may have
// happened.
func TestWritesThatNeverLeft(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	ref := r.file(t, "x", nil)
	r.get(t, ref) // learn who is there
	r.sim.Faults().Add(simkit.Fault{Method: "PUT", Do: simkit.Drop, After: true})
	_, err := r.client.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"a"}})
	if connectors.KindOf(err) != connectors.Unknown {
		t.Errorf("Update with its answer lost = %v, want %v", err, connectors.Unknown)
	}
	r.server.Close()
	_, err = r.client.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"b"}})
	if connectors.KindOf(err) != connectors.Unavailable {
		t.Errorf("Update with nobody there = %v, want %v", err, connectors.Unavailable)
	}
}

// The web editor of Data Center stores the line ends of Windows; a text is the
// same text with either.
func TestWindowsLineEnds(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter}, nil)
	ref := r.file(t, "x", map[string]any{"description": "one\r\ntwo", "Root cause": "a\r\nb"})
	_, err := r.sim.Person("erik").Comment(ref.ID, "c\r\nd")
	must(t, err)
	got := r.get(t, ref)
	if got.Fields[connectors.Body].Text != "one\ntwo" || got.Fields[connectors.Custom("Root cause")].Text != "a\nb" || got.Comments[0].Body != "c\nd" {
		t.Errorf("issue = %+v, want no carriage return", got)
	}
}

// Deleted, archived and hidden issues look alike, and stay so for writes.
func TestIssuesOutOfSight(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		a, b, c := r.file(t, "a", nil), r.file(t, "b", nil), r.file(t, "c", nil)
		must(t, r.sim.Person("admin").Delete(a.ID))
		must(t, r.sim.Archive(b.ID))
		must(t, r.sim.Hide(c.ID, "conformd", false))
		for _, ref := range []connectors.Ref{a, b, c} {
			_, err := r.client.Get(t.Context(), ref)
			_, werr := r.client.PostComment(t.Context(), ref, "x", "comment-0001")
			if connectors.KindOf(err) != connectors.NotFound || connectors.KindOf(werr) != connectors.NotFound {
				t.Errorf("%s: Get = %v, PostComment = %v, want %v", ref, err, werr, connectors.NotFound)
			}
		}
		if got := all(t, r.client, time.Time{}); len(got) != 0 {
			t.Errorf("Changed = %d issues, want none", len(got))
		}
	})
}

func BenchmarkChangedTenThousand(b *testing.B) {
	sim := jirasim.New(jirasim.Options{})
	defer sim.Close()
	seeds := make([]jirasim.Seed, 10_000)
	for i := range seeds {
		seeds[i] = jirasim.Seed{Created: time.Unix(int64(1_700_000_000+i), 0), Fields: map[string]any{"summary": "one of many", "Root cause": "because"}}
	}
	if err := sim.Seed(seeds...); err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(sim)
	defer server.Close()
	c, err := jira.New(jira.Config{BaseURL: server.URL, User: "conformd@example.com", Token: "conformd-token", Project: "ISMS", Fields: []string{"Root cause"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		for p, err := range c.Changed(b.Context(), time.Time{}) {
			if err != nil {
				b.Fatal(err)
			}
			n += len(p.Issues)
		}
		if n != len(seeds) {
			b.Fatalf("%d issues, want %d", n, len(seeds))
		}
	}
}
