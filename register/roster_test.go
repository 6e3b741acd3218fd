package register_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// Each changed person, role and account is told; a login is not named in words, and is
// marked as personal.
func TestRosterDifferences(t *testing.T) {
	t.Parallel()
	was := register.Roster{
		"erik": {Roles: []string{"reviewer"}, Accounts: map[string]register.RosterAccount{"gh-isms": {ID: "1001"}, "jira-isms": {Name: "erik.berg"}}},
		"olga": {Roles: []string{"isms_manager"}},
	}
	now := register.Roster{
		"erik": {Roles: []string{"reviewer", "isms_manager", "reviewer"}, Accounts: map[string]register.RosterAccount{"gh-isms": {ID: "6666"}, "jira-isms": {Name: "mallory"}}},
		"sara": {Accounts: map[string]register.RosterAccount{"gh-isms": {ID: "1002"}}},
	}
	want := []register.Difference{
		{Key: "people.erik.roles", Before: "reviewer", After: "isms_manager, reviewer", Words: "roles of erik: reviewer → isms_manager, reviewer"},
		{Key: "people.erik.accounts.gh-isms", Before: "1001", After: "6666", Words: "account of erik at gh-isms: 1001 → 6666"},
		{Key: "people.erik.accounts.jira-isms", Before: "erik.berg", After: "mallory", Personal: true, Words: "account of erik at jira-isms: one known by its name → one known by its name"},
		{Key: "people.olga", Before: "known", Words: "olga is gone"},
		{Key: "people.olga.roles", Before: "isms_manager", Words: "roles of olga: isms_manager → none"},
		{Key: "people.sara", After: "known", Words: "sara is new"},
		{Key: "people.sara.accounts.gh-isms", After: "1002", Words: "account of sara at gh-isms: none → 1002"},
	}
	if diff := cmp.Diff(want, was.Differences(now)); diff != "" {
		t.Errorf("Differences (-want +got):\n%s", diff)
	}
	back, err := register.ReadRoster(was.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if ds := was.Differences(back); len(ds) > 0 {
		t.Errorf("Differences = %v after it was kept and read, want none", ds)
	}
	if _, err := register.ReadRoster([]byte("[")); err == nil || !strings.Contains(err.Error(), "the adopted roster cannot be read") {
		t.Errorf("ReadRoster = %v, want an error", err)
	}
}
