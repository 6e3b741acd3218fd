package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/sync/plan"
)

// RestoredWhy says why writing is stopped after a backup was restored. What is lost
// says which entries of the log are not in it.
func RestoredWhy(made time.Time, lost string) string {
	return "restored from a backup of " + made.UTC().Format(time.RFC3339) + "; " + lost
}

// Rewind makes a database careful that was restored from a backup, or that is new beside
// trackers that know more than it, in the transaction that says so in the log: writing to every binding is stopped, all of
// it will be listed anew, and no base is taken for the last agreement any more, since
// later ones may be lost. Bindings are those of the configuration; the ones that the
// database knows are added. It returns all of them.
func (t *Tx) Rewind(ctx context.Context, bindings []string, kind BrakeKind, brake string) ([]string, error) {
	known, err := t.texts(ctx, "SELECT id FROM binding UNION SELECT binding FROM brake UNION SELECT binding FROM link_count ORDER BY 1")
	if err != nil {
		return nil, err
	}
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(bindings, known))))
	for _, id := range all {
		if _, err := t.Engage(ctx, id, kind, brake); err != nil {
			return nil, err
		}
		if err := t.ForgetOwn(ctx, id); err != nil {
			return nil, err
		}
		if err := t.Rescan(ctx, id); err != nil {
			return nil, err
		}
		_, err := t.ExecContext(ctx, `INSERT INTO restored (binding, at, looked) VALUES ($1, $2, 0)
ON CONFLICT (binding) DO UPDATE SET at = excluded.at, looked = 0`, id, millis(t.now))
		if err != nil {
			return nil, err
		}
	}
	if err := t.doubtMessages(ctx); err != nil {
		return nil, err
	}
	if err := t.endSessions(ctx); err != nil {
		return nil, err
	}
	return all, t.doubtBases(ctx)
}

// endSessions ends all sessions, links and tokens: some of them may have been ended since the backup.
func (t *Tx) endSessions(ctx context.Context) error {
	_, err := t.ExecContext(ctx, "DELETE FROM session")
	if err == nil {
		_, err = t.ExecContext(ctx, "DELETE FROM account_link")
	}
	if err == nil {
		_, err = t.ExecContext(ctx, "UPDATE api_token SET revoked = $1 WHERE revoked = 0", millis(t.now))
	}
	return err
}

// doubtMessages gives up the messages that were not sent when the backup was made: they may
// have been sent since.
func (t *Tx) doubtMessages(ctx context.Context) error {
	_, err := t.ExecContext(ctx, "UPDATE message SET state = $1, problem = 'a backup was restored', changed = $2 WHERE state IN ('waiting', 'sending')", MessageUnknown, millis(t.now))
	return err
}

// doubtBases marks the bases of all links as old and the links as not seen since.
func (t *Tx) doubtBases(ctx context.Context) error {
	bindings, err := t.texts(ctx, "SELECT DISTINCT binding FROM link_count ORDER BY binding")
	if err != nil {
		return err
	}
	for _, b := range bindings {
		if err := t.eachBase(ctx, b, plan.Base.Doubted); err != nil {
			return err
		}
	}
	_, err = t.ExecContext(ctx, "UPDATE link SET state = 'restored' WHERE state = 'bound'")
	return err
}

// Looked notes that a binding was looked at entirely. Links that the listing did not
// show are as they were when the backup was made; their bases stay in doubt.
func (t *Tx) Looked(ctx context.Context, binding string) error {
	if _, err := t.ExecContext(ctx, "UPDATE link SET state = 'bound' WHERE binding = $1 AND state = 'restored'", binding); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, "UPDATE restored SET looked = $1 WHERE binding = $2 AND looked = 0", millis(t.now), binding)
	return err
}

// WakeAll has every record that was put off looked at now, and again whichever is being
// looked at: its attempt may be about to put it off for what holds no longer.
func (t *Tx) WakeAll(ctx context.Context) error {
	_, err := t.ExecContext(ctx, "UPDATE record SET wanted = wanted + 1, wake = 0 WHERE wanted > done OR wake > 0")
	return err
}

// Unverified returns which of the bindings have not been read completely since a backup
// was restored.
func (t *Tx) Unverified(ctx context.Context, bindings []string) ([]string, error) {
	ids, err := t.texts(ctx, "SELECT binding FROM restored WHERE looked = 0 ORDER BY binding")
	return slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(bindings, id) }), err
}

// Unverified returns which of the bindings have not been read completely since a backup
// was restored.
func (s *Store) Unverified(ctx context.Context, bindings []string) ([]string, error) {
	ids, err := s.ids(ctx, "SELECT binding FROM restored WHERE looked = 0 ORDER BY binding")
	return slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(bindings, id) }), err
}

// Restored returns when a backup was last restored, as far as a binding was there
// then; zero for never.
func (s *Store) Restored(ctx context.Context, binding string) (time.Time, error) {
	var ms int64
	err := s.ro.QueryRowContext(ctx, "SELECT coalesce(max(at), 0) FROM restored WHERE binding = $1", binding).Scan(&ms)
	return fromMillis(ms), err
}

// Reserve notes a record number that is in use although the register has no such
// record, and whose it is: the names by which the record to come can be known, its id
// or the markers of its twins; none if that is not known. A number that is claimed
// under names that have nothing in common is nobody's.
func (t *Tx) Reserve(ctx context.Context, ref string, claims ...string) error {
	known, err := t.texts(ctx, "SELECT ref FROM record WHERE ref = $1", ref)
	if err != nil || len(known) > 0 {
		return err
	}
	before, err := t.texts(ctx, "SELECT claim FROM reserved WHERE ref = $1", ref)
	if err != nil {
		return err
	}
	claim := strings.Join(claims, " ")
	if len(before) > 0 {
		claim = agreedClaims(strings.Fields(before[0]), claims)
	}
	_, err = t.ExecContext(ctx, `INSERT INTO reserved (ref, claim) VALUES ($1, $2)
ON CONFLICT (ref) DO UPDATE SET claim = excluded.claim`, ref, claim)
	if err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, "DELETE FROM claim WHERE ref = $1", ref); err != nil {
		return err
	}
	for name := range strings.FieldsSeq(claim) {
		if _, err := t.ExecContext(ctx, "INSERT INTO claim (name, ref) VALUES ($1, $2) ON CONFLICT (name, ref) DO NOTHING", name, ref); err != nil {
			return err
		}
	}
	return nil
}

// unreserve forgets that a number was reserved: its record is there.
func (t *Tx) unreserve(ctx context.Context, ref string) error {
	_, one := t.ExecContext(ctx, "DELETE FROM claim WHERE ref = $1", ref)
	_, two := t.ExecContext(ctx, "DELETE FROM reserved WHERE ref = $1", ref)
	return errors.Join(one, two)
}

// agreedClaims joins the names of two claims on one number, "" if they do not meet.
func agreedClaims(before, now []string) string {
	all := slices.Clone(before)
	met := false
	for _, c := range now {
		if slices.Contains(before, c) {
			met = true
			continue
		}
		all = append(all, c)
	}
	if !met {
		return ""
	}
	return strings.Join(all, " ")
}

// Reserved returns the number that is kept for one of the claims, "" for none.
func (t *Tx) Reserved(ctx context.Context, claims ...string) (string, error) {
	for _, c := range claims {
		refs, err := t.texts(ctx, "SELECT ref FROM claim WHERE name = $1 AND NOT EXISTS (SELECT 1 FROM record WHERE record.ref = claim.ref) ORDER BY ref LIMIT 1", c)
		if err != nil || len(refs) > 0 {
			return append(refs, "")[0], err
		}
	}
	return "", nil
}

// texts returns the rows of a query for one column of text.
func (t *Tx) texts(ctx context.Context, q string, args ...any) ([]string, error) {
	return collect(ctx, t, column[string], q, args...)
}

// Numbers returns the number of every record with its id.
func (s *Store) Numbers(ctx context.Context) (map[string]string, error) {
	rows, err := s.ro.QueryContext(ctx, "SELECT ref, id FROM record")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var ref, id string
		if err := rows.Scan(&ref, &id); err != nil {
			return nil, err
		}
		out[ref] = id
	}
	return out, rows.Err()
}
