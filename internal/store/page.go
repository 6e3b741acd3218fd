package store

import (
	"context"

	"github.com/conformd/conformd/register"
)

// A Show names the part of the register that a list shows.
type Show string

// The parts of the register.
const (
	ShowAll    Show = "all"
	ShowHeld   Show = "held"   // an end was requested and the evidence is not there
	ShowOpen   Show = "open"   // still needs work; the held ones are among them
	ShowClosed Show = "closed" // closed, rejected or accepted
	// ShowProblems: an issue of the record does not tell a value, or does not take one.
	ShowProblems Show = "problems"
)

// Counts returns how many records are in each part of the register.
func (s *Store) Counts(ctx context.Context) (map[Show]int, error) {
	out := map[Show]int{}
	for _, w := range []Show{ShowAll, ShowHeld, ShowOpen, ShowClosed, ShowProblems} {
		out[w] = 0
	}
	all, err := s.tallies(ctx)
	for _, x := range all {
		out[ShowAll] += x.n
		if isEnd(x.requested) {
			out[ShowHeld] += x.n
		}
		if isEnd(x.state) {
			out[ShowClosed] += x.n
		} else {
			out[ShowOpen] += x.n
		}
		if x.troubled {
			out[ShowProblems] += x.n
		}
	}
	return out, err
}

func isEnd(state string) bool { return register.State(state).Ended() }

const conflictColumns = "SELECT c.record_id, r.ref, c.opened, c.closed, c.doc FROM conflict c JOIN record r ON r.id = c.record_id "

// OpenConflicts returns at most limit open conflicts, newest first, and how many
// there are.
func (s *Store) OpenConflicts(ctx context.Context, limit int) ([]ConflictRow, int, error) {
	var n int
	if err := s.ro.QueryRowContext(ctx, "SELECT count(*) FROM conflict WHERE closed = 0").Scan(&n); err != nil {
		return nil, 0, err
	}
	out, err := conflicts(ctx, s.ro, conflictColumns+"WHERE c.closed = 0 ORDER BY c.opened DESC, c.record_id DESC, c.field DESC LIMIT $1", limit)
	return out, n, err
}

// ConflictsOf returns at most limit conflicts of a record, the open ones first,
// newest first.
func (s *Store) ConflictsOf(ctx context.Context, recordID string, limit int) ([]ConflictRow, error) {
	return conflicts(ctx, s.ro, conflictColumns+"WHERE c.record_id = $1 ORDER BY c.closed > 0, c.opened DESC, c.field LIMIT $2", recordID, limit)
}

// QuarantinedPage returns at most limit quarantined issues, by binding and key, and
// how many there are.
func (s *Store) QuarantinedPage(ctx context.Context, limit int) ([]Quarantined, int, error) {
	var n int
	if err := s.ro.QueryRowContext(ctx, "SELECT count(*) FROM aside").Scan(&n); err != nil {
		return nil, 0, err
	}
	out, err := quarantined(ctx, s.ro, "SELECT binding, issue, why FROM aside ORDER BY binding, issue_key, issue_id LIMIT $1", limit)
	return out, n, err
}

func quarantined(ctx context.Context, q querier, query string, args ...any) ([]Quarantined, error) {
	return collect(ctx, q, func(row scanner) (Quarantined, error) {
		var a Quarantined
		var doc string
		if err := row.Scan(&a.Binding, &doc, &a.Why); err != nil {
			return a, err
		}
		var err error
		a.Issue, err = decodeIssue(doc)
		return a, err
	}, query, args...)
}
