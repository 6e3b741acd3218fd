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
		if got := history.Latest(b, is, []register.Field{register.FieldRootCause}, c.fresh); got.Actor != c.want {
			t.Errorf("%s: %+v is named, want %+v", c.name, got.Actor, c.want)
		}
	}
}
