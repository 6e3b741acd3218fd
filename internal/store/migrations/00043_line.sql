-- +goose Up
-- How many records have each facet, counted as they change: a list shows it, and is read from the facet that the
-- fewest records have.
CREATE TABLE facet_count (
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    n     BIGINT NOT NULL,
    PRIMARY KEY (name, value)
) WITHOUT ROWID;
INSERT INTO facet_count (name, value, n) SELECT name, value, count(*) FROM facet GROUP BY name, value;
-- +goose StatementBegin
CREATE TRIGGER facet_count_new AFTER INSERT ON facet BEGIN
    INSERT INTO facet_count (name, value, n) VALUES (NEW.name, NEW.value, 1) ON CONFLICT (name, value) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER facet_count_gone AFTER DELETE ON facet BEGIN
    UPDATE facet_count SET n = n - 1 WHERE name = OLD.name AND value = OLD.value;
    DELETE FROM facet_count WHERE name = OLD.name AND value = OLD.value AND n = 0;
END;
-- +goose StatementEnd

-- What waits in a state, the oldest first.
CREATE INDEX listing_state_recorded ON listing (state, recorded, ref);

-- What lists show of a record, in words that were made beforehand. They are true until a time, and as long as nothing
-- changes that they are made from.
CREATE TABLE line (
    n     INTEGER PRIMARY KEY REFERENCES record (n),
    stamp BIGINT NOT NULL, -- counts the changes of what the words are made from
    until BIGINT NOT NULL, -- from when on the words may be others, in milliseconds; 0 if something has changed since they were made
    under BIGINT NOT NULL, -- stands for the program, the configuration and the rules that they were made with
    doc   TEXT   NOT NULL  -- '' for a record whose words depend on other records, which are made each time
);
CREATE INDEX line_until ON line (until);
INSERT INTO line (n, stamp, until, under, doc) SELECT n, 0, 0, 0, '' FROM record;
-- +goose StatementBegin
CREATE TRIGGER line_new AFTER INSERT ON record BEGIN
    INSERT INTO line (n, stamp, until, under, doc) VALUES (NEW.n, 0, 0, 0, '');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_record AFTER UPDATE OF version, problem, problems ON record
WHEN OLD.version <> NEW.version OR OLD.problem <> NEW.problem OR OLD.problems <> NEW.problems BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0 WHERE n = NEW.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_link_new AFTER INSERT ON link BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0 WHERE n = (SELECT n FROM record WHERE id = NEW.record_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_link AFTER UPDATE OF record_id, issue_key, role, state ON link
WHEN OLD.record_id <> NEW.record_id OR OLD.issue_key <> NEW.issue_key OR OLD.role <> NEW.role OR OLD.state <> NEW.state BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0 WHERE n IN (SELECT n FROM record WHERE id IN (OLD.record_id, NEW.record_id));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_conflict_new AFTER INSERT ON conflict BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0 WHERE n = (SELECT n FROM record WHERE id = NEW.record_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_conflict AFTER UPDATE OF closed ON conflict WHEN OLD.closed <> NEW.closed BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0 WHERE n = (SELECT n FROM record WHERE id = NEW.record_id);
END;
-- +goose StatementEnd
-- An issue has its address, and its comments the names of people who are strangers to the register.
-- +goose StatementBegin
CREATE TRIGGER line_sighting_new AFTER INSERT ON sighting BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0
    WHERE n IN (SELECT r.n FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = NEW.binding AND l.issue_id = NEW.issue_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_sighting AFTER UPDATE OF doc ON sighting WHEN OLD.doc <> NEW.doc BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0
    WHERE n IN (SELECT r.n FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = NEW.binding AND l.issue_id = NEW.issue_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_comment_new AFTER INSERT ON comment BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0
    WHERE n IN (SELECT r.n FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = NEW.binding AND l.issue_id = NEW.issue_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_comment AFTER UPDATE OF doc ON comment WHEN OLD.doc <> NEW.doc BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0
    WHERE n IN (SELECT r.n FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = NEW.binding AND l.issue_id = NEW.issue_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_comment_gone AFTER DELETE ON comment BEGIN
    UPDATE line SET stamp = stamp + 1, until = 0
    WHERE n IN (SELECT r.n FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = OLD.binding AND l.issue_id = OLD.issue_id);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER line_comment_gone;
DROP TRIGGER line_comment;
DROP TRIGGER line_comment_new;
DROP TRIGGER line_sighting;
DROP TRIGGER line_sighting_new;
DROP TRIGGER line_conflict;
DROP TRIGGER line_conflict_new;
DROP TRIGGER line_link;
DROP TRIGGER line_link_new;
DROP TRIGGER line_record;
DROP TRIGGER line_new;
DROP TABLE line;
DROP INDEX listing_state_recorded;
DROP TRIGGER facet_count_gone;
DROP TRIGGER facet_count_new;
DROP TABLE facet_count;
