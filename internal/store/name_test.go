package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// A record is found by its number and by the keys of its issues, however they are
// written; an issue that is quarantined is found among those.
func TestNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.record(), b.record()
	link := func(binding, id, key, role string, rec string) {
		b.write(func(tx *store.Tx) error {
			is := &connectors.Issue{Ref: connectors.Ref{ID: id, Key: key}, URL: "https://" + binding + ".example/" + key}
			return tx.PutBoundIssue(t.Context(), store.BoundIssue{Binding: binding, Ref: is.Ref, RecordID: rec, Role: role, State: store.IssueBound, Issue: is})
		})
	}
	link("gh", "1", "Acme/Isms#1", "record", one.ID)
	link("jira", "10", "ISMS-3", "record", one.ID)
	link("jira-b", "77", "ISMS-3", "action", two.ID)
	b.write(func(tx *store.Tx) error {
		is := &connectors.Issue{Ref: connectors.Ref{ID: "9", Key: "acme/platform#9"}}
		_, err := tx.Quarantine(t.Context(), store.Quarantined{Binding: "gh", Issue: is, Why: "names no record of the register"})
		return err
	})
	found := func(ns []store.Named, err error) (out []string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range ns {
			url := ""
			if n.Link.Issue != nil {
				url = n.Link.Issue.URL
			}
			out = append(out, strings.TrimSpace(strings.Join([]string{n.Ref, n.Link.Binding, n.Link.Ref.Key, n.Link.Role, url}, " ")))
		}
		return out
	}
	ctx := t.Context()
	for _, c := range []struct {
		name string
		got  []string
		want []string
	}{
		{"a number", found(b.RecordsByNumber(ctx, one.Ref)), []string{one.Ref}},
		{"a number in lower case", found(b.RecordsByNumber(ctx, strings.ToLower(two.Ref))), []string{two.Ref}},
		{"an id", found(b.RecordsByNumber(ctx, one.ID)), []string{one.Ref}},
		{"no number", found(b.RecordsByNumber(ctx, "NC-1")), nil},
		{"a key in another case", found(b.RecordsByIssue(ctx, "acme/ISMS#1")), []string{one.Ref + " gh Acme/Isms#1 record https://gh.example/Acme/Isms#1"}},
		{"a key at two sites", found(b.RecordsByIssue(ctx, "isms-3")), []string{
			one.Ref + " jira ISMS-3 record https://jira.example/ISMS-3", two.Ref + " jira-b ISMS-3 action https://jira-b.example/ISMS-3",
		}},
		{"no key", found(b.RecordsByIssue(ctx, "ISMS-33")), nil},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	asides, err := b.QuarantinedNamed(ctx, "ACME/platform#9")
	if err != nil || len(asides) != 1 || asides[0].Binding != "gh" || asides[0].Why != "names no record of the register" {
		t.Errorf("QuarantinedNamed() = %+v, %v, want the issue and why it is quarantined", asides, err)
	}
}

// A name is looked up in an index, whatever the size of the register.
func TestNamesAreLookedUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for query, index := range map[string]string{store.RecordNamed: "record_name", store.LinksNamed: "link_name"} {
		if plan := b.explain(query, "x"); !strings.Contains(plan, "USING INDEX "+index) || strings.Contains(plan, "SCAN record") || strings.Contains(plan, "SCAN l") {
			t.Errorf("%s: %s, want a search in %s", query, plan, index)
		}
	}
}
