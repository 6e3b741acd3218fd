-- +goose Up
-- The conformds whose marks this register knows: its own, and those that were noticed in
-- the trackers, with where that was. Released is when a person said that writing may go on.
CREATE TABLE installation (
    id        TEXT PRIMARY KEY,
    own       BIGINT NOT NULL,
    seen      BIGINT NOT NULL,
    binding   TEXT NOT NULL,
    issue_key TEXT NOT NULL,
    released  BIGINT NOT NULL
);
