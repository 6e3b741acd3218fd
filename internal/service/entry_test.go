package service_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// entryDesk is a desk whose first record is owned by an account that nobody is mapped to,
// with two issues on which its people can give the cause.
func entryDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	cause := mapping.FieldMap{Field: register.FieldRootCause, Remote: mapping.Remote{Kind: mapping.KindField, Name: "Root cause"}}
	d.Profiles = []*mapping.Profile{
		{Binding: "jira", Markup: mapping.MarkupWiki, Fields: []mapping.FieldMap{cause}},
		{Binding: "gh", Markup: mapping.MarkupGFM, Handles: true, Fields: []mapping.FieldMap{cause, {Field: register.FieldOwner, Remote: mapping.Remote{Kind: mapping.KindAssignee}}}},
	}
	d.Policy = register.DefaultPolicy()
	d.Now = func() time.Time { return time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC) }
	d.write(func(tx *store.Tx) error {
		row, err := tx.Acquire(t.Context(), d.recs[0].ID)
		if err != nil {
			return err
		}
		r := row.Record
		r.Requested = register.Closed
		r.Fields = map[register.Field]string{register.FieldKind: string(register.Nonconformity), register.FieldOwner: "account:gh:2002"}
		_, err = tx.SaveRecord(t.Context(), r, row.Fence)
		return err
	})
	return d
}

func (d *desk) entry(rec int) service.Entry {
	d.Helper()
	row, err := d.Store.Record(d.Context(), d.recs[rec].Ref)
	if err != nil {
		d.Fatal(err)
	}
	e, err := d.Entry(d.Context(), row)
	if err != nil {
		d.Fatal(err)
	}
	return e
}

// how returns how the root cause of a view is given.
func how(v present.View) string {
	for _, n := range v.Needs {
		if n.Field == register.FieldRootCause {
			return n.How
		}
	}
	return ""
}

// An entry names an unmapped owner as the tracker does, and sends people to the first
// issue of the configuration that is not gone.
func TestEntry(t *testing.T) {
	t.Parallel()
	d := entryDesk(t)
	e := d.entry(0)
	if diff := cmp.Diff([]present.Stranger{{Value: "account:gh:2002", Name: "@erik", Binding: "gh", ID: "2002"}}, e.Strangers); diff != "" {
		t.Errorf("strangers (-want +got):\n%s", diff)
	}
	if !e.View.Held || e.View.For != register.Closed {
		t.Errorf("the view is held %v, for %q, want a held closure", e.View.Held, e.View.For)
	}
	if got, want := how(e.View), `on ISMS-3: in the field "Root cause"`; got != want {
		t.Errorf("the cause is given %q, want %q", got, want)
	}
	d.write(func(tx *store.Tx) error {
		links, err := d.Store.BoundIssues(t.Context(), d.recs[0].ID)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Binding == "jira" {
				l.State = store.IssueOrphaned
				return tx.PutBoundIssue(t.Context(), l)
			}
		}
		return nil
	})
	if got, want := how(d.entry(0).View), `on acme/isms#1: in the field "Root cause"`; got != want {
		t.Errorf("with ISMS-3 gone the cause is given %q, want %q", got, want)
	}
}

// Reasons of one binding are one stop, with its earliest time and its changes; a record
// without a change there is not stopped.
func TestStops(t *testing.T) {
	t.Parallel()
	d := entryDesk(t)
	if stops, err := d.Stops(t.Context()); err != nil || len(stops) > 0 {
		t.Fatalf("Stops = %v, %v, want none", stops, err)
	}
	d.write(func(tx *store.Tx) error {
		for kind, why := range map[store.BrakeKind]string{store.BrakePlan: "too much", store.BrakeMissing: "issues are missing"} {
			if _, err := tx.Engage(t.Context(), "jira", kind, why); err != nil {
				return err
			}
		}
		return tx.PutOutbound(t.Context(), d.recs[0].ID, []plan.Outbound{
			{Binding: "jira", Issue: "ISMS-3", Load: plan.Load{Records: 1, Replaced: 2, Emptied: 1}, Digest: "d"},
		})
	})
	stops, err := d.Stops(t.Context())
	if err != nil || len(stops) != 1 {
		t.Fatalf("Stops = %v, %v, want one", stops, err)
	}
	s := stops[0]
	if s.Binding != "jira" || len(s.Brakes) != 2 || s.Since.IsZero() || s.Records != 1 || s.List != store.ListDigest(s.Writes) {
		t.Errorf("the stop is %+v, want both reasons, a time and one record with its digest", s)
	}
	if got, want := s.Waiting(), "1 record waits there: 2 values to replace, 1 value to empty"; got != want {
		t.Errorf("the stop says %q, want %q", got, want)
	}
	if got := d.entry(0).View.Stops; len(got) != 1 || got[0] != s.Stop {
		t.Errorf("the record with the change has the stops %+v, want %+v", got, s.Stop)
	}
	if got := d.entry(1).View.Stops; len(got) > 0 {
		t.Errorf("a record without a change has the stops %+v, want none", got)
	}
}

// A conflict names the issues and the people, and the value that a binding shows is a
// name, too.
func TestConflictWords(t *testing.T) {
	t.Parallel()
	d := entryDesk(t)
	got, err := d.ConflictWords(t.Context(), []store.ConflictRow{{RecordID: d.recs[0].ID, Conflict: plan.Conflict{
		Field: register.FieldOwner, Values: []plan.ConflictValue{{Place: "gh", Value: "account:gh:2002"}, {Place: "register", Value: "olga"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []present.Conflict{{Label: "Owner", Values: []present.Value{
		{Place: "acme/isms#1", Text: "@erik (not in the register's list of people)"}, {Place: "the register", Text: "Olga Owens"},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ConflictWords (-want +got):\n%s", diff)
	}
	n, err := d.Names(t.Context(), d.recs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Shown(n, "gh", register.FieldOwner, "2002"), "@erik (not in the register's list of people)"; got != want {
		t.Errorf("Shown of an owner = %q, want %q", got, want)
	}
	if got := d.Shown(n, "gh", register.FieldTitle, "2002"); got != "2002" {
		t.Errorf("Shown of a title = %q, want it as it is", got)
	}
}
