-- +goose Up
-- What people, or conformd at its first start, have put in force: the policy and the people.
CREATE TABLE adopted (
  about    TEXT   NOT NULL, -- policy or people
  number   BIGINT NOT NULL, -- from 1
  document TEXT   NOT NULL,
  digest   TEXT   NOT NULL,
  author   TEXT   NOT NULL, -- person id, '' for conformd itself
  reason   TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  began    BIGINT NOT NULL, -- the first start under it, 0 for none yet
  entry    BIGINT NOT NULL, -- number of the entry in the audit log that says so
  PRIMARY KEY (about, number)
);
