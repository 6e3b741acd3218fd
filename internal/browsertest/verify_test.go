package browsertest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/demo"
	"github.com/conformd/conformd/internal/rehearsal"
)

// A verdict is what the box "Verify this log" says.
type verdict struct {
	Verdict string   // "good", "partly" or "bad"
	Lines   []string // what was checked
	Open    []string // what was not
}

// checked verifies the log in the page, with a key and an earlier checkpoint that the reader has, "" for
// none.
func (b *tab) checked(key, earlier string) verdict {
	b.Helper()
	if status := b.visit("/audit"); status != http.StatusOK {
		b.Fatalf("GET /audit = %d", status)
	}
	b.do(chromedp.WaitVisible(chromedp.CSS(`#verify form`)))
	if key != "" {
		b.fill("#verify-key", key)
	}
	b.fill("#verify-earlier", earlier)
	return b.verdict()
}

// verdict starts the check of the log and returns its result.
func (b *tab) verdict() verdict {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(`#verify button[type="submit"]`)),
		chromedp.WaitVisible(chromedp.CSS("#verify [data-verdict]")))
	return js[verdict](b, `(() => { const r = document.querySelector("#verify [data-verdict]"), lists = r.querySelectorAll("ul"), of = l => [...(l?.children ?? [])].map(e => e.textContent);
		return {Verdict: r.dataset.verdict, Lines: of(lists[0]), Open: of(lists[1])} })()`)
}

// fill writes a text into a field.
func (b *tab) fill(field, text string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).value = %q", field, text)))
}

// says reports whether a line has all of the words.
func (v verdict) says(words ...string) bool {
	for _, l := range v.Lines {
		found := true
		for _, w := range words {
			found = found && strings.Contains(l, w)
		}
		if found {
			return true
		}
	}
	return false
}

// audited is a daemon with a log of more than one tile, and a person who reads it.
func audited(t *testing.T) (*fixture, *tab, int64) {
	t.Helper()
	const records, least = 90, 420
	f := daemon(t, records, func(w *rehearsal.World) error { return demo.File(w, records) })
	b := f.as(t, "irene")
	size, err := f.app.Store.LogSize(t.Context())
	if err != nil || size < least {
		t.Fatalf("the log has %d entries, %v; want %d", size, err, least)
	}
	return f, b, size
}

// The browser of the reader finds a good log good, says what it did not check, and finds each way to
// tamper with it. Where one entry was changed it names that entry.
func TestVerifyInTheBrowser(t *testing.T) {
	f, b, size := audited(t)
	db, ctx := f.app.Store.DB(), t.Context()
	exec := func(t *testing.T, stmt string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(ctx, stmt, args...); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
	}
	// Whoever has the database in his hands drops what guards it against mistakes.
	for _, trigger := range []string{"audit_entry_no_update", "audit_entry_no_delete", "audit_head_kept"} {
		exec(t, "DROP TRIGGER IF EXISTS "+trigger)
	}
	exec(t, "CREATE TABLE entry_then AS SELECT * FROM audit_entry")
	exec(t, "CREATE TABLE head_then AS SELECT * FROM audit_head")
	exec(t, "CREATE TABLE tile_then AS SELECT * FROM audit_tile")
	restore := func(t *testing.T) {
		exec(t, "PRAGMA foreign_keys = OFF")
		for _, table := range []string{"entry", "head", "tile"} {
			exec(t, fmt.Sprintf("INSERT OR REPLACE INTO audit_%s SELECT * FROM %s_then", table, table))
		}
	}
	note, err := auditdb.CurrentCheckpoint(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	kept := string(note)
	private, err := os.ReadFile(filepath.Join(f.app.Config.DataDir, "audit.key"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(string(private))
	if err != nil {
		t.Fatal(err)
	}
	foreign, foreignPublic, err := tree.GenerateKey(signer.Name())
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := tree.NewSigner(foreign)
	if err != nil {
		t.Fatal(err)
	}
	head := func(t *testing.T, note string) {
		t.Helper()
		exec(t, "UPDATE audit_head SET checkpoint = $1", []byte(note))
	}
	resigned := func(t *testing.T, n int64, by tree.Signer) string {
		t.Helper()
		root, err := export.RootAt(ctx, db, n)
		if err != nil {
			t.Fatal(err)
		}
		out, err := tree.SignCheckpoint(signer.Name(), n, root, []tree.Signer{by})
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	lines := strings.SplitN(kept, "\n", 4)
	for _, x := range []struct {
		name         string
		tamper       func(*testing.T)
		key, earlier string
		verdict      string
		says         []string
	}{
		{"a good log", nil, "", "", "good", []string{fmt.Sprint(size), "none was changed"}},
		{"with the key of the reader", nil, signer.Public() + " ", "", "good", []string{"is signed by the key"}},
		{"with an earlier checkpoint", nil, "", resigned(t, 300, signer), "good", []string{"The log continues the earlier checkpoint", "first 300"}},
		{"an earlier checkpoint of no entries", nil, "", resigned(t, 0, signer), "good", []string{"first 0 entries are the same"}},
		{"an earlier checkpoint of another history", nil, "", strings.Replace(resigned(t, 300, signer), "\n300\n", "\n299\n", 1), "bad", []string{"first 299 entries are not those"}},
		{"an earlier checkpoint that is none", nil, "", "hello", "bad", []string{"The earlier checkpoint is no signed checkpoint"}},
		{"a key that is none", nil, "hello", "", "bad", []string{"not in the form"}},
		{"a foreign key", nil, foreignPublic, "", "bad", []string{"not signed by this key"}},
		{"signed by a foreign key", func(t *testing.T) { head(t, resigned(t, size, stranger)) }, "", "", "bad", []string{"not signed by this key"}},
		{"the bytes of one entry", func(t *testing.T) {
			exec(t, "UPDATE audit_entry SET leaf = CAST(replace(CAST(leaf AS TEXT), '\"v\":2', '\"v\":3') AS BLOB) WHERE seq = 270")
		}, "", "", "bad", []string{"Entry 270 is not what was signed"}},
		{"two entries", func(t *testing.T) {
			exec(t, "UPDATE audit_entry SET leaf = leaf || x'20' WHERE seq IN (17, 400)")
		}, "", "", "bad", []string{"Entry 17 is not what was signed", "first of 2"}},
		{"an entry with its hash", func(t *testing.T) {
			exec(t, "UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE seq = 4), leaf_hash = (SELECT leaf_hash FROM audit_entry WHERE seq = 4) WHERE seq = 5")
		}, "", "", "bad", []string{"first difference lies in entries 0 to 255"}},
		{"an entry with its hash and its tile", func(t *testing.T) {
			exec(t, "UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE seq = 4), leaf_hash = (SELECT leaf_hash FROM audit_entry WHERE seq = 4) WHERE seq = 5")
			exec(t, "DELETE FROM audit_tile")
		}, "", "", "bad", []string{"does not tell which entry was changed"}},
		{
			"a hash of an entry", func(t *testing.T) { exec(t, "UPDATE audit_entry SET leaf_hash = zeroblob(32) WHERE seq = 300") }, "", "", "bad",
			[]string{"The published hash of entry 300 is wrong (tile/0/001)", "The entry itself is the one that was signed"},
		},
		{"a hash tile", func(t *testing.T) { exec(t, "UPDATE audit_tile SET hash = zeroblob(32) WHERE n = 0") }, "", "", "bad", []string{"tile/1/000.p/", "wrong hash for entries 0 to 255"}},
		{"the root of the checkpoint", func(t *testing.T) {
			root, err := base64.StdEncoding.DecodeString(lines[2])
			if err != nil {
				t.Fatal(err)
			}
			root[0] ^= 1
			head(t, strings.Replace(kept, lines[2], base64.StdEncoding.EncodeToString(root), 1))
		}, "", "", "bad", []string{"do not make the root that the checkpoint names"}},
		{"the signature", func(t *testing.T) {
			i := strings.LastIndex(strings.TrimSpace(kept), " ") + 1
			blob, err := base64.StdEncoding.DecodeString(strings.TrimSpace(kept[i:]))
			if err != nil {
				t.Fatal(err)
			}
			blob[20] ^= 1
			head(t, kept[:i]+base64.StdEncoding.EncodeToString(blob)+"\n")
		}, "", "", "bad", []string{"The checkpoint is not signed by this key"}},
		{"no checkpoint", func(t *testing.T) { head(t, "nothing") }, "", "", "bad", []string{"The checkpoint of the log is no signed checkpoint"}},
		{"an entry in the middle that is gone", func(t *testing.T) { exec(t, "DELETE FROM audit_entry WHERE seq = 100") }, "", "", "bad", []string{"entries 0 to 255 are not all there"}},
		{"a log that is cut off", func(t *testing.T) { exec(t, "DELETE FROM audit_entry WHERE seq >= $1", size-3) }, "", "", "bad", []string{"The log ends early", fmt.Sprintf("the checkpoint signs %d entries", size)}},
		// The thief of the key signs a shorter log: only a checkpoint from before shows it.
		{"a log that is cut off and signed again", func(t *testing.T) { head(t, resigned(t, 290, signer)) }, "", "", "good", []string{"All 290 entries"}},
		{
			"a log that is cut off and signed again, beside a kept checkpoint", func(t *testing.T) { head(t, resigned(t, 290, signer)) }, "", kept, "bad",
			[]string{"The log was cut off or replaced", fmt.Sprintf("names %d entries, and now there are 290", size)},
		},
	} {
		t.Run(strings.ReplaceAll(x.name, " ", "_"), func(t *testing.T) {
			b.T = t
			if x.tamper != nil {
				x.tamper(t)
				defer restore(t)
			}
			v := b.checked(x.key, x.earlier)
			if v.Verdict != x.verdict {
				t.Errorf("the verdict is %s: %s", v.Verdict, strings.Join(v.Lines, "\n"))
			}
			if !v.says(x.says...) {
				t.Errorf("no line says %q:\n%s", x.says, strings.Join(v.Lines, "\n"))
			}
			if x.verdict == "good" && x.earlier == "" && !strings.Contains(strings.Join(v.Open, "\n"), "Only a checkpoint that you kept") {
				t.Errorf("the check does not say what it leaves open: %q", v.Open)
			}
			b.quiet(x.name, http.StatusNotFound) // the answer for a tile that was taken away
		})
	}
}
