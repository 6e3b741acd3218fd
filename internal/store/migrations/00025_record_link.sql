-- +goose Up
-- Links between records are kept with them; this table is for following them.
CREATE TABLE record_link (
    record_id TEXT NOT NULL REFERENCES record (id),
    kind TEXT NOT NULL,
    to_id TEXT NOT NULL REFERENCES record (id),
    PRIMARY KEY (record_id, kind, to_id)
);
CREATE INDEX record_link_to ON record_link (to_id);
-- What the texts of earlier records name becomes a link once, at the next start.
CREATE TABLE unread_text (
    id TEXT PRIMARY KEY REFERENCES record (id)
);
INSERT INTO unread_text (id) SELECT id FROM record;
