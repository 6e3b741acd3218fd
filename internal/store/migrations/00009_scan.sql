-- +goose Up
-- The scan of a binding that is under way: what it is, the tracker's clock at its start,
-- what it reads and how far it got. It goes on there after a break.
ALTER TABLE binding ADD COLUMN scan_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE binding ADD COLUMN scan_stage TEXT NOT NULL DEFAULT '';
ALTER TABLE binding ADD COLUMN scan_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN scan_through BIGINT NOT NULL DEFAULT 0;

-- The issues that the scan of everything which is under way has shown.
CREATE TABLE listed (
    binding  TEXT NOT NULL,
    issue_id TEXT NOT NULL,
    PRIMARY KEY (binding, issue_id)
);
