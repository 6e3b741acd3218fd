package store

import "context"

// ClockSet makes up for a clock that was set. Whatever was put off, or noted, at a time
// that is now in the future counts as put off until, or noted, now: looking once too
// often does no harm. Whatever must wait before something is concluded from it, such as
// a create that is looked for, waits anew: nobody knows how long it has waited.
func (t *Tx) ClockSet(ctx context.Context) error {
	if err := t.WakeAll(ctx); err != nil {
		return err
	}
	now := millis(t.now)
	for _, stmt := range []string{
		"UPDATE binding SET not_before = $1 WHERE not_before > $1",
		"UPDATE binding SET polled = $1 WHERE polled > $1",
		"UPDATE binding SET swept = 0 WHERE swept > $1",
		"UPDATE link SET missing_at = $1 WHERE missing_at > 0 AND state <> 'orphaned'",
		"UPDATE link SET missing_at = $1 WHERE missing_at > 0 AND missing_at > $1",
		"UPDATE intent SET at = $1 WHERE pending = 1",
		"UPDATE intent SET at = $1 WHERE pending = 0 AND at > $1",
		"UPDATE outbound SET admitted = $1 WHERE admitted > $1",
		"UPDATE outbound SET planned = $1 WHERE planned > $1",
		"UPDATE revert SET at = $1 WHERE at > $1",
		"UPDATE restored SET at = $1",
		"UPDATE line SET until = $1 WHERE until > $1",
	} {
		if _, err := t.ExecContext(ctx, stmt, now); err != nil {
			return err
		}
	}
	return nil
}

// Ahead reports whether something that happened is in the future, a scan of a binding or a
// write whose outcome is not known, because the clock was ahead then and was put right
// while conformd did not run.
func (t *Tx) Ahead(ctx context.Context) (bool, error) {
	ids, err := t.texts(ctx, "SELECT id FROM binding WHERE polled > $1 UNION ALL SELECT record_id FROM intent WHERE pending = 1 AND at > $1", millis(t.now))
	return len(ids) > 0, err
}
