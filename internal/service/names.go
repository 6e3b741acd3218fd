package service

import (
	"cmp"
	"context"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// Names returns the names of all people, accounts and issues in some records.
func (r *Register) Names(ctx context.Context, recordIDs ...string) (present.Names, error) {
	n := r.people()
	for _, id := range recordIDs {
		links, err := r.Store.BoundIssues(ctx, id)
		if err != nil {
			return n, err
		}
		if err := r.addNames(ctx, &n, links); err != nil {
			return n, err
		}
	}
	n.Issues = map[string]string{} // one binding may have an issue of each record
	return n, nil
}

// names returns the names of all people, accounts and issues in a record.
func (r *Register) names(ctx context.Context, recordID string) (present.Names, error) {
	links, err := r.Store.BoundIssues(ctx, recordID)
	if err != nil {
		return r.people(), err
	}
	return r.namesOf(ctx, links)
}

// namesOf returns the names of the people of the register, of the accounts that issues
// show, and of the issues.
func (r *Register) namesOf(ctx context.Context, links []store.BoundIssue) (present.Names, error) {
	n := r.people()
	return n, r.addNames(ctx, &n, links)
}

// people returns the names of the people of the register.
func (r *Register) people() present.Names {
	n := present.Names{People: map[string]string{}, Accounts: map[string]string{}, Records: map[string]string{}, Issues: map[string]string{}, Sites: r.Sites}
	for id, p := range r.People {
		n.People[id] = cmp.Or(p.Name, id)
	}
	return n
}

// speakers is how many comments of an issue are read for the names of their authors.
const speakers = 100

func (r *Register) addNames(ctx context.Context, n *present.Names, links []store.BoundIssue) error {
	for _, l := range links {
		if l.Role == string(mapping.RoleRecord) {
			n.Issues[l.Binding] = l.Ref.Key
		}
		if l.Issue != nil {
			said, err := r.Store.Comments(ctx, l.Binding, l.Ref.ID, speakers)
			if err != nil {
				return err
			}
			accounts(l.Issue, said, r.profile(l.Binding), n.Accounts)
		}
	}
	return nil
}

// accounts adds the names of the accounts that an issue and its comments show.
func accounts(is *connectors.Issue, said []connectors.Comment, p *mapping.Profile, names map[string]string) {
	add := func(u connectors.User) {
		if name := p.UserName(u); u.ID != "" && name != "" {
			names["account:"+p.Binding+":"+u.ID] = name
		}
	}
	for id, u := range is.Users {
		u.ID = cmp.Or(u.ID, id)
		add(u)
	}
	add(is.Author)
	for _, c := range said {
		add(c.Author)
	}
	for _, c := range is.Changes {
		add(c.Author)
	}
}

// Shown puts a value of a field as a binding shows it into words: the name of a person
// for an account. Other values stay as they are.
func (r *Register) Shown(n present.Names, binding string, f register.Field, raw string) string {
	info, ok := register.Info(f)
	if !ok || info.Type != register.TypePerson || raw == "" {
		return raw
	}
	v, ok := r.profile(binding).Lift(f, raw)
	if !ok {
		return raw
	}
	return n.Value(f, v)
}
