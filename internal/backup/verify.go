package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
)

// A Report is what a check of a backup found.
type Report struct {
	Manifest *Manifest `json:"manifest"`
	// Damage says what is wrong with the backup apart from its log.
	Damage []string `json:"damage"`
	// Audit is the verification of the log, nil where it could not be read.
	Audit *verify.Report `json:"audit,omitempty"`
	// Newer: the database is of a newer conformd.
	Newer bool `json:"newer_schema,omitempty"`
}

// Tampered reports whether the audit log of the backup does not verify.
func (r *Report) Tampered() bool { return r.Audit != nil && r.Audit.Result == verify.Failed }

// Verify checks the backup in dir: the files against the manifest, the database, its
// audit log with the keys, and the head of the log against the manifest. Against is a
// checkpoint from elsewhere, nil to hold the log against that of the manifest. An
// error means that it is no backup or could not be read.
func Verify(ctx context.Context, dir string, keys []tree.Verifier, against []byte) (*Report, error) {
	m, err := Read(dir)
	if err != nil {
		return nil, err
	}
	r := &Report{Manifest: m, Damage: []string{}}
	for _, name := range []string{Database, Public, Config} {
		if !m.Has(name) {
			r.damage("the manifest does not name %s", name)
		}
	}
	for _, want := range m.Files {
		r.file(dir, want)
	}
	if err := r.database(ctx, dir, keys, against); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		r.damage("the database cannot be read: %v", err)
	}
	return r, nil
}

func (r *Report) damage(format string, a ...any) {
	r.Damage = append(r.Damage, fmt.Sprintf(format, a...))
}

// file holds a file against the manifest.
func (r *Report) file(dir string, want File) {
	switch want.Name {
	case Database, Public, Config, Key:
	default:
		r.damage("the manifest names %q, which is no file of a backup", want.Name)
		return
	}
	// Another length is told without reading what may have no end.
	info, err := os.Lstat(filepath.Join(dir, want.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.damage("%s is missing", want.Name)
		return
	case err != nil:
		r.damage("%v", err)
		return
	case !info.Mode().IsRegular():
		r.damage("%s is %s, and must be a regular file", want.Name, regular.Kind(info.Mode()))
		return
	case info.Size() != want.Size:
		r.damage("%s is not what was backed up: it has %d bytes, the manifest says %d", want.Name, info.Size(), want.Size)
		return
	}
	got, err := sum(dir, want.Name)
	switch {
	case err != nil:
		r.damage("%v", err)
	case got != want:
		r.damage("%s is not what was backed up: it has %d bytes and SHA-256 %s, the manifest says %d and %s", want.Name, got.Size, got.SHA256, want.Size, want.SHA256)
	}
}

// database checks the database and what is in it.
func (r *Report) database(ctx context.Context, dir string, keys []tree.Verifier, against []byte) (err error) {
	info, err := os.Lstat(filepath.Join(dir, Database))
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // opening a FIFO would wait for ever
		return &regular.Error{Path: Database, What: "is " + regular.Kind(info.Mode()) + ", and must be a regular file"}
	}
	db, err := store.OpenFile(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	wrong, err := store.Integrity(ctx, db)
	if err != nil {
		return err
	}
	for _, w := range wrong {
		r.damage("the database is damaged: %s", w)
	}
	schema, known, err := store.SchemaOf(ctx, db)
	if err != nil {
		return err
	}
	if r.Newer = schema > known; r.Newer {
		r.damage("the database is of a newer conformd: it has schema %d, and this one knows %d", schema, known)
	}
	if against == nil {
		against = []byte(r.Manifest.Log.Checkpoint)
	}
	o := verify.Options{Keys: keys[1:], Against: against}
	if schema == known { // the tables of another version tell their rows to that version alone
		o.Register, o.Rows = ledger.NewReplay(), store.RegisterRows
	}
	r.Audit, err = verify.DB(ctx, db, keys[0], o)
	if err != nil {
		return err
	}
	head, err := auditdb.CurrentCheckpoint(ctx, db)
	if err != nil {
		return nil // which the verification has found, and said better
	}
	if l := r.Manifest.Log; !bytes.Equal(head, []byte(l.Checkpoint)) || l.Size != r.Audit.Size || l.Root != r.Audit.Root || l.Origin != r.Audit.Origin {
		r.damage("the head of the log is not the one that the manifest names: %d entries with root %s, the manifest says %d and %s", r.Audit.Size, r.Audit.Root, l.Size, l.Root)
	}
	return nil
}
