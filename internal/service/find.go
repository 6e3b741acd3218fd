package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/store"
)

// Find returns the record that a name means: its number, the key of an issue that is
// bound to it as a record or as an action ("ISMS-3", "acme/isms#17", and "#17" as the
// configured repositories have it), or the address of such an issue, in upper or lower
// case. The error is an UnknownError or an AmbiguousError if the name means no record, or
// several.
func (r *Register) Find(ctx context.Context, name string) (store.Row, error) {
	var found []store.Named
	unknown := &UnknownError{Name: name}
	meanings := r.read(name)
	for _, m := range meanings {
		here, elsewhere, err := r.lookUp(ctx, m)
		if err != nil {
			return store.Row{}, err
		}
		found = append(found, here...)
		unknown.Tried = append(unknown.Tried, m.String())
		for _, n := range elsewhere {
			unknown.Elsewhere = append(unknown.Elsewhere, n.Link.Issue.URL)
		}
	}
	var ids []string
	for _, n := range found {
		if !slices.Contains(ids, n.ID) {
			ids = append(ids, n.ID)
		}
	}
	switch len(ids) {
	case 1:
		return r.Store.Record(ctx, ids[0])
	case 0:
		return store.Row{}, r.aside(ctx, unknown, meanings)
	default:
		return store.Row{}, &AmbiguousError{Name: name, Found: found}
	}
}

// lookUp finds the records that a meaning of a name refers to. Elsewhere are the records
// whose issue has the key but another address.
func (r *Register) lookUp(ctx context.Context, m meaning) (here, elsewhere []store.Named, err error) {
	if m.key == "" {
		here, err = r.Store.RecordsByNumber(ctx, m.number)
		return here, nil, err
	}
	all, err := r.Store.RecordsByIssue(ctx, m.key)
	for _, n := range all {
		if m.at(n.Link.Issue) {
			here = append(here, n)
		} else {
			elsewhere = append(elsewhere, n)
		}
	}
	return here, elsewhere, err
}

// aside adds the quarantined issues of that name to an error.
func (r *Register) aside(ctx context.Context, e *UnknownError, meanings []meaning) error {
	for _, m := range meanings {
		if m.key == "" {
			continue
		}
		asides, err := r.Store.QuarantinedNamed(ctx, m.key)
		if err != nil {
			return err
		}
		for _, a := range asides {
			if m.at(a.Issue) {
				e.Aside = append(e.Aside, a.Issue.Ref.Key+" "+a.Why)
			}
		}
	}
	return e
}

// An UnknownError says that a name means no record of the register.
type UnknownError struct {
	Name      string
	Tried     []string // "the record NC-7"; none if the name has no form of a name
	Elsewhere []string // addresses of issues of that key at another host
	Aside     []string // issues of that name that belong to no record yet, and why
}

// Error says what was tried.
func (e *UnknownError) Error() string {
	says := []string{fmt.Sprintf("the register has no %q", e.Name)}
	if len(e.Tried) > 0 {
		says = append(says, "looked for "+strings.Join(e.Tried, " and "))
	}
	for _, a := range e.Elsewhere {
		says = append(says, "the register knows "+a)
	}
	for _, a := range e.Aside {
		says = append(says, "the issue "+a)
	}
	return strings.Join(says, "; ")
}

// An AmbiguousError says that a name means several records.
type AmbiguousError struct {
	Name  string
	Found []store.Named
}

// Error lists them.
func (e *AmbiguousError) Error() string {
	words := make([]string, len(e.Found))
	for i, n := range e.Found {
		words[i] = Words(n)
	}
	return fmt.Sprintf("%q means several records: %s", e.Name, strings.Join(words, ", "))
}

// Words names a record and the issue by which it was found.
func Words(n store.Named) string {
	if n.Link.Binding == "" {
		return n.Ref
	}
	return fmt.Sprintf("%s (%s in %s)", n.Ref, n.Link.Ref.Key, n.Link.Binding)
}
