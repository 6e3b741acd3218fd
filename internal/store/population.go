package store

import (
	"context"

	"github.com/conformd/conformd/connectors"
)

// A Counted is an issue that the register knows in a binding.
type Counted struct {
	connectors.Ref
	Record string // number of its record, "" for one that is quarantined
	Role   string // mapping.Role, "" for one that is quarantined
	State  IssueState
	Why    string // why it is quarantined
}

// Population returns the issues of a binding that the register knows, bound and quarantined, by
// key.
func (s *Store) Population(ctx context.Context, binding string) ([]Counted, error) {
	return collect(ctx, s.ro, func(row scanner) (c Counted, err error) {
		err = row.Scan(&c.ID, &c.Key, &c.Record, &c.Role, &c.State, &c.Why)
		return c, err
	}, `SELECT l.issue_id, l.issue_key, r.ref, l.role, l.state, '' FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = $1
UNION ALL SELECT issue_id, issue_key, '', '', '', why FROM aside WHERE binding = $2 ORDER BY 2, 1`, binding, binding)
}
