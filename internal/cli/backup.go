package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/audit/verifycmd"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/backup"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/regular"
)

func (s *session) backupCommand() *cobra.Command {
	var out, key, against string
	var withKey bool
	create := s.jsonFlag(&cobra.Command{
		Use: "create -o DIR", Short: "Copy the register, its log and its public key, as a new directory", Args: noArgs,
		Long: `Makes a consistent copy of the register and its audit log while the daemon runs, with
the public key, the configuration without its secrets, and a manifest. The signing key
is left out: keep a copy of audit.key somewhere else, without it no log can be continued.`,
		Example: "  conformd backup create -o backup-2026-11-26\n  conformd backup create -o offline-safe --with-key",
		RunE:    func(c *cobra.Command, _ []string) error { return s.backupCreate(c.Context(), out, key, withKey) },
	})
	create.Flags().StringVarP(&out, "output", "o", "", "directory to make")
	create.Flags().StringVar(&key, "key", "", "public key of the log, or a file with it (the data directory's audit.pub)")
	create.Flags().BoolVar(&withKey, "with-key", false, "put the secret signing key into the backup as well")
	verify := s.jsonFlag(&cobra.Command{
		Use: "verify DIR", Short: "Check a backup: its files, its database, its audit log", Args: oneArg("the directory of one backup", "conformd backup verify backup-2026-11-26"),
		Long: `Checks every file against the manifest, the database, the whole audit log as "audit
verify" does, and that the log ends where the manifest says. The exit code is 5 if the
audit log does not verify, and 1 if the backup is damaged otherwise.`,
		Example: "  conformd backup verify backup-2026-11-26\n  conformd backup verify backup-2026-11-26 --against checkpoint-2026-11",
		RunE:    func(c *cobra.Command, a []string) error { return s.backupVerify(c.Context(), a[0], key, against) },
	})
	verify.Flags().StringVar(&key, "key", "", "public key of the log, or a file with it (the backup's audit.pub)")
	verify.Flags().StringVar(&against, "against", "", "a checkpoint kept from before")
	return group("backup", "Copies of the register, and how to go back to one", "  conformd backup create -o backup-2026-11-26", create, verify, s.restoreCommand())
}

func (s *session) backupCreate(ctx context.Context, out, key string, withKey bool) error {
	if out == "" {
		return &fault{Code: "CLI-002", Exit: ExitUsage, What: "no directory given", Remedy: "conformd backup create -o backup-2026-11-26"}
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	in := backup.Source{Store: r.store, Version: s.version().Version, Now: time.Now()}
	if in.Public, err = publicText(key, r.config.DataDir); err != nil {
		return err
	}
	if in.Config, err = r.config.Redacted(); err != nil {
		return err
	}
	if withKey {
		if in.Key, err = regular.Read(filepath.Join(r.config.DataDir, backup.Key), 1<<16); err != nil {
			return &fault{
				Code: "CLI-030", Exit: ExitFailed, Err: err, What: "the signing key cannot be read: " + err.Error(),
				Why: "the configuration names another place for it (audit.key)", Remedy: "leave out --with-key, and keep a copy of the key from there",
			}
		}
	}
	done := s.progress(ctx, "copying")
	m, err := backup.Create(ctx, out, in)
	done()
	switch {
	case errors.Is(err, fs.ErrExist):
		return &fault{Code: "CLI-031", Exit: ExitUsage, Err: err, What: out + " exists already", Remedy: "give a new directory: a backup is never written over another one"}
	case errors.Is(err, sql.ErrNoRows):
		return &fault{Code: "CLI-015", Exit: ExitFailed, What: "the log is empty", Remedy: "conformd run --once", Err: err}
	case err != nil:
		return err
	}
	if s.json {
		return s.printJSON(m)
	}
	s.say("the register and %s of its log were copied to %s", present.Count(int(m.Log.Size), "entry", "entries"), out)
	if withKey {
		s.say("%s %s is SECRET: whoever has it can sign another log in your name. Keep this backup where only you can read it", s.style.yellow("!"), filepath.Join(out, backup.Key))
	} else {
		s.say("the signing key is not in it: keep a copy of %s apart from it, a restored log cannot be continued without it", backup.Key)
	}
	s.next("conformd backup verify %s", out)
	return s.print("%s\n", out)
}

// publicText returns the public keys of the log, a line each.
func publicText(key, dir string) ([]byte, error) {
	if _, _, err := publicKeys(key, dir); err != nil {
		return nil, err
	}
	path := key
	if key == "" {
		path = filepath.Join(dir, backup.Public)
	}
	b, err := verifycmd.ReadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = []byte(strings.TrimSpace(key)+"\n"), nil // given as a text
	}
	return b, err
}

// checked is a backup that was verified.
type checked struct {
	*backup.Report
	Result  string `json:"result"`
	KeyFrom string `json:"key_from"`
	keys    []tree.Verifier
}

// check verifies the backup in dir.
func (s *session) check(ctx context.Context, dir, key, against string) (*checked, error) {
	c := &checked{Result: "sound"}
	if _, err := backup.Read(dir); err != nil {
		return nil, &fault{
			Code: "CLI-032", Exit: ExitFailed, Err: err, What: "this is no backup, or one that is damaged: " + err.Error(),
			Why: "the directory is another one, or a copy of it was cut off", Remedy: "give a directory that conformd backup create has made",
		}
	}
	var err error
	if c.keys, c.KeyFrom, err = publicKeys(key, dir); err != nil {
		return nil, err
	}
	if key == "" {
		c.KeyFrom = "audit.pub of the backup"
	}
	var held []byte
	if against != "" {
		held, err = verifycmd.ReadAgainst(against)
		if verifycmd.IsUse(err) {
			return nil, misuse(err.Error(), "conformd audit checkpoint prints one to keep")
		}
		if err != nil {
			return nil, err
		}
	}
	done := s.progress(ctx, "verifying")
	c.Report, err = backup.Verify(ctx, dir, c.keys, held)
	done()
	if err != nil {
		return nil, err
	}
	switch {
	case c.Tampered():
		c.Result = "the audit log does not verify"
	case len(c.Damage) > 0:
		c.Result = "damaged"
	}
	return c, nil
}

// fault says what is wrong with a backup, nil if it is sound.
func (c *checked) fault(dir string) error {
	f := &fault{Code: "CLI-033", Exit: ExitFailed, What: "the backup in " + dir + " is damaged", Remedy: "take another backup; keep this one for comparison"}
	for _, d := range c.Damage {
		f.What += "\n  " + d
	}
	if c.Newer {
		f.Remedy = "use the conformd that made it, or a newer one"
	}
	if c.Tampered() {
		f.Code, f.Exit = "CLI-034", ExitTampered
		f.What = "the audit log of the backup in " + dir + " does not verify"
		for _, x := range append([]verify.Finding{}, c.Audit.Findings...) {
			f.What += "\n  " + string(x.Code) + ": " + x.Text
		}
		f.Remedy = "do not restore it; see docs/operations.md, The log does not verify"
	}
	if !c.Tampered() && len(c.Damage) == 0 {
		return nil
	}
	return f
}

func (s *session) backupVerify(ctx context.Context, dir, key, against string) error {
	c, err := s.check(ctx, dir, key, against)
	if err != nil {
		return err
	}
	bad := c.fault(dir)
	if s.json {
		if err := s.printJSON(c); err != nil {
			return err
		}
		if f, ok := errors.AsType[*fault](bad); ok {
			return silent(f.Exit)
		}
		return nil
	}
	if bad != nil {
		return bad
	}
	m := c.Manifest
	rows := [][]string{
		{"Made", m.Created.Format(time.RFC3339) + " by conformd " + m.Version},
		{"Files", fmt.Sprintf("%s as the manifest says", present.Count(len(m.Files), "file", "files"))},
		{"Database", fmt.Sprintf("whole, schema %d", m.Schema)},
		{"Audit log", fmt.Sprintf("%s, %s, root %s", m.Log.Origin, present.Count(int(m.Log.Size), "entry", "entries"), m.Log.Root)},
		{"Key", c.KeyFrom},
	}
	for _, x := range c.Audit.Restores {
		rows = append(rows, []string{"Restored", x.Words()})
	}
	if m.Has(backup.Key) {
		rows = append(rows, []string{"Secret", "the signing key is in it: keep it where only you can read it"})
	}
	if against == "" {
		rows = append(rows, []string{"Not checked", "whether it is older than it should be: give a checkpoint from elsewhere with --against"})
	}
	if err := s.print("%s the backup is sound\n", s.style.green("✓")); err != nil {
		return err
	}
	return s.table(rows)
}

// signs returns the signer of a log, if it is one of those whose public keys the
// backup has. The signing key lies in the data directory, in the backup, or where the
// configuration says.
func signs(c *config.Config, dir string, b *checked) (tree.Signer, error) {
	signer, err := app.Key(c, c.DataDir)
	if errors.Is(err, fs.ErrNotExist) && b.Manifest.Has(backup.Key) {
		signer, err = app.Key(c, dir)
	}
	const lost = `put audit.key back into the data directory from where you keep it, mode 0600. If it is lost for
  good this log has ended: keep the backup and its audit.pub as evidence, and start a new register
  in an empty data_dir with an audit.origin of its own; the trackers fill it`
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &fault{
			Code: "CLI-035", Exit: ExitFailed, Err: err, What: "the signing key of the log is missing: " + err.Error(),
			Why: "a backup does not hold it, unless it was made with --with-key", Remedy: lost,
		}
	case err != nil:
		return nil, err
	}
	for _, v := range b.keys {
		if tree.FirstName(v.Name()) == tree.FirstName(signer.Name()) && v.Under(signer.Name()).KeyHash() == signer.KeyHash() {
			return signer, nil
		}
	}
	return nil, &fault{
		Code: "CLI-036", Exit: ExitFailed, What: fmt.Sprintf("the signing key is of another log: it is %s+%08x, the backup was signed by %s+%08x", signer.Name(), signer.KeyHash(), b.keys[0].Name(), b.keys[0].KeyHash()),
		Why: "the data directory belongs to another register, or got a new key", Remedy: lost,
	}
}
