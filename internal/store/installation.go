package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// Each register has the id of its installation, made with it and kept through backup and
// restore. What conformd writes to a tracker carries it, so that two conformds that work on
// the same trackers notice each other.

// Installation returns the id of this installation, [a-z0-9]{12}.
func (s *Store) Installation() string { return s.installation }

// installation reads the id of the installation, and makes one for a register without it.
// Beside another process nothing is written: that process has made one.
func installation(ctx context.Context, db *sql.DB, now time.Time, beside bool) (string, error) {
	const own = "SELECT id FROM installation WHERE own = 1"
	var id string
	err := db.QueryRowContext(ctx, own).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) || beside {
		return id, err
	}
	id = strings.ToLower(rand.Text()[:12])
	_, err = db.ExecContext(ctx, "INSERT INTO installation (id, own, seen, binding, issue_key, released) VALUES ($1, 1, $2, '', '', 0)", id, millis(now))
	return id, err
}

// An Other is another installation that has written to the trackers of this one.
type Other struct {
	ID      string
	Binding string    // where its mark was first seen
	Issue   string    // key of that issue
	Seen    time.Time // by conformd's clock
}

// MeetInstallation notes that an issue carries the mark of an installation. It reports
// whether that is another one about which no person has decided yet, and whether it is
// met for the first time.
func (t *Tx) MeetInstallation(ctx context.Context, o Other) (undecided, fresh bool, err error) {
	if o.ID == "" || o.ID == t.s.installation {
		return false, false, nil
	}
	var released int64
	err = t.QueryRowContext(ctx, "SELECT released FROM installation WHERE id = $1", o.ID).Scan(&released)
	if !errors.Is(err, sql.ErrNoRows) {
		return err == nil && released == 0, false, err
	}
	_, err = t.ExecContext(ctx, "INSERT INTO installation (id, own, seen, binding, issue_key, released) VALUES ($1, 0, $2, $3, $4, 0)", o.ID, millis(t.now), o.Binding, o.Issue)
	return err == nil, err == nil, err
}

const undecided = "SELECT id, binding, issue_key, seen FROM installation WHERE own = 0 AND released = 0 ORDER BY seen, id"

// OtherInstallations returns the other installations about which no person has decided yet,
// in the order in which they were met.
func (t *Tx) OtherInstallations(ctx context.Context) ([]Other, error) {
	return collect(ctx, t, scanOther, undecided)
}

// OtherInstallations is Tx.OtherInstallations outside of a transaction.
func (s *Store) OtherInstallations(ctx context.Context) ([]Other, error) {
	return collect(ctx, s.ro, scanOther, undecided)
}

func scanOther(row scanner) (o Other, err error) {
	var seen int64
	err = row.Scan(&o.ID, &o.Binding, &o.Issue, &seen)
	o.Seen = fromMillis(seen)
	return o, err
}

// TakeOver notes that a person has decided: what the other installations made is taken
// over, and their marks stop nothing any more. It returns the ids of those that this is new
// for.
func (t *Tx) TakeOver(ctx context.Context) ([]string, error) {
	others, err := t.OtherInstallations(ctx)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	ids := make([]string, len(others))
	for i, o := range others {
		ids[i] = o.ID
	}
	_, err = t.ExecContext(ctx, "UPDATE installation SET released = $1 WHERE own = 0 AND released = 0", millis(t.now))
	return ids, err
}
