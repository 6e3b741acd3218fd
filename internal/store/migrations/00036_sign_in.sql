-- +goose Up
-- The sessions of people who are signed in. The token is in their browser alone.
CREATE TABLE session (
    digest TEXT PRIMARY KEY,    -- SHA-256 of the token
    account TEXT NOT NULL,      -- person id of an account with a password, else ''
    data TEXT NOT NULL,         -- who it is and since when, as JSON
    expires BIGINT NOT NULL     -- in milliseconds
);
CREATE INDEX session_expires ON session (expires);
CREATE INDEX session_account ON session (account) WHERE account <> '';

-- The passwords that conformd keeps.
CREATE TABLE account (
    person TEXT PRIMARY KEY,
    hash TEXT NOT NULL,         -- Argon2id, in PHC string format
    changed BIGINT NOT NULL     -- in milliseconds
);

-- One-time links. The token is in the link alone.
CREATE TABLE account_link (
    digest TEXT PRIMARY KEY,    -- SHA-256 of the token
    person TEXT NOT NULL,
    purpose TEXT NOT NULL,      -- password, enter
    expires BIGINT NOT NULL     -- in milliseconds
);
CREATE UNIQUE INDEX account_link_person ON account_link (person);

-- The secret addresses at which calendar programs read what a person is to do.
CREATE TABLE calendar_address (
    person TEXT PRIMARY KEY,
    digest TEXT NOT NULL        -- SHA-256 of the token in the address
);

-- +goose Down
DROP TABLE calendar_address;
DROP TABLE account_link;
DROP TABLE account;
DROP TABLE session;
