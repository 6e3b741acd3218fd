package verify_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
)

// A crime is something done to a log that a verification has to find.
type crime struct {
	name string
	// inDB and inDir commit it in a database and in an export; nil where it cannot be.
	inDB  func(t *testing.T, s *scene) *audittest.Log
	inDir func(t *testing.T, s *scene) string
	// want and wantDir are the codes found; wantDir is want when it is nil.
	want, wantDir []verify.Code
	// blind says that without a checkpoint from outside nothing can be found.
	blind bool
	o     verify.Options
}

// A scene is a log of 611 entries, two and a half bundles, of which somebody holds
// the checkpoint at 400.
type scene struct {
	log, early *audittest.Log
	dir        string
	held       []byte
}

func newScene(t *testing.T) *scene {
	l := audittest.New(t)
	l.Story(t)
	l.Fill(t, 300)
	early := l.Copy(t)
	l.Fill(t, 89)
	held := l.Checkpoint(t)
	l.Fill(t, 211)
	return &scene{log: l, early: early, dir: l.Export(t), held: held}
}

// withSQL commits a crime by statements.
func withSQL(stmts ...string) func(*testing.T, *scene) *audittest.Log {
	return func(t *testing.T, s *scene) *audittest.Log {
		l := s.log.Copy(t)
		for _, stmt := range stmts {
			l.Exec(t, stmt)
		}
		return l
	}
}

// withCheckpoint commits a crime on the bytes of the checkpoint in the database.
func withCheckpoint(f func([]byte) []byte) func(*testing.T, *scene) *audittest.Log {
	return func(t *testing.T, s *scene) *audittest.Log {
		l := s.log.Copy(t)
		l.Exec(t, "UPDATE audit_head SET checkpoint = $1", f(l.Checkpoint(t)))
		return l
	}
}

// inFile commits a crime on the bytes of one file.
func inFile(path string, f func([]byte) []byte) func(*testing.T, *scene) string {
	return func(t *testing.T, s *scene) string {
		dir := audittest.CopyDir(t, s.dir)
		audittest.Edit(t, dir, path, f)
		return dir
	}
}

// rewritten is a log of the same length, signed with the same key, in which one
// early entry is another.
func rewritten(t *testing.T, s *scene) *audittest.Log {
	l := audittest.NewWithKey(t, s.log.Private, s.log.Public)
	l.Story(t)
	l.Append(t, audittest.Plain(999))
	l.Fill(t, 599)
	return l
}

// strange is the log signed with somebody else's key of the same name.
func strange(t *testing.T, s *scene) *audittest.Log {
	l := audittest.New(t)
	l.Story(t)
	l.Fill(t, 600)
	l.Verifier = s.log.Verifier
	return l
}

// unfinished is a log with a write that never ended, followed by an hour of work.
func unfinished(t *testing.T, s *scene) *audittest.Log {
	l := s.log.Copy(t)
	l.Append(t, audittest.Intent(700), audittest.Plain(700+3600))
	return l
}

// twice is a log with two final outcomes of one write, from a writer gone wrong.
func twice(t *testing.T, s *scene) *audittest.Log {
	l := s.log.Copy(t)
	l.Exec(t, "UPDATE audit_intent_state SET outcome_seq = NULL WHERE intent_seq = 3")
	l.Append(t, audittest.Outcome(701, 3))
	l.Exec(t, "UPDATE audit_intent_state SET outcome_seq = 4 WHERE intent_seq = 3")
	return l
}

// orphaned is a log with the outcome of a write that was never announced.
func orphaned(t *testing.T, s *scene) *audittest.Log {
	l := s.log.Copy(t)
	l.Exec(t, "INSERT INTO audit_intent_state (intent_seq) VALUES (2)")
	l.Append(t, audittest.Outcome(702, 2))
	l.Exec(t, "DELETE FROM audit_intent_state WHERE intent_seq = 2")
	return l
}

func exported(f func(*testing.T, *scene) *audittest.Log) func(*testing.T, *scene) string {
	return func(t *testing.T, s *scene) string { return f(t, s).Export(t) }
}

func early(t *testing.T, s *scene) *audittest.Log { return s.early.Copy(t) }

func crimes() []crime {
	type codes = []verify.Code
	return []crime{
		{
			name: "a byte of an entry is flipped", want: codes{verify.Tampered},
			inDB:  withSQL("UPDATE audit_entry SET leaf = CAST(replace(leaf, 'restored', 'rest0red') AS BLOB) WHERE seq = 2"),
			inDir: inFile("tile/entries/000", audittest.Flip(700)),
		},
		{
			name: "a byte of an entry is flipped and its hash made to fit", want: codes{verify.Tampered},
			inDB: func(t *testing.T, s *scene) *audittest.Log {
				l := s.log.Copy(t)
				st, err := auditdb.Get(t.Context(), l.DB, 300)
				if err != nil {
					t.Fatal(err)
				}
				leaf := bytes.Replace(st.Leaf, []byte("restored"), []byte("rest0red"), 1)
				l.Exec(t, "UPDATE audit_entry SET leaf = $1, leaf_hash = $2 WHERE seq = 300", leaf, audittest.LeafHash(leaf))
				return l
			},
			inDir: func(t *testing.T, s *scene) string {
				dir := audittest.CopyDir(t, s.dir)
				audittest.Edit(t, dir, "tile/entries/000", func(b []byte) []byte {
					n := int(b[0])<<8 | int(b[1])
					b[2+n/2] ^= 1
					h := audittest.LeafHash(b[2 : 2+n])
					audittest.Edit(t, dir, "tile/0/000", func(tile []byte) []byte { copy(tile, h); return tile })
					return b
				})
				return dir
			},
		},
		{
			name: "a byte of a hash is flipped", want: codes{verify.Tampered},
			inDB:  withSQL("UPDATE audit_entry SET leaf_hash = zeroblob(32) WHERE seq = 5"),
			inDir: inFile("tile/0/001", audittest.Flip(33)),
		},
		{
			name: "a byte of a hash high in the tree is flipped", want: codes{verify.Tampered},
			inDB:  withSQL("UPDATE audit_head SET edge = zeroblob(length(edge))"),
			inDir: inFile("tile/1/000.p/2", audittest.Flip(40)),
		},
		{
			name: "the root in the checkpoint is another", want: codes{verify.BadSignature, verify.Tampered},
			inDB:  withCheckpoint(otherRoot),
			inDir: inFile("checkpoint", otherRoot),
		},
		{
			name: "the checkpoint is gone", want: codes{verify.BadSignature},
			inDB:  withSQL("DELETE FROM audit_head"),
			inDir: inFile("checkpoint", func([]byte) []byte { return nil }),
		},
		{
			name: "the checkpoint says a smaller size", want: codes{verify.BadSignature, verify.Tampered},
			wantDir: codes{verify.BadSignature, verify.Tampered, verify.Truncated}, // no bundle has the width for that size
			inDB:    withCheckpoint(smaller),
			inDir:   inFile("checkpoint", smaller),
		},
		{
			name: "an entry in the middle is deleted", want: codes{verify.Tampered},
			inDB:  withSQL("DELETE FROM audit_entry WHERE seq = 100"),
			inDir: inFile("tile/entries/000", func([]byte) []byte { return nil }),
		},
		{
			name: "an entry in the middle is deleted and the numbers closed up", want: codes{verify.Tampered, verify.Truncated},
			inDB: withSQL("DELETE FROM audit_entry WHERE seq = 100", "UPDATE audit_entry SET seq = -seq WHERE seq > 100",
				"UPDATE audit_entry SET seq = -seq-1 WHERE seq < 0"),
			wantDir: codes{verify.Tampered},
			inDir: inFile("tile/entries/000", func(b []byte) []byte {
				return b[2+(int(b[0])<<8|int(b[1])):]
			}),
		},
		{
			name: "an entry is put in between", want: codes{verify.Tampered},
			inDB: withSQL("UPDATE audit_entry SET seq = -seq-1 WHERE seq >= 100", "UPDATE audit_entry SET seq = -seq WHERE seq < 0",
				"INSERT INTO audit_entry SELECT 100, leaf, leaf_hash FROM audit_entry WHERE seq = 50"),
			inDir: inFile("tile/entries/002.p/99", func(b []byte) []byte {
				return slices.Concat(b[:2+(int(b[0])<<8|int(b[1]))], b)
			}),
		},
		{
			name: "an entry is added without a signature", want: codes{verify.Tampered},
			inDB: withSQL("INSERT INTO audit_entry SELECT 611, leaf, leaf_hash FROM audit_entry WHERE seq = 50"),
			inDir: inFile("entries.jsonl", func(b []byte) []byte {
				return append(b, bytes.SplitAfter(b, []byte("\n"))[50]...)
			}),
		},
		{
			name: "two entries are swapped", want: codes{verify.Tampered},
			inDB: withSQL("UPDATE audit_entry SET seq = -1 WHERE seq = 100", "UPDATE audit_entry SET seq = 100 WHERE seq = 101",
				"UPDATE audit_entry SET seq = 101 WHERE seq = -1"),
			inDir: inFile("tile/entries/000", func(b []byte) []byte {
				n := 2 + (int(b[0])<<8 | int(b[1]))
				m := n + 2 + (int(b[n])<<8 | int(b[n+1]))
				return slices.Concat(b[n:m], b[:n], b[m:])
			}),
		},
		{
			name: "two bundles are swapped", want: codes{verify.Tampered},
			inDB: withSQL("UPDATE audit_entry SET seq = -seq-1000 WHERE seq < 256", "UPDATE audit_entry SET seq = seq-256 WHERE seq BETWEEN 256 AND 511",
				"UPDATE audit_entry SET seq = 256-seq-1000 WHERE seq < 0"),
			inDir: func(t *testing.T, s *scene) string {
				dir := audittest.CopyDir(t, s.dir)
				for _, level := range []string{"tile/entries/", "tile/0/"} {
					a, b, c := filepath.Join(dir, level+"000"), filepath.Join(dir, level+"001"), filepath.Join(dir, "x")
					for _, mv := range [][2]string{{a, c}, {b, a}, {c, b}} {
						if err := os.Rename(mv[0], mv[1]); err != nil {
							t.Fatal(err)
						}
					}
				}
				return dir
			},
		},
		{
			name: "the end is cut off and the head left", want: codes{verify.Truncated}, wantDir: codes{verify.Tampered, verify.Truncated},
			inDB:  withSQL("DELETE FROM audit_entry WHERE seq >= 600"),
			inDir: inFile("tile/entries/002.p/99", func([]byte) []byte { return nil }),
		},
		{
			name: "everything is gone but the head", want: codes{verify.Truncated}, wantDir: codes{verify.Tampered, verify.Truncated},
			inDB: withSQL("DELETE FROM audit_entry"),
			inDir: func(t *testing.T, s *scene) string {
				dir := audittest.CopyDir(t, s.dir)
				if err := os.RemoveAll(filepath.Join(dir, "tile")); err != nil {
					t.Fatal(err)
				}
				return dir
			},
		},
		{
			name: "an old copy is put back", want: codes{verify.Truncated}, blind: true,
			inDB: early, inDir: exported(early),
		},
		{
			name: "the history is written anew with the stolen key", want: codes{verify.Forked}, blind: true,
			inDB: rewritten, inDir: exported(rewritten),
		},
		{
			name: "the log is signed by another key of the same name", want: codes{verify.BadSignature, verify.Forked},
			inDB: strange, inDir: exported(strange),
		},
		{
			name: "a write has no outcome", want: codes{verify.UnpairedIntent},
			inDB: unfinished, inDir: exported(unfinished),
		},
		{
			name: "a write has two outcomes", want: codes{verify.DoubleOutcome},
			inDB: twice, inDir: exported(twice),
		},
		{
			name: "an outcome belongs to no write", want: codes{verify.OrphanOutcome},
			inDB: orphaned, inDir: exported(orphaned),
		},
		{
			name: "the index of intents is changed", want: codes{verify.Tampered},
			inDB: withSQL("UPDATE audit_intent_state SET outcome_seq = NULL WHERE intent_seq = 3"),
		},
		{
			name: "personal data is removed without an entry", want: codes{verify.DisclosureMismatch}, wantDir: codes{verify.DisclosureMismatch, verify.Tampered},
			inDB:  withSQL("DELETE FROM audit_disclosure WHERE seq = 0"),
			inDir: inFile("disclosures.jsonl", func([]byte) []byte { return []byte{} }),
		},
		{
			name: "personal data is changed", want: codes{verify.DisclosureMismatch}, wantDir: codes{verify.DisclosureMismatch, verify.Tampered},
			inDB: withSQL("UPDATE audit_disclosure SET value = 'Bob Example' WHERE seq = 0"),
			inDir: inFile("disclosures.jsonl", func(b []byte) []byte {
				return bytes.Replace(b, []byte("Ada Example"), []byte("Bob Example"), 1)
			}),
		},
		{
			name: "personal data is added where none was", want: codes{verify.DisclosureMismatch}, wantDir: codes{verify.DisclosureMismatch, verify.Tampered},
			inDB: withSQL("INSERT INTO audit_disclosure VALUES (2, 'title/after', x'00', 'Eve')"),
			inDir: inFile("disclosures.jsonl", func(b []byte) []byte {
				return append(b, `{"seq":2,"field":"title/after","salt":"00","value":"Eve"}`+"\n"...)
			}),
		},
		{
			name: "erased personal data comes back changed", want: codes{verify.DisclosureMismatch},
			inDB: withSQL("INSERT INTO audit_disclosure VALUES (1, 'owner_name/after', x'00', 'Eve')"),
		},
		{
			name: "a line for people says something else", want: codes{verify.Tampered},
			inDir: inFile("entries.jsonl", func(b []byte) []byte {
				return bytes.Replace(b, []byte("Backup 299"), []byte("Backup 298"), 1)
			}),
		},
		{
			name: "a line for people is gone", want: codes{verify.Tampered},
			inDir: inFile("entries.jsonl", func(b []byte) []byte {
				return append(b[:0:0], b[bytes.IndexByte(b, '\n')+1:]...)
			}),
		},
		{
			name: "the instructions are changed", want: codes{verify.Tampered},
			inDir: inFile("VERIFY.txt", audittest.Flip(20)),
		},
		{
			name: "the manifest is changed", want: codes{verify.Tampered},
			inDir: inFile("MANIFEST.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"bytes": `), []byte(`"bytes": 1`), 1) }),
		},
		{
			name: "the log has stopped", want: codes{verify.Stale},
			o:    verify.Options{Now: audittest.Start().Add(50 * time.Hour), MaxAge: 24 * time.Hour},
			inDB: func(_ *testing.T, s *scene) *audittest.Log { return s.log }, inDir: func(_ *testing.T, s *scene) string { return s.dir },
		},
	}
}

// otherRoot changes a letter of the root, to one that a root can have.
func otherRoot(b []byte) []byte {
	at := bytes.Index(b, []byte("\n611\n")) + len("\n611\n")
	if b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	return b
}

func smaller(b []byte) []byte { return bytes.Replace(b, []byte("\n611\n"), []byte("\n610\n"), 1) }

func TestEveryCrimeIsFound(t *testing.T) {
	s := newScene(t)
	audittest.VerifyClean(t, s.log, s.held)
	for _, c := range crimes() {
		o := c.o
		o.Against = s.held
		check := func(t *testing.T, verification func(context.Context, verify.Options) (*verify.Report, error), want []verify.Code) {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			r, err := verification(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, audittest.Codes(r)); diff != "" || r.Result != verify.Failed {
				t.Errorf("%s: codes (-want +got):\n%s\nresult %s, findings %+v", c.name, diff, r.Result, r.Findings)
			}
			for _, f := range r.Findings {
				if f.Text == "" || f.Where == "" || strings.Contains(f.Text, "%!") {
					t.Errorf("finding %+v does not say what and where", f)
				}
			}
			if c.blind {
				alone := o
				alone.Against = nil
				if r, err = verification(ctx, alone); err != nil || r.Result != verify.VerifiedInPart {
					t.Errorf("%s, with nothing from outside: %s, %v, want %s: nothing can be seen, and it has to be said", c.name, r.Result, err, verify.VerifiedInPart)
				}
			}
		}
		if c.inDB != nil {
			t.Run("database/"+c.name, func(t *testing.T) {
				l := c.inDB(t, s)
				check(t, func(ctx context.Context, o verify.Options) (*verify.Report, error) {
					return verify.DB(ctx, l.DB, s.log.Verifier, o)
				}, c.want)
			})
		}
		if c.inDir != nil {
			t.Run("export/"+c.name, func(t *testing.T) {
				dir := c.inDir(t, s)
				want := c.want
				if c.wantDir != nil {
					want = c.wantDir
				}
				check(t, func(ctx context.Context, o verify.Options) (*verify.Report, error) {
					return verify.Dir(ctx, os.DirFS(dir), s.log.Verifier, o)
				}, want)
			})
		}
	}
}
