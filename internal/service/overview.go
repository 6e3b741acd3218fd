package service

import (
	"context"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// Overview is Browse for the rows of a list.
func (r *Register) Overview(ctx context.Context, q ListQuery, cursor string, limit int) (LinePage, error) {
	found, at, err := r.find(ctx, q, cursor, limit)
	out := LinePage{Stretch: at}
	if err == nil {
		out.Lines, err = r.lines(ctx, found.Numbers)
	}
	return out, err
}

// Needed is Browse for a list of what records need: no entry has the issues, the links and the settled conflicts of its
// record.
func (r *Register) Needed(ctx context.Context, q ListQuery, cursor string, limit int) (ListPage, error) {
	stops, err := r.stopsOf(ctx)
	if err != nil {
		return ListPage{}, err
	}
	names := r.people()
	return r.stretch(ctx, q, cursor, limit, func(ctx context.Context, row store.Row, around store.Surrounding) (Entry, error) {
		return r.shown(ctx, present.See, row, around, names, stops[row.Record.Ref], nil)
	})
}

// A seeing is what is said of a record.
type seeing func(present.Facts, register.Context, register.Policy) present.View

// shown returns a record with what a list shows of it. Names are those of people. Next gets the time from which it may be
// shown otherwise although nothing changes, see [register.Context].
func (r *Register) shown(ctx context.Context, see seeing, row store.Row, around store.Surrounding, names present.Names, stops []present.Stop, next *time.Time) (Entry, error) {
	if mentionsStranger(row.Record) { // whose name only an issue tells
		return r.entry(ctx, row, stops, next)
	}
	return r.overview(ctx, see, row, around, names, stops, next)
}

func (r *Register) overview(ctx context.Context, see seeing, row store.Row, around store.Surrounding, names present.Names, stops []present.Stop, next *time.Time) (Entry, error) {
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
	asked, err := r.asked(ctx, row.Record, names, next)
	if err != nil {
		return e, err
	}
	e.View = see(present.Facts{
		Record: row.Record, Problems: row.Problems, Places: places, Names: names, Conflicts: around.Conflicts, Stops: stops, Stuck: row.Problem,
	}, asked, r.Policy)
	return e, nil
}

// asked is the context in which the rules are asked about a record, with what they need to know of other records.
func (r *Register) asked(ctx context.Context, rec register.Record, names present.Names, next *time.Time) (register.Context, error) {
	exist, err := r.Store.Existing(ctx, rec.ID, namedIn(rec))
	if err != nil {
		return register.Context{}, err
	}
	findings, err := r.Store.Findings(ctx, rec)
	return register.Context{At: r.now(), People: r.People, Accounts: names.Accounts, SmallOrg: r.SmallOrg, Records: exist, Findings: findings, Next: next}, err
}

// namedIn are the other records that a record names where the rules ask about them.
func namedIn(r register.Record) []string {
	return register.References(strings.Join(register.LinkTexts(r), "\n"))
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
