package auditlog_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

func TestAppendNumbersEntriesAndSignsThem(t *testing.T) {
	l := audittest.New(t)
	if got := l.Append(t, audittest.Plain(0)); got != 0 {
		t.Errorf("first Append() = %d, want 0", got)
	}
	if got := l.Append(t, audittest.Plain(1), audittest.Plain(2)); got != 1 {
		t.Errorf("second Append() = %d, want 1", got)
	}
	c, err := tree.OpenCheckpoint(l.Checkpoint(t), l.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	if c.Size != 3 || c.Origin != audittest.Origin {
		t.Errorf("checkpoint = %s of %d entries, want %s of 3", c.Origin, c.Size, audittest.Origin)
	}
	var got []audit.Entry
	for s, err := range auditdb.Read(t.Context(), l.DB, 0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s.Entry)
	}
	want := []audit.Entry{audittest.Plain(0), audittest.Plain(1), audittest.Plain(2)}
	for i := range want {
		want[i].Intent = -1
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries read (-want +got):\n%s", diff)
	}
}

func TestRollbackLeavesNothingBehind(t *testing.T) {
	for _, prepared := range []bool{false, true} {
		l := audittest.New(t)
		if prepared {
			if err := l.Prepare(t.Context(), l.DB); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := l.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		l.Append(t, audittest.Plain(0))
		before := l.Checkpoint(t)
		errStop := errors.New("stop")
		for n := range 3 {
			err := audittest.InTx(t.Context(), l.DB, func(tx *sql.Tx) error {
				if _, err := l.Log.Append(t.Context(), tx, audittest.Created(n), audittest.Intent(n)); err != nil {
					return err
				}
				return errStop
			})
			if !errors.Is(err, errStop) {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(before), string(l.Checkpoint(t))); diff != "" {
			t.Errorf("prepared %t: the checkpoint moved on a rollback:\n%s", prepared, diff)
		}
		if got := l.Append(t, audittest.Plain(7)); got != 1 {
			t.Errorf("prepared %t: Append() after rollbacks = %d, want 1", prepared, got)
		}
		audittest.VerifyClean(t, l, before)
	}
}

// Two logs open on one database, as after a restart: neither holds a state of its own.
func TestAnotherLogOnTheSameDatabaseCarriesOn(t *testing.T) {
	l := audittest.New(t)
	signer, err := tree.NewSigner(l.Private)
	if err != nil {
		t.Fatal(err)
	}
	other := &audittest.Log{Log: auditlog.Open(signer, audittest.Origin), DB: l.DB, Verifier: l.Verifier}
	for n := range 6 {
		who := []*audittest.Log{l, other}[n%2]
		if got := who.Append(t, audittest.Plain(n)); got != int64(n) {
			t.Errorf("Append() = %d, want %d", got, n)
		}
	}
	audittest.VerifyClean(t, l, l.Checkpoint(t))
}

func TestAppendRefuses(t *testing.T) {
	noVerb, noActor, noTime := audittest.Plain(0), audittest.Plain(0), audittest.Plain(0)
	noVerb.Verb, noActor.Actor.Kind, noTime.At = "record.deleted", "", time.Time{}
	later := audittest.Plain(0)
	later.Cause = []int64{9}
	halfway := audittest.Outcome(3, 1)
	halfway.Verb, halfway.Outcome = audit.WriteResolved, audit.Unknown
	twice := audittest.Created(0)
	twice.Changes = append(twice.Changes, twice.Changes[1])
	for name, tc := range map[string]struct {
		entry audit.Entry
		is    error
		says  string
	}{
		"a verb that is not in the list":            {noVerb, nil, "no such verb"},
		"an entry that does not say who":            {noActor, nil, "who acted"},
		"an entry without a time":                   {noTime, nil, "no time"},
		"a cause that is not before it":             {later, nil, "cause 9"},
		"the outcome of an entry that is no intent": {audittest.Outcome(3, 0), audit.ErrNoIntent, "intent 0"},
		"the outcome of an entry that is not there": {audittest.Outcome(3, 77), audit.ErrNoIntent, "intent 77"},
		"an outcome after the final one":            {audittest.Outcome(3, 1), audit.ErrClosed, "entry 2"},
		"a resolution that resolves nothing":        {halfway, nil, "undeterminable"},
		"personal data of one field twice":          {twice, nil, "occurs twice"},
	} {
		t.Run(name, func(t *testing.T) {
			l := audittest.New(t)
			l.Append(t, audittest.Plain(0))
			l.Append(t, audittest.Outcome(2, l.Append(t, audittest.Intent(1))))
			held := l.Checkpoint(t)
			err := audittest.InTx(t.Context(), l.DB, func(tx *sql.Tx) error {
				_, err := l.Log.Append(t.Context(), tx, tc.entry)
				return err
			})
			if e := new(audit.EntryError); !errors.As(err, &e) || tc.is != nil && !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("Append(%s) = %v, want an EntryError, %v, with %q", name, err, tc.is, tc.says)
			}
			audittest.VerifyClean(t, l, held)
		})
	}
}

// The largest entry goes in and comes out of an export.
func TestLargestEntry(t *testing.T) {
	l := audittest.New(t)
	e := audittest.Plain(0)
	e.Config = ""
	b, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	e.Config = strings.Repeat("x", audit.MaxEntry-len(b)-len(`"config":"",`))
	if b, err = e.Canonical(); err != nil || len(b) != audit.MaxEntry {
		t.Fatalf("Canonical() = %d bytes, %v, want %d", len(b), err, audit.MaxEntry)
	}
	l.Append(t, e, audittest.Plain(1))
	audittest.VerifyClean(t, l, l.Checkpoint(t))
	e.Config += "x"
	if _, err := e.Canonical(); !errors.Is(err, audit.ErrTooLong) {
		t.Errorf("Canonical() of one byte more = %v, want ErrTooLong", err)
	}
}

func TestAnIntentIsOpenUntilItsOutcomeIsKnown(t *testing.T) {
	l := audittest.New(t)
	first := l.Append(t, audittest.Intent(0), audittest.Intent(1))
	pending := func() (out []int64) {
		t.Helper()
		for _, seq := range []int64{first, first + 1} {
			switch _, err := auditdb.OutcomeOf(t.Context(), l.DB, seq); {
			case errors.Is(err, sql.ErrNoRows):
				out = append(out, seq)
			case err != nil:
				t.Fatal(err)
			}
		}
		return out
	}
	if diff := cmp.Diff([]int64{first, first + 1}, pending()); diff != "" {
		t.Errorf("after two intents (-want +got):\n%s", diff)
	}
	unknown := audittest.Outcome(2, first)
	unknown.Outcome = audit.Unknown
	l.Append(t, unknown, audittest.Outcome(3, first+1))
	if diff := cmp.Diff([]int64{first}, pending()); diff != "" {
		t.Errorf("an unknown outcome leaves its intent open (-want +got):\n%s", diff)
	}
	resolved := audittest.Outcome(4, first)
	resolved.Verb, resolved.Outcome = audit.WriteResolved, audit.Undeterminable
	l.Append(t, resolved)
	if got := pending(); got != nil {
		t.Errorf("after the resolution %v are open, want none", got)
	}
}

func TestTheDatabaseRefusesToForget(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	for _, stmt := range []string{
		"UPDATE audit_entry SET leaf = x'00' WHERE seq = 1",
		"DELETE FROM audit_entry WHERE seq = 10",
		"DELETE FROM audit_head",
		"DELETE FROM audit_intent_state",
		"UPDATE audit_intent_state SET outcome_seq = NULL WHERE intent_seq = 3",
		"UPDATE audit_intent_state SET outcome_seq = 9 WHERE intent_seq = 3",
	} {
		if _, err := l.DB.ExecContext(t.Context(), stmt); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: error %v, want a refusal", stmt, err)
		}
	}
	audittest.VerifyClean(t, l, l.Checkpoint(t))
}

func TestAppendAfterAPartialCommitIsRefused(t *testing.T) {
	l := audittest.New(t)
	l.Append(t, audittest.Plain(0))
	l.Tx(t, func(tx *sql.Tx) error { // a caller who commits after an error
		if _, err := l.Log.Append(t.Context(), tx, audittest.Plain(1), audittest.Outcome(2, 0)); err == nil {
			t.Error("Append() of an outcome without intent: no error")
		}
		return nil
	})
	err := audittest.InTx(t.Context(), l.DB, func(tx *sql.Tx) error {
		_, err := l.Log.Append(t.Context(), tx, audittest.Plain(3))
		return err
	})
	if err == nil {
		t.Error("Append() on top of an unsigned entry: no error")
	}
	r := audittest.VerifyDB(t, l, verify.Options{})
	if !audittest.HasCode(r, verify.Tampered) {
		t.Errorf("DB() finds %v, want an entry without a signature", audittest.Codes(r))
	}
}

// Two transactions that both saw the same head cannot both commit: there is no fork.
func TestTwoWritersCannotForkTheLog(t *testing.T) {
	l := audittest.New(t)
	l.Append(t, audittest.Plain(0))
	other := audittest.OpenDB(t, l.Path)
	first, err := l.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tx := range []*sql.Tx{first, second} { // both see one entry
		if _, err := auditdb.CurrentCheckpoint(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Log.Append(t.Context(), first, audittest.Plain(1)); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Log.Append(t.Context(), second, audittest.Plain(2)); err == nil {
		t.Errorf("Append() on an old view of the log = %d, want an error", n)
	}
	if err := second.Rollback(); err != nil {
		t.Fatal(err)
	}
	audittest.VerifyClean(t, l, l.Checkpoint(t))
}
