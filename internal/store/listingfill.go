package store

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/register"
)

// makeListing is the migration that creates the tables of lists and fills them from the records. A
// later version that finds other words, facets or keys in the same record fills them again:
// fillListing.
func makeListing(ctx context.Context, tx *sql.Tx) error {
	stmts := []string{
		`CREATE TABLE listing (
    n          BIGINT PRIMARY KEY REFERENCES record (n),
    ref        TEXT NOT NULL UNIQUE,
    title      TEXT NOT NULL, -- in lower case, as the other texts
    kind       TEXT NOT NULL,
    grade      TEXT NOT NULL, -- its place on the scale, then its name; likewise risk
    risk       TEXT NOT NULL,
    state      TEXT NOT NULL, -- its place in the lifecycle
    owner      TEXT NOT NULL,
    source     TEXT NOT NULL,
    recorded   TEXT NOT NULL,
    identified TEXT NOT NULL,
    due        TEXT NOT NULL, -- of what is due first, 9999-12-31 if nothing is
    closed     TEXT NOT NULL, -- when it came to its end, '' if it has not
    facets     TEXT NOT NULL, -- those of the table facet but the one of problems
    words      TEXT NOT NULL  -- identifies the words that record_text has
)`,
		`CREATE TABLE facet (
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    n     BIGINT NOT NULL REFERENCES record (n),
    PRIMARY KEY (name, value, n)
) WITHOUT ROWID`,
		"CREATE INDEX facet_record ON facet (n)",
		// The words are found, and shown from the records: the table keeps no copy of a text.
		"CREATE VIRTUAL TABLE record_text USING fts5 (body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2')",
		// Merging by and by makes each edit wait; sixteen small parts are merged at once in a moment.
		"INSERT INTO record_text (record_text, rank) VALUES ('automerge', 0)",
	}
	for _, k := range sortKeys()[1:] {
		stmts = append(stmts, "CREATE INDEX listing_"+k.name+" ON listing ("+k.name+", ref)")
	}
	for _, stmt := range stmts {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return fillListing(ctx, tx)
}

// fillListing writes the rows of every record into the empty tables.
func fillListing(ctx context.Context, tx *sql.Tx) error {
	err := everyRecord(ctx, tx, func(r register.Record) error {
		x, err := newListed(r)
		if err != nil {
			return err
		}
		return putListed(ctx, tx, r.ID, x)
	})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO facet (name, value, n) SELECT $1, $2, n FROM record WHERE problems <> '[]'", FacetProblem, Yes)
	return err
}

// refillFacets is the migration that writes the facets of every record anew, for a version that finds others in
// the same record.
func refillFacets(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM facet WHERE name <> $1", FacetProblem); err != nil {
		return err
	}
	return everyRecord(ctx, tx, func(r register.Record) error {
		x, err := newListed(r)
		if err != nil {
			return err
		}
		for _, f := range x.facets {
			if _, err := tx.ExecContext(ctx, addFacet, f.Name, f.Value, r.ID); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE listing SET facets = $1 WHERE n = (SELECT n FROM record WHERE id = $2)", x.columns[len(x.columns)-kept], r.ID)
		return err
	})
}
