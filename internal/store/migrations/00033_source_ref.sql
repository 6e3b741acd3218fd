-- +goose Up
-- An audit is held against the records that name it as their source: by the reference in their documents.
CREATE INDEX record_doc_source ON record_doc (lower(doc ->> '$.fields.source_ref'));

-- +goose Down
DROP INDEX record_doc_source;
