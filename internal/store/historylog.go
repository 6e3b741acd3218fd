package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

// makeHistory is the migration that creates the index and fills it from the log.
func makeHistory(ctx context.Context, tx *sql.Tx) error {
	// The rows are their own index: a page of a history is a stretch of the key.
	_, err := tx.ExecContext(ctx, "CREATE TABLE history (about TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (about, seq)) WITHOUT ROWID")
	if err != nil {
		return err
	}
	return indexLog(ctx, tx)
}

// leavesAtOnce is how many entries of a log are indexed together. Their rows are sorted
// in memory, so that the pages of the index are not written once for every row. A
// temporary table could sort all of them, and needs a directory for temporary files,
// which a container with a read-only file system lacks.
const leavesAtOnce = 50_000

// A moved is an entry that says that an issue moved between records.
type moved struct {
	seq             int64
	issue, from, to string
}

// indexLog fills the empty index from the log and the links. It reads the log once and
// holds a part of it in memory. An entry that cannot be read is left out: whether the
// log was tampered with is for a verification to say, and must not keep the daemon from
// starting.
func indexLog(ctx context.Context, tx *sql.Tx) error {
	add, err := tx.PrepareContext(ctx, addHistory)
	if err != nil {
		return err
	}
	defer func() { _ = add.Close() }()
	var moves []moved
	for from := int64(0); ; {
		part, err := readPart(ctx, tx, from)
		if err != nil {
			return err
		}
		moves = append(moves, part.moves...)
		if err := part.write(ctx, add); err != nil {
			return err
		}
		if part.last {
			break
		}
		from = part.next
	}
	for _, m := range moves {
		for _, record := range []string{m.from, m.to} {
			if _, err := tx.ExecContext(ctx, addEarlier, record, m.issue, m.seq); err != nil {
				return fmt.Errorf("issue that moved: %w", err)
			}
		}
	}
	_, err = tx.ExecContext(ctx, addAll+"TRUE"+once)
	return err
}

// A part is a stretch of the log with its rows of the index.
type part struct {
	rows  []historyRow
	moves []moved
	next  int64 // entry after the last one
	last  bool  // the log ends here
}

type historyRow struct {
	about string
	seq   int64
}

// readPart reads a part of the log, a page at a time.
func readPart(ctx context.Context, tx *sql.Tx, from int64) (p part, err error) {
	const page = 1000
	p.next = from
	for p.next < from+leavesAtOnce {
		leaves, err := auditdb.Leaves(ctx, tx, p.next, page)
		if err != nil {
			return p, err
		}
		for _, l := range leaves {
			p.add(l)
			p.next = l.Seq + 1
		}
		if len(leaves) < page {
			p.last = true
			return p, nil
		}
	}
	return p, nil
}

func (p *part) add(l auditdb.Leaf) {
	e, err := audit.ParseEntry(l.Bytes)
	if err != nil {
		return
	}
	for _, name := range about(&e) {
		p.rows = append(p.rows, historyRow{name, l.Seq})
	}
	if from, to, ok := movedTo(&e); ok {
		if binding, id, ok := aboutIssue(&e); ok {
			p.moves = append(p.moves, moved{l.Seq, issueName(binding, id), from, to})
		}
	}
}

func (p *part) write(ctx context.Context, add *sql.Stmt) error {
	slices.SortFunc(p.rows, func(a, b historyRow) int { return cmp.Or(cmp.Compare(a.about, b.about), cmp.Compare(a.seq, b.seq)) })
	for _, r := range p.rows {
		if _, err := add.ExecContext(ctx, r.about, r.seq); err != nil {
			return err
		}
	}
	return nil
}
