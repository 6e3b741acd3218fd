-- +goose Up
-- Documents lie in tables of their own: a statement that looks for rows, or counts up a
-- number, reads and writes none of them. docs/decisions/0019 has the figures.
CREATE TABLE record_doc (
    id  TEXT PRIMARY KEY REFERENCES record (id),
    doc TEXT NOT NULL
);
INSERT INTO record_doc (id, doc) SELECT id, doc FROM record;
ALTER TABLE record DROP COLUMN doc;

-- What the tracker showed of a bound issue last, without its comments.
CREATE TABLE sighting (
    binding  TEXT NOT NULL,
    issue_id TEXT NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (binding, issue_id),
    FOREIGN KEY (binding, issue_id) REFERENCES link (binding, issue_id)
);
-- What the register and the issue agree on, and what conformd's comment there says.
CREATE TABLE agreement (
    binding  TEXT NOT NULL,
    issue_id TEXT NOT NULL,
    base     TEXT NOT NULL,
    comment  TEXT NOT NULL,
    PRIMARY KEY (binding, issue_id),
    FOREIGN KEY (binding, issue_id) REFERENCES link (binding, issue_id)
);
-- Comments of issues that start records, bound or quarantined. Unheard are those whose
-- commands were not looked for yet.
CREATE TABLE comment (
    binding    TEXT NOT NULL,
    issue_id   TEXT NOT NULL,
    comment_id TEXT NOT NULL,
    created    BIGINT NOT NULL,
    updated    BIGINT NOT NULL,
    digest     TEXT NOT NULL,
    unheard    BIGINT NOT NULL,
    doc        TEXT NOT NULL,
    PRIMARY KEY (binding, issue_id, comment_id)
);
INSERT INTO comment (binding, issue_id, comment_id, created, updated, digest, unheard, doc)
SELECT l.binding, l.issue_id, c.value ->> '$.id',
    CAST(round(unixepoch(c.value ->> '$.created', 'subsec') * 1000) AS INTEGER),
    CAST(round(unixepoch(c.value ->> '$.updated', 'subsec') * 1000) AS INTEGER), '', 0, c.value
FROM link l, json_each(CASE l.issue WHEN '' THEN '{}' ELSE l.issue END, '$.comments') c
WHERE l.role = 'record' ON CONFLICT DO NOTHING;
INSERT INTO comment (binding, issue_id, comment_id, created, updated, digest, unheard, doc)
SELECT a.binding, a.issue_id, c.value ->> '$.id',
    CAST(round(unixepoch(c.value ->> '$.created', 'subsec') * 1000) AS INTEGER),
    CAST(round(unixepoch(c.value ->> '$.updated', 'subsec') * 1000) AS INTEGER), '', 1, c.value
FROM aside a, json_each(a.issue, '$.comments') c WHERE TRUE ON CONFLICT DO NOTHING;
UPDATE aside SET issue = json_remove(issue, '$.comments');
CREATE INDEX comment_age ON comment (binding, issue_id, updated, comment_id);
CREATE INDEX comment_unheard ON comment (binding, issue_id) WHERE unheard = 1;

INSERT INTO sighting (binding, issue_id, doc)
SELECT binding, issue_id, CASE issue WHEN '' THEN '' ELSE json_remove(issue, '$.comments') END FROM link;
INSERT INTO agreement (binding, issue_id, base, comment) SELECT binding, issue_id, base, comment FROM link;
ALTER TABLE link DROP COLUMN issue;
ALTER TABLE link DROP COLUMN base;
ALTER TABLE link DROP COLUMN comment;

-- Records in the order in which they came, for what is computed of them afterwards.
ALTER TABLE record ADD COLUMN n BIGINT NOT NULL DEFAULT 0;
UPDATE record SET n = rowid;
CREATE UNIQUE INDEX record_n ON record (n);

-- By which marker the issue of a record in a binding is known, and up to which record
-- that was computed.
CREATE TABLE marker (
    binding   TEXT NOT NULL,
    marker    TEXT NOT NULL,
    record_id TEXT NOT NULL REFERENCES record (id),
    PRIMARY KEY (binding, marker, record_id)
);
CREATE TABLE marked (
    binding TEXT PRIMARY KEY,
    upto    BIGINT NOT NULL
);

-- Records that wait, and the parts of the register that people look at.
DROP INDEX record_open;
DROP INDEX record_unplanned;
CREATE INDEX record_dirty ON record (wake, id) WHERE wanted > done OR wake > 0;
CREATE INDEX record_unplanned ON record (id, wake) WHERE wanted > done AND wanted > planned;
CREATE INDEX record_held ON record (ref) WHERE requested IN ('closed', 'accepted', 'rejected');
CREATE INDEX record_open ON record (ref) WHERE state NOT IN ('closed', 'accepted', 'rejected');
CREATE INDEX record_closed ON record (ref) WHERE state IN ('closed', 'accepted', 'rejected');
CREATE INDEX record_problems ON record (ref) WHERE problems <> '[]';

CREATE INDEX link_missing ON link (binding, missing_at) WHERE missing_at > 0;
CREATE INDEX link_restored ON link (binding) WHERE state = 'restored';

DROP INDEX event_record;
DROP INDEX event_react;
DROP INDEX event_told;
CREATE INDEX event_open ON event (record_id, at, id) WHERE taken = 0;
CREATE INDEX event_taken ON event (record_id, at, id) WHERE taken = 1;
CREATE INDEX event_react ON event (record_id, at, id) WHERE react = 1;

CREATE INDEX conflict_open ON conflict (opened, record_id, field) WHERE closed = 0;
CREATE INDEX conflict_closed ON conflict (closed) WHERE closed > 0;

ALTER TABLE intent ADD COLUMN marker TEXT NOT NULL DEFAULT '';
UPDATE intent SET marker = coalesce(doc ->> '$.marker', '') WHERE pending = 1 AND op = 'create';
DROP INDEX intent_pending;
CREATE INDEX intent_pending ON intent (record_id, seq) WHERE pending = 1;
CREATE INDEX intent_marker ON intent (binding, marker) WHERE pending = 1 AND marker <> '';
CREATE INDEX intent_settled ON intent (at) WHERE pending = 0;

CREATE INDEX revert_age ON revert (at);
CREATE INDEX delivery_age ON delivery (received);
DROP INDEX outbound_record;
CREATE INDEX outbound_record ON outbound (record_id, present);
CREATE INDEX outbound_standing ON outbound (binding, record_id) WHERE admitted = 0;
CREATE INDEX outbound_gone ON outbound (admitted) WHERE present = 0;

DROP INDEX aside_key;
CREATE INDEX aside_key ON aside (binding, issue_key, issue_id);
DROP INDEX aside_marker;
CREATE INDEX aside_marker ON aside (binding, marker, issue_key, issue_id) WHERE marker <> '';
CREATE INDEX aside_name ON aside (lower(issue_key));

-- Reserved numbers by each name under which they are claimed.
CREATE TABLE claim (
    name TEXT NOT NULL,
    ref  TEXT NOT NULL REFERENCES reserved (ref),
    PRIMARY KEY (name, ref)
);
CREATE INDEX claim_ref ON claim (ref);
INSERT INTO claim (name, ref) SELECT c.value, r.ref FROM reserved r, json_each('["' || replace(r.claim, ' ', '","') || '"]') c
WHERE r.claim <> '' AND c.value <> '' ON CONFLICT DO NOTHING;

-- How many there are, counted as they change: a page shows it, and a brake asks for it
-- before each write.
CREATE TABLE record_count (
    state     TEXT NOT NULL,
    requested TEXT NOT NULL,
    troubled  BIGINT NOT NULL, -- 1 if it has problems
    n         BIGINT NOT NULL,
    PRIMARY KEY (state, requested, troubled)
);
CREATE TABLE link_count (
    binding TEXT NOT NULL,
    state   TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (binding, state)
);
INSERT INTO record_count (state, requested, troubled, n) SELECT state, requested, problems <> '[]', count(*) FROM record GROUP BY 1, 2, 3;
INSERT INTO link_count (binding, state, n) SELECT binding, state, count(*) FROM link GROUP BY 1, 2;

-- +goose StatementBegin
CREATE TRIGGER record_count_new AFTER INSERT ON record BEGIN
    INSERT INTO record_count (state, requested, troubled, n) VALUES (NEW.state, NEW.requested, NEW.problems <> '[]', 1)
    ON CONFLICT (state, requested, troubled) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER record_count_change AFTER UPDATE OF state, requested, problems ON record
WHEN OLD.state <> NEW.state OR OLD.requested <> NEW.requested OR (OLD.problems <> '[]') <> (NEW.problems <> '[]') BEGIN
    UPDATE record_count SET n = n - 1 WHERE state = OLD.state AND requested = OLD.requested AND troubled = (OLD.problems <> '[]');
    INSERT INTO record_count (state, requested, troubled, n) VALUES (NEW.state, NEW.requested, NEW.problems <> '[]', 1)
    ON CONFLICT (state, requested, troubled) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER link_count_new AFTER INSERT ON link BEGIN
    INSERT INTO link_count (binding, state, n) VALUES (NEW.binding, NEW.state, 1) ON CONFLICT (binding, state) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER link_count_change AFTER UPDATE OF state ON link WHEN OLD.state <> NEW.state BEGIN
    UPDATE link_count SET n = n - 1 WHERE binding = OLD.binding AND state = OLD.state;
    INSERT INTO link_count (binding, state, n) VALUES (NEW.binding, NEW.state, 1) ON CONFLICT (binding, state) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
