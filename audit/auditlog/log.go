package auditlog

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// A Log appends entries. It holds keys and no state: what it needs to know of the
// log it reads in the caller's transaction, so that a rollback leaves nothing behind.
type Log struct {
	origin  string
	signers []tree.Signer
	stmts   map[string]*sql.Stmt
}

// Open returns the log whose first name is origin, signed with signer. During a rotation of
// keys it is signed with more than one. A log that was restored goes on under the name that
// it has since; the keys sign it under that name.
func Open(signer tree.Signer, origin string, more ...tree.Signer) *Log {
	return &Log{origin: origin, signers: append([]tree.Signer{signer}, more...)}
}

// Append writes the entries in the transaction tx, and returns the number of the
// first. The checkpoint that covers them is written with them.
//
// What is too long for an entry is in it by its digest, and kept beside the log (see
// [auditdb.TextOf]). It refuses an entry that says too little (*EntryError), an outcome
// whose intent is not there (ErrNoIntent) and one after a final outcome (ErrClosed).
// After an error tx must be rolled back: part of the entries may be in it, and a
// commit of that kind is refused by the next Append and found by every verification.
//
// Two transactions cannot both append: on a database that lets them run at once,
// the second fails.
func (l *Log) Append(ctx context.Context, tx auditdb.Tx, es ...audit.Entry) (first int64, err error) {
	es = slices.Clone(es)
	for i := range es {
		es[i].Format = 0 // what was read in an older form is written in the present one
	}
	return l.write(ctx, tx, es)
}

// write is Append of entries in the format that they name. It takes es over.
func (l *Log) write(ctx context.Context, tx auditdb.Tx, es []audit.Entry) (first int64, err error) {
	if len(es) == 0 {
		return 0, errors.New("audit: append: no entry")
	}
	leaves := make([][]byte, len(es))
	for i := range es {
		var long []string
		if es[i], long, err = es[i].Fitted(); err != nil {
			return 0, err
		}
		if leaves[i], err = es[i].Canonical(); err != nil {
			return 0, err
		}
		if err := l.keep(ctx, tx, long); err != nil {
			return 0, err
		}
	}
	head, origin, err := l.head(ctx, tx)
	if err != nil {
		return 0, err
	}
	first = head.N
	for i := range es {
		seq := first + int64(i)
		hash := tlog.RecordHash(leaves[i])
		if es[i].Verb == audit.LogRestored {
			if origin, err = renamed(seq, &es[i], origin, head.Root()); err != nil {
				return 0, err
			}
		}
		if _, err := l.exec(ctx, tx, insertEntry, seq, leaves[i], hash[:]); err != nil {
			return 0, fmt.Errorf("audit: append entry %d: %w", seq, err)
		}
		if err := l.follow(ctx, tx, seq, &es[i]); err != nil {
			return 0, err
		}
		if tile, full := head.Tile(hash); full {
			if _, err := l.exec(ctx, tx, insertTile, seq/tree.TileWidth, tile[:]); err != nil {
				return 0, fmt.Errorf("audit: append entry %d: %w", seq, err)
			}
		}
		head.Add(0, hash)
	}
	return first, l.setHead(ctx, tx, first, origin, &head)
}

// follow keeps what lies beside entry seq: the state of intents, and personal data.
func (l *Log) follow(ctx context.Context, tx auditdb.Tx, seq int64, e *audit.Entry) error {
	for _, c := range e.Cause {
		if c >= seq {
			return &audit.EntryError{Verb: e.Verb, Err: fmt.Errorf("cause %d is not before entry %d", c, seq)}
		}
	}
	if e.Verb == audit.WriteIntent || e.Verb.Closes() {
		if err := l.pair(ctx, tx, seq, e); err != nil {
			return err
		}
	}
	for _, c := range e.Changes {
		for _, o := range c.Openings() {
			if _, err := l.exec(ctx, tx, insertDisclosure, seq, o.Place, o.Salt, o.Value); err != nil {
				return fmt.Errorf("audit: append entry %d: personal data: %w", seq, err)
			}
		}
	}
	return nil
}

const (
	selectHead       = `SELECT size, edge, checkpoint FROM audit_head WHERE id = 1`
	insertHead       = `INSERT INTO audit_head (id, size, edge, checkpoint) VALUES (1, $1, $2, $3)`
	updateHead       = `UPDATE audit_head SET size = $1, edge = $2, checkpoint = $3 WHERE id = 1 AND size = $4`
	insertEntry      = `INSERT INTO audit_entry (seq, leaf, leaf_hash) VALUES ($1, $2, $3)`
	insertTile       = `INSERT INTO audit_tile (n, hash) VALUES ($1, $2) ON CONFLICT (n) DO UPDATE SET hash = excluded.hash`
	insertDisclosure = `INSERT INTO audit_disclosure (seq, field, salt, value) VALUES ($1, $2, $3, $4)`
)

// head reads the right edge and the name of the log as this transaction sees them.
func (l *Log) head(ctx context.Context, tx auditdb.Tx) (head tree.Edge, origin string, err error) {
	var size int64
	var b, checkpoint []byte
	err = l.queryRow(ctx, tx, selectHead).Scan(&size, &b, &checkpoint)
	if errors.Is(err, sql.ErrNoRows) {
		return tree.Edge{}, l.origin, nil
	}
	if err != nil {
		return tree.Edge{}, "", fmt.Errorf("audit: read head: %w", err)
	}
	if head, err = tree.ReadEdge(size, b); err != nil {
		return tree.Edge{}, "", fmt.Errorf("audit: read head: %w", err)
	}
	line, _, _ := bytes.Cut(checkpoint, []byte("\n"))
	if origin = string(line); tree.FirstName(origin) != tree.FirstName(l.origin) {
		return tree.Edge{}, "", fmt.Errorf("audit: the log in the database is %q, and this one is %q", origin, l.origin)
	}
	return head, origin, nil
}

// setHead writes the head of the log origin, which was at size before.
func (l *Log) setHead(ctx context.Context, tx auditdb.Tx, before int64, origin string, head *tree.Edge) error {
	checkpoint, err := tree.SignCheckpoint(origin, head.N, head.Root(), l.signers)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if before == 0 {
		_, err = l.exec(ctx, tx, insertHead, head.N, head.Bytes(), checkpoint)
	} else {
		var res sql.Result
		if res, err = l.exec(ctx, tx, updateHead, head.N, head.Bytes(), checkpoint, before); err == nil {
			var n int64
			if n, err = res.RowsAffected(); err == nil && n != 1 {
				err = errors.New("another transaction has appended meanwhile")
			}
		}
	}
	if err != nil {
		return fmt.Errorf("audit: write head: %w", err)
	}
	return nil
}
