package verify_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
)

// A trapFS does something when a file is opened.
type trapFS struct {
	fs.FS
	path string
	trap func() error
}

func (f trapFS) Open(path string) (fs.File, error) {
	if path == f.path {
		if err := f.trap(); err != nil {
			return nil, err
		}
	}
	return f.FS.Open(path)
}

// A verification that is broken off, or cannot read a file, ends with an error and
// leaves no goroutine; it neither hangs nor calls the log sound.
func TestVerificationThatCannotGoOnEnds(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 700)
	files := fstest.MapFS{}
	for p, b := range audittest.ReadAll(t, l.Export(t)) {
		files[p] = &fstest.MapFile{Data: b}
	}
	errDisk := errors.New("disk error")
	for _, path := range []string{"checkpoint", "tile/entries/000", "tile/entries/001", "tile/entries/002.p/188", "tile/0/001", "tile/1/000.p/2", "VERIFY.txt", "entries.jsonl", "disclosures.jsonl", "MANIFEST.json"} {
		for _, workers := range []int{1, 2, 8} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				o := verify.Options{Workers: workers}
				fsys := trapFS{files, path, func() error { return errDisk }}
				if r, err := verify.Dir(ctx, fsys, l.Verifier, o); !errors.Is(err, errDisk) {
					t.Errorf("Dir(%s cannot be read) = %+v, %v, want the error", path, r, err)
				}
				fsys.trap = func() error { cancel(); return nil }
				if r, err := verify.Dir(ctx, fsys, l.Verifier, o); !errors.Is(err, context.Canceled) {
					t.Errorf("Dir(cancelled at %s) = %+v, %v, want context.Canceled", path, r, err)
				}
			})
		}
	}
}

func TestVerifyDBThatIsBrokenOff(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := verify.DB(ctx, l.DB, l.Verifier, verify.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("DB() = %+v, %v, want context.Canceled", r, err)
	}
}
