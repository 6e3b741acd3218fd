-- +goose Up
-- What each person was told of a date, so that nobody is told twice.
CREATE TABLE notice (
    record_id TEXT NOT NULL,
    item TEXT NOT NULL,      -- a milestone, an action or an exception
    due TEXT NOT NULL,       -- 2006-01-02; another date is told of anew
    stage TEXT NOT NULL,     -- why it was told: so many days before, missed, escalated
    person TEXT NOT NULL,
    message BIGINT NOT NULL, -- that told it
    PRIMARY KEY (record_id, item, due, stage, person)
);
CREATE INDEX notice_message ON notice (message);

-- The messages to people, with what became of them.
CREATE TABLE message (
    id BIGINT PRIMARY KEY,
    day TEXT NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,   -- mail, webhook
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,     -- waiting, sending, sent, failed, unknown
    attempts INTEGER NOT NULL DEFAULT 0,
    next BIGINT NOT NULL DEFAULT 0, -- time of the next attempt, in milliseconds
    problem TEXT NOT NULL DEFAULT '',
    changed BIGINT NOT NULL, -- time of the last change, in milliseconds
    UNIQUE (day, person)
);
CREATE INDEX message_open ON message (next) WHERE state IN ('waiting', 'sending');
CREATE INDEX message_changed ON message (changed);
