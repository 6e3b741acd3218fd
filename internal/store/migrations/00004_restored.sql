-- +goose Up
-- Bindings as they were when a backup took the place of a newer database, and when
-- each was first looked at entirely since: 0 until then.
CREATE TABLE restored (
    binding TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    looked  BIGINT NOT NULL
);

-- The marker of an issue of our own making, by which the record it waits for finds it.
ALTER TABLE aside ADD COLUMN marker TEXT NOT NULL DEFAULT '';
CREATE INDEX aside_marker ON aside (marker) WHERE marker <> '';
CREATE INDEX aside_key ON aside (binding, issue_key);

-- Record numbers that were handed out and whose record is not known: after a
-- restore the trackers show them. The claim says whose number it is, '' nobody's.
CREATE TABLE reserved (
    ref   TEXT PRIMARY KEY,
    claim TEXT NOT NULL
);
