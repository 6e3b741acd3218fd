-- +goose Up
-- Since when a tracker has failed to say who changed a bound issue; 0 if it has not.
ALTER TABLE link ADD COLUMN unattributed_since BIGINT NOT NULL DEFAULT 0;
