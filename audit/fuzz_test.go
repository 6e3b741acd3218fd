package audit_test

import (
	"bytes"
	"testing"

	"github.com/conformd/conformd/audit"
)

// FuzzParseEntry holds that what is read as an entry is written again in the same bytes.
func FuzzParseEntry(f *testing.F) {
	b, err := full().Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	old, err := fullV1().Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(old)
	f.Add([]byte(`{"actor":{"kind":"daemon"},"at":"2026-03-02T09:30:00.007Z","v":1,"verb":"daemon.started"}`))
	f.Fuzz(func(t *testing.T, leaf []byte) {
		e, err := audit.ParseEntry(leaf)
		if err != nil {
			return
		}
		again, err := e.Canonical()
		if err != nil || !bytes.Equal(again, leaf) {
			t.Errorf("ParseEntry(%q) is written again as %q, %v", leaf, again, err)
		}
	})
}
