package verify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verify"
)

// A notebook is a register that notes the facts of each record as they are.
type notebook struct {
	mu    sync.Mutex
	read  int
	told  map[string][]string
	seqs  []int64
	lines []string
}

func newNotebook() *notebook { return &notebook{told: map[string][]string{}} }

func (n *notebook) Read(e *audit.Entry, value func(string, *audit.Text) (string, bool)) (any, error) {
	n.mu.Lock()
	n.read++
	n.mu.Unlock()
	if e.Full != nil {
		doc, ok := value("full", e.Full)
		if !ok {
			return []string{e.Subject.ID, "lost"}, nil
		}
		full, err := audit.ParseFull(doc)
		if err != nil {
			return nil, err
		}
		e = &full
	}
	if e.Facts == nil {
		return nil, nil //nolint:nilnil // nothing is told
	}
	facts, ok := value("facts", e.Facts)
	if !ok {
		facts = "erased"
	}
	if facts == "nonsense" {
		return nil, errors.New("no facts")
	}
	return []string{e.Subject.ID, facts}, nil
}

func (n *notebook) Apply(seq int64, told any) {
	t := told.([]string)
	n.told[t[0]] = append(n.told[t[0]], t[1])
	n.seqs = append(n.seqs, seq)
}

func (n *notebook) Compare(rows iter.Seq2[any, error], where string) (c verify.Compared, err error) {
	for row, err := range rows {
		if err != nil {
			return c, err
		}
		n.lines = append(n.lines, string(row.([]byte)))
		c.Records++
	}
	if len(n.lines) != len(n.told) {
		c.Findings = append(c.Findings, verify.Finding{Code: verify.RegisterDiffers, Seq: -1, Where: where, Text: fmt.Sprintf("%d rows of %d", len(n.lines), len(n.told))})
	}
	return c, nil
}

// rows yields lines.
func rows(lines ...string) func(context.Context, auditdb.Tx) iter.Seq2[any, error] {
	return func(context.Context, auditdb.Tx) iter.Seq2[any, error] {
		return func(yield func(any, error) bool) {
			for _, l := range lines {
				if !yield([]byte(l), nil) {
					return
				}
			}
		}
	}
}

// factual is an entry about record n with facts of its own.
func factual(n int, facts string) audit.Entry {
	e := audittest.Plain(n)
	e.Verb, e.Facts = audit.RecordTransitioned, audit.NewText(facts)
	return e
}

// replayedLog is a log with short facts, long ones, and an entry that was too long for it.
func replayedLog(t *testing.T) (l *audittest.Log, want map[string][]string) {
	l = audittest.New(t)
	l.Story(t)
	long := strings.Repeat("a long fact ", 400)
	huge := factual(2, strings.Repeat("another ", 400))
	for i := range 1000 {
		huge.Changes = append(huge.Changes, audit.FieldChange{Field: fmt.Sprint("f", i), After: audit.NewText(strings.Repeat("x", 100))})
	}
	l.Append(t, factual(0, "first"), factual(1, long), huge)
	l.Fill(t, 300)
	l.Append(t, factual(0, "last"))
	return l, map[string][]string{
		"rec-0": {"first", "last"}, "rec-1": {long}, "rec-2": {strings.Repeat("another ", 400)},
		"rec-10": {`[{"kind":"requested","state":"closed"}]`}, // of the story
	}
}

// exportWith exports a log with rows of its register.
func exportWith(t *testing.T, l *audittest.Log, lines ...string) string {
	t.Helper()
	dir := t.TempDir() + "/export"
	err := export.Write(t.Context(), l.DB, dir, export.Options{Keys: []string{l.Public}, Register: func(context.Context, auditdb.Tx) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			for _, l := range lines {
				if !yield([]byte(l), nil) {
					return
				}
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// A verification gives a register every entry that tells of a record, in order, with its
// long texts, whether they are in a database or in an export.
func TestALogIsReplayedInOrder(t *testing.T) {
	l, want := replayedLog(t)
	lines := []string{"a\n", "b\n", "c\n", "d\n"}
	dir := exportWith(t, l, lines...)
	for name, check := range map[string]func(*notebook) (*verify.Report, error){
		"database": func(n *notebook) (*verify.Report, error) {
			return verify.DB(t.Context(), l.DB, l.Verifier, verify.Options{Register: n, Rows: rows(lines...)})
		},
		"export": func(n *notebook) (*verify.Report, error) {
			return verify.Dir(t.Context(), os.DirFS(dir), l.Verifier, verify.Options{Register: n})
		},
	} {
		n := newNotebook()
		r, err := check(n)
		if err != nil || r.Result != verify.VerifiedInPart || !r.Compared || r.Records != 4 {
			t.Fatalf("%s: %+v, %v", name, r, err)
		}
		if diff := cmp.Diff(want, n.told); diff != "" || !slices.IsSorted(n.seqs) {
			t.Errorf("%s: told (-want +got):\n%s\nin the order %v", name, diff, n.seqs)
		}
		if diff := cmp.Diff(lines, n.lines); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", name, diff)
		}
		if !slices.Contains(r.Checked, "the 4 records of the register against what the log tells of them, read from its beginning") {
			t.Errorf("%s: checked %q", name, r.Checked)
		}
	}
}

// A long text that a replay needs, and that is gone, is found, unless an entry says that it
// was erased; then it is counted by the register and no fault.
func TestALongTextThatIsGone(t *testing.T) {
	for _, erased := range []bool{false, true} {
		l, _ := replayedLog(t)
		l.Exec(t, "DELETE FROM audit_text WHERE value LIKE 'a long fact%'")
		if erased {
			e := audittest.Plain(400)
			e.Verb, e.Cause, e.Changes = audit.DisclosureErased, []int64{audittest.StorySize + 1}, []audit.FieldChange{{Field: "facts"}}
			l.Append(t, e)
		}
		dir := exportWith(t, l, "a\n", "b\n", "c\n", "d\n")
		inDB, err := verify.DB(t.Context(), l.DB, l.Verifier, verify.Options{Register: newNotebook(), Rows: rows("a", "b", "c", "d")})
		if err != nil {
			t.Fatal(err)
		}
		inDir, err := verify.Dir(t.Context(), os.DirFS(dir), l.Verifier, verify.Options{Register: newNotebook()})
		if err != nil {
			t.Fatal(err)
		}
		want := []verify.Code{verify.TextGone}
		if erased {
			want = nil
		}
		for _, r := range []*verify.Report{inDB, inDir} {
			if got := audittest.Codes(r); !slices.Equal(got, want) {
				t.Errorf("erased %t: found %+v, want %v", erased, r.Findings, want)
			}
		}
	}
}

// An entry whose facts cannot be read is malformed: the register would miss what it tells.
func TestFactsThatCannotBeRead(t *testing.T) {
	l := audittest.New(t)
	l.Append(t, factual(0, "nonsense"))
	r, err := verify.DB(t.Context(), l.DB, l.Verifier, verify.Options{Register: newNotebook(), Rows: rows()})
	if err != nil || !slices.Equal(audittest.Codes(r), []verify.Code{verify.Malformed}) {
		t.Errorf("DB() = %+v, %v, want %s", r, err, verify.Malformed)
	}
}

// Rows that are not there are said not to be checked; a row too many is found; a row without
// an end is not read to the end.
func TestTheRowsOfAnExport(t *testing.T) {
	l, _ := replayedLog(t)
	check := func(files map[string][]byte) *verify.Report {
		t.Helper()
		fsys := fstest.MapFS{}
		for p, b := range files {
			fsys[p] = &fstest.MapFile{Data: b}
		}
		r, err := verify.Dir(t.Context(), fsys, l.Verifier, verify.Options{Register: newNotebook()})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	plain := audittest.ReadAll(t, l.Export(t))
	r := check(plain)
	if r.Result != verify.VerifiedInPart || r.Compared || !strings.Contains(strings.Join(r.NotChecked, "\n"), "whether the register is what the log tells: its rows are not here") {
		t.Errorf("an export without rows: %+v", r)
	}
	files := audittest.ReadAll(t, exportWith(t, l, "a\n", "b\n", "c\n", "d\n"))
	delete(files, "register.jsonl")
	if r := check(files); !slices.Equal(audittest.Codes(r), []verify.Code{verify.Tampered}) {
		t.Errorf("rows taken away: %+v", r.Findings)
	}
	if r := check(audittest.ReadAll(t, exportWith(t, l, "a\n", "b\n", "c\n", "d\n", "e\n"))); !slices.Equal(audittest.Codes(r), []verify.Code{verify.RegisterDiffers}) {
		t.Errorf("a row too many: %+v", r.Findings)
	}
	endless := append(bytes.Repeat([]byte("x"), 1<<26+1), '\n')
	files["register.jsonl"] = endless
	sum := sha256.Sum256(endless)
	files["MANIFEST.json"] = listed(t, files["MANIFEST.json"], "register.jsonl", len(endless), hex.EncodeToString(sum[:]))
	if r := check(files); r.Result != verify.Failed || !strings.Contains(r.Findings[0].Text, "register.jsonl has a line of more than 67108864 bytes") {
		t.Errorf("a row without an end: %+v", r.Findings)
	}
}

// listed returns a manifest that gives a file another length and digest.
func listed(t *testing.T, manifest []byte, path string, n int, sum string) []byte {
	t.Helper()
	var m struct {
		Format int `json:"format"`
		Files  []struct {
			Path   string `json:"path"`
			Bytes  int    `json:"bytes"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		t.Fatal(err)
	}
	for i := range m.Files {
		if m.Files[i].Path == path {
			m.Files[i].Bytes, m.Files[i].SHA256 = n, sum
		}
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// A long log is sampled, and what tells of records is read all the same.
func TestALongLogIsReplayedWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("66,000 entries")
	}
	l := audittest.New(t)
	if _, err := l.DB.ExecContext(t.Context(), "PRAGMA synchronous = OFF"); err != nil {
		t.Fatal(err)
	}
	l.Append(t, factual(0, "first"))
	l.Fill(t, 66_000)
	l.Append(t, factual(0, "last"))
	n := newNotebook()
	r, err := verify.DB(t.Context(), l.DB, l.Verifier, verify.Options{Register: n, Rows: rows("a")})
	if err != nil || r.Result != verify.VerifiedInPart {
		t.Fatalf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(map[string][]string{"rec-0": {"first", "last"}}, n.told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}
