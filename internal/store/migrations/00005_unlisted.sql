-- +goose Up
-- Whether the last whole listing of the binding was without the issue. One that is
-- elsewhere, such as in another project, is no news in the next listing.
ALTER TABLE link ADD COLUMN unlisted BIGINT NOT NULL DEFAULT 0;
