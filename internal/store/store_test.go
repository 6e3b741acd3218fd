package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A bench is a store on a real file, with a clock that stands still.
type bench struct {
	*testing.T
	*store.Store
	options  store.Options
	verifier tree.Verifier
	now      time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	private, public, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, verifier: v, now: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)}
	b.options = store.Options{
		Dir: filepath.Join(t.TempDir(), "data"), Log: auditlog.Open(signer, signer.Name()), Run: "run-1", Config: "sha256:c",
		Now: func() time.Time { return b.now }, Driver: storetest.Watched(t),
	}
	b.open()
	t.Cleanup(func() {
		if b.Store != nil {
			_ = b.Close()
		}
	})
	return b
}

func (b *bench) open() {
	b.Helper()
	s, err := store.Open(b.Context(), b.options)
	if err != nil {
		b.Fatal(err)
	}
	b.Store = s
}

func (b *bench) close() {
	b.Helper()
	if err := b.Close(); err != nil {
		b.Fatal(err)
	}
	b.Store = nil
}

func (b *bench) write(fn func(*store.Tx) error) {
	b.Helper()
	if err := b.Write(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) record() register.Record {
	b.Helper()
	var rec register.Record
	b.write(func(t *store.Tx) (err error) {
		rec, err = t.NewRecord(b.Context(), "NC", register.Record{})
		t.Audit(entry(rec))
		return err
	})
	return rec
}

func entry(r register.Record) audit.Entry {
	return audit.Entry{
		Verb: audit.RecordCreated, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1},
	}
}

// entries counts the audit log and verifies it.
func (b *bench) entries() int64 {
	b.Helper()
	rep, err := verify.DB(b.Context(), b.Reader(), b.verifier, verify.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if len(rep.Findings) > 0 {
		b.Fatalf("audit log: %+v", rep.Findings)
	}
	n, err := b.LogSize(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// Both drivers that the store may use number placeholders by themselves; a query
// must get the same answer whatever the order in which they appear.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var x, y, z string
	if err := b.DB().QueryRowContext(t.Context(), "SELECT $2, $1, $2", "one", "two").Scan(&x, &y, &z); err != nil {
		t.Fatal(err)
	}
	if got, want := x+" "+y+" "+z, "two one two"; got != want {
		t.Errorf("SELECT $2, $1, $2 = %q, want %q", got, want)
	}
}

func TestPragmas(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "10000"} {
		for what, db := range map[string]*sql.DB{"writer": b.DB(), "reader": b.Reader()} {
			var got string
			if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("PRAGMA %s of the %s = %q, want %q", name, what, got, want)
			}
		}
	}
	if _, err := b.Reader().ExecContext(t.Context(), "DELETE FROM record"); err == nil {
		t.Error("a reading connection deleted records, want an error")
	}
	info, err := os.Stat(b.options.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o700 {
		t.Errorf("the data directory has mode %o, want 700", got)
	}
}

// The database itself refuses a record that is closed and still asks for an end.
func TestClosedIsGuarded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	rec.State, rec.Requested = register.Closed, register.Closed
	err := b.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveRecord(t.Context(), rec, 0)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "CHECK") {
		t.Errorf("SaveRecord(closed, closed requested) = %v, want a failed CHECK", err)
	}
	_, err = b.DB().ExecContext(t.Context(), "UPDATE record SET state = 'closed', requested = 'closed'")
	if err == nil {
		t.Error("raw SQL closed a record with a request pending, want an error")
	}
}

// What a failed transaction changed is gone, its audit entries included, and the
// log goes on after it; so do others who shared its commit.
func TestRollback(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	before := b.entries()
	boom := errors.New("boom")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := b.Write(t.Context(), func(tx *store.Tx) error {
				tx.Audit(entry(rec))
				if _, err := tx.Flush(t.Context()); err != nil {
					return err
				}
				if err := tx.MarkDirty(t.Context(), rec.ID); err != nil {
					return err
				}
				if i%2 == 0 {
					return boom
				}
				return nil
			})
			if want := i%2 == 0; errors.Is(err, boom) != want {
				t.Errorf("Write %d = %v, want boom: %v", i, err, want)
			}
		})
	}
	wg.Wait()
	if got, want := b.entries(), before+10; got != want {
		t.Errorf("the log has %d entries, want %d", got, want)
	}
	row, err := b.Record(t.Context(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	if row.Generation != 11 {
		t.Errorf("wanted = %d, want 11", row.Generation)
	}
}

// A bug in a write fails that write. The store goes on.
func TestPanicInWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	before := b.entries()
	err := b.Write(t.Context(), func(tx *store.Tx) error {
		tx.Audit(entry(rec))
		if err := tx.MarkDirty(t.Context(), rec.ID); err != nil {
			return err
		}
		panic("index out of range")
	})
	if err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("Write = %v, want what the function panicked with", err)
	}
	b.write(func(tx *store.Tx) error { return tx.MarkDirty(t.Context(), rec.ID) })
	row, err := b.Record(t.Context(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	if row.Generation != 2 || b.entries() != before {
		t.Errorf("wanted = %d and %d new entries, want 2 and none", row.Generation, b.entries()-before)
	}
}

// An entry that the log refuses takes the change that it describes with it.
func TestLogRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record()
	before := b.entries()
	err := b.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.NewRecord(t.Context(), "NC", register.Record{}); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Verb: "no.such.verb"})
		return nil
	})
	if err == nil {
		t.Fatal("Write with an invalid entry = nil, want an error")
	}
	rows, err := b.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := b.entries(); len(rows) != 1 || got != before {
		t.Errorf("%d records and %d entries, want 1 and %d", len(rows), got, before)
	}
}

// A worker that lost its attempt can change nothing any more.
func TestFence(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	claim := func() (row store.Row) {
		b.write(func(tx *store.Tx) (err error) {
			row, err = tx.Acquire(t.Context(), rec.ID)
			return err
		})
		return row
	}
	old, current := claim(), claim()
	for name, fn := range map[string]func(*store.Tx, int64) error{
		"CheckFence": func(tx *store.Tx, fence int64) error { return tx.CheckFence(t.Context(), rec.ID, fence) },
		"SaveRecord": func(tx *store.Tx, fence int64) error { _, err := tx.SaveRecord(t.Context(), rec, fence); return err },
		"Finish": func(tx *store.Tx, fence int64) error {
			_, err := tx.Finish(t.Context(), rec.ID, fence, 0, time.Time{}, "")
			return err
		},
	} {
		if err := b.Write(t.Context(), func(tx *store.Tx) error { return fn(tx, old.Fence) }); !errors.Is(err, store.ErrStale) {
			t.Errorf("%s with an old fence = %v, want ErrStale", name, err)
		}
		if err := b.Write(t.Context(), func(tx *store.Tx) error { return fn(tx, current.Fence) }); err != nil {
			t.Errorf("%s with the current fence = %v, want nil", name, err)
		}
	}
}

// A reason that comes up during an attempt is not seen to by its end.
func TestWantedDuringTurn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	var row store.Row
	b.write(func(tx *store.Tx) (err error) { row, err = tx.Acquire(t.Context(), rec.ID); return err })
	b.write(func(tx *store.Tx) error { return tx.MarkDirty(t.Context(), rec.ID) })
	b.write(func(tx *store.Tx) error {
		again, err := tx.Finish(t.Context(), rec.ID, row.Fence, row.Generation, b.now.Add(time.Hour), "")
		if !again {
			t.Error("Finish = not again although a reason came up meanwhile")
		}
		return err
	})
	// The reason does not wait until the record would be tried again anyway.
	ids, err := b.Dirty(t.Context(), b.now, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{rec.ID}, ids); diff != "" {
		t.Errorf("Dirty (-want +got):\n%s", diff)
	}
}

// What was put off by a clock that was ahead is due when the clock is put right.
func TestClockSet(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	var row store.Row
	b.write(func(tx *store.Tx) (err error) { row, err = tx.Acquire(t.Context(), rec.ID); return err })
	right := b.now
	b.now = right.Add(24 * time.Hour)
	b.write(func(tx *store.Tx) error {
		_, err := tx.Finish(t.Context(), rec.ID, row.Fence, row.Generation, b.now.Add(time.Minute), "the tracker is down")
		return errors.Join(err, tx.Scanned(t.Context(), "gh", b.now, true, ""), tx.LimitUntil(t.Context(), []string{"gh"}, b.now.Add(time.Minute), "rate limited"))
	})
	b.now = right
	b.write(func(tx *store.Tx) error {
		if ahead, err := tx.Ahead(t.Context()); err != nil || !ahead {
			t.Errorf("Ahead = %t, %v, want true", ahead, err)
		}
		return tx.ClockSet(t.Context())
	})
	ids, err := b.Dirty(t.Context(), right, 10)
	if err != nil || len(ids) != 1 {
		t.Errorf("Dirty = %v, %v, want the record", ids, err)
	}
	got, err := b.Binding(t.Context(), "gh")
	if err != nil || got.NotBefore.After(right) || got.Polled.After(right) || !got.Swept.IsZero() {
		t.Errorf("Binding = %+v, %v, want nothing in the future and a sweep due", got, err)
	}
}

func TestEventsOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	e := plan.Event{Binding: "gh", Event: mapping.Event{ID: "gh:comment:1:0", Kind: mapping.EventField, Field: register.FieldRootCause, Text: "x", At: b.now}}
	for i, want := range []bool{true, false} {
		b.write(func(tx *store.Tx) error {
			got, err := tx.AddEvent(t.Context(), rec.ID, e, true)
			if got != want {
				t.Errorf("AddEvent, time %d = %v, want %v", i+1, got, want)
			}
			return err
		})
	}
	waits := e
	waits.React = true
	b.write(func(tx *store.Tx) error {
		open, err := tx.OpenEvents(t.Context(), rec.ID)
		if diff := cmp.Diff([]plan.Event{waits}, open); diff != "" {
			t.Errorf("OpenEvents (-want +got):\n%s", diff)
		}
		return errors.Join(err, tx.TakeEvents(t.Context(), []plan.Verdict{{Event: e.ID, Told: "ask someone else"}}))
	})
	b.write(func(tx *store.Tx) error {
		told := []plan.Answer{{Event: e, Told: "ask someone else"}}
		answers, err := tx.Answers(t.Context(), rec.ID, 5)
		if diff := cmp.Diff(told, answers); diff != "" {
			t.Errorf("Answers (-want +got):\n%s", diff)
		}
		unreacted, uerr := tx.Unreacted(t.Context(), rec.ID)
		if diff := cmp.Diff(told, unreacted); diff != "" {
			t.Errorf("Unreacted (-want +got):\n%s", diff)
		}
		return errors.Join(err, uerr, tx.Reacted(t.Context(), []string{e.ID}))
	})
	b.write(func(tx *store.Tx) error {
		unreacted, err := tx.Unreacted(t.Context(), rec.ID)
		if len(unreacted) != 0 {
			t.Errorf("Unreacted = %v after the reaction, want none", unreacted)
		}
		return err
	})
	b.write(func(tx *store.Tx) error {
		open, err := tx.OpenEvents(t.Context(), rec.ID)
		fresh, aerr := tx.AddEvent(t.Context(), rec.ID, e, true)
		if len(open) != 0 || fresh {
			t.Errorf("an event that was taken in is open: %v, new: %v", open, fresh)
		}
		return errors.Join(err, aerr)
	})
}

// Every intent stays pending until its outcome, and counts in the budget.
func TestIntents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	in := store.Intent{
		RecordID: rec.ID, Binding: "jira", Op: store.OpCreate, Marker: "rec-1", At: b.now, Ref: connectors.Ref{ID: "7", Key: "ISMS-7"},
		Want: map[register.Field]string{register.FieldTitle: "x"},
	}
	for i := range 3 {
		in.Seq, in.At = int64(i+10), b.now
		b.write(func(tx *store.Tx) error { return tx.AddIntent(t.Context(), in) })
		b.now = b.now.Add(time.Minute)
	}
	if err := b.Write(t.Context(), func(tx *store.Tx) error { return tx.AddIntent(t.Context(), in) }); err == nil {
		t.Error("a second intent under the same number was stored, want an error")
	}
	b.write(func(tx *store.Tx) error { return tx.CloseIntent(t.Context(), 11) })
	b.write(func(tx *store.Tx) error {
		open, err := tx.PendingIntents(t.Context(), rec.ID)
		if err != nil {
			return err
		}
		in.Seq, in.At = 10, in.At.Add(-2*time.Minute)
		other := in
		other.Seq, other.At = 12, in.At.Add(2*time.Minute)
		if diff := cmp.Diff([]store.Intent{in, other}, open); diff != "" {
			t.Errorf("PendingIntents (-want +got):\n%s", diff)
		}
		id, err := tx.PendingMarker(t.Context(), "jira", "rec-1")
		if id != rec.ID || err != nil {
			t.Errorf("PendingMarker = %q, %v, want %q", id, err, rec.ID)
		}
		if _, err := tx.PendingMarker(t.Context(), "jira", "rec-2"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("PendingMarker of another = %v, want ErrNotFound", err)
		}
		// Written at 9:00, 9:01 and 9:02; it is 9:03.
		n, err := tx.Spent(t.Context(), []string{"gh", "jira"}, b.now.Add(-150*time.Second))
		if n != 2 {
			t.Errorf("Spent = %d, want 2", n)
		}
		return err
	})
	ats, err := b.SpentAt(t.Context(), []string{"jira"}, b.now.Add(-150*time.Second))
	if len(ats) != 2 || err != nil || !ats[0].Equal(b.now.Add(-2*time.Minute)) {
		t.Errorf("SpentAt = %v, %v, want 9:01 and 9:02", ats, err)
	}
	ids, err := b.RecordsWithPending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{rec.ID}, ids); diff != "" {
		t.Errorf("RecordsWithPending (-want +got):\n%s", diff)
	}
}

// An issue is bound at most once, and is found by its id when its key changes.
func TestLinks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.record(), b.record()
	link := func(rec register.Record, key string) error {
		return b.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutBoundIssue(t.Context(), store.BoundIssue{Binding: "jira", Ref: connectors.Ref{ID: "7", Key: key}, RecordID: rec.ID, State: store.IssueBound, Base: plan.Base{}})
		})
	}
	if err := errors.Join(link(one, "ISMS-7"), link(two, "SEC-1")); err != nil {
		t.Fatal(err)
	}
	b.write(func(tx *store.Tx) error {
		for _, ref := range []connectors.Ref{{ID: "7"}, {Key: "SEC-1"}} {
			l, err := tx.BoundIssueOf(t.Context(), "jira", ref)
			if err != nil {
				return err
			}
			if l.RecordID != one.ID || l.Ref.Key != "SEC-1" {
				t.Errorf("BoundIssueOf(%v) = %s of %s, want SEC-1 of the record that was first", ref, l.Ref.Key, l.RecordID)
			}
		}
		_, err := tx.BoundIssueOf(t.Context(), "jira", connectors.Ref{Key: "ISMS-7"})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("BoundIssueOf(old key) = %v, want ErrNotFound", err)
		}
		return nil
	})
	err := b.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutBoundIssue(t.Context(), store.BoundIssue{Binding: "jira", Ref: connectors.Ref{ID: "8"}, RecordID: "nobody"})
	})
	if err == nil {
		t.Error("a link to a record that does not exist was stored, want an error")
	}
}

// An answer may be long on its way. What it shows of an issue does not replace what a
// listing showed later; the issue is read again instead.
func TestSightingsDoNotGoBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	ref := connectors.Ref{ID: "7", Key: "ISMS-7"}
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	version := func(n int) *connectors.Issue {
		return &connectors.Issue{Ref: ref, Version: strconv.Itoa(n), Updated: at.Add(time.Duration(n) * time.Minute)}
	}
	show := func(read store.BoundIssue, n int) {
		b.write(func(tx *store.Tx) error {
			read.Issue = version(n)
			return tx.PutBoundIssue(t.Context(), read)
		})
	}
	known := func() (l store.BoundIssue) {
		b.write(func(tx *store.Tx) (err error) {
			l, err = tx.BoundIssueOf(t.Context(), "jira", ref)
			return err
		})
		return l
	}
	show(store.BoundIssue{Binding: "jira", Ref: ref, RecordID: rec.ID, State: store.IssueBound}, 1)
	before := known()
	show(before, 3)
	show(before, 2)
	if l := known(); l.Issue.Version != "3" || !l.Stale() {
		t.Errorf("known is version %s, to be read again: %v; want 3 and true", l.Issue.Version, l.Stale())
	}
	// A tracker whose clock was set back is believed as soon as nothing else is known.
	show(known(), 2)
	if l := known(); l.Issue.Version != "2" {
		t.Errorf("known is version %s, want 2: nothing was stored since it was read", l.Issue.Version)
	}
	// The link is as it is now, and the issue was requested before.
	before = known()
	show(known(), 5)
	show(known().ReadWith(before), 4)
	if l := known(); l.Issue.Version != "5" {
		t.Errorf("known is version %s, want 5: it was stored since the read began", l.Issue.Version)
	}
}

// Readers do not wait for the writer, nor see half of what it writes.
func TestReadersBesideWriter(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	inside, read := make(chan struct{}), make(chan error, 8)
	err := b.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.NewRecord(t.Context(), "NC", register.Record{}); err != nil {
			return err
		}
		close(inside)
		for range cap(read) {
			go func() {
				rows, err := b.Records(t.Context())
				if err == nil && len(rows) != 0 {
					err = fmt.Errorf("%d records before the commit, want 0", len(rows))
				}
				read <- err
			}()
		}
		for range cap(read) {
			if err := <-read; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.Records(t.Context())
	if err != nil || len(rows) != 1 {
		t.Errorf("%d records after the commit, %v, want 1", len(rows), err)
	}
}

// A store that is opened again has everything, and migrates nothing twice.
func TestReopen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	before := b.entries()
	b.close()
	b.open()
	got, err := b.Record(t.Context(), rec.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rec, got.Record); diff != "" {
		t.Errorf("Record (-before +after):\n%s", diff)
	}
	if next := b.record(); next.Ref != "NC-2026-0002" {
		t.Errorf("the next number is %s, want NC-2026-0002", next.Ref)
	}
	if got, want := b.entries(), before+1; got != want {
		t.Errorf("the log has %d entries, want %d", got, want)
	}
}

// A database of a newer version is left alone: an older one would not know what
// its columns mean.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record()
	if _, err := b.DB().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	b.close()
	s, err := store.Open(t.Context(), b.options)
	if err == nil {
		_ = s.Close()
		t.Fatal("Open of a database of a newer version = nil, want an error")
	}
	if !strings.Contains(err.Error(), "newer") {
		t.Errorf("Open of a database of a newer version = %v, want an error that says newer", err)
	}
}

// A file that is no database, or a damaged one, is an error and never a new start.
func TestNoDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.close()
	path := filepath.Join(b.options.Dir, store.File)
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), b.options)
	if err == nil {
		_ = s.Close()
		t.Error("Open of a text file = nil, want an error")
	}
}

// A page of the database that is damaged is found before anything is done, whichever
// page it is.
func TestDamaged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 40 {
		b.record()
	}
	if _, err := b.DB().ExecContext(t.Context(), "VACUUM"); err != nil { // of a page that is free nothing can be said
		t.Fatal(err)
	}
	b.close()
	path := filepath.Join(b.options.Dir, store.File)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := page; at < len(whole); at += page {
		bad := slices.Clone(whole)
		bad[at] ^= 0xff // the kind of page
		for _, side := range []string{"-wal", "-shm"} {
			_ = os.Remove(path + side)
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), b.options)
		if err == nil {
			s.Suspect()
			err = errors.Join(s.CheckIntegrity(t.Context()), s.CheckBeside(t.Context()))
			if why, e := s.MayWrite(t.Context(), "gh", "any"); why == "" {
				t.Errorf("with page %d damaged a tracker may be written to (%v)", at/page+1, e)
			}
			err = errors.Join(err, s.Close())
		}
		if !errors.Is(err, store.ErrDamaged) {
			t.Errorf("with page %d damaged: %v, want ErrDamaged", at/page+1, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	b.open()
	b.Suspect()
	why, err := b.MayWrite(t.Context(), "gh", "any")
	if why == "" || err != nil {
		t.Errorf("MayWrite before the check = %q, %v, want a reason to wait", why, err)
	}
	if err := errors.Join(b.CheckIntegrity(t.Context()), b.CheckBeside(t.Context())); err != nil {
		t.Errorf("a whole database: %v", err)
	}
	if why, err := b.MayWrite(t.Context(), "gh", "any"); why != "" || err != nil {
		t.Errorf("MayWrite after the check = %q, %v, want leave", why, err)
	}
}

// Records on which every attempt fails do not keep the others from their turn, however
// many they are: the failure puts them off.
func TestStuckRecordsLetOthersPass(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var stuck []string
	for range 5 {
		stuck = append(stuck, b.record().ID)
	}
	healthy := b.record().ID
	b.write(func(tx *store.Tx) error {
		for _, id := range stuck {
			if err := tx.Stuck(t.Context(), id, b.now.Add(time.Minute), "it fails"); err != nil {
				return err
			}
		}
		return nil
	})
	dirty := func(want ...string) {
		t.Helper()
		got, err := b.Dirty(t.Context(), b.now, 2)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Dirty = %v, %v, want %v", got, err, want)
		}
	}
	dirty(healthy)
	b.now = b.now.Add(2 * time.Minute)
	dirty(append([]string{healthy}, slices.Min(stuck))...) // whoever waits for nothing comes first
}

// A write whose caller has gone before it began is not done; one that has begun is.
func TestCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Write(ctx, func(tx *store.Tx) error {
		cancel()
		return tx.MarkDirty(ctx, rec.ID)
	})
	if err != nil {
		t.Errorf("Write that had begun = %v, want nil", err)
	}
	if err := b.Write(ctx, func(tx *store.Tx) error { return tx.MarkDirty(ctx, rec.ID) }); !errors.Is(err, context.Canceled) {
		t.Errorf("Write of a caller that is gone = %v, want context.Canceled", err)
	}
	row, err := b.Record(t.Context(), rec.ID)
	if err != nil || row.Generation != 2 {
		t.Errorf("wanted = %d, %v, want 2", row.Generation, err)
	}
}

// A store that was opened for reading commits like any other: nothing surrounds it.
func TestReaderCommits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	r, err := store.OpenReader(t.Context(), b.options.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := r.Write(t.Context(), func(tx *store.Tx) error { return tx.MarkDirty(t.Context(), rec.ID) }); err != nil {
		t.Errorf("Write = %v, want nil", err)
	}
}
