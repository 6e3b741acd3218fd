-- +goose Up
-- Since when the binding cannot be read, 0 if it can.
ALTER TABLE binding ADD COLUMN failing BIGINT NOT NULL DEFAULT 0;
