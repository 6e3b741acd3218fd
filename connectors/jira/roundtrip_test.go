package jira_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
)

// Every kind of field that is written can be read back as it was written.
func TestFieldsComeBackAsWritten(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		erik := r.sim.Person("erik").AccountID()
		fields := map[connectors.Field]connectors.Value{
			connectors.Title:                            {Text: "Backup keys shared by two people"},
			connectors.Body:                             {Text: "h1. What\n\n* one\n* two\n\nÄ \"quoted\" {code}x < y{code}"},
			connectors.Labels:                           {Items: []string{"audit", "backup"}},
			connectors.Assignee:                         {Text: erik},
			connectors.Type:                             {Text: "Preventive case"},
			connectors.Priority:                         {Text: "High"},
			connectors.Due:                              {Text: "2026-12-24"},
			connectors.Custom("Root cause"):             {Text: "nobody owned the keys"},
			connectors.Custom("NC grade"):               {Text: "Minor"},
			connectors.Custom("Effectiveness reviewer"): {Text: r.sim.Person("rita").AccountID()},
			connectors.Custom("Requirement not met"):    {Items: []string{"A.5.17", "A.8.24"}},
			connectors.Custom("Affected systems"):       {Items: []string{"Backup", "Identity"}},
			connectors.Custom("Effectiveness due"):      {Text: "2027-01-31"},
			connectors.Custom("Cost"):                   {Text: "12.5"},
			connectors.Custom("Register no."):           {Text: "NC-2026-0007"},
		}
		w, err := r.client.Create(t.Context(), connectors.Draft{Fields: fields, Marker: "marker-0001"})
		if err != nil {
			t.Fatal(err)
		}
		got := r.get(t, w.Ref)
		if diff := cmp.Diff(fields, got.Fields); diff != "" {
			t.Errorf("fields after create (-want +got):\n%s", diff)
		}
		if got.Marker != "marker-0001" {
			t.Errorf("Marker = %q, want marker-0001", got.Marker)
		}
		if got.Status.Name != "Reported" || got.Status.Done {
			t.Errorf("Status = %+v, want Reported, not done", got.Status)
		}
		if got.URL != r.server.URL+"/browse/"+w.Ref.Key {
			t.Errorf("URL = %q", got.URL)
		}

		listed := all(t, r.client, time.Time{})
		if len(listed) != 1 {
			t.Fatalf("Changed yielded %d issues, want 1", len(listed))
		}
		if diff := cmp.Diff(got, listed[0]); diff != "" {
			t.Errorf("listing differs from get (-get +listing):\n%s", diff)
		}
		many, err := r.client.GetMany(t.Context(), []connectors.Ref{w.Ref, {ID: "999999"}})
		if err != nil || len(many) != 1 {
			t.Fatalf("GetMany = %d issues, %v, want 1", len(many), err)
		}
		if diff := cmp.Diff(got, many[0]); diff != "" {
			t.Errorf("GetMany differs from get (-get +many):\n%s", diff)
		}
	})
}

// Trap: the structs of go-jira cannot say null (trackers.md 1, bug 4).
func TestClearingAField(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		ref := r.file(t, "to be emptied", map[string]any{
			"description": "text", "assignee": "erik", "duedate": "2026-12-24", "Root cause": "because",
			"NC grade": "Major", "Requirement not met": []string{"A.5.1"},
		})
		set := map[connectors.Field]connectors.Value{
			connectors.Body: {}, connectors.Assignee: {}, connectors.Due: {}, connectors.Custom("Root cause"): {},
			connectors.Custom("NC grade"): {}, connectors.Custom("Requirement not met"): {},
		}
		r.update(t, ref, connectors.Patch{Set: set})
		got := r.get(t, ref)
		for f := range set {
			v, shown := got.Fields[f]
			if !shown || v.Text != "" || len(v.Items) != 0 {
				t.Errorf("%s = %+v (shown %v), want it there and empty", f, v, shown)
			}
		}
		if got.Fields[connectors.Title].Text != "to be emptied" {
			t.Errorf("title = %q, want it untouched", got.Fields[connectors.Title].Text)
		}
	})
}

// A status is moved by transitions read at the moment, never by an edit.
func TestStatusMoves(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		ref := r.file(t, "moving", nil)
		r.update(t, ref, connectors.Patch{Status: &connectors.Target{Name: "Analysis"}})
		r.update(t, ref, connectors.Patch{Status: &connectors.Target{Name: "Closed", Reason: "Duplicate"}})
		got := r.get(t, ref)
		if got.Status.Name != "Closed" || !got.Status.Done || got.Status.Reason != "Duplicate" {
			t.Errorf("Status = %+v, want Closed, done, Duplicate", got.Status)
		}
		_, err := r.client.Update(t.Context(), ref, connectors.Patch{Status: &connectors.Target{Name: "Implementing"}})
		if connectors.KindOf(err) != connectors.Rejected {
			t.Errorf("Update to a status out of reach = %v, want %v", err, connectors.Rejected)
		}
		r.sim.Faults().ResetCount()
		r.update(t, ref, connectors.Patch{Status: &connectors.Target{Name: "closed"}})
		if n := r.sim.Faults().Count("POST", "/transitions"); n != 0 {
			t.Errorf("%d transitions although it is there already", n)
		}
	})
}

func TestCommentsCarryTheirMarker(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		ref := r.file(t, "talked about", nil)
		if _, err := r.sim.Person("erik").Comment(ref.Key, "from Erik"); err != nil {
			t.Fatal(err)
		}
		w, err := r.client.PostComment(t.Context(), ref, "from us\nin two lines", "comment-0001")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.client.EditComment(t.Context(), ref, w.CommentID, "from us, edited", "comment-0001"); err != nil {
			t.Fatal(err)
		}
		got, err := connectors.AllComments(r.client.Comments(t.Context(), ref, ""))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0].Body != "from Erik" || got[0].Marker != "" || got[1].Body != "from us, edited" || got[1].Marker != "comment-0001" {
			t.Errorf("Comments = %+v", got)
		}
		if diff := cmp.Diff(got, r.get(t, ref).Comments); diff != "" {
			t.Errorf("inline comments differ (-listed +inline):\n%s", diff)
		}
	})
}
