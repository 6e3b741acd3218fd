-- +goose Up
-- The tokens with which programs speak for a person. The token is with the program alone.
CREATE TABLE api_token (
    id TEXT PRIMARY KEY,        -- names it in lists and in the log
    digest TEXT NOT NULL,       -- SHA-256 of the token
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,       -- joined with a space
    until TEXT NOT NULL,        -- last day, in UTC
    made BIGINT NOT NULL,       -- in milliseconds
    used TEXT NOT NULL,         -- last day on which it was used, '' for none
    revoked BIGINT NOT NULL     -- in milliseconds, 0 if it was not
);
CREATE UNIQUE INDEX api_token_digest ON api_token (digest);
CREATE INDEX api_token_person ON api_token (person);

-- +goose Down
DROP TABLE api_token;
