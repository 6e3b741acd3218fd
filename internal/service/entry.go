package service

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// mostConflicts bounds how many conflicts of a record are read, the open ones first.
const mostConflicts = 100

// An Entry is a record with everything that readers see of it.
type Entry struct {
	store.Row
	View      present.View
	Links     []store.BoundIssue
	Conflicts []store.ConflictRow // the open ones first
	Names     present.Names
	Strangers []present.Stranger // accounts in it that belong to no person of the register
}

// Fields returns the fields that readers see: the catalogue, and the fields of the organisation that
// the record has or that something is wrong with.
func (e Entry) Fields() []register.FieldInfo {
	own := slices.Collect(maps.Keys(e.Record.Fields))
	for _, p := range e.View.Problems {
		own = append(own, p.Field)
	}
	out := register.FieldsAnd(own)
	for i, info := range out {
		if info.Field == register.FieldActionPlan && e.Record.Kind() == register.ManagementReview {
			out[i].Label, out[i].Requirement = "Decisions", "mr.result"
		}
	}
	return out
}

// Entry returns a record with everything that readers see of it.
func (r *Register) Entry(ctx context.Context, row store.Row) (Entry, error) {
	es, err := r.Entries(ctx, []store.Row{row})
	if err != nil {
		return Entry{}, err
	}
	return es[0], nil
}

// Entries returns records with everything that readers see of them.
func (r *Register) Entries(ctx context.Context, rows []store.Row) ([]Entry, error) {
	stops, err := r.stopsOf(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(rows))
	for i, row := range rows {
		if out[i], err = r.entry(ctx, row, stops[row.Record.Ref], nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// stopsOf returns the brakes behind which something of a record waits, by its number.
func (r *Register) stopsOf(ctx context.Context) (map[string][]present.Stop, error) {
	stops, err := r.Stops(ctx)
	behind := map[string][]present.Stop{}
	for _, s := range stops {
		for _, w := range s.Writes {
			behind[w.Ref] = append(behind[w.Ref], s.Stop)
		}
	}
	return behind, err
}

func (r *Register) entry(ctx context.Context, row store.Row, stops []present.Stop, next *time.Time) (e Entry, err error) {
	e = Entry{Row: row}
	if e.Links, err = r.Store.BoundIssues(ctx, row.Record.ID); err != nil {
		return e, err
	}
	if e.Conflicts, err = r.Store.ConflictsOf(ctx, row.Record.ID, mostConflicts); err != nil {
		return e, err
	}
	if e.Names, err = r.namesOf(ctx, e.Links); err != nil {
		return e, err
	}
	e.Strangers = e.Names.Strangers(present.Mentioned(row.Record)...)
	links, err := r.links(ctx, row.Record, e.Names)
	if err != nil {
		return e, err
	}
	asked, err := r.asked(ctx, row.Record, e.Names, next)
	if err != nil {
		return e, err
	}
	e.View = present.See(present.Facts{
		Record: row.Record, Problems: row.Problems, Places: r.places(e.Links), Names: e.Names, Conflicts: len(e.Open()), Stops: stops, Stuck: row.Problem, Links: links,
	}, asked, r.Policy)
	return e, nil
}

// places returns the issues on which people can fill in the fields of a record, in the order
// of the configuration.
func (r *Register) places(links []store.BoundIssue) []present.Place {
	var out []present.Place
	for _, p := range r.Profiles {
		for _, l := range links {
			if l.Binding == p.Binding && l.Role == string(mapping.RoleRecord) && l.State != store.IssueOrphaned && l.Issue != nil {
				out = append(out, present.Place{Binding: l.Binding, Key: l.Ref.Key, Profile: p})
			}
		}
	}
	return out
}

// Open returns the conflicts that wait for a person to decide.
func (e Entry) Open() []store.ConflictRow {
	n := 0
	for n < len(e.Conflicts) && e.Conflicts[n].Closed.IsZero() {
		n++
	}
	return e.Conflicts[:n]
}

// Conflict puts a conflict of the record into words.
func (e Entry) Conflict(c store.ConflictRow) present.Conflict { return conflict(c, e.Names) }

func conflict(c store.ConflictRow, n present.Names) present.Conflict {
	out := present.Conflict{Label: string(c.Conflict.Field)}
	if info, ok := register.Info(c.Conflict.Field); ok {
		out.Label = info.Label
	}
	for _, v := range c.Conflict.Values {
		out.Values = append(out.Values, present.Value{Place: n.Place(v.Place), Text: n.Value(c.Conflict.Field, v.Value)})
	}
	return out
}

// ConflictWords puts conflicts of several records into words, in their order.
func (r *Register) ConflictWords(ctx context.Context, rows []store.ConflictRow) ([]present.Conflict, error) {
	names := map[string]present.Names{}
	out := make([]present.Conflict, len(rows))
	for i, c := range rows {
		if _, known := names[c.RecordID]; !known {
			n, err := r.names(ctx, c.RecordID)
			if err != nil {
				return nil, err
			}
			names[c.RecordID] = n
		}
		out[i] = conflict(c, names[c.RecordID])
	}
	return out, nil
}

// Counts returns how many records are in each part of the register.
func (r *Register) Counts(ctx context.Context) (present.Counts, error) {
	n, err := r.Store.Counts(ctx)
	if err != nil {
		return present.Counts{}, err
	}
	_, conflicts, err := r.Store.OpenConflicts(ctx, 0)
	return present.Counts{
		All: n[store.ShowAll], Open: n[store.ShowOpen], Ended: n[store.ShowClosed], Held: n[store.ShowHeld], Problems: n[store.ShowProblems], Conflicts: conflicts,
	}, err
}
