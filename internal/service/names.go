package service

import (
	"cmp"
	"context"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// names returns the names that people know of what a record's history speaks of: people
// of the register, accounts as its issues show them, and its issues.
func (r *Register) names(ctx context.Context, recordID string) (present.Names, error) {
	n := present.Names{People: r.People, Accounts: map[string]string{}, Records: map[string]string{}, Issues: map[string]string{}}
	links, err := r.Store.Links(ctx, recordID)
	for _, l := range links {
		if l.Role == string(mapping.RoleRecord) {
			n.Issues[l.Binding] = l.Ref.Key
		}
		if l.Issue != nil {
			accounts(l, n.Accounts)
		}
	}
	return n, err
}

// accounts adds the names of the accounts that an issue shows.
func accounts(l store.Link, names map[string]string) {
	add := func(u connectors.User) {
		name := u.Name
		if u.Login != "" && u.Login != u.ID {
			name = "@" + u.Login
		}
		if u.ID != "" && name != "" {
			names["account:"+l.Binding+":"+u.ID] = name
		}
	}
	for id, u := range l.Issue.Users {
		u.ID = cmp.Or(u.ID, id)
		add(u)
	}
	add(l.Issue.Author)
	for _, c := range l.Issue.Comments {
		add(c.Author)
	}
	for _, c := range l.Issue.Changes {
		add(c.Author)
	}
}
