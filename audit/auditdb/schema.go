package auditdb

// A Dialect is a kind of SQL.
type Dialect string

// The dialects.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Schema returns the statements that create the tables of the log, in order, one
// statement each. Statements for reading and writing are the same in both dialects.
//
// The triggers that refuse a change of an entry guard against mistakes. Whoever
// owns the database can drop them; the signed tree is what shows it.
func Schema(d Dialect) []string {
	integer, blob := types(d)
	tables := []string{
		`CREATE TABLE audit_entry (
	seq ` + integer + ` PRIMARY KEY,
	leaf ` + blob + ` NOT NULL,
	leaf_hash ` + blob + ` NOT NULL
)`,
		`CREATE TABLE audit_head (
	id ` + integer + ` PRIMARY KEY CHECK (id = 1),
	size ` + integer + ` NOT NULL,
	edge ` + blob + ` NOT NULL,
	checkpoint ` + blob + ` NOT NULL
)`,
		`CREATE TABLE audit_disclosure (
	seq ` + integer + ` NOT NULL REFERENCES audit_entry (seq),
	field TEXT NOT NULL,
	salt ` + blob + ` NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (seq, field)
)`,
		`CREATE TABLE audit_text (
	sha256 TEXT PRIMARY KEY,
	value TEXT NOT NULL
)`,
		CreateTile(d),
		`CREATE TABLE audit_intent_state (
	intent_seq ` + integer + ` PRIMARY KEY REFERENCES audit_entry (seq),
	outcome_seq ` + integer + ` UNIQUE REFERENCES audit_entry (seq)
)`,
		`CREATE INDEX audit_intent_open ON audit_intent_state (intent_seq) WHERE outcome_seq IS NULL`,
	}
	if d == PostgreSQL {
		return append(tables,
			`CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$`,
			`CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()`,
			`CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`,
			`CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_refuse()`,
			`CREATE TRIGGER audit_intent_kept BEFORE DELETE ON audit_intent_state FOR EACH ROW EXECUTE FUNCTION audit_refuse()`,
			`CREATE TRIGGER audit_intent_final BEFORE UPDATE ON audit_intent_state FOR EACH ROW WHEN (OLD.outcome_seq IS NOT NULL OR NEW.intent_seq <> OLD.intent_seq) EXECUTE FUNCTION audit_refuse()`)
	}
	const refuse = ` BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`
	return append(tables,
		`CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry`+refuse,
		`CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry`+refuse,
		`CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head`+refuse,
		`CREATE TRIGGER audit_intent_kept BEFORE DELETE ON audit_intent_state`+refuse,
		`CREATE TRIGGER audit_intent_final BEFORE UPDATE ON audit_intent_state WHEN OLD.outcome_seq IS NOT NULL OR NEW.intent_seq <> OLD.intent_seq`+refuse)
}

func types(d Dialect) (integer, blob string) {
	if d == PostgreSQL {
		return "BIGINT", "BYTEA"
	}
	return "INTEGER", "BLOB"
}

// CreateTile is the statement that creates the table of the roots of full tiles, unless it is
// there. They follow from the hashes of the entries, save reading all of them for a proof, and
// prove nothing themselves.
func CreateTile(d Dialect) string {
	integer, blob := types(d)
	return `CREATE TABLE IF NOT EXISTS audit_tile (
	n ` + integer + ` PRIMARY KEY,
	hash ` + blob + ` NOT NULL
)`
}
