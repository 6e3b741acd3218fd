-- +goose Up
-- The log, read from its beginning, is the register. The records of earlier versions, of
-- which the log does not tell everything, are carried into it, and then leave this list.
CREATE TABLE uncarried (
    id TEXT PRIMARY KEY REFERENCES record (id)
);
INSERT INTO uncarried (id) SELECT id FROM record;
