-- +goose Up
-- The tracker's clock up to which all comments of the issue are known: a direct read asks
-- for later ones alone. 0: they were never all read with the issue.
ALTER TABLE link ADD COLUMN comments_until BIGINT NOT NULL DEFAULT 0;
