-- +goose Up
-- A person gets one message a day about dates, and beside it reminders that somebody asked for. A reminder is about one record.
CREATE TABLE message_with_reminders (
    id BIGINT PRIMARY KEY,
    day TEXT NOT NULL,
    person TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '', -- id of the record of a reminder, '' for the message of the day
    channel TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next BIGINT NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    changed BIGINT NOT NULL,
    UNIQUE (day, person, about)
);
INSERT INTO message_with_reminders (id, day, person, channel, subject, body, state, attempts, next, problem, changed)
SELECT id, day, person, channel, subject, body, state, attempts, next, problem, changed FROM message;
DROP TABLE message;
ALTER TABLE message_with_reminders RENAME TO message;
CREATE INDEX message_open ON message (next) WHERE state IN ('waiting', 'sending');
CREATE INDEX message_changed ON message (changed);
CREATE INDEX message_about ON message (about) WHERE about <> '';
