-- +goose Up
-- Long texts that the log names by their digests lie beside it. A new database has the
-- table from the schema of the log.
CREATE TABLE IF NOT EXISTS audit_text (
    sha256 TEXT PRIMARY KEY,
    value  TEXT NOT NULL
);
