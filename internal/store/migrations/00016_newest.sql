-- +goose Up
-- The change of the last thing that a listing has shown: while nothing changes, the next
-- listing is asked for by the same address, and the tracker need not answer it.
ALTER TABLE binding ADD COLUMN newest BIGINT NOT NULL DEFAULT 0;
