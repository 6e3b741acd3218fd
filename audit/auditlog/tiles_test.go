package auditlog_test

import (
	"bytes"
	"testing"

	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/audittest"
)

// The roots of full tiles are kept as entries are appended, one by one or together, and a log
// that has none gets the same ones.
func TestRootsOfTiles(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 700)
	for range 70 {
		l.Append(t, audittest.Plain(1))
	}
	l.Fill(t, 300)
	kept := tilesOf(t, l)
	if len(kept) != 4 {
		t.Fatalf("of 1070 entries %d roots are kept, want 4", len(kept))
	}
	l.Exec(t, "DELETE FROM audit_tile")
	if err := auditlog.FillTiles(t.Context(), l.DB); err != nil {
		t.Fatal(err)
	}
	again := tilesOf(t, l)
	for n, root := range kept {
		if len(root) != 32 || !bytes.Equal(root, again[n]) {
			t.Errorf("tile %d has the root %x, and %x when it is filled in", n, root, again[n])
		}
	}
	// An entry that is gone ends it, and does not make it fail.
	l.Exec(t, "DELETE FROM audit_tile")
	l.Exec(t, "DELETE FROM audit_entry WHERE seq = 600")
	if err := auditlog.FillTiles(t.Context(), l.DB); err != nil || len(tilesOf(t, l)) != 2 {
		t.Errorf("without entry 600 there are %d roots, %v, want the 2 before it", len(tilesOf(t, l)), err)
	}
}

func tilesOf(t *testing.T, l *audittest.Log) map[int64][]byte {
	t.Helper()
	rows, err := l.DB.QueryContext(t.Context(), "SELECT n, hash FROM audit_tile")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out := map[int64][]byte{}
	for rows.Next() {
		var n int64
		var hash []byte
		if err := rows.Scan(&n, &hash); err != nil {
			t.Fatal(err)
		}
		out[n] = hash
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
