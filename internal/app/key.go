package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/private"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
)

// The files of the signing key in the data directory.
const (
	keyFile    = "audit.key" // private, mode 0600
	publicFile = "audit.pub" // for auditors
)

// maxKey is how long a key file may be, in bytes.
const maxKey = 1 << 16

// seclude makes the data directory and takes the rights of other users away, there and on the
// files of the register.
func seclude(dir string, log *zap.Logger) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tightened, err := private.Dir(dir, store.File, store.File+"-wal", store.File+"-shm")
	for _, path := range tightened {
		log.Warn("others could read this; now conformd alone can", zap.String("path", path))
	}
	return err
}

// signer returns the signer of the audit log and its public key. Without a key in the
// configuration, the first start makes one in the data directory.
func signer(c *config.Config, dir string) (tree.Signer, string, error) {
	s, err := Key(c, dir)
	if errors.Is(err, fs.ErrNotExist) {
		var private string
		if private, err = makeKey(c.Audit.Origin, dir); err == nil {
			s, err = tree.NewSigner(private)
		}
	}
	if err != nil {
		return nil, "", err
	}
	public, err := regular.Read(filepath.Join(dir, publicFile), maxKey)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	return s, strings.TrimSpace(string(public)), nil
}

// Key returns the signer of the audit log, with the key that the configuration names or else
// the one in the directory. The error is fs.ErrNotExist if there is none.
func Key(c *config.Config, dir string) (tree.Signer, error) {
	text := c.Audit.Key.Reveal()
	if text == "" {
		path := filepath.Join(dir, keyFile)
		if err := private.Key(path); err != nil {
			return nil, err
		}
		stored, err := regular.Read(path, maxKey)
		if err != nil {
			return nil, err
		}
		text = strings.TrimSpace(string(stored))
	}
	s, err := tree.NewSigner(text)
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	return s, nil
}

// makeKey makes a key pair and stores it; only the owner can read the private half.
func makeKey(origin, dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, "conformd.db")); err == nil {
		return "", fmt.Errorf("%s is missing, but the register is there: put the key back, a new one could not continue the log", filepath.Join(dir, keyFile))
	}
	private, public, err := tree.GenerateKey(origin)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, publicFile), []byte(public+"\n"), 0o600); err != nil {
		return "", err
	}
	return private, os.WriteFile(filepath.Join(dir, keyFile), []byte(private+"\n"), 0o600)
}
