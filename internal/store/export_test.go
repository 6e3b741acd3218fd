package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// The queries that tests ask SQLite to explain.
const (
	HistoryBefore = historyBefore
	HistoryFrom   = historyFrom
	RecordNamed   = recordNamed
	LinksNamed    = linksNamed
)

// IndexRows returns the rows of the index, in order.
func IndexRows(ctx context.Context, db interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
},
) (out []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT about || ' ' || seq FROM history ORDER BY about, seq")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Reindexed returns the rows that the log and the links alone give. It changes nothing.
func (s *Store) Reindexed(ctx context.Context) (out []string, err error) {
	tx, err := s.db.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if _, err := tx.ExecContext(ctx, "DELETE FROM history"); err != nil {
		return nil, err
	}
	if err := indexLog(ctx, tx); err != nil {
		return nil, err
	}
	return IndexRows(ctx, tx)
}

// MakeHistory makes the index anew, as the migration does that brought it.
func MakeHistory(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP TABLE history", makeHistory)
}

// MakeDue makes the table of dates anew, as the migration does that brought it.
func MakeDue(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP TABLE due", makeDue)
}

// MakeSimilar makes the table of what closed records are found by anew, as the migration does that
// brought it.
func MakeSimilar(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP TABLE similar", makeSimilar)
}

// SimilarRows returns the rows of the table of what closed records are found by, in order.
func SimilarRows(ctx context.Context, db *sql.DB) ([]string, error) {
	return collect(ctx, db, column[string], "SELECT n || ' ' || key || ' ' || closed FROM similar ORDER BY n, key")
}

// SimilarWords finds records by the words of a text as a search does that reads most rows.
func (s *Store) SimilarWords(ctx context.Context, words []string, from, to time.Time, most int) ([]int64, error) {
	return similarWords(ctx, s.ro, words, millis(from), millis(to), most)
}

// Share is how many rows such a search reads of each word.
func Share(words, most int) int { return share(words, most) }

// MostAlike and MostCompared bound a search by words.
const (
	MostAlike    = mostAlike
	MostCompared = mostCompared
)

// MakeCourse makes the table of what figures are made of anew, as the migration does that brought
// it.
func MakeCourse(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP TABLE course", makeCourse)
}

// RefillCourse is the part of a migration that makes the courses anew where they are of an earlier form.
func RefillCourse(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "UPDATE course SET doc = replace(doc, '2' || char(10), '1' || char(10))", refillCourse)
}

// CourseRows returns the rows of the table of what figures are made of, in order.
func CourseRows(ctx context.Context, db *sql.DB) ([]string, error) {
	return collect(ctx, db, column[string], "SELECT n || ' ' || doc FROM course ORDER BY n")
}

// MakeDiscrepancy makes the table of discrepancies anew, as the migration does that brought it.
func MakeDiscrepancy(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP TABLE discrepancy", makeDiscrepancy)
}

// DiscrepancyRows returns the rows of the table of discrepancies, in order.
func DiscrepancyRows(ctx context.Context, db *sql.DB) ([]string, error) {
	return collect(ctx, db, column[string], "SELECT seq || ' ' || at || ' ' || kind || ' ' || record || ' ' || thing || ' ' || ends FROM discrepancy ORDER BY seq")
}

func remake(ctx context.Context, db *sql.DB, drop string, create func(context.Context, *sql.Tx) error) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreDone(tx.Rollback())) }()
	if _, err := tx.ExecContext(ctx, drop); err != nil {
		return err
	}
	if err := create(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// DueRows returns the rows of the table of dates, in order.
func DueRows(ctx context.Context, db *sql.DB) ([]string, error) {
	return collect(ctx, db, column[string], "SELECT n || ' ' || item || ' ' || date || ' ' || who || ' ' || owner FROM due ORDER BY n, item")
}

// MakeListing makes the tables of lists anew, as the migration does that brought them.
func MakeListing(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP TABLE listing; DROP TABLE facet; DROP TABLE record_text", makeListing)
}

// RefillFacets writes the facets anew over those of a version that did not know the decisions that wait.
func RefillFacets(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DELETE FROM facet WHERE name = ':waits'; UPDATE listing SET facets = '[]'", refillFacets)
}

// AddClosed writes when records came to their end anew, as the migration does that brought it.
func AddClosed(ctx context.Context, db *sql.DB) error {
	return remake(ctx, db, "DROP INDEX listing_closed; ALTER TABLE listing DROP COLUMN closed", addClosed)
}

// ListingRows returns the rows of the tables of lists, in order. The words that a search finds are
// those of a few searches, because the table keeps no texts.
func ListingRows(ctx context.Context, db *sql.DB) ([]string, error) {
	out, err := collect(ctx, db, column[string], "SELECT n || ' ' || ref || ' ' || title || ' ' || kind || ' ' || grade || ' ' || state || ' ' || owner || ' ' || due || ' ' || closed || ' ' || words FROM listing ORDER BY n")
	if err != nil {
		return nil, err
	}
	facets, err := collect(ctx, db, column[string], "SELECT n || ' ' || name || ' ' || value FROM facet ORDER BY n, name, value")
	if err != nil {
		return nil, err
	}
	words, err := collect(ctx, db, column[string], "SELECT rowid || ' has access' FROM record_text WHERE record_text MATCH 'access OR review OR zoning' ORDER BY rowid")
	return append(append(out, facets...), words...), err
}

// Browsing returns the statement of a list as it is when a condition is narrow, or when none is.
func (s *Store) Browsing(ctx context.Context, b Browse, narrow bool) (string, []any, error) {
	n := nobody
	var hits []int64
	if narrow {
		var fewest int
		var err error
		if n, fewest, err = s.narrowest(ctx, b); err != nil {
			return "", nil, err
		}
		if b.Text != "" {
			w, err := s.matching(ctx, b, n, fewest)
			if err != nil {
				return "", nil, err
			}
			n, hits = byHits, w.hits
		}
	} else if b.found() {
		n = byWords
	}
	if b.Text == "" {
		n = b.begin(n)
	}
	q := b.statement(n, hits)
	return q.sql.String(), q.args, nil
}
