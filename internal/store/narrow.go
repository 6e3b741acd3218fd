package store

import (
	"context"
	"encoding/json"

	"github.com/conformd/conformd/register"
)

// mostSorted is how many records a condition may narrow a list to so that they are sorted for the
// stretch. A list of more is walked in its order instead: then every so-manieth record is one.
const mostSorted = 5000

// What a statement begins with, beside the number of a group of facets.
const (
	nobody   = -1 - iota // no condition is narrow
	byHits               // the records that a search found
	byWords              // the words of a search, in the order of their records
	byDay                // on which records were recorded
	byDate               // by which something was due
	byEnd                // on which records came to their end
	byColumn             // a column by which an index has the order of the list, see lead
)

// lead returns the group of facets that is a value of a column, if an index has the records with that value in the order of the
// list; nobody if none is.
func (b Browse) lead() (group int, column, value string) {
	for i, any := range b.Any {
		if len(any) != 1 {
			continue
		}
		f := any[0]
		switch {
		case len(f.Value) > longestFacet: // no record has it as a facet
		case f.Name == string(register.FieldOwner) && (b.sort() == "number" || b.sort() == "due"):
			return i, "owner", f.Value
		case f.Name == FacetState && (b.sort() == "number" || b.sort() == "recorded"):
			return i, "state", stateKey(register.State(f.Value))
		case b.sort() != "number":
		case f.Name == FacetKind:
			return i, "kind", f.Value
		}
	}
	return nobody, "", ""
}

// begin returns what a list begins with that no words narrow, if narrow is the narrowest condition.
func (b Browse) begin(narrow int) int {
	if lead, _, _ := b.lead(); lead != nobody && (narrow == nobody || narrow == lead) {
		return byColumn
	}
	return narrow
}

// meeting returns for groups of facets how many records have one of each group, counting a record for each facet that it
// has: of a group of one facet it is exact, and of others no less than that. The register keeps count.
func (s *Store) meeting(ctx context.Context, groups [][]Facet) ([]int, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	type named struct {
		Group       int
		Name, Value string
	}
	var all []named
	for i, any := range groups {
		for _, f := range any {
			all = append(all, named{i, f.Name, f.Value})
		}
	}
	list, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(groups))
	_, err = collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		var i, n int
		err := row.Scan(&i, &n)
		out[i] += n
		return struct{}{}, err
	}, "SELECT j.value ->> '$.Group', c.n FROM json_each($1) j CROSS JOIN facet_count c ON c.name = j.value ->> '$.Name' AND c.value = j.value ->> '$.Value'", string(list))
	return out, err
}

// narrowest finds the condition beside the words that the fewest records meet, if those are few, and how many they are.
func (s *Store) narrowest(ctx context.Context, b Browse) (best, fewest int, err error) {
	best, fewest = nobody, mostSorted
	look := func(i int, q *query) error {
		q.add(" LIMIT ?)", fewest)
		var n int
		if err := s.ro.QueryRowContext(ctx, q.sql.String(), q.args...).Scan(&n); err != nil {
			return err
		}
		if n < fewest {
			best, fewest = i, n
		}
		return nil
	}
	meet, err := s.meeting(ctx, b.Any)
	if err != nil {
		return nobody, 0, err
	}
	for i, n := range meet {
		if n < fewest {
			best, fewest = i, n
		}
	}
	for _, by := range []int{byDay, byDate, byEnd} {
		q := &query{}
		q.add("SELECT count(*) FROM (SELECT 1 FROM listing l WHERE TRUE ")
		asked := false
		for _, r := range b.ranges() {
			if r.narrow == by {
				asked = true
				q.add(" AND l."+r.column+" "+r.than+" ?", r.value)
			}
		}
		if !asked {
			continue
		}
		if err := look(by, q); err != nil {
			return nobody, 0, err
		}
	}
	return best, fewest, nil
}
