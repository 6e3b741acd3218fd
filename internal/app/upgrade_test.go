package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/backup"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// An old is a data directory that an earlier version left: schema 21, a log of the first
// format, sixty-two records of the demo's story.
type old struct {
	*testing.T
	config *config.Config
}

func newOld(t *testing.T) *old {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{InMemory: true, Clock: simkit.NewClock(time.Now())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &old{T: t}
	if o.config, err = config.Load(path, rehearsal.Env); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(o.config.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	unzip(t, "testdata/schema21.db.gz", filepath.Join(o.config.DataDir, store.File))
	// The key that signed it is gone; another one of that name goes on with the log.
	private, public, err := tree.GenerateKey(o.config.Audit.Origin)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"audit.key": private, "audit.pub": public} {
		if err := os.WriteFile(filepath.Join(o.config.DataDir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func unzip(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// pending says what an upgrade would do.
func (o *old) pending() app.Upgrade {
	o.Helper()
	u, err := app.PendingUpgrade(o.Context(), o.config.DataDir, time.Now())
	if err != nil {
		o.Fatal(err)
	}
	return u
}

// verify verifies log and register of the data directory.
func (o *old) verify() *verify.Report {
	o.Helper()
	b, err := os.ReadFile(filepath.Join(o.config.DataDir, "audit.pub"))
	if err != nil {
		o.Fatal(err)
	}
	key, err := tree.NewVerifier(strings.TrimSpace(string(b)))
	if err != nil {
		o.Fatal(err)
	}
	st, err := store.OpenReader(o.Context(), o.config.DataDir)
	if err != nil {
		o.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	r, err := verify.DB(o.Context(), st.Reader(), key, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	if err != nil {
		o.Fatal(err)
	}
	return r
}

// records returns the records of the data directory, or of a backup.
func records(t *testing.T, dir string) map[string]register.Record {
	t.Helper()
	st, err := store.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	rows, err := st.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]register.Record{}
	for _, r := range rows {
		out[r.Record.Ref] = r.Record
	}
	return out
}

// A register of an earlier version is brought up to date after a backup. Its log verifies,
// and read from the carried records on it is the register. Records that are past analysis
// without a triage stay where they are, and nothing is made up for them.
func TestAnEarlierRegisterIsUpgraded(t *testing.T) {
	o := newOld(t)
	u := o.pending()
	if u.From != 21 || u.To < 24 || u.Records != 62 || u.Backup == "" || !u.Needed() {
		t.Fatalf("PendingUpgrade() = %+v, want 62 records of schema 21 and a backup", u)
	}
	if _, err := os.Stat(u.Backup); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a dry run made %s (%v)", u.Backup, err)
	}
	did, err := app.Migrate(t.Context(), o.config, app.Options{Version: "v2"})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := backup.Read(did.Backup); err != nil || m.Schema != 21 || m.Version != "v2" {
		t.Fatalf("backup %s: %+v, %v, want one of schema 21", did.Backup, m, err)
	}
	if again := o.pending(); again.Needed() {
		t.Errorf("PendingUpgrade() afterwards = %+v, want nothing to do", again)
	}
	r := o.verify()
	if r.Result != verify.VerifiedInPart || r.Records != 62 || r.Unknown+r.Waiting != 0 {
		t.Errorf("%d records compared, result %s, findings %+v", r.Records, r.Result, r.Findings)
	}
	before, after := records(t, did.Backup), records(t, o.config.DataDir)
	states := map[register.State]int{}
	for ref, b := range before {
		a := after[ref]
		states[a.State]++
		if a.State != b.State || len(a.Approvals) != len(b.Approvals) || !a.Closed.Equal(b.Closed) {
			t.Errorf("%s was in %s with %d decisions and is in %s with %d", ref, b.State, len(b.Approvals), a.State, len(a.Approvals))
		}
		if owner := b.Fields[register.FieldOwner]; owner != "" && (len(a.Involved) == 0 || a.Involved[0].Person != owner) {
			t.Errorf("%s: involved are %+v, want its owner %s", ref, a.Involved, owner)
		}
	}
	if len(after) != 62 || states[register.Planning] == 0 || states[register.Closed] == 0 {
		t.Errorf("%d records in states %v, want some past analysis", len(after), states)
	}
}

// What stopped in the middle of an upgrade goes on at the next start, and makes no second
// backup.
func TestAnInterruptedUpgradeGoesOn(t *testing.T) {
	o := newOld(t)
	stop := errors.New("the power is gone")
	_, err := app.Migrate(t.Context(), o.config, app.Options{Commit: func(func() error) error { return stop }})
	if !errors.Is(err, stop) {
		t.Fatalf("Migrate() = %v, want %v", err, stop)
	}
	if u := o.pending(); u.From != u.To || u.Records != 62 || u.Backup != "" {
		t.Errorf("PendingUpgrade() = %+v, want the records alone", u)
	}
	// Nothing was appended, so that the checkpoint is still of the key that is gone.
	r := o.verify()
	if len(r.Findings) != 1 || r.Findings[0].Code != verify.BadSignature || r.Waiting != 62 || !strings.Contains(strings.Join(r.NotChecked, "\n"), "62 records of the register that an earlier version left") {
		t.Errorf("half an upgrade: %+v, want that 62 records wait", r)
	}
	a, err := app.Open(t.Context(), o.config, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if r = o.verify(); r.Result != verify.VerifiedInPart || r.Records != 62 {
		t.Errorf("after the next start: %+v", r)
	}
	made, err := os.ReadDir(filepath.Join(o.config.DataDir, "backups"))
	if err != nil || len(made) != 1 {
		t.Errorf("%d backups, %v, want one", len(made), err)
	}
}

// A first start that was cut short while it made the tables goes on at the next start. It has nothing to back up.
func TestAFirstStartThatWasCutShortGoesOn(t *testing.T) {
	first, err := os.ReadFile("../store/migrations/00001_register.sql")
	if err != nil {
		t.Fatal(err)
	}
	const versions = `CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`
	const reached = `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, 1)`
	for version, tables := range []string{"", string(first)} {
		o := newOld(t)
		path := filepath.Join(o.config.DataDir, store.File)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.ExecContext(t.Context(), versions+";"+tables)
		for v := 0; v <= version && err == nil; v++ {
			_, err = db.ExecContext(t.Context(), reached, v)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if version > 0 { // without a table there is nothing to read
			if u := o.pending(); u.From != int64(version) || !u.Needed() || u.Records != 0 || u.Backup != "" {
				t.Errorf("PendingUpgrade() = %+v, want the tables alone, from schema %d", u, version)
			}
		}
		a, err := app.Open(t.Context(), o.config, app.Options{})
		if err != nil {
			t.Fatalf("a start after one that was cut short at schema %d: %v", version, err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if u := o.pending(); u.Needed() {
			t.Errorf("PendingUpgrade() afterwards = %+v, want nothing to do", u)
		}
	}
}

// Whoever changes a row and has it carried into the log anew is found: the log had told of
// another one.
func TestARowIsNotCarriedOverTheLog(t *testing.T) {
	o := newOld(t)
	if _, err := app.Migrate(t.Context(), o.config, app.Options{}); err != nil {
		t.Fatal(err)
	}
	edit(t, o.config.DataDir,
		`UPDATE record_doc SET doc = replace(doc, '"grade":"major"', '"grade":"minor"') WHERE doc LIKE '%"grade":"major"%'`,
		`INSERT INTO uncarried SELECT id FROM record`)
	if _, err := app.Migrate(t.Context(), o.config, app.Options{}); err != nil {
		t.Fatal(err)
	}
	r := o.verify()
	if r.Result != verify.Failed || len(r.Findings) == 0 || r.Findings[0].Code != verify.RegisterDiffers || !strings.Contains(r.Findings[0].Text, "carries NC-") {
		t.Errorf("result %s, findings %+v, want the entries that carry what the log had told otherwise", r.Result, r.Findings)
	}
}

// edit changes a database as somebody can who has the file.
func edit(t *testing.T, dir string, stmts ...string) {
	t.Helper()
	st, err := store.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	for _, stmt := range stmts {
		res, err := st.DB().ExecContext(context.WithoutCancel(t.Context()), stmt)
		if err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s changed %d rows, %v", stmt, n, err)
		}
	}
}
