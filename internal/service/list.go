package service

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A ListQuery says which records are listed and in which order. What is empty limits nothing.
type ListQuery struct {
	Scope  string // a part of the ISMS
	States []register.State
	Kinds  []register.Kind
	// Grades and Risks are steps of a scale by their name, or what they count as.
	Grades, Risks []string
	Sources       []string
	Owner         string // person id
	Requirement   string // as the record names it
	Standard      string // id; a record that names none concerns ISO/IEC 27001
	// Fields are values that records have, of a set one of its members; "" is a field without a value.
	Fields map[register.Field]string
	// From and To are the first and last day on which a record was recorded, 2006-01-02.
	From, To string
	// ClosedFrom and ClosedTo are the first and last day on which a record was closed, accepted or rejected.
	ClosedFrom, ClosedTo string

	Open     bool // neither closed nor accepted nor rejected
	Ended    bool // the opposite
	Problems bool // an issue does not tell a value, or does not take one
	Held     bool // people closed its issue, and the register does not count it
	Late     bool // something of it was missed
	// Waits are decisions of which a record waits for one at least.
	Waits []store.Decision
	// Text is what a search looks for: words that a record has all of, in any of its texts.
	Text string
	// Sort is a name of SortKeys, with a - before it for the opposite order; "" is the number.
	Sort string
}

// SortKeys are the names by which a list can be sorted.
func SortKeys() []string { return store.SortKeys() }

// States are the names of the states by which a list can be narrowed, in the order of the lifecycle.
func States() []string {
	return words([]register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.Accepted, register.StateRejected})
}

// NextDue returns what of a record is due first, the zero value if nothing is.
func NextDue(r register.Record, at time.Time) register.DueItem {
	for _, d := range register.Due(r, at) {
		return d
	}
	return register.DueItem{}
}

// listTogether is how many records of a whole list are read at a time.
const listTogether = 500

// List returns all records of a query, in its order, with everything that readers see of them.
func (r *Register) List(ctx context.Context, q ListQuery) ([]Entry, error) {
	all, err := r.rows(ctx, q)
	if err != nil {
		return nil, err
	}
	return r.Entries(ctx, all)
}

// rows returns all records of a query, in its order.
func (r *Register) rows(ctx context.Context, q ListQuery) (all []store.Row, err error) {
	err = r.everyPart(ctx, q, func(rows []store.Row) error {
		all = append(all, rows...)
		return nil
	})
	return all, err
}

// everyPart hands all records of a query to do, in its order, some at a time.
func (r *Register) everyPart(ctx context.Context, q ListQuery, do func([]store.Row) error) error {
	return r.everyNumbered(ctx, q, func(ns []int64) error {
		rows, err := r.Store.Rows(ctx, ns)
		if err != nil {
			return err
		}
		return do(rows)
	})
}

// everyNumbered is everyPart for the numbers of the records.
func (r *Register) everyNumbered(ctx context.Context, q ListQuery, do func([]int64) error) error {
	b := q.browse(r.now())
	b.Limit = listTogether
	for {
		found, err := r.Store.Numbered(ctx, b)
		if err != nil {
			return err
		}
		ns, err := r.saying(ctx, q, found.Numbers)
		if err != nil {
			return err
		}
		if err := do(ns); err != nil {
			return err
		}
		if b.After = found.Last; !found.More {
			return nil
		}
	}
}

// saying returns of some records those that have the long values that a query asks for.
func (r *Register) saying(ctx context.Context, q ListQuery, ns []int64) ([]int64, error) {
	asks := false
	for f, v := range q.Fields {
		asks = asks || !NarrowedBy(f, v)
	}
	if !asks {
		return ns, nil
	}
	rows, err := r.Store.Rows(ctx, ns)
	var out []int64
	for i, row := range rows {
		if q.says(row.Record) {
			out = append(out, ns[i])
		}
	}
	return out, err
}

// browse is the query as the store reads it. At is when "late" is meant.
func (q ListQuery) browse(at time.Time) store.Browse {
	name, down := strings.CutPrefix(q.Sort, "-")
	b := store.Browse{Text: q.Text, From: q.From, To: q.To, ClosedFrom: q.ClosedFrom, ClosedTo: q.ClosedTo, Sort: name, Down: down}
	any := func(name string, values ...string) {
		group := make([]store.Facet, len(values))
		for i, v := range values {
			group[i] = store.Facet{Name: name, Value: strings.ToLower(v)}
		}
		if len(group) > 0 {
			b.Any = append(b.Any, group)
		}
	}
	one := func(name, value string) {
		if value != "" {
			any(name, value)
		}
	}
	one(string(register.FieldScope), q.Scope)
	one(string(register.FieldRequirements), q.Requirement)
	one(store.FacetStandard, q.Standard)
	one(string(register.FieldOwner), q.Owner)
	any(store.FacetState, words(q.States)...)
	any(store.FacetKind, words(q.Kinds)...)
	any(string(register.FieldGrade), q.Grades...)
	any(string(register.FieldRisk), q.Risks...)
	any(string(register.FieldSource), q.Sources...)
	any(store.FacetWaits, words(q.Waits)...)
	if q.Open {
		any(store.FacetOpen, store.Yes)
	}
	if q.Ended {
		any(store.FacetEnded, store.Yes)
	}
	if q.Held {
		any(store.FacetHeld, store.Yes)
	}
	if q.Problems {
		any(store.FacetProblem, store.Yes)
	}
	if q.Late {
		b.LateOn = at.UTC().Format(time.DateOnly)
	}
	for _, f := range slices.Sorted(maps.Keys(q.Fields)) {
		switch v := q.Fields[f]; {
		case v == "":
			b.Without = append(b.Without, f)
		case !long(f, v):
			any(string(f), v)
		}
	}
	return b
}

func words[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// NarrowedBy reports whether a list can be shown by a value of a field. Of a whole text it cannot: no index has it.
func NarrowedBy(f register.Field, v string) bool { return v == "" || !long(f, v) }

// long reports whether a value is no facet of records, so that the records themselves must be asked.
func long(f register.Field, v string) bool {
	info, _ := register.Info(f)
	return !slices.Contains(store.FacetsOf(info, v), store.Facet{Name: string(f), Value: strings.ToLower(v)})
}

// says reports whether a record has the long values that a query asks for.
func (q ListQuery) says(r register.Record) bool {
	for f, v := range q.Fields {
		if !NarrowedBy(f, v) && !strings.EqualFold(r.Fields[f], v) {
			return false
		}
	}
	return true
}
