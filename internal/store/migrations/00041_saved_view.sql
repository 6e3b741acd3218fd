-- +goose Up
-- The lists of the register that people keep under a name.
CREATE TABLE saved_view (
    id TEXT PRIMARY KEY,        -- names it in addresses
    person TEXT NOT NULL,       -- whose it is
    name TEXT NOT NULL,
    query TEXT NOT NULL,        -- the query of the address of the list
    shared INTEGER NOT NULL,    -- 1 if everybody sees it
    changed BIGINT NOT NULL     -- in milliseconds
);
CREATE UNIQUE INDEX saved_view_person ON saved_view (person, name);
CREATE INDEX saved_view_shared ON saved_view (shared) WHERE shared = 1;

-- +goose Down
DROP TABLE saved_view;
