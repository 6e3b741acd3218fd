package store

import (
	"context"
	"time"
)

// What is done is kept for a while, for people who look into what happened, and then
// dropped. Nothing decides by it any more: a budget counts the writes of an hour, a fight
// over a field the reverts of a day, a brake what was let go within its window, and the
// proof is the audit log, which loses nothing. The events that people caused stay: by
// them a comment that is seen again is known.

// prunedAtOnce bounds how many rows of a kind one transaction drops.
const prunedAtOnce = 500

// prunes returns the statements that drop what was done before $1, at most $2 rows each.
func prunes() []string {
	return []string{
		"DELETE FROM intent WHERE seq IN (SELECT seq FROM intent WHERE pending = 0 AND at < $1 ORDER BY at LIMIT $2)",
		"DELETE FROM revert WHERE at < $1 AND at <= coalesce((SELECT at FROM revert ORDER BY at LIMIT 1 OFFSET $2 - 1), $1)",
		`DELETE FROM conflict WHERE (record_id, field, opened) IN
(SELECT record_id, field, opened FROM conflict WHERE closed > 0 AND closed < $1 ORDER BY closed LIMIT $2)`,
		`DELETE FROM outbound WHERE (binding, record_id, digest) IN
(SELECT binding, record_id, digest FROM outbound WHERE present = 0 AND admitted > 0 AND admitted < $1 ORDER BY admitted LIMIT $2)`,
		"DELETE FROM message WHERE id IN (SELECT id FROM message WHERE changed < $1 AND state NOT IN ('waiting', 'sending') ORDER BY changed LIMIT $2)",
		"DELETE FROM delivery WHERE (binding, id) IN (SELECT binding, id FROM delivery WHERE received < $1 ORDER BY received LIMIT $2)",
	}
}

// Prune drops what was done before a time, a few rows in each of its transactions, so that
// nobody waits for it. It returns how many rows it dropped.
func (s *Store) Prune(ctx context.Context, before time.Time) (dropped int64, err error) {
	for _, stmt := range prunes() {
		for {
			var n int64
			err := s.Write(ctx, func(t *Tx) error {
				res, err := t.ExecContext(ctx, stmt, millis(before), prunedAtOnce)
				if err == nil {
					n, err = res.RowsAffected()
				}
				return err
			})
			if err != nil {
				return dropped, err
			}
			dropped += n
			if n < prunedAtOnce {
				break
			}
		}
	}
	return dropped, nil
}
