-- +goose Up
-- The number of a record is the row of its listing itself, which every index names: a list is walked, and
-- narrowed by facets, in an index alone.
CREATE TABLE listing_numbered (
    n          INTEGER PRIMARY KEY REFERENCES record (n),
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
    facets     TEXT NOT NULL, -- those of the table facet but the one of problems
    words      TEXT NOT NULL  -- identifies the words that record_text has
);
INSERT INTO listing_numbered (n, ref, title, kind, grade, risk, state, owner, source, recorded, identified, due, facets, words)
SELECT n, ref, title, kind, grade, risk, state, owner, source, recorded, identified, due, facets, words FROM listing;
DROP TABLE listing;
ALTER TABLE listing_numbered RENAME TO listing;
CREATE INDEX listing_title ON listing (title, ref);
CREATE INDEX listing_kind ON listing (kind, ref);
CREATE INDEX listing_grade ON listing (grade, ref);
CREATE INDEX listing_risk ON listing (risk, ref);
CREATE INDEX listing_state ON listing (state, ref);
CREATE INDEX listing_owner ON listing (owner, ref);
CREATE INDEX listing_source ON listing (source, ref);
CREATE INDEX listing_recorded ON listing (recorded, ref);
CREATE INDEX listing_identified ON listing (identified, ref);
CREATE INDEX listing_due ON listing (due, ref);
-- What a person is to do, the earliest first.
CREATE INDEX listing_owner_due ON listing (owner, due, ref);

-- +goose Down
SELECT 1; -- the tables of lists of the version before have the same names and columns
