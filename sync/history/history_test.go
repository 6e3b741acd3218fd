package history_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// An issue that nobody is known to have touched shows what its author wrote. If that is
// conformd, a person wrote what is new there, and nobody is named.
func TestAuthorOfAnUntouchedIssue(t *testing.T) {
	b := &binding.Binding{ID: "gh", Profile: &mapping.Profile{People: []mapping.Account{{Person: "erik", ID: "1001"}}}}
	b.Know(connectors.User{ID: "99"})
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, author string
		updated      time.Time
		fresh        bool
		want         audit.Actor
	}{
		{"filed by a person", "1001", at, true, audit.Actor{Kind: audit.Person, ID: "erik", How: audit.ByToken, Account: "gh:1001"}},
		{"filed by a stranger", "7", at, true, audit.Actor{Kind: audit.Person, ID: "account:gh:7", How: audit.ByToken, Account: "gh:7"}},
		{"filed by conformd, edited within the second", "99", at, true, history.Unattributed()},
		{"edited since", "1001", at.Add(time.Second), true, history.Unattributed()},
		{"seen before", "1001", at, false, history.Unattributed()},
	} {
		is := &connectors.Issue{Author: connectors.User{ID: c.author}, Created: at, Updated: c.updated}
		if got := history.Latest(b, is, b.Profile.Timeline(is), []register.Field{register.FieldRootCause}, c.fresh); got.Actor != c.want {
			t.Errorf("%s: %+v is named, want %+v", c.name, got.Actor, c.want)
		}
	}
}

// Who raised an issue is its reporter where the tracker has one, else its author, and never
// conformd.
func TestReporter(t *testing.T) {
	b := &binding.Binding{ID: "jira", Profile: &mapping.Profile{People: []mapping.Account{{Person: "erik", ID: "1001"}}}}
	b.Know(connectors.User{ID: "99"})
	for _, c := range []struct{ name, author, reporter, want string }{
		{"an author", "1001", "", "erik"},
		{"somebody filed it for another", "1001", "7", "account:jira:7"},
		{"a program filed it for a person", "55", "1001", "erik"},
		{"conformd stands as its reporter", "1001", "99", "erik"},
		{"conformd alone", "99", "99", ""},
		{"nobody is named", "", "", ""},
	} {
		is := &connectors.Issue{Author: connectors.User{ID: c.author, Bot: c.author == "55"}, Reporter: connectors.User{ID: c.reporter}}
		if got := history.Reporter(b, is); got != c.want {
			t.Errorf("%s: Reporter() = %q, want %q", c.name, got, c.want)
		}
	}
}
