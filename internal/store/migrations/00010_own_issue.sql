-- +goose Up
-- Issues that the own account created and that are bound to no record, by the marker
-- they carry, as the trackers' listings of own issues have shown them.
CREATE TABLE own_issue (
    binding   TEXT NOT NULL,
    issue_id  TEXT NOT NULL,
    issue_key TEXT NOT NULL,
    marker    TEXT NOT NULL,
    PRIMARY KEY (binding, marker, issue_id)
);

-- When that listing was last read, by conformd's clock, and from which time on the next
-- one must begin, by the tracker's: 0 for the beginning.
CREATE TABLE own_listing (
    binding TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    since   BIGINT NOT NULL
);
