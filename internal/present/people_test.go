package present_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

func TestPeopleByName(t *testing.T) {
	t.Parallel()
	const stranger, unseen = "account:gh-isms:2002", "account:jira-isms:7007"
	n := names()
	for _, c := range []struct{ got, want string }{
		{n.Person("olga"), "Olga Owens"},
		{n.Person(stranger), "@erik (not in the register's list of people)"},
		{n.Person(unseen), "account 7007 of jira-isms (not in the register's list of people)"},
		{n.Person(""), ""},
		{n.Short("olga"), "Olga Owens"},
		{n.Short(stranger), "@erik (not mapped)"},
		{n.Short(""), ""},
		{n.Value(register.FieldOwner, stranger), "@erik (not in the register's list of people)"},
		{n.Value(register.FieldTitle, "olga"), "olga"},
		{n.Logged("owner@gh-isms", "olga"), "Olga Owens"},
		{n.Logged("action.OPS-4.assignee", stranger), "@erik (not in the register's list of people)"},
		{n.Logged("action.OPS-4.due", "2026-12-01"), "2026-12-01"},
		{n.Logged("owner", ""), ""},
		{n.Place("register"), "the register"},
		{n.Place("jira-isms"), "ISMS-3"},
		{n.Place("other"), "other"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	r := record()
	r.Fields[register.FieldOwner], r.Fields[register.FieldReviewer] = "account:gh-isms:2002", "olga"
	r.Actions = []register.Action{{Title: "Rotate the keys", Assignee: "account:gh-isms:2002"}, {Title: "Tell them", Assignee: "account:gh-isms:eric"}, {Title: "Check"}}
	r.Approvals = []register.Approval{{By: "account:jira-isms:7007"}}
	var got []string
	for _, s := range names().Strangers(present.Mentioned(r)...) {
		got = append(got, s.Hint())
	}
	want := []string{
		`@erik is not in the register's list of people: add {site: github, id: "2002"} to the accounts of a person, under people: in the configuration`,
		`eric is not in the register's list of people: add {site: github, login: "eric"} to the accounts of a person, under people: in the configuration`,
		`7007 is not in the register's list of people: add {site: jira, login: "7007"} to the accounts of a person, under people: in the configuration`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
}
