-- +goose Up
-- The tracker's clock when the last sweep of the binding began, and up to which known
-- issue the sweep under way has asked. Of an earlier sweep only its end is known, by
-- another clock: a day before it will do.
ALTER TABLE binding ADD COLUMN sweep_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN scan_checked TEXT NOT NULL DEFAULT '';
UPDATE binding SET sweep_since = max(min(since, swept) - 86400000, 0) WHERE since > 0 AND swept > 0;

-- unlisted is 2 for an issue that the sweep under way was the first to miss.
CREATE INDEX link_unlisted ON link (binding, unlisted) WHERE unlisted > 0;
