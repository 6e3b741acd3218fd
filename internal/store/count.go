package store

import (
	"context"
	"math"
	"slices"
)

const (
	// mostCounted is how many records of a list are counted that meet one condition.
	mostCounted = 10_000
	// mostExamined is how many records that meet one condition are looked at for the others.
	mostExamined = 1000
)

// oneFacet reports whether a list is narrowed by one facet alone, beside words.
func (b Browse) oneFacet() bool {
	return len(b.Any) == 1 && len(b.Any[0]) == 1 && len(b.Without)+len(b.ranges()) == 0
}

// Count returns how many records a list has, at most most.
func (s *Store) Count(ctx context.Context, b Browse, most int) (n int, err error) {
	if b.Text == "" && b.oneFacet() {
		meet, err := s.meeting(ctx, b.Any)
		if err != nil {
			return 0, err
		}
		return min(meet[0], most), nil
	}
	b.Sort = "" // of a search in its own order the first records are enough
	narrow, fewest, err := s.narrowest(ctx, b)
	if err != nil {
		return 0, err
	}
	var hits []int64
	if b.Text != "" {
		w, err := s.matching(ctx, b, narrow, fewest)
		if err == nil && len(w.hits) < most {
			err = s.every(ctx, b, w)
		}
		if err != nil || !b.conditions() {
			return min(len(w.hits), most), err
		}
		if err := s.every(ctx, b, w); err != nil {
			return 0, err
		}
		narrow, hits = byHits, w.hits
	}
	q := &query{}
	q.add("SELECT count(*) FROM (SELECT 1 FROM ")
	b.from(q, narrow, hits)
	q.add(" LIMIT ?)", most)
	err = s.ro.QueryRowContext(ctx, q.sql.String(), q.args...).Scan(&n)
	return n, err
}

// total returns how many records a list has, and whether it has more. It takes what the register keeps count of, and
// else counts what is counted in a moment: a page is not to wait for it.
func (s *Store) total(ctx context.Context, b Browse, w *matched, narrow int) (n int, beyond bool, err error) {
	var hits []int64
	switch {
	case w != nil && !b.conditions():
		return len(w.hits), !w.whole, nil
	case w != nil:
		hits, beyond = w.hits[:min(len(w.hits), mostExamined)], !w.whole || len(w.hits) > mostExamined
		n, _, err = s.examine(ctx, b, byHits, hits)
		return n, beyond, err
	}
	if n, known, err := s.kept(ctx, b); known || err != nil {
		return n, false, err
	}
	if b.oneFacet() {
		n, err = s.Count(ctx, b, math.MaxInt)
		return n, false, err
	}
	if len(b.Any)+len(b.Without) == 0 || len(b.Any) == 1 && len(b.Without)+len(b.ranges()) == 0 {
		n, err = s.Count(ctx, b, mostCounted+1)
		return min(n, mostCounted), n > mostCounted, err
	}
	if narrow == nobody && len(b.Any) > 0 {
		narrow = 0 // one is as good as another
	}
	n, looked, err := s.examine(ctx, b, narrow, nil)
	return n, looked == mostExamined, err
}

// examine counts among the first records that meet one condition those that meet all, and says how many it looked at.
func (s *Store) examine(ctx context.Context, b Browse, narrow int, hits []int64) (n, looked int, err error) {
	q := &query{}
	q.add("SELECT count(*), coalesce(sum(meets), 0) FROM (SELECT TRUE ")
	b.also(q, narrow, "w.n")
	q.add(" AS meets FROM (")
	b.first(q, narrow, hits)
	q.add(" LIMIT ?) w", mostExamined)
	if len(b.ranges()) > 0 {
		q.add(" CROSS JOIN listing l ON l.n = w.n")
	}
	q.add(")")
	err = s.ro.QueryRowContext(ctx, q.sql.String(), q.args...).Scan(&looked, &n)
	return n, looked, err
}

// kept returns how many records a list has that is narrowed by nothing but what the register keeps count of: states, and
// whether an end was requested or an issue has a problem.
func (s *Store) kept(ctx context.Context, b Browse) (n int, known bool, err error) {
	if len(b.Without)+len(b.ranges()) > 0 || slices.ContainsFunc(b.Any, func(any []Facet) bool {
		return slices.ContainsFunc(any, func(f Facet) bool {
			return f.Name != FacetState && f.Name != FacetProblem && f.Name != FacetHeld && f.Name != FacetOpen && f.Name != FacetEnded
		})
	}) {
		return 0, false, nil
	}
	all, err := s.tallies(ctx)
	for _, x := range all {
		has := func(f Facet) bool { return x.has(f) }
		if !slices.ContainsFunc(b.Any, func(any []Facet) bool { return !slices.ContainsFunc(any, has) }) {
			n += x.n
		}
	}
	return n, true, err
}

// A tallied is how many records stand alike.
type tallied struct {
	state, requested string
	troubled         bool
	n                int
}

func (s *Store) tallies(ctx context.Context) ([]tallied, error) {
	return collect(ctx, s.ro, func(row scanner) (x tallied, err error) {
		err = row.Scan(&x.state, &x.requested, &x.troubled, &x.n)
		return x, err
	}, "SELECT state, requested, troubled, n FROM record_count ORDER BY state, requested, troubled")
}

// has reports whether the records have a facet that follows from where they stand.
func (x tallied) has(f Facet) bool {
	switch f.Name {
	case FacetState:
		return f.Value == x.state
	case FacetOpen:
		return f.Value == Yes && !isEnd(x.state)
	case FacetEnded:
		return f.Value == Yes && isEnd(x.state)
	case FacetHeld:
		return f.Value == Yes && isEnd(x.requested)
	default:
		return f.Value == Yes && x.troubled
	}
}
