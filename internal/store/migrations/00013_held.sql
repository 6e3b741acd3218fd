-- +goose Up
-- Why a binding is left alone until not_before.
ALTER TABLE binding ADD COLUMN held TEXT NOT NULL DEFAULT '';
