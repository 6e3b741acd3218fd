-- +goose Up
-- Times are epoch milliseconds, JSON is text, booleans are 0 and 1: one SQL text
-- serves SQLite and PostgreSQL.
CREATE TABLE record (
    id        TEXT PRIMARY KEY,
    ref       TEXT NOT NULL UNIQUE,
    state     TEXT NOT NULL,
    requested TEXT NOT NULL,
    doc       TEXT NOT NULL,
    version   BIGINT NOT NULL,
    -- wanted counts the reasons to look at the record, done those that were seen to;
    -- epoch fences a worker that lost its turn.
    wanted    BIGINT NOT NULL,
    done      BIGINT NOT NULL,
    epoch     BIGINT NOT NULL,
    wake      BIGINT NOT NULL,
    problem   TEXT NOT NULL,
    CHECK (state <> 'closed' OR requested = '')
);
CREATE INDEX record_open ON record (wake) WHERE wanted > done;

CREATE TABLE link (
    binding    TEXT NOT NULL,
    issue_id   TEXT NOT NULL,
    record_id  TEXT NOT NULL REFERENCES record (id),
    issue_key  TEXT NOT NULL,
    role       TEXT NOT NULL,
    state      TEXT NOT NULL,
    version    TEXT NOT NULL,
    issue      TEXT NOT NULL,
    base       TEXT NOT NULL,
    -- hints counts what hinted that the issue may have changed, heeded those that a
    -- read of the issue followed.
    hints      BIGINT NOT NULL,
    heeded     BIGINT NOT NULL,
    notice_id  TEXT NOT NULL,
    notice     TEXT NOT NULL,
    missing_at BIGINT NOT NULL,
    PRIMARY KEY (binding, issue_id)
);
CREATE INDEX link_record ON link (record_id);
CREATE INDEX link_key ON link (binding, issue_key);

CREATE TABLE event (
    id        TEXT PRIMARY KEY,
    record_id TEXT NOT NULL REFERENCES record (id),
    at        BIGINT NOT NULL,
    doc       TEXT NOT NULL,
    taken     BIGINT NOT NULL
);
CREATE INDEX event_record ON event (record_id) WHERE taken = 0;

CREATE TABLE conflict (
    record_id TEXT NOT NULL REFERENCES record (id),
    field     TEXT NOT NULL,
    opened    BIGINT NOT NULL,
    closed    BIGINT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (record_id, field, opened)
);

CREATE TABLE intent (
    seq       BIGINT PRIMARY KEY,
    record_id TEXT NOT NULL REFERENCES record (id),
    binding   TEXT NOT NULL,
    issue_id  TEXT NOT NULL,
    op        TEXT NOT NULL,
    at        BIGINT NOT NULL,
    doc       TEXT NOT NULL,
    pending   BIGINT NOT NULL
);
CREATE INDEX intent_pending ON intent (record_id) WHERE pending = 1;
CREATE INDEX intent_budget ON intent (binding, at);

CREATE TABLE revert (
    binding   TEXT NOT NULL,
    record_id TEXT NOT NULL REFERENCES record (id),
    field     TEXT NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX revert_recent ON revert (record_id, at);

CREATE TABLE delivery (
    binding  TEXT NOT NULL,
    id       TEXT NOT NULL,
    event    TEXT NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (binding, id)
);

CREATE TABLE binding (
    id         TEXT PRIMARY KEY,
    since      BIGINT NOT NULL,
    polled     BIGINT NOT NULL,
    swept      BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    problem    TEXT NOT NULL,
    brake      TEXT NOT NULL
);

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    n    BIGINT NOT NULL
);
