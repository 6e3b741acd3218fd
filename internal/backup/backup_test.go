package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/backup"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A home is a data directory with a register at work.
type home struct {
	*testing.T
	*store.Store
	dir    string
	public string
	log    *auditlog.Log
	keys   []tree.Verifier
}

func newHome(t *testing.T) *home {
	t.Helper()
	private, public, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	h := &home{T: t, dir: filepath.Join(t.TempDir(), "data"), public: public, log: auditlog.Open(signer, signer.Name()), keys: []tree.Verifier{v}}
	h.open()
	t.Cleanup(h.close)
	return h
}

func (h *home) open() {
	h.Helper()
	var err error
	if h.Store, err = store.Open(h.Context(), store.Options{Dir: h.dir, Log: h.log, Run: "run", Config: "sha256:c"}); err != nil {
		h.Fatal(err)
	}
}

func (h *home) close() {
	if h.Store != nil {
		_ = h.Close()
		h.Store = nil
	}
}

// records adds records, an entry each.
func (h *home) records(n int) {
	h.Helper()
	for range n {
		err := h.Write(h.Context(), func(t *store.Tx) error {
			r, err := t.NewRecord(h.Context(), "NC", register.Record{})
			t.Audit(audit.Entry{
				Verb: audit.RecordCreated, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Trigger: audit.TriggerPoll},
				Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1},
				Facts:   ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &r}}),
			})
			return err
		})
		if err != nil {
			h.Fatal(err)
		}
	}
}

func (h *home) backup() (string, *backup.Manifest) {
	h.Helper()
	dir := filepath.Join(h.TempDir(), "backup")
	m, err := backup.Create(h.Context(), dir, backup.Source{
		Store: h.Store, Public: []byte(h.public + "\n"), Config: []byte("edition: iso27001-2022\n"), Version: "v1", Now: time.Now(),
	})
	if err != nil {
		h.Fatal(err)
	}
	return dir, m
}

func (h *home) verify(dir string) *backup.Report {
	h.Helper()
	r, err := backup.Verify(h.Context(), dir, h.keys, nil)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func TestABackupIsWholeOrNotThere(t *testing.T) {
	h := newHome(t)
	h.records(5)
	dir, m := h.backup()
	if r := h.verify(dir); r.Tampered() || len(r.Damage) > 0 || r.Audit.Size != 5 {
		t.Errorf("Verify() = damage %v, audit %+v, want a sound log of 5 entries", r.Damage, r.Audit)
	}
	if m.Has(backup.Key) {
		t.Error("the signing key is in the backup although nobody asked for it")
	}
	if _, err := backup.Create(t.Context(), dir, backup.Source{Store: h.Store}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create() over a backup = %v, want %v", err, fs.ErrExist)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	parent := t.TempDir()
	if _, err := backup.Create(ctx, filepath.Join(parent, "half"), backup.Source{Store: h.Store}); err == nil {
		t.Error("Create() succeeded although it was interrupted")
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
		t.Errorf("an interrupted backup leaves %v, %v, want nothing", left, err)
	}
}

func TestEveryChangedFileIsDamage(t *testing.T) {
	h := newHome(t)
	h.records(3)
	for _, name := range []string{backup.Database, backup.Public, backup.Config} {
		dir, _ := h.backup()
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := h.verify(dir); len(r.Damage) == 0 || !strings.Contains(r.Damage[0], name) {
			t.Errorf("%s was changed: damage %v, want it named", name, r.Damage)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if r := h.verify(dir); len(r.Damage) == 0 {
			t.Errorf("%s is missing, and nothing is found", name)
		}
	}
}

func TestAManifestOfAnotherLogIsFound(t *testing.T) {
	h := newHome(t)
	h.records(3)
	old, _ := h.backup()
	h.records(3)
	dir, _ := h.backup()
	then, err := backup.Read(old)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "manifest.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = bytes.Replace(b, []byte(`"size": 6,`), []byte(`"size": 3,`), 1)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := h.verify(dir); len(r.Damage) == 0 || !strings.Contains(r.Damage[0], "head of the log") {
		t.Errorf("damage %v, want that the head is another one than the manifest's (%d)", r.Damage, then.Log.Size)
	}
}

// A backup whose rows are not what its log tells is no sound one.
func TestABackupOfAChangedRegister(t *testing.T) {
	h := newHome(t)
	h.records(2)
	if _, err := h.DB().ExecContext(t.Context(), `UPDATE record_doc SET doc = replace(doc, '"state":"reported"', '"state":"closed"')`); err != nil {
		t.Fatal(err)
	}
	dir, _ := h.backup()
	r := h.verify(dir)
	if !r.Tampered() || len(r.Audit.Findings) == 0 || r.Audit.Findings[0].Code != verify.RegisterDiffers {
		t.Errorf("Verify() = %+v, want that the register differs from its log", r.Audit)
	}
}

// TestLook compares a register with a backup that is as old, older, newer, of another
// history, and with one that cannot be read.
func TestLook(t *testing.T) {
	h := newHome(t)
	h.records(4)
	old, then := h.backup()
	look := func(data, dir string, m *backup.Manifest) backup.Present {
		t.Helper()
		p, err := backup.Look(t.Context(), data, dir, m, h.keys)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	expect := func(what string, p backup.Present, loss bool, told string) {
		t.Helper()
		if p.Loss != loss || !strings.Contains(p.Told, told) {
			t.Errorf("%s: loss %v, told %q, want %v, %q", what, p.Loss, p.Told, loss, told)
		}
	}
	expect("equal", look(h.dir, old, then), false, "nothing of the log is lost")
	h.records(1)
	expect("one newer", look(h.dir, old, then), true, "entry 4 of the log, which was a consistent continuation, is not in it")
	h.records(2)
	p := look(h.dir, old, then)
	expect("newer", p, true, "entries 4 to 6 of the log")
	if p.Head.Size != 7 || len(p.Known) != 7 {
		t.Errorf("the present register has head %+v and %d records, want 7 and 7", p.Head, len(p.Known))
	}
	late, now := h.backup()
	other := &home{T: t, dir: filepath.Join(t.TempDir(), "data"), public: h.public, log: h.log, keys: h.keys}
	h.close()
	if err := os.MkdirAll(other.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(old, backup.Database))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other.dir, backup.Database), b, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("older", look(other.dir, late, now), false, "was older")
	other.open()
	other.records(1)
	expect("older, and of another history", look(other.dir, late, now), true, "is not the beginning of it")
	other.records(4)
	expect("newer, and of another history", look(other.dir, late, now), true, "does not verify as a continuation")
	other.close()
	if err := os.WriteFile(filepath.Join(other.dir, backup.Database), []byte("not a database at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("unreadable", look(other.dir, late, now), true, "could not be read")
	expect("none", look(t.TempDir(), late, now), false, "no register to compare with")
}

func TestSwapKeepsWhatWasThere(t *testing.T) {
	h := newHome(t)
	h.records(2)
	dir, m := h.backup()
	h.records(3)
	h.close()
	for _, side := range []string{"-wal", "-shm"} { // as a power cut leaves them
		if err := os.WriteFile(filepath.Join(h.dir, backup.Database+side), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := backup.Stage(h.dir, dir, m); err != nil {
		t.Fatal(err)
	}
	kept, err := backup.Swap(t.Context(), h.dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{backup.Database + "-wal", backup.Database + "-shm", ".restoring"} {
		if _, err := os.Stat(filepath.Join(h.dir, gone)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there (%v)", gone, err)
		}
	}
	size := func(dir string) int64 {
		st, err := store.OpenReader(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = st.Close() }()
		n, err := st.LogSize(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if now, was := size(h.dir), size(kept); now != 2 || was != 5 {
		t.Errorf("the log has %d entries and that which is kept %d, want 2 and 5", now, was)
	}
}

func TestSwapRefusesWhileSomebodyReads(t *testing.T) {
	h := newHome(t)
	h.records(2)
	dir, m := h.backup()
	h.records(1)
	tx, err := h.Reader().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var n int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM record").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Stage(h.dir, dir, m); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Swap(t.Context(), h.dir, time.Now()); !errors.Is(err, store.ErrInUse) {
		t.Errorf("Swap() = %v, want %v", err, store.ErrInUse)
	}
}
