package service

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/conformd/conformd/internal/store"
)

// The limits of saved views.
const (
	mostViews        = 50   // that a person has
	longestViewName  = 60   // in characters
	longestViewQuery = 2000 // in bytes
)

// Views are the lists of the register that people keep under a name. A view belongs to a person; an ISMS manager can share theirs.
type Views struct {
	Store ViewStore
	// Reads returns what of the query of an address is a list of the register, and what is wrong with the rest.
	Reads func(url.Values) (list url.Values, gone []string)
}

// A ViewStore is what Views need of the store.
type ViewStore interface {
	SavedViews(ctx context.Context, person string) ([]store.SavedView, error)
	Write(ctx context.Context, do func(*store.Tx) error) error
}

// A Viewer is who looks at views.
type Viewer struct {
	Person string // "" for somebody who is not one of people, who sees what is shared and keeps nothing
	// Manages says that the person is an ISMS manager: they share views, and delete what others share.
	Manages bool
}

// A ViewAsk is how a person wants a view to be.
type ViewAsk struct {
	ID    string // "" for a new one
	Name  string
	Query string // of the address of the list; "" leaves that of a view as it is
	// Shared lets everybody see it.
	Shared bool
}

// The inputs of a ViewAsk.
const (
	ViewName   = "name"
	ViewQuery  = "query"
	ViewShared = "shared"
)

// Of returns the views that somebody sees: their own, and after them those that others share.
func (v *Views) Of(ctx context.Context, who Viewer) ([]store.SavedView, error) {
	return v.Store.SavedViews(ctx, who.Person)
}

// Save keeps a view of one of people. The error is an *InvalidError if it cannot be one, and store.ErrNotFound if the person has no view with the id.
func (v *Views) Save(ctx context.Context, who Viewer, ask ViewAsk) (store.SavedView, error) {
	var out store.SavedView
	if who.Person == "" {
		return out, &InvalidError{[]InputFault{{ViewName, "Only people of the register keep views", "ask the ISMS manager to add you to people"}}}
	}
	err := v.Store.Write(ctx, func(t *store.Tx) error {
		all, err := t.SavedViews(ctx, who.Person)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(x store.SavedView) bool { return x.Person != who.Person })
		out = store.SavedView{ID: strings.ToLower(rand.Text()[:12]), Person: who.Person}
		if ask.ID != "" {
			i := slices.IndexFunc(all, func(x store.SavedView) bool { return x.ID == ask.ID })
			if i < 0 {
				return store.ErrNotFound
			}
			out = all[i]
		}
		before := out
		out.Name, out.Shared = strings.TrimSpace(ask.Name), ask.Shared
		var faults []InputFault
		if ask.ID == "" || ask.Query != "" {
			out.Query, faults = v.query(ask.Query)
		}
		if faults = append(faults, faultsOf(out, before, all, who)...); len(faults) > 0 {
			return &InvalidError{faults}
		}
		return t.PutSavedView(ctx, out)
	})
	return out, err
}

// query returns the query of a view as it is kept.
func (v *Views) query(raw string) (string, []InputFault) {
	in, err := url.ParseQuery(raw)
	if err != nil {
		return "", []InputFault{{ViewQuery, "The list cannot be read", "open the list in the register, and save it from there"}}
	}
	list, gone := v.Reads(in)
	query := list.Encode()
	switch {
	case len(gone) > 0:
		return "", []InputFault{{ViewQuery, gone[0], "open the list in the register, and save it from there"}}
	case len(query) > longestViewQuery:
		return "", []InputFault{{ViewQuery, fmt.Sprintf("The list has %d bytes of filters, and a view has at most %d", len(query), longestViewQuery), "search for fewer words"}}
	}
	return query, nil
}

// faultsOf returns what is wrong with a view beside those that its person has.
func faultsOf(x, before store.SavedView, all []store.SavedView, who Viewer) []InputFault {
	var out []InputFault
	no := func(input, what, remedy string) { out = append(out, InputFault{input, what, remedy}) }
	switch {
	case x.Name == "":
		no(ViewName, "Name is missing", fmt.Sprintf("write one of at most %d characters", longestViewName))
	case len([]rune(x.Name)) > longestViewName:
		no(ViewName, fmt.Sprintf("The name has %d characters", len([]rune(x.Name))), fmt.Sprintf("it may have %d", longestViewName))
	case strings.ContainsFunc(x.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		no(ViewName, "The name has a character that cannot be seen", "leave it out")
	case slices.ContainsFunc(all, func(y store.SavedView) bool { return y.ID != x.ID && strings.EqualFold(y.Name, x.Name) }):
		no(ViewName, fmt.Sprintf("You have a view %q already", x.Name), "choose another name, or replace that view")
	case before.Name == "" && len(all) >= mostViews:
		no(ViewName, fmt.Sprintf("You have %d views, and nobody has more", mostViews), "delete one that you do not need")
	}
	if x.Shared && !before.Shared && !who.Manages {
		no(ViewShared, "Only an ISMS manager shares a view with everybody", "keep it for yourself, or send its address")
	}
	return out
}

// Delete deletes a view of the person, or one that is shared, for an ISMS manager. The error is store.ErrNotFound if there is none.
func (v *Views) Delete(ctx context.Context, who Viewer, id string) error {
	return v.Store.Write(ctx, func(t *store.Tx) error {
		all, err := t.SavedViews(ctx, who.Person)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(x store.SavedView) bool { return x.ID == id && who.MayDelete(x) }) {
			return store.ErrNotFound
		}
		return t.DeleteSavedView(ctx, id)
	})
}

// MayDelete reports whether somebody may delete a view that they see.
func (w Viewer) MayDelete(x store.SavedView) bool {
	return w.Person != "" && (x.Person == w.Person || x.Shared && w.Manages)
}
