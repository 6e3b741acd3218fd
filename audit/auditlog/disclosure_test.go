package auditlog_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
)

func TestPersonalDataIsBesideTheLogAndErasable(t *testing.T) {
	l := audittest.New(t)
	e := audittest.Created(0)
	e.Changes[1].Before = audit.Personal("Ada Example 0") // the same value twice
	l.Append(t, e)
	s, err := auditdb.Get(t.Context(), l.DB, 0)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(s.Leaf), "Ada") {
		t.Errorf("the entry holds the name: %s", s.Leaf)
	}
	if c := s.Entry.Changes[1]; c.Before.Commitment == c.After.Commitment {
		t.Error("two commitments to one value are the same: the salt does not hide it")
	}
	disclosed := func() map[string]string {
		t.Helper()
		got, err := auditdb.Disclosed(t.Context(), l.DB, 0)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := map[string]string{"owner_name/before": "Ada Example 0", "owner_name/after": "Ada Example 0"}
	if diff := cmp.Diff(want, disclosed()); diff != "" {
		t.Errorf("Disclosed() (-want +got):\n%s", diff)
	}
	held := l.Checkpoint(t)
	erase := func() error {
		return audittest.InTx(t.Context(), l.DB, func(tx *sql.Tx) error {
			_, err := l.Erase(t.Context(), tx, audit.Entry{
				At: audittest.Start(), Reason: "request of 1 March", Actor: audit.Actor{Kind: audit.Operator, ID: "op-1"},
			}, 0)
			return err
		})
	}
	if err := erase(); err != nil {
		t.Fatal(err)
	}
	if got := disclosed(); len(got) != 0 {
		t.Errorf("after Erase() there is %v, want nothing", got)
	}
	audittest.VerifyClean(t, l, held)
	if r := audittest.VerifyDB(t, l, verify.Options{}); r.Erased != 2 || r.Disclosed != 0 {
		t.Errorf("report tells of %d erased and %d disclosed, want 2 and 0", r.Erased, r.Disclosed)
	}
	if err := erase(); err == nil {
		t.Error("a second Erase(): no error")
	}
	// With secure_delete, as the product sets it, the bytes are gone from the files.
	if _, err := l.DB.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(l.Path)
	if err != nil || bytes.Contains(b, []byte("Ada Example")) {
		t.Errorf("the erased name is still in the database file (error %v)", err)
	}
}

func TestGetOfWhatIsNotThere(t *testing.T) {
	l := audittest.New(t)
	if _, err := auditdb.Get(t.Context(), l.DB, 3); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("Get(3) of an empty log = %v, want sql.ErrNoRows", err)
	}
	if _, err := auditdb.CurrentCheckpoint(t.Context(), l.DB); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("CurrentCheckpoint() of an empty log = %v, want sql.ErrNoRows", err)
	}
}
