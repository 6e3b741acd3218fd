// Package audittest builds logs for tests: on a real database, with real keys.
package audittest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"

	// The embedded database that conformd ships with.
	_ "modernc.org/sqlite"

	"github.com/conformd/conformd/audit"
)

// Origin is the name of the logs here.
const Origin = "audit.example/register"

// Start is the time of the first entry; each further one is a second later.
func Start() time.Time { return time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC) }

// A Log is a log on a database of its own.
type Log struct {
	*auditlog.Log
	DB       *sql.DB
	Path     string // of the database file
	Private  string
	Public   string
	Verifier tree.Verifier
}

// New returns an empty log. The database is as the product has it: write-ahead
// log, every commit synced, one connection.
func New(t testing.TB) *Log {
	t.Helper()
	private, public, err := tree.GenerateKey(Origin)
	if err != nil {
		t.Fatal(err)
	}
	return NewWithKey(t, private, public)
}

// NewWithKey returns an empty log that is signed with a key there already is.
func NewWithKey(t testing.TB, private, public string) *Log {
	t.Helper()
	l := open(t, filepath.Join(t.TempDir(), "audit.db"), private, public)
	for _, stmt := range auditdb.Schema(auditdb.SQLite) {
		if _, err := l.DB.ExecContext(t.Context(), stmt); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
	}
	return l
}

// Copy returns a copy of the log, on a database of its own.
func (l *Log) Copy(t testing.TB) *Log {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.db")
	if _, err := l.DB.ExecContext(t.Context(), "VACUUM INTO ?", path); err != nil {
		t.Fatal(err)
	}
	return open(t, path, l.Private, l.Public)
}

func open(t testing.TB, path, private, public string) *Log {
	t.Helper()
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := tree.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return &Log{auditlog.Open(signer, Origin), OpenDB(t, path), path, private, public, verifier}
}

// OpenDB opens the database at path.
func OpenDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=secure_delete(ON)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// Restore makes the log, which is a copy from before, the log that replaces lost, and returns
// what its entry says.
func (l *Log) Restore(t testing.TB, at time.Time, lost *Log) audit.Restore {
	t.Helper()
	gone, err := tree.OpenCheckpoint(lost.Checkpoint(t), lost.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	l.Tx(t, func(tx *sql.Tx) error {
		e, err := l.Restored(t.Context(), tx, audit.Restore{
			At: at, LostOrigin: gone.Origin, LostSize: gone.Size, LostRoot: gone.RootText(), Told: "entries are not in it", Reason: "the disk broke",
		})
		if err == nil {
			seq, err = l.Log.Append(t.Context(), tx, e)
		}
		return err
	})
	r, err := verify.DB(t.Context(), l.DB, l.Verifier, verify.Options{})
	if err != nil || len(r.Restores) == 0 || r.Restores[len(r.Restores)-1].Seq != seq {
		t.Fatalf("the log tells of the restores %+v (%v), want the last in entry %d", r, err, seq)
	}
	return r.Restores[len(r.Restores)-1]
}

// Append commits entries in one transaction and returns the number of the first.
func (l *Log) Append(t testing.TB, es ...audit.Entry) int64 {
	t.Helper()
	var first int64
	l.Tx(t, func(tx *sql.Tx) (err error) {
		first, err = l.Log.Append(t.Context(), tx, es...)
		return err
	})
	return first
}

// Tx runs f in a transaction and commits it.
func (l *Log) Tx(t testing.TB, f func(*sql.Tx) error) {
	t.Helper()
	if err := InTx(t.Context(), l.DB, f); err != nil {
		t.Fatal(err)
	}
}

// InTx runs f in a transaction, and commits it when f succeeds.
func InTx(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		if rerr := tx.Rollback(); rerr != nil {
			return fmt.Errorf("%w; rollback: %w", err, rerr)
		}
		return err
	}
	return tx.Commit()
}

// Checkpoint returns the current signed checkpoint.
func (l *Log) Checkpoint(t testing.TB) []byte {
	t.Helper()
	b, err := auditdb.CurrentCheckpoint(t.Context(), l.DB)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Export exports the log to a new directory and returns it.
func (l *Log) Export(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	if err := export.Write(t.Context(), l.DB, dir, export.Options{Keys: []string{l.Public}}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Exec runs a statement with the guards of the tables taken away, as somebody with
// the database in his hands can.
func (l *Log) Exec(t testing.TB, stmt string, args ...any) {
	t.Helper()
	for _, trigger := range []string{"audit_entry_no_update", "audit_entry_no_delete", "audit_head_kept", "audit_intent_kept", "audit_intent_final"} {
		if _, err := l.DB.ExecContext(t.Context(), "DROP TRIGGER IF EXISTS "+trigger); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.DB.ExecContext(t.Context(), "PRAGMA foreign_keys = OFF"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.DB.ExecContext(t.Context(), stmt, args...); err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
}
