package service

import (
	"context"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// Overview is Browse for the rows of a list: of the view of a record it has what [present.Sketch] says, and no entry has the
// issues, the links and the settled conflicts of its record.
func (r *Register) Overview(ctx context.Context, q ListQuery, cursor string, limit int) (ListPage, error) {
	return r.looked(ctx, q, cursor, limit, present.Sketch)
}

// Needed is Overview with how people give what a record needs.
func (r *Register) Needed(ctx context.Context, q ListQuery, cursor string, limit int) (ListPage, error) {
	return r.looked(ctx, q, cursor, limit, present.See)
}

func (r *Register) looked(ctx context.Context, q ListQuery, cursor string, limit int, see seeing) (ListPage, error) {
	entries, err := r.overviews(ctx, see)
	if err != nil {
		return ListPage{}, err
	}
	return r.stretch(ctx, q, cursor, limit, entries)
}

// A seeing is what is said of a record.
type seeing func(present.Facts, register.Context, register.Policy) present.View

// overviews returns what returns records with what a list shows of them. What stops writing is that of now.
func (r *Register) overviews(ctx context.Context, see seeing) (entering, error) {
	stops, err := r.stopsOf(ctx)
	if err != nil {
		return nil, err
	}
	people := r.people()
	return func(ctx context.Context, rows []store.Row, around map[string]store.Surrounding) ([]Entry, error) {
		out := make([]Entry, len(rows))
		for i, row := range rows {
			var err error
			if mentionsStranger(row.Record) { // whose name only an issue tells
				out[i], err = r.entry(ctx, row, stops[row.Record.Ref])
			} else {
				out[i], err = r.overview(ctx, see, row, around[row.Record.ID], people, stops[row.Record.Ref])
			}
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	}, nil
}

func (r *Register) overview(ctx context.Context, see seeing, row store.Row, around store.Surrounding, names present.Names, stops []present.Stop) (Entry, error) {
	e := Entry{Row: row, Names: names}
	names.Issues = map[string]string{}
	var places []present.Place
	for _, p := range r.Profiles {
		for _, b := range around.Bound {
			if b.Binding != p.Binding || b.Role != string(mapping.RoleRecord) {
				continue
			}
			names.Issues[b.Binding] = b.Key
			if b.State != store.IssueOrphaned {
				places = append(places, present.Place{Binding: b.Binding, Key: b.Key, Profile: p})
			}
		}
	}
	e.Names = names
	exist, err := r.Store.Existing(ctx, row.Record.ID, register.References(strings.Join(register.LinkTexts(row.Record), "\n")))
	if err != nil {
		return e, err
	}
	findings, err := r.Store.Findings(ctx, row.Record)
	if err != nil {
		return e, err
	}
	e.View = see(present.Facts{
		Record: row.Record, Problems: row.Problems, Places: places, Names: names, Conflicts: around.Conflicts, Stops: stops, Stuck: row.Problem,
	}, register.Context{At: r.now(), People: r.People, Accounts: names.Accounts, SmallOrg: r.SmallOrg, Records: exist, Findings: findings}, r.Policy)
	return e, nil
}

// mentionsStranger reports whether a record names an account that belongs to nobody of people.
func mentionsStranger(r register.Record) bool {
	for _, id := range present.Mentioned(r) {
		if strings.HasPrefix(id, "account:") {
			return true
		}
	}
	return false
}
