-- +goose Up
-- The issues of a binding that wait to be read again, so that a tracker can be asked about
-- several of them at once.
CREATE INDEX link_hinted ON link (binding, issue_id) WHERE hints > heeded;
