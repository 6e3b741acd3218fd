package auditlog_test

import (
	"bytes"
	"database/sql"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
)

// A log that an earlier version began goes on in the present format, and verifies as one.
func TestALogOfBothFormatsVerifies(t *testing.T) {
	l := audittest.New(t)
	l.Tx(t, func(tx *sql.Tx) error {
		_, err := l.AppendV1(t.Context(), tx, audittest.Created(0), audittest.Plain(1))
		return err
	})
	l.Append(t, audittest.Plain(2))
	audittest.VerifyClean(t, l, l.Checkpoint(t))
	for seq, want := range []int{1, 1, 0} {
		s, err := auditdb.Get(t.Context(), l.DB, int64(seq))
		if err != nil || s.Entry.Format != want {
			t.Errorf("entry %d has format %d, %v, want %d", seq, s.Entry.Format, err, want)
		}
	}
}

// What was read in the first version of the format is appended in the present one.
func TestAppendWritesThePresentFormat(t *testing.T) {
	l := audittest.New(t)
	seq := l.Append(t, func() audit.Entry { e := audittest.Plain(0); e.Format = 1; return e }())
	s, err := auditdb.Get(t.Context(), l.DB, seq)
	if err != nil || !bytes.Contains(s.Leaf, []byte(`"v":2,`)) {
		t.Errorf("the entry is %s, %v, want version 2", s.Leaf, err)
	}
}
