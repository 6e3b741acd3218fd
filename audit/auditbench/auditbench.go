// Package auditbench measures what the log costs a commit. The figure that counts
// is a ratio taken within one run: an audited commit against the least that any
// durable write costs on the same disk at the same time.
package auditbench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"modernc.org/sqlite"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// EntrySize is what the raw write writes, about the length of an entry.
const EntrySize = 512

// Costs are the medians of one run.
type Costs struct {
	Raw     time.Duration // write and fdatasync of 512 bytes at the end of a file
	Plain   time.Duration // a commit of one business row
	Audited time.Duration // a commit of one business row, its entry and a signed checkpoint
	Size    int64         // entries in the log afterwards
}

// Ratio returns Audited as a multiple of Raw.
func (c Costs) Ratio() float64 { return float64(c.Audited) / float64(c.Raw) }

// MeasureCommit makes n rounds of one raw write, one plain commit and one audited
// commit, by turns, so that what the disk and the neighbours do hits all alike. It
// works in dir, which should be empty, and verifies the log in the end: a commit
// that was fast and wrong is an error.
func MeasureCommit(ctx context.Context, dir string, n int) (c Costs, err error) {
	if n < 1 {
		return c, fmt.Errorf("auditbench: %d rounds, want at least one", n)
	}
	b, err := newBench(ctx, dir)
	if err != nil {
		return c, fmt.Errorf("auditbench: %w", err)
	}
	defer func() { err = errors.Join(err, b.close()) }()
	works := []func(context.Context, int) error{b.raw, b.plain, b.audited}
	took := make([][]time.Duration, len(works))
	for i := range n + n/10 {
		for k := range works {
			which := (i + k) % len(works)
			start := time.Now()
			if err := works[which](ctx, i); err != nil {
				return c, fmt.Errorf("auditbench: %w", err)
			}
			if i >= n/10 { // the first rounds warm up
				took[which] = append(took[which], time.Since(start))
			}
		}
	}
	r, err := verify.DB(ctx, b.db, b.verifier, verify.Options{})
	if err != nil {
		return c, err
	}
	if r.Result != verify.VerifiedInPart || r.Size != int64(n+n/10) {
		return c, fmt.Errorf("auditbench: the log of %d entries does not verify: %+v", r.Size, r.Findings)
	}
	return Costs{p50(took[0]), p50(took[1]), p50(took[2]), r.Size}, nil
}

func p50(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// A bench has a log and a file side by side.
type bench struct {
	file     *os.File
	block    []byte
	db       *sql.DB
	log      *auditlog.Log
	verifier tree.Verifier
	upsert   *sql.Stmt
}

func newBench(ctx context.Context, dir string) (_ *bench, err error) {
	b := &bench{block: make([]byte, EntrySize)}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.file, err = os.OpenFile(filepath.Join(dir, "raw"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	b.db, err = sql.Open("sqlite", "file:"+filepath.Join(dir, "audit.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	b.db.SetMaxOpenConns(1)
	// SQLite as the distributions build it; where there is no fdatasync it stays as it is.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, sqlite.ErrFdatasyncUnavailable) {
		return nil, err
	}
	schema := append(auditdb.Schema(auditdb.SQLite), "CREATE TABLE business (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL)")
	for _, stmt := range schema {
		if _, err := b.db.ExecContext(ctx, stmt); err != nil {
			return nil, err
		}
	}
	b.upsert, err = b.db.PrepareContext(ctx, `INSERT INTO business (id, version, body) VALUES ($1, 1, $2)
ON CONFLICT (id) DO UPDATE SET version = business.version + 1, body = excluded.body`)
	if err != nil {
		return nil, err
	}
	return b, b.openLog(ctx)
}

func (b *bench) openLog(ctx context.Context) error {
	private, public, err := tree.GenerateKey("bench.example/log")
	if err != nil {
		return err
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		return err
	}
	if b.verifier, err = tree.NewVerifier(public); err != nil {
		return err
	}
	b.log = auditlog.Open(signer, "bench.example/log")
	return b.log.Prepare(ctx, b.db)
}

func (b *bench) close() error {
	var errs []error
	if b.log != nil {
		errs = append(errs, b.log.Close())
	}
	if b.upsert != nil {
		errs = append(errs, b.upsert.Close())
	}
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	if b.file != nil {
		errs = append(errs, b.file.Close())
	}
	return errors.Join(errs...)
}

func (b *bench) raw(context.Context, int) error {
	if _, err := b.file.Write(b.block); err != nil {
		return err
	}
	return datasync(b.file)
}

func (b *bench) plain(ctx context.Context, i int) error {
	return b.commit(ctx, i, nil)
}

func (b *bench) audited(ctx context.Context, i int) error {
	e := entry(i)
	return b.commit(ctx, i, &e)
}

func (b *bench) commit(ctx context.Context, i int, e *audit.Entry) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.StmtContext(ctx, b.upsert).ExecContext(ctx, i%5000, "the row that the entry tells of") //nolint:sqlclosecheck // ends with the transaction
	if err == nil && e != nil {
		_, err = b.log.Append(ctx, tx, *e)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// entry is of a usual length: a change of two fields.
func entry(i int) audit.Entry {
	return audit.Entry{
		Verb: audit.RecordUpdated, At: time.UnixMilli(1_772_443_800_000 + int64(i)),
		Actor:   audit.Actor{Kind: audit.Person, ID: "jira:5b10ac8d82e05b22cc7d4ef5", How: audit.ByChangelog},
		Origin:  audit.Origin{Binding: "jira-sec", Issue: "10042", Key: "SEC-42", Event: fmt.Sprint(i), Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: "0191d3a0-5b1e-7c3d-9f00-2b7f3f1f9c11", Ref: "NC-2026-0007", Version: int64(i + 1)},
		Changes: []audit.FieldChange{
			{Field: "due", Before: audit.NewText("2026-04-01"), After: audit.NewText("2026-05-01")},
			{Field: "owner", Before: audit.NewText("p-17"), After: audit.NewText("p-9")},
		},
		Run: "0191d3a0-run", Config: "sha256:8f434346648f6b96",
	}
}
