package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// BenchmarkAppend measures an entry alone in its commit, and 64 entries in one commit:
// about the same record, as most are, and each about another one, which is the worst
// case for the index. It counts the commits. Most of the first figure is the disk.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name            string
		entries, stride int
	}{{"one", 1, 7919}, {"64 of a record", 64, 0}, {"64 of 64 records", 64, 7919}} {
		b.Run(c.name, func(b *testing.B) {
			s, commits := appending(b)
			var refs []register.Record
			for range 500 {
				err := s.Write(b.Context(), func(t *store.Tx) error {
					r, err := t.NewRecord(b.Context(), "NC", register.Record{})
					refs = append(refs, r)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			*commits = 0
			n := 0
			b.ResetTimer()
			for b.Loop() {
				err := s.Write(b.Context(), func(t *store.Tx) error {
					for range c.entries {
						t.Audit(pulled(refs[n*c.stride%len(refs)], n))
						n++
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/entry")
			b.ReportMetric(float64(*commits)/float64(b.N), "commits/op")
		})
	}
}

// appending opens a store that counts its commits.
func appending(b *testing.B) (*store.Store, *int) {
	b.Helper()
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		b.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		b.Fatal(err)
	}
	commits := new(int)
	s, err := store.Open(b.Context(), store.Options{
		Dir: filepath.Join(b.TempDir(), "data"), Log: auditlog.Open(signer, signer.Name()), Run: "run-1", Config: "sha256:c",
		Commit: func(commit func() error) error { *commits++; return commit() },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s, commits
}

// pulled is an entry as long as most are.
func pulled(r register.Record, n int) audit.Entry {
	e := entry(r)
	e.Verb, e.Occurred = audit.SyncPulled, time.Date(2026, 7, 1, 9, 0, n%60, 0, time.UTC)
	e.Origin = audit.Origin{Binding: "gh-isms", Issue: "101442", Key: "acme/isms#41", Trigger: audit.TriggerPoll}
	e.Changes = []audit.FieldChange{{
		Field: "root_cause", Before: audit.NewText("The leaving date comes after the last day."),
		After: audit.NewText(fmt.Sprintf("HR enters the leaving date after the last working day, so the feed runs late (%d).", n)),
	}}
	return e
}
