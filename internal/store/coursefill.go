package store

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register/kpi"
)

// makeCourse is the migration that creates the table course and fills it from the log. A later
// version that reads other values out of the same record gives the stored form another number and
// fills the table again: refillCourse.
func makeCourse(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "CREATE TABLE course (n BIGINT PRIMARY KEY REFERENCES record (n), doc TEXT NOT NULL)"); err != nil {
		return err
	}
	return fillCourse(ctx, tx)
}

// refillCourse makes the courses anew if there is one of an earlier form.
func refillCourse(ctx context.Context, tx *sql.Tx) error {
	docs, err := collect(ctx, tx, column[string], "SELECT doc FROM course LIMIT 1")
	if err != nil || len(docs) == 0 {
		return err
	}
	if _, err := kpi.Parse(docs[0]); err == nil {
		return nil // the migration that made the table is of this version
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM course"); err != nil {
		return err
	}
	return fillCourse(ctx, tx)
}

// fillCourse writes the course of every record into the empty table. It reads the log from its
// beginning and holds the register in memory, as a verification does. An entry that cannot be read
// is left out: whether the log was tampered with is for a verification to say.
func fillCourse(ctx context.Context, tx *sql.Tx) error {
	const page = 1000
	replay := ledger.NewReplay()
	for from := int64(0); ; {
		leaves, err := auditdb.Leaves(ctx, tx, from, page)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			from = l.Seq + 1
			e, err := audit.ParseEntry(l.Bytes)
			if err != nil {
				continue
			}
			if told, err := replay.Read(&e, textsIn(ctx, tx)); err == nil && told != nil {
				replay.Apply(l.Seq, told)
			}
		}
		if len(leaves) < page {
			break
		}
	}
	for id, c := range replay.Courses() {
		if _, err := tx.ExecContext(ctx, putCourse, c.String(), id); err != nil {
			return err
		}
	}
	return nil
}

// textsIn returns what reads the texts of entries: a long one lies beside the log, and one that
// was committed to counts as erased.
func textsIn(ctx context.Context, tx *sql.Tx) func(string, *audit.Text) (string, bool) {
	return func(_ string, t *audit.Text) (string, bool) {
		switch {
		case t.SHA256 == "" && t.Commitment == "":
			return t.Value, true
		case t.SHA256 == "":
			return "", false
		}
		value, err := auditdb.TextOf(ctx, tx, t.SHA256)
		return value, err == nil
	}
}
