package verify_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
)

// stride is how far apart the bytes are that are changed.
func stride() int {
	if testing.Short() {
		return 31
	}
	return 3
}

// Every change of a single row of a small log is found: each row deleted, doubled
// and exchanged with each other, each cell changed at every third byte.
func TestEverySingleRowMutationIsFound(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	held := l.Checkpoint(t)
	l.Exec(t, "SELECT 1") // the triggers are gone now
	mutations := rowMutations(t, l)
	if len(mutations) < 1500 && !testing.Short() {
		t.Fatalf("%d mutations, want more: the log or the enumeration is broken", len(mutations))
	}
	for _, m := range mutations {
		if err := attempt(t, l, held, m); err != nil {
			t.Error(err)
		}
	}
	audittest.VerifyClean(t, l, held)
}

// A mutation is a list of statements with their arguments.
type mutation struct {
	name  string
	stmts []string
	args  [][]any
}

// attempt does m, verifies, and undoes m.
func attempt(t *testing.T, l *audittest.Log, held []byte, m mutation) (err error) {
	t.Helper()
	tx, err := l.DB.BeginTx(t.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	for i, stmt := range m.stmts {
		if _, err := tx.ExecContext(t.Context(), stmt, m.args[i]...); err != nil {
			return fmt.Errorf("%s: %s: %w", m.name, stmt, err)
		}
	}
	r, err := verify.DB(t.Context(), tx, l.Verifier, verify.Options{Against: held, Workers: 1})
	if err == nil && r.Result != verify.Failed {
		err = fmt.Errorf("%s: result %s, want %s", m.name, r.Result, verify.Failed)
	}
	return err
}

func rowMutations(t *testing.T, l *audittest.Log) []mutation {
	t.Helper()
	one := func(name, stmt string, args ...any) mutation {
		return mutation{name, []string{stmt}, [][]any{args}}
	}
	var out []mutation
	for i := range audittest.StorySize {
		out = append(out, one(fmt.Sprintf("entry %d deleted", i), "DELETE FROM audit_entry WHERE seq = $1", i),
			one(fmt.Sprintf("all entries from %d deleted", i), "DELETE FROM audit_entry WHERE seq >= $1", i),
			one(fmt.Sprintf("entry %d doubled at the end", i), "INSERT INTO audit_entry SELECT 11, leaf, leaf_hash FROM audit_entry WHERE seq = $1", i))
		for j := range i {
			out = append(out, mutation{
				fmt.Sprintf("entries %d and %d swapped", i, j),
				[]string{"UPDATE audit_entry SET seq = -1 WHERE seq = $1", "UPDATE audit_entry SET seq = $1 WHERE seq = $2", "UPDATE audit_entry SET seq = $1 WHERE seq = -1"},
				[][]any{{i}, {i, j}, {j}},
			})
		}
	}
	for _, cell := range []struct{ table, key, column string }{
		{"audit_entry", "seq", "leaf"},
		{"audit_entry", "seq", "leaf_hash"},
		{"audit_head", "id", "edge"},
		{"audit_head", "id", "checkpoint"},
		{"audit_disclosure", "seq", "salt"},
		{"audit_disclosure", "seq", "value"},
		{"audit_disclosure", "seq", "field"},
	} {
		update := fmt.Sprintf("UPDATE %s SET %s = $1 WHERE %s = $2", cell.table, cell.column, cell.key)
		for key, value := range cells(t, l.DB, cell.table, cell.key, cell.column) {
			for at := 0; at < len(value); at += stride() {
				changed := []byte(value)
				changed[at] ^= 1
				var arg any = changed
				if cell.column == "value" || cell.column == "field" {
					arg = string(changed)
				}
				out = append(out, one(fmt.Sprintf("%s %d: byte %d of %s flipped", cell.table, key, at, cell.column), update, arg, key))
			}
			out = append(out, one(fmt.Sprintf("%s %d: %s emptied", cell.table, key, cell.column), update, []byte{}, key))
		}
	}
	return append(out,
		one("entry with the greatest number", "INSERT INTO audit_entry SELECT 9223372036854775807, leaf, leaf_hash FROM audit_entry WHERE seq = 1"),
		one("entry with the least number", "INSERT INTO audit_entry SELECT -9223372036854775808, leaf, leaf_hash FROM audit_entry WHERE seq = 1"),
		one("head size changed", "UPDATE audit_head SET size = size + 1"),
		one("head deleted", "DELETE FROM audit_head"),
		one("disclosure deleted", "DELETE FROM audit_disclosure"),
		one("disclosure moved", "UPDATE audit_disclosure SET seq = 2"),
		one("state of an intent deleted", "DELETE FROM audit_intent_state WHERE intent_seq = 3"),
		one("state of an intent opened", "UPDATE audit_intent_state SET outcome_seq = NULL WHERE intent_seq = 5"),
		one("state of an intent moved", "UPDATE audit_intent_state SET outcome_seq = 6 WHERE intent_seq = 5"),
		one("state of an intent added", "INSERT INTO audit_intent_state VALUES (9, NULL)"))
}

func cells(t *testing.T, db *sql.DB, table, key, column string) map[int64]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf("SELECT %s, %s FROM %s", key, column, table))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	out := map[int64]string{}
	for rows.Next() {
		var k int64
		var v string
		if err := rows.Scan(&k, &v); err != nil {
			t.Fatal(err)
		}
		out[k] = v
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%s.%s: %d rows, %v", table, column, len(out), err)
	}
	return out
}

// Every change of a single file of an export is found: each file removed, cut off
// and flipped at every third byte.
func TestEverySingleFileMutationIsFound(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	held := l.Checkpoint(t)
	files := audittest.ReadAll(t, l.Export(t))
	tried := 0
	for path, whole := range files {
		check := func(name string, b []byte) {
			t.Helper()
			tried++
			fsys := fstest.MapFS{}
			for p, data := range files {
				fsys[p] = &fstest.MapFile{Data: data}
			}
			if fsys[path] = (&fstest.MapFile{Data: b}); b == nil {
				delete(fsys, path)
			}
			r, err := verify.Dir(t.Context(), fsys, l.Verifier, verify.Options{Against: held, Workers: 1})
			if err != nil || r.Result != verify.Failed {
				t.Errorf("%s %s: %+v, %v, want a finding", path, name, r, err)
			}
		}
		check("removed", nil)
		check("emptied", []byte{})
		check("one byte longer", append(slices.Clip(whole), '\n'))
		for at := 0; at < len(whole); at += stride() {
			b := []byte(string(whole))
			b[at] ^= 1
			check(fmt.Sprintf("flipped at byte %d", at), b)
			if at%(10*stride()) == 0 {
				check(fmt.Sprintf("cut off at byte %d", at), whole[:at:at])
			}
		}
	}
	if tried < 3000 && !testing.Short() {
		t.Errorf("%d changes tried, want more", tried)
	}
}

// A byte of a name is not a finding, but a file that does not belong is told of.
func TestAFileThatDoesNotBelongIsToldOf(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	fsys := fstest.MapFS{}
	for p, data := range audittest.ReadAll(t, l.Export(t)) {
		fsys[p] = &fstest.MapFile{Data: data}
	}
	fsys["tile/entries/x999/x999/999"] = &fstest.MapFile{Data: []byte("x")}
	fsys["notes.txt"] = &fstest.MapFile{Data: []byte("seen by me")}
	r, err := verify.Dir(t.Context(), fsys, l.Verifier, verify.Options{Against: l.Checkpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Extra, " "); r.Result != verify.Verified || got != "notes.txt tile/entries/x999/x999/999" {
		t.Errorf("VerifyDir() = %s, extra files %q, want %s and both named", r.Result, got, verify.Verified)
	}
}
