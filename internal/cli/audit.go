package cli

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/audit/verifycmd"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
)

func (s *session) auditCommand() *cobra.Command {
	var key, against, out string
	verify := s.jsonFlag(&cobra.Command{
		Use: "verify", Short: "Verify the audit log of the data directory", Args: noArgs,
		Long: `Verifies the audit log in the database of the data directory: every entry, the tree,
the signature. It reads the log from its beginning and compares the records that come of
it with the register: a record that somebody changed in the database is named, with what
the log says and what the register holds (exit code 5). Without --against the result is "verified in part" (exit code 7): a
log that was cut off or written anew can only be seen with a checkpoint from outside.
An auditor verifies an export on another machine, with conform-verify.`,
		Example: "  conformd audit verify\n  conformd audit verify --key acme.pub --against checkpoint-2025",
		RunE:    func(c *cobra.Command, _ []string) error { return s.auditVerify(c.Context(), key, against) },
	})
	verify.Flags().StringVar(&key, "key", "", "public key of the log, or a file with it (the data directory's audit.pub)")
	verify.Flags().StringVar(&against, "against", "", "a checkpoint kept from before")
	export := &cobra.Command{
		Use: "export -o DIR", Short: "Write the audit log for an auditor, as a new directory", Args: noArgs,
		Long: `Writes the log with all that it names, and the register as it is (register.jsonl), as a
new directory. conform-verify checks both on another machine: the log by its signature, and
the register by reading the log from its beginning.`,
		Example: "  conformd audit export -o audit-2026\n  conform-verify --key acme.pub audit-2026",
		RunE:    func(c *cobra.Command, _ []string) error { return s.auditExport(c.Context(), out) },
	}
	export.Flags().StringVarP(&out, "output", "o", "", "directory to make")
	checkpoint := &cobra.Command{
		Use: "checkpoint", Short: "The signed checkpoint of the log, to be kept elsewhere", Args: noArgs,
		Example: "  conformd audit checkpoint > checkpoint-2026-11",
		RunE: func(c *cobra.Command, _ []string) error {
			r, err := s.read(c.Context())
			if err != nil {
				return err
			}
			defer func() { _ = r.store.Close() }()
			b, err := auditdb.CurrentCheckpoint(c.Context(), r.store.Reader())
			if errors.Is(err, sql.ErrNoRows) {
				return &fault{Code: "CLI-015", Exit: ExitFailed, What: "the log is empty", Remedy: "conformd run --once", Err: err}
			}
			if err != nil {
				return err
			}
			// Signed, and kept byte for byte.
			if _, err := s.streams.Stdout.Write(b); err != nil {
				return err
			}
			s.next("keep it where the operators of conformd cannot write, and give it to audit verify --against next time")
			return nil
		},
	}
	return group("audit", "The tamper-evident log", "  conformd audit verify\n  conformd audit export -o audit-2026", verify, export, checkpoint, s.auditSampleCommand(), s.auditDossierCommand(), s.auditPopulationCommand(), s.auditDayCommand())
}

// snapshot runs fn on one state of the database.
func snapshot(ctx context.Context, db *sql.DB, fn func(auditdb.Tx) error) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return fn(tx)
}

func (s *session) auditVerify(ctx context.Context, key, against string) error {
	c, err := config.LoadOffline(s.path(), s.lookup)
	if err != nil {
		return err
	}
	if err := plainFiles(c.DataDir); err != nil {
		return err
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	keys, from, err := publicKeys(key, c.DataDir)
	if err != nil {
		return err
	}
	o := verify.Options{Keys: keys[1:], Register: ledger.NewReplay(), Rows: store.RegisterRows}
	if against != "" {
		o.Against, err = verifycmd.ReadAgainst(against)
		if verifycmd.IsUse(err) {
			return misuse(err.Error(), "conformd audit checkpoint prints one to keep")
		}
		if err != nil {
			return err
		}
	}
	var rep *verify.Report
	done := s.progress(ctx, "verifying")
	err = snapshot(ctx, r.store.Reader(), func(tx auditdb.Tx) error {
		rep, err = verify.DB(ctx, tx, keys[0], o)
		return err
	})
	done()
	if err != nil {
		return err
	}
	if s.json {
		err = s.printJSON(struct {
			*verify.Report
			KeyFrom string `json:"key_from"`
		}{rep, from})
	} else {
		err = s.print("%s", verifycmd.Text(rep, from))
	}
	if err != nil {
		return err
	}
	if code := verifycmd.Code(rep); code != ExitDone {
		return silent(code)
	}
	return nil
}

// publicKeys reads the keys that were given, or else those of the data directory.
func publicKeys(key, dir string) (keys []tree.Verifier, from string, err error) {
	from = "given with --key"
	path, text := key, key
	if key == "" {
		path, from = filepath.Join(dir, "audit.pub"), "audit.pub of the data directory"
	}
	b, err := verifycmd.ReadKey(path)
	switch {
	case err == nil:
		text = string(b)
	case verifycmd.IsUse(err) && key == "":
		bad, _ := errors.AsType[*regular.Error](err)
		return nil, "", hostile(bad)
	case verifycmd.IsUse(err):
		return nil, "", misuse(err.Error(), "give the public key, or a file with it")
	case key == "" || !strings.Contains(key, "+"):
		return nil, "", &fault{Code: "CLI-016", Exit: ExitFailed, What: "the public key cannot be read: " + err.Error(), Remedy: "give it with --key", Err: err}
	}
	keys, err = verifycmd.ParseKeys(text, from)
	if err != nil {
		return nil, "", &fault{Code: "CLI-017", Exit: ExitUsage, What: from + ": " + err.Error(), Remedy: "give audit.pub of the data directory with --key", Err: err}
	}
	return keys, from, nil
}

// hostile is the fault of a file in the place of one of the register that is not what
// conformd writes there: a link, a device, a FIFO.
func hostile(err error) *fault {
	return &fault{
		Code: "CLI-050", Exit: ExitTampered, What: "the audit log FAILED its verification: " + err.Error(), Err: err,
		Why: "somebody who can write to the data directory put it there", Remedy: "keep the folder as it is and restore a backup: conformd backup restore <backup>",
	}
}

// plainFiles holds that the files of the register are regular files: a database behind
// a link is another's, and a FIFO would hold the command for ever.
func plainFiles(dir string) error {
	for _, name := range []string{store.File, store.File + "-wal", store.File + "-shm"} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if what := regular.Kind(info.Mode()); what != "" {
			return hostile(&regular.Error{Path: filepath.Join(dir, name), What: "is " + what + ", and must be a regular file"})
		}
	}
	return nil
}

func (s *session) auditExport(ctx context.Context, out string) error {
	if out == "" {
		return &fault{Code: "CLI-002", Exit: ExitUsage, What: "no directory given", Remedy: "conformd audit export -o audit-2026"}
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	var keys []string
	if b, err := verifycmd.ReadKey(filepath.Join(r.config.DataDir, "audit.pub")); err == nil {
		keys = strings.Fields(string(b))
	}
	done := s.progress(ctx, "exporting")
	err = snapshot(ctx, r.store.Reader(), func(tx auditdb.Tx) error {
		return export.Write(ctx, tx, out, export.Options{Keys: keys, Register: store.RegisterLines})
	})
	done()
	if errors.Is(err, fs.ErrExist) {
		return &fault{Code: "CLI-018", Exit: ExitFailed, What: out + " is there already, and an export is never mixed with another", Remedy: "give a new directory with -o", Err: err}
	}
	if err != nil {
		return err
	}
	s.say("the audit log was written to %s; how to check it stands in %s", out, filepath.Join(out, "VERIFY.txt"))
	s.next("conform-verify %s", out)
	return s.print("%s\n", out)
}
