-- +goose Up
-- What conformd's comment on an issue says, as data. The words of before are no data:
-- each comment is edited once.
ALTER TABLE link ADD COLUMN comment TEXT NOT NULL DEFAULT '{}';
UPDATE link SET comment = '{"id":"' || notice_id || '","uncertain":true}' WHERE notice_id <> '';
ALTER TABLE link DROP COLUMN notice;
ALTER TABLE link DROP COLUMN notice_id;

-- How much of an issue's history was taken in: the id of its last change then.
ALTER TABLE link ADD COLUMN known TEXT NOT NULL DEFAULT '';

-- Values that could not be read or shown, and up to which reason the record was planned.
ALTER TABLE record ADD COLUMN problems TEXT NOT NULL DEFAULT '[]';
ALTER TABLE record ADD COLUMN planned BIGINT NOT NULL DEFAULT 0;
CREATE INDEX record_unplanned ON record (id) WHERE wanted > done AND wanted > planned;

-- What the person was told about a command that does not count, and whether the comment
-- waits for a reaction.
ALTER TABLE event ADD COLUMN told TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN react BIGINT NOT NULL DEFAULT 0;
CREATE INDEX event_react ON event (record_id) WHERE react = 1;
CREATE INDEX event_told ON event (record_id, at) WHERE told <> '';

-- Why writing to a binding is stopped, one row for each kind of reason.
CREATE TABLE brake (
    binding TEXT NOT NULL,
    kind    TEXT NOT NULL,
    why     TEXT NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (binding, kind)
);
INSERT INTO brake (binding, kind, why, since)
SELECT id, CASE WHEN brake LIKE 'restored from a backup of %' THEN 'restored' ELSE 'missing' END, brake, 0 FROM binding WHERE brake <> '';
ALTER TABLE binding DROP COLUMN brake;

-- What plans would write to a binding: standing until it may leave, and then counted
-- for a while.
CREATE TABLE outbound (
    record_id TEXT NOT NULL REFERENCES record (id),
    binding   TEXT NOT NULL,
    digest    TEXT NOT NULL,
    doc       TEXT NOT NULL,
    planned   BIGINT NOT NULL,
    admitted  BIGINT NOT NULL, -- when it was let go; 0 while it stands
    released  BIGINT NOT NULL, -- 1 if a person let it go
    present   BIGINT NOT NULL, -- 1 while it is the record's plan
    records   BIGINT NOT NULL,
    emptied   BIGINT NOT NULL,
    replaced  BIGINT NOT NULL,
    creates   BIGINT NOT NULL,
    comments  BIGINT NOT NULL,
    PRIMARY KEY (binding, record_id, digest)
);
CREATE INDEX outbound_counted ON outbound (binding, admitted);
CREATE INDEX outbound_record ON outbound (record_id) WHERE present = 1;

-- Values that a tracker would not take in the create of an issue.
CREATE TABLE refusal (
    record_id TEXT NOT NULL REFERENCES record (id),
    binding   TEXT NOT NULL,
    field     TEXT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (record_id, binding, field)
);

-- Which statuses a workflow was seen to lead to.
CREATE TABLE workflow (
    binding TEXT NOT NULL,
    status  TEXT NOT NULL,
    leads   TEXT NOT NULL, -- JSON list of status names
    seen    BIGINT NOT NULL,
    PRIMARY KEY (binding, status)
);
