package storetest_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
	"github.com/conformd/conformd/register"
)

// A complaints is a test that keeps what was reported instead of failing.
type complaints struct {
	testing.TB
	said []string
}

func (c *complaints) Errorf(format string, _ ...any) { c.said = append(c.said, format) }

func open(t *testing.T, d store.Driver) *store.Store {
	t.Helper()
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Log: auditlog.Open(signer, signer.Name()), Driver: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestWatched(t *testing.T) {
	c := &complaints{TB: t}
	s := open(t, storetest.Watched(c))
	var rec register.Record
	for what, inside := range map[string]func(*store.Tx) error{
		"nothing": func(*store.Tx) error { return nil },
		"a read through the transaction": func(tx *store.Tx) (err error) {
			if rec, err = tx.NewRecord(t.Context(), "NC", register.Record{}); err != nil {
				return err
			}
			_, err = tx.Record(t.Context(), rec.ID)
			return err
		},
	} {
		if err := s.Write(t.Context(), inside); err != nil || len(c.said) > 0 {
			t.Errorf("%s in a Write: %v, complaints %q, want none", what, err, c.said)
		}
	}
	if _, err := s.Record(t.Context(), rec.ID); err != nil || len(c.said) > 0 {
		t.Errorf("a read outside: %v, complaints %q, want none", err, c.said)
	}
	for what, read := range map[string]func() error{
		"Records": func() error { _, err := s.Records(t.Context()); return err },
		"Binding": func() error { _, err := s.Binding(t.Context(), "gh"); return err },
		"Begin": func() error {
			tx, err := s.Reader().BeginTx(t.Context(), nil)
			if err != nil {
				return err
			}
			return tx.Rollback()
		},
	} {
		c.said = nil
		if err := s.Write(t.Context(), func(*store.Tx) error { return read() }); err != nil {
			t.Fatal(err)
		}
		if len(c.said) == 0 || !strings.Contains(c.said[0], "inside a Write") {
			t.Errorf("%s inside a Write: complaints %q, want one for each query", what, c.said)
		}
	}
}

// One connection is enough for a store that is used as it should be.
func TestAlone(t *testing.T) {
	s := open(t, storetest.Alone())
	if s.Reader() != s.DB() {
		t.Error("the reading connections are others than the one that writes")
	}
	var rec register.Record
	if err := s.Write(t.Context(), func(tx *store.Tx) (err error) {
		rec, err = tx.NewRecord(t.Context(), "NC", register.Record{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Record(t.Context(), rec.Ref); err != nil || got.Record.ID != rec.ID {
		t.Errorf("Record(%s) = %s, %v, want %s", rec.Ref, got.Record.ID, err, rec.ID)
	}
}
