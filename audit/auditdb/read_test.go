package auditdb_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
)

// Entries come in the order that was asked for, each held against its hash. Leaves come
// as they lie there.
func TestEntriesByNumber(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 5)
	got, err := auditdb.Entries(t.Context(), l.DB, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Seq != 4 || got[1].Seq != 1 {
		t.Errorf("Entries(4, 1) = %+v, want the two in that order", got)
	}
	if _, err := auditdb.Entries(t.Context(), l.DB, 1, 5); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("Entries(1, 5) of 5 entries = %v, want sql.ErrNoRows", err)
	}
	l.Exec(t, "UPDATE audit_entry SET leaf = CAST('{}' AS BLOB) WHERE seq = 3")
	if _, err := auditdb.Entries(t.Context(), l.DB, 2, 3); err == nil || !strings.Contains(err.Error(), "entry 3 is not what was written") {
		t.Errorf("Entries() of an entry that was changed = %v, want an error that names it", err)
	}
	leaves, err := auditdb.Leaves(t.Context(), l.DB, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(leaves) != 2 || leaves[0].Seq != 2 || string(leaves[1].Bytes) != "{}" {
		t.Errorf("Leaves(2, 2) = %+v, want entries 2 and 3 as they are", leaves)
	}
}

// An intent leads to the entry that ended it, and to none while it is open.
func TestOutcomeOf(t *testing.T) {
	l := audittest.New(t)
	ended := l.Append(t, audittest.Intent(0))
	open := l.Append(t, audittest.Intent(1))
	end := l.Append(t, audittest.Outcome(0, ended))
	got, err := auditdb.OutcomeOf(t.Context(), l.DB, ended)
	if err != nil || got.Seq != end || got.Entry.Verb != audit.WriteOutcome {
		t.Errorf("OutcomeOf(%d) = %+v, %v, want entry %d", ended, got, err, end)
	}
	for _, seq := range []int64{open, end, 99} {
		if _, err := auditdb.OutcomeOf(t.Context(), l.DB, seq); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("OutcomeOf(%d) = %v, want sql.ErrNoRows", seq, err)
		}
	}
}
