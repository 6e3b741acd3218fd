-- +goose Up
-- People name records and issues in upper and lower case.
CREATE INDEX record_name ON record (lower(ref));
CREATE INDEX link_name ON link (lower(issue_key));
