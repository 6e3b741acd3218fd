-- +goose Up
-- Issues of actions whose record is not known. They are looked at again whenever
-- their binding is.
CREATE TABLE aside (
    binding   TEXT NOT NULL,
    issue_id  TEXT NOT NULL,
    issue_key TEXT NOT NULL,
    why       TEXT NOT NULL,
    issue     TEXT NOT NULL,
    PRIMARY KEY (binding, issue_id)
);
