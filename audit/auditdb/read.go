package auditdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
)

// page is how many entries are read at a time, so that nothing stays open on the
// database while a caller is busy with one of them.
const page = 256

const (
	selectPage   = `SELECT seq, leaf, leaf_hash FROM audit_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3`
	selectOne    = `SELECT seq, leaf, leaf_hash FROM audit_entry WHERE seq = $1`
	selectLeaves = `SELECT seq, leaf FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2`
)

// Read yields the entries from number from up to, not including, number to; a
// negative to reads to the end. It holds every entry against its hash, but not
// against the checkpoint: that is verification.
func Read(ctx context.Context, tx Tx, from, to int64) iter.Seq2[audit.Stored, error] {
	if to < 0 {
		to = math.MaxInt64
	}
	return func(yield func(audit.Stored, error) bool) {
		for from < to {
			batch, err := Select(ctx, tx, selectPage, from, to, page)
			if err != nil {
				yield(audit.Stored{}, err)
				return
			}
			for _, s := range batch {
				if !yield(s, nil) {
					return
				}
				from = s.Seq + 1
			}
			if len(batch) < page {
				return
			}
		}
	}
}

// A Leaf is an entry as it lies in the database: its canonical bytes, unread.
type Leaf struct {
	Seq   int64
	Bytes []byte
}

// Recorded is when an entry was recorded, the zero time for bytes that are none.
func Recorded(l Leaf) time.Time { return audit.StampTime(audit.StampOf(l.Bytes)) }

// SizeAt returns how many entries the log had at a moment: the number of the first one that was
// recorded later. It reads a few entries of a log of any length, and takes it that the clock of the
// log never went back.
func SizeAt(ctx context.Context, tx Tx, at time.Time) (int64, error) {
	var size int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq) + 1, 0) FROM audit_entry").Scan(&size); err != nil {
		return 0, fmt.Errorf("audit: read the size of the log: %w", err)
	}
	from := int64(0)
	for to := size; from < to; {
		middle := from + (to-from)/2
		leaves, err := Leaves(ctx, tx, middle, 1)
		if err != nil {
			return 0, err
		}
		if len(leaves) == 0 || Recorded(leaves[0]).After(at) {
			to = middle
		} else {
			from = middle + 1
		}
	}
	return from, nil
}

// Leaves returns at most limit leaves from number from on. They are neither parsed nor
// held against their hashes: it is for whoever goes through a long log for something
// that proves nothing, and must not stop at an entry that somebody has changed.
func Leaves(ctx context.Context, tx Tx, from int64, limit int) (out []Leaf, err error) {
	rows, err := tx.QueryContext(ctx, selectLeaves, from, limit)
	if err != nil {
		return nil, fmt.Errorf("audit: read leaves: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l Leaf
		if err := rows.Scan(&l.Seq, &l.Bytes); err != nil {
			return nil, fmt.Errorf("audit: read leaves: %w", err)
		}
		out = append(out, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit: read leaves: %w", err)
	}
	return out, nil
}

// Get returns entry seq, sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx Tx, seq int64) (audit.Stored, error) {
	for s, err := range Read(ctx, tx, seq, seq+1) {
		return s, err
	}
	return audit.Stored{}, fmt.Errorf("audit: entry %d: %w", seq, sql.ErrNoRows)
}

// Entries returns the entries with the given numbers, in that order, each held against
// its hash as Read does; sql.ErrNoRows when one of them is missing.
func Entries(ctx context.Context, tx Tx, seqs ...int64) ([]audit.Stored, error) {
	out := make([]audit.Stored, 0, len(seqs))
	for _, seq := range seqs {
		s, err := Select(ctx, tx, selectOne, seq)
		if err != nil {
			return nil, err
		}
		if len(s) == 0 {
			return nil, fmt.Errorf("audit: entry %d: %w", seq, sql.ErrNoRows)
		}
		out = append(out, s[0])
	}
	return out, nil
}

// CurrentCheckpoint returns the signed checkpoint of the log, sql.ErrNoRows while
// it is empty.
func CurrentCheckpoint(ctx context.Context, tx Tx) ([]byte, error) {
	var b []byte
	if err := tx.QueryRowContext(ctx, `SELECT checkpoint FROM audit_head WHERE id = 1`).Scan(&b); err != nil {
		return nil, fmt.Errorf("audit: read checkpoint: %w", err)
	}
	return b, nil
}

// Select returns the entries of a statement that selects seq, leaf and leaf_hash, for those who find
// entries by a table of their own. Each is held against its hash as Read does; one that is missing
// fits none.
func Select(ctx context.Context, tx Tx, q string, args ...any) ([]audit.Stored, error) {
	seen, err := look(ctx, tx, q, args...)
	if err != nil {
		return nil, err
	}
	var out []audit.Stored
	for _, s := range seen {
		if s.Fault != nil {
			return nil, &FaultError{s.Seq, s.Fault}
		}
		out = append(out, s.Stored)
	}
	return out, nil
}

// A Seen is an entry as it lies in the database. Fault is what is wrong with it, nil if it fits its hash
// and can be read; otherwise Entry is the zero value.
type Seen struct {
	audit.Stored
	Fault error
}

// Look returns the entries from number from up to, not including, number to, also those that somebody
// has changed: it is for people who look at a log that may not be as it was written.
func Look(ctx context.Context, tx Tx, from, to int64) ([]Seen, error) {
	return look(ctx, tx, selectPage, from, to, to-from)
}

// LookAt returns the entries of these numbers as [Look] does. A number that no entry has is left out.
func LookAt(ctx context.Context, tx Tx, seqs ...int64) ([]Seen, error) {
	out := make([]Seen, 0, len(seqs))
	for _, seq := range seqs {
		s, err := look(ctx, tx, selectOne, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, s...)
	}
	return out, nil
}

// A FaultError says that an entry is not what was written.
type FaultError struct {
	Seq int64
	err error
}

func (e *FaultError) Error() string { return "audit: " + e.err.Error() }
func (e *FaultError) Unwrap() error { return e.err }

func look(ctx context.Context, tx Tx, q string, args ...any) (out []Seen, err error) {
	rows, err := tx.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("audit: read entries: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s Seen
		var hash []byte
		if err := rows.Scan(&s.Seq, &s.Leaf, &hash); err != nil {
			return nil, fmt.Errorf("audit: read entries: %w", err)
		}
		s.Hash = tlog.RecordHash(s.Leaf)
		if string(hash) != string(s.Hash[:]) {
			s.Fault = fmt.Errorf("entry %d is not what was written: its hash is %x, recorded is %x", s.Seq, s.Hash, hash)
		} else if s.Entry, err = audit.ParseEntry(s.Leaf); err != nil {
			s.Fault = fmt.Errorf("entry %d: %w", s.Seq, err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit: read entries: %w", err)
	}
	return out, nil
}
