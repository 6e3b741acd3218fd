package verifycmd

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/register/kpi"
)

// maxGiven is how long a file given with a flag may be, in bytes: a key has a hundred,
// a checkpoint with the signatures of witnesses a few thousand.
const maxGiven = 1 << 16

// A useError is a file that somebody gave with a flag and that is not what the flag
// asks for. It says nothing about the log.
type useError struct{ err error }

func (e *useError) Error() string { return e.err.Error() }
func (e *useError) Unwrap() error { return e.err }

// check verifies the directory, and says where the key came from. Figures are nil where none were
// asked for, and where the log is not to be relied on.
func check(ctx context.Context, o options) (r *verify.Report, from string, figures *kpi.Report, err error) {
	if info, err := os.Stat(o.dir); err != nil {
		return nil, "", nil, err
	} else if info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(o.dir), ".zip") {
		if o.kpi {
			return nil, "", nil, fmt.Errorf("%s is one record or one audit day: the figures need the export of the whole log", o.dir)
		}
		r, from, err := checkDossier(o)
		return r, from, nil, err
	} else if !info.IsDir() {
		return nil, "", nil, fmt.Errorf("%s is neither a directory nor a dossier: give the directory of the export (unpack it first), or the ZIP of a dossier or a receipt", o.dir)
	}
	dir, err := regular.OpenDir(o.dir)
	if err != nil {
		return nil, "", nil, err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	replay := ledger.NewReplay()
	opts := verify.Options{Register: replay}
	if o.against != "" {
		if opts.Against, err = ReadAgainst(o.against); err != nil {
			return nil, "", nil, err
		}
	}
	keys, from, err := readKeys(o, func() ([]byte, error) { return dir.Read("key.pub", maxGiven) })
	if bad, ok := errors.AsType[*regular.Error](err); ok && o.key == "" {
		return unusable(bad), FromExport, nil, nil
	}
	if err != nil {
		return nil, "", nil, err
	}
	opts.Keys = keys[1:]
	r, err = verify.Dir(ctx, dir, keys[0], opts)
	if err != nil || !o.kpi || r.Result == verify.Failed {
		return r, from, nil, err
	}
	figures, err = figuresOf(o, dir, r, replay)
	return r, from, figures, err
}

// checkDossier verifies the ZIP of one record or of an audit day, and says where the key came from.
func checkDossier(o options) (*verify.Report, string, error) {
	data, err := regular.Read(o.dir, verify.MaxDossier)
	if err != nil {
		return nil, "", err
	}
	if isExport(data) {
		return nil, "", fmt.Errorf("%s is the export of a whole log: unpack it, and give the folder that comes out", o.dir)
	}
	opts := verify.Options{Register: ledger.NewReplay(), Draw: drawAgain}
	if o.against != "" {
		if opts.Against, err = ReadAgainst(o.against); err != nil {
			return nil, "", err
		}
	}
	keys, from, err := readKeys(o, func() ([]byte, error) {
		if b := verify.DossierKey(data); b != nil {
			return b, nil
		}
		return nil, errors.New("the dossier has no key.pub that can be read")
	})
	if err != nil {
		return nil, "", err
	}
	opts.Keys = keys[1:]
	return verify.Dossier(data, keys[0], opts), from, nil
}

// isExport reports whether a ZIP is the export of a whole log, which has its checkpoint in a folder.
func isExport(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	return err == nil && slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, "/"+export.FileCheckpoint) })
}

// unusable is the report of an export whose own key is not a file that can be read.
func unusable(bad *regular.Error) *verify.Report {
	return &verify.Report{
		Result: verify.Failed, HeldSize: -1, Checked: []string{},
		NotChecked: []string{"anything: without a key there is nothing to check against. Ask the people who run the log for it and give it with --key"},
		Findings:   []verify.Finding{{Code: verify.Tampered, Seq: -1, Where: bad.Path, Text: bad.Error()}},
	}
}

// ReadAgainst reads the checkpoint that the reader holds from before. A file that is no
// checkpoint says nothing about the log: the error is one of use ([IsUse]).
func ReadAgainst(path string) ([]byte, error) {
	b, err := regular.Read(path, maxGiven)
	if bad, ok := errors.AsType[*regular.Error](err); ok {
		return nil, &useError{fmt.Errorf("the file given with --against %w", bad)}
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint given with --against: %w", err)
	}
	if _, err := tree.ReadCheckpoint(b); err != nil || !strings.Contains(string(b), "\n\n\u2014 ") {
		return nil, &useError{fmt.Errorf("%s, given with --against, is no checkpoint: give the file \"checkpoint\" of an earlier export, or what conformd audit checkpoint printed", path)}
	}
	return b, nil
}

// ReadKey reads a file of public keys given with --key.
func ReadKey(path string) ([]byte, error) {
	b, err := regular.Read(path, maxGiven)
	if bad, ok := errors.AsType[*regular.Error](err); ok {
		return nil, &useError{fmt.Errorf("the file given with --key %w", bad)}
	}
	return b, err
}

// IsUse reports whether err is about a file that somebody gave with a flag and that is
// not what the flag asks for.
func IsUse(err error) bool {
	_, ok := errors.AsType[*useError](err)
	return ok
}

// readKeys returns the keys that were given, or else those of the export.
func readKeys(o options, exported func() ([]byte, error)) (keys []tree.Verifier, from string, err error) {
	if o.key == "" {
		b, err := exported()
		if err != nil {
			return nil, "", fmt.Errorf("no --key given, and the export has none: %w", err)
		}
		keys, err = ParseKeys(string(b), FromExport)
		return keys, FromExport, err
	}
	text := o.key
	b, err := ReadKey(o.key)
	switch {
	case err == nil:
		text = string(b)
	case IsUse(err):
		return nil, "", err
	case !strings.Contains(o.key, "+"): // otherwise it is the key itself
		return nil, "", fmt.Errorf("key given with --key: %w", err)
	}
	const given = "given with --key"
	if keys, err = ParseKeys(text, given); err != nil {
		err = &useError{err}
	}
	return keys, given, err
}

// ParseKeys reads public keys, one a line. From says where they came from.
func ParseKeys(text, from string) (keys []tree.Verifier, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if strings.HasPrefix(line, "PRIVATE+KEY+") {
			return nil, errors.New("this is the private key of a log: it must never leave the machine that signs; ask for the public one")
		}
		k, err := tree.NewVerifier(line)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key in what was " + from)
	}
	return keys, nil
}
