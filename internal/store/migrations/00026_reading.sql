-- +goose Up
-- How far the comments of a bound issue were read, while they are read from the first on. The
-- row goes when all of them are known.
CREATE TABLE reading (
    binding  TEXT   NOT NULL,
    issue_id TEXT   NOT NULL,
    began    BIGINT NOT NULL, -- the tracker's clock before the first page
    place    TEXT   NOT NULL, -- where the next page begins
    known    BIGINT NOT NULL, -- comments so far
    total    BIGINT NOT NULL, -- as the tracker told, 0 if it did not
    PRIMARY KEY (binding, issue_id)
);
