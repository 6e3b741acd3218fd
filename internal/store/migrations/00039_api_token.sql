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

-- What programs asked for under a key of their own, so that a repetition is known.
CREATE TABLE api_request (
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,       -- SHA-256 of what was asked
    record TEXT NOT NULL,       -- id of the record that it was done to, '' until it is done
    at BIGINT NOT NULL,         -- in milliseconds
    PRIMARY KEY (person, key)
);
CREATE INDEX api_request_at ON api_request (at);

-- +goose Down
DROP TABLE api_request;
DROP TABLE api_token;
