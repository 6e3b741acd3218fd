package verify_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// monday is when the logs here are restored.
func monday() time.Time { return time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC) }

// A restoredLog is a log of 40 entries that was set back to a backup of 20, and went on to 31.
type restoredLog struct {
	*audittest.Log
	restore                audit.Restore
	backup, lost           *audittest.Log
	at10, at20, at30, at40 []byte // checkpoints of the former log
}

func newRestored(t *testing.T) *restoredLog {
	t.Helper()
	l := audittest.New(t)
	s := &restoredLog{lost: l}
	l.Fill(t, 10)
	s.at10 = l.Checkpoint(t)
	l.Fill(t, 10)
	s.at20 = l.Checkpoint(t)
	s.backup, s.Log = l.Copy(t), l.Copy(t)
	l.Fill(t, 10)
	s.at30 = l.Checkpoint(t)
	l.Fill(t, 10)
	s.at40 = l.Checkpoint(t)
	s.restore = s.Restore(t, monday(), l)
	s.Fill(t, 10)
	return s
}

// against verifies the log against a checkpoint, in the database and exported, and returns
// both reports.
func against(t *testing.T, l *audittest.Log, held []byte) map[string]*verify.Report {
	t.Helper()
	o := verify.Options{Against: held}
	return map[string]*verify.Report{"database": audittest.VerifyDB(t, l, o), "export": audittest.VerifyDir(t, l.Export(t), l.Verifier, o)}
}

// holds expects that a log verifies against a checkpoint, and what the report says of it.
func holds(t *testing.T, l *audittest.Log, what string, held []byte, checked string) {
	t.Helper()
	for where, r := range against(t, l, held) {
		if said := strings.Join(r.Checked, "\n"); r.Result != verify.Verified || !strings.Contains(said, checked) {
			t.Errorf("%s, against %s: %s, findings %+v, checked:\n%s\nwant %s and %q", where, what, r.Result, r.Findings, said, verify.Verified, checked)
		}
	}
}

// fails expects one finding about a checkpoint.
func fails(t *testing.T, l *audittest.Log, what string, held []byte, code verify.Code, text string) {
	t.Helper()
	for where, r := range against(t, l, held) {
		if r.Result != verify.Failed || len(r.Findings) != 1 || r.Findings[0].Code != code || !strings.Contains(r.Findings[0].Text, text) {
			t.Errorf("%s, against %s: %s, findings %+v\nwant %s and %q", where, what, r.Result, r.Findings, code, text)
		}
	}
}

// A restored log has a new name. A checkpoint of the former name verifies as far as the
// backup went, and one of what was lost is no forgery: the log says what became of it.
func TestARestoreOpensANewLog(t *testing.T) {
	s := newRestored(t)
	lost, err := tree.ReadCheckpoint(s.at40)
	if err != nil {
		t.Fatal(err)
	}
	before, err := tree.ReadCheckpoint(s.at20)
	if err != nil {
		t.Fatal(err)
	}
	want := audit.Restore{
		Seq: 20, At: monday(), Origin: audittest.Origin + "/restored-20260309T080000.000Z", Former: audittest.Origin, Size: 20, Root: before.RootText(),
		LostOrigin: audittest.Origin, LostSize: 40, LostRoot: lost.RootText(), Told: "entries are not in it", Reason: "the disk broke",
	}
	if s.restore != want {
		t.Errorf("the entry says %+v, want %+v", s.restore, want)
	}
	for where, r := range against(t, s.Log, nil) {
		if r.Origin != want.Origin || r.Result != verify.VerifiedInPart {
			t.Errorf("%s: the log is %s, %s, findings %+v; want %s, %s", where, r.Origin, r.Result, r.Findings, want.Origin, verify.VerifiedInPart)
		}
	}
	const older = "an older checkpoint of the log " + audittest.Origin + ", which this log continues since entry 20"
	holds(t, s.Log, "10 entries of the former log", s.at10, older)
	holds(t, s.Log, "the backup", s.at20, older)
	holds(t, s.Log, "its own checkpoint", s.Checkpoint(t), "the first 31 entries are those of the checkpoint held from before")
	fails(t, s.Log, "30 entries of the former log", s.at30, verify.CutOff, "kept the first 20 of them and removed the others, as this log says itself (the disk broke)")
	fails(t, s.Log, "the head that was lost", s.at40, verify.CutOff, "Ask for the export that was made before the restore")
	// The export of what was lost is checked against the same checkpoint.
	holds(t, s.lost, "the head that was lost", s.at40, "the first 40 entries")
}

// Each further restore gives another name, also when the same backup is restored again at
// the same moment of the clock.
func TestRestoredTwice(t *testing.T) {
	s := newRestored(t)
	again := s.Copy(t)
	s.Fill(t, 5)
	second := again.Restore(t, monday().Add(time.Hour), s.Log)
	again.Fill(t, 5)
	if second.Former != s.restore.Origin || second.Origin == second.Former || tree.FirstName(second.Origin) != audittest.Origin {
		t.Errorf("the second restore calls the log %s after %s, want another name of %s", second.Origin, second.Former, audittest.Origin)
	}
	holds(t, again, "10 entries of the first log", s.at10, "which this log continues since entry 20")
	fails(t, again, "30 entries of the first log", s.at30, verify.CutOff, "The restore of entry 20 kept the first 20")
	fails(t, again, "what the second restore removed", s.Checkpoint(t), verify.CutOff, "The restore of entry 31 kept the first 31 of them")
	for where, r := range against(t, again, nil) {
		if len(r.Restores) != 2 || r.Restores[1] != second {
			t.Errorf("%s: restores %+v, want both", where, r.Restores)
		}
	}

	other := s.backup.Copy(t)
	third := other.Restore(t, monday(), s.Log)
	if third.Origin == s.restore.Origin {
		t.Errorf("two logs have the name %s", third.Origin)
	}
	fails(t, other, "the log that was replaced", s.Checkpoint(t), verify.CutOff, "replaced it by a backup of "+audittest.Origin)
	fails(t, s.Log, "a log that it knows nothing of", other.Checkpoint(t), verify.Forked, "no entry of this log tells of a restore")
	fails(t, s.lost, "a log that continues an older copy of it", s.Checkpoint(t), verify.Forked, "It may be an older copy")
}

// A log that was restored before can still be forked: a difference that none of its restores
// explains is a fork.
func TestAForkOfARestoredLogIsAFork(t *testing.T) {
	s := newRestored(t)
	fork := s.backup.Copy(t) // put back by hand
	fork.Fill(t, 30)
	fails(t, fork, "the log that it was copied from", s.at40, verify.Forked, "written anew")

	anew := audittest.NewWithKey(t, s.Private, s.Public)
	anew.Append(t, audittest.Plain(500))
	anew.Fill(t, 14)
	fails(t, s.Log, "a history of the former name that was written anew", anew.Checkpoint(t), verify.Forked, "written anew")

	// A restore of another history names another head.
	anew.Fill(t, 25)
	fails(t, s.Log, "another log as long as the one that was lost", anew.Checkpoint(t), verify.Forked, "is not the one that the held checkpoint was taken of")
}

// The key of the former name is the key of the log; tools of others find it in key.pub
// under the new name.
func TestTheKeyOfARestoredLog(t *testing.T) {
	s := newRestored(t)
	dir := s.Export(t)
	r := audittest.VerifyDir(t, dir, s.Verifier, verify.Options{})
	if said := strings.Join(r.Checked, "\n"); !strings.Contains(said, "the given key of "+audittest.Origin+", under the name that the log has since its restore") {
		t.Errorf("checked:\n%s\nwant which of the given keys signed", said)
	}
	b, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(b))
	if len(lines) != 2 || lines[0] != s.Public || !strings.HasPrefix(lines[1], s.restore.Origin+"+") {
		t.Fatalf("key.pub = %q, want the key under both names", lines)
	}
	v, err := note.NewVerifier(lines[1])
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(s.Checkpoint(t), note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 || n.Sigs[0].Name != s.restore.Origin {
		t.Errorf("note.Open(with the second line) = %+v, %v, want one signature, named like the log", n, err)
	}
	words, err := os.ReadFile(filepath.Join(dir, "VERIFY.txt"))
	if err != nil || !strings.Contains(string(words), "entry 20 continues the first 20 entries of "+audittest.Origin+"\n") {
		t.Errorf("VERIFY.txt does not tell of the restore (%v):\n%s", err, words)
	}
}

// The log does not sign a restore that contradicts the entries before it.
func TestAFalseRestoreIsRefused(t *testing.T) {
	s := newRestored(t)
	for name, change := range map[string]func(*audit.Restore){
		"another size":       func(r *audit.Restore) { r.Size++ },
		"another root":       func(r *audit.Restore) { r.Root = s.restore.LostRoot },
		"another log before": func(r *audit.Restore) { r.Former = "example.com/other" },
		"another name after": func(r *audit.Restore) { r.Origin = "example.com/other" },
		"the same name":      func(r *audit.Restore) { r.Origin = r.Former },
	} {
		r := s.restore
		change(&r)
		l := s.backup.Copy(t)
		err := audittest.InTx(t.Context(), l.DB, func(tx *sql.Tx) error {
			_, err := l.Log.Append(t.Context(), tx, r.Entry())
			return err
		})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A thief of the key signs what he likes. A restore that is invented, altered or left out
// is found in the log itself, with no checkpoint from outside.
func TestForgedRestores(t *testing.T) {
	s := newRestored(t)
	entries := func(l *audittest.Log) (leaves [][]byte) {
		for e, err := range auditdb.Read(t.Context(), l.DB, 0, -1) {
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, e.Leaf)
		}
		return leaves
	}
	told := func(change func(*audit.Restore)) [][]byte {
		r := s.restore
		change(&r)
		leaf, err := r.Entry().Canonical()
		if err != nil {
			t.Fatal(err)
		}
		leaves := entries(s.Log)
		leaves[20] = leaf
		return leaves
	}
	since := s.restore.Origin
	for _, c := range []struct {
		name   string
		origin string
		leaves [][]byte
		want   []verify.Code
	}{
		{"nothing is forged", since, entries(s.Log), nil},
		{"the name is changed without an entry", since, entries(s.lost), []verify.Code{verify.Renamed}},
		{"the restore is removed", since, slices.Delete(entries(s.Log), 20, 21), []verify.Code{verify.Renamed}},
		{"the former name is taken up again", audittest.Origin, entries(s.Log), []verify.Code{verify.Renamed}},
		{"the restore gives another name", since, told(func(r *audit.Restore) { r.Origin = audittest.Origin + "/restored-20250101T000000.000Z" }), []verify.Code{verify.Renamed}},
		{"the backup had another root", since, told(func(r *audit.Restore) { r.Root = r.LostRoot }), []verify.Code{verify.BadRestore}},
		{"the backup had more entries", since, told(func(r *audit.Restore) { r.Size = 40 }), []verify.Code{verify.BadRestore}},
		{"the backup had fewer entries", since, told(func(r *audit.Restore) { r.Size = 10 }), []verify.Code{verify.BadRestore}},
		{"the backup was of another log", since, told(func(r *audit.Restore) { r.Former = since }), []verify.Code{verify.BadRestore}},
		{"the restore stands elsewhere", since, append(slices.Delete(entries(s.Log), 20, 21), entries(s.Log)[20]), []verify.Code{verify.BadRestore}},
		{"the log is called something else", "example.com/other", entries(s.lost), []verify.Code{verify.BadSignature}},
	} {
		l := s.Copy(t)
		forge(t, l, c.origin, c.leaves)
		for where, r := range against(t, l, nil) {
			if got := audittest.Codes(r); !slices.Equal(got, c.want) {
				t.Errorf("%s: %s: codes %v, want %v; findings %+v", where, c.name, got, c.want, r.Findings)
			}
		}
	}
}

// forge makes l the log origin of the leaves, signed with its key.
func forge(t *testing.T, l *audittest.Log, origin string, leaves [][]byte) {
	t.Helper()
	l.Exec(t, "DELETE FROM audit_entry")
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, leaf := range leaves {
		l.Exec(t, "INSERT INTO audit_entry VALUES ($1, $2, $3)", i, leaf, audittest.LeafHash(leaf))
		hs, err := tlog.StoredHashes(int64(i), leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hs...)
	}
	n := int64(len(leaves))
	root, err := tlog.TreeHash(n, read)
	if err != nil {
		t.Fatal(err)
	}
	var edge []byte
	for at, level := int64(0), 62; level >= 0; level-- {
		if n>>level&1 == 1 {
			h := stored[tlog.StoredHashIndex(level, at>>level)]
			edge = append(edge, h[:]...)
			at += 1 << level
		}
	}
	signer, err := tree.NewSigner(l.Private)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", origin, n, root)}, signer.Under(origin))
	if err != nil {
		t.Fatal(err)
	}
	l.Exec(t, "UPDATE audit_head SET size = $1, edge = $2, checkpoint = $3", n, edge, msg)
}
