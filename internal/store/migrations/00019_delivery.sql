-- +goose Up
-- The delivery that first hinted that the issue may have changed since it was last read.
ALTER TABLE link ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
