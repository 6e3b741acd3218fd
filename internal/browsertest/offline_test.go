package browsertest

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verifycmd"
	"github.com/conformd/conformd/internal/demo"
	"github.com/conformd/conformd/internal/rehearsal"
)

// The page verify.html, as conform-verify writes it, checks a folder without any server: it finds a good log good, and each change to a file. It is as
// accessible as the other pages, and says what it does not check.
func TestVerifyWithoutAServer(t *testing.T) {
	const records = 60
	f := daemon(t, records, func(w *rehearsal.World) error { return demo.File(w, records) })
	dir := filepath.Join(t.TempDir(), "audit-log")
	tx, err := f.app.Store.Reader().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := export.Write(t.Context(), tx, dir, export.Options{Keys: strings.Fields(f.app.Public)}); err != nil {
		t.Fatal(err)
	}
	kept, err := auditdb.CurrentCheckpoint(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "verify.html")
	var out bytes.Buffer
	if code := verifycmd.Run(t.Context(), []string{"--page", page}, &out, &out); code != verifycmd.ExitVerified {
		t.Fatalf("conform-verify --page = %d: %s", code, &out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	home, cancel := chromedp.NewContext(start(t), chromedp.WithNewBrowserContext())
	defer cancel()
	context.AfterFunc(ctx, cancel)
	b := watch(home, t, "file://")
	check := func(t *testing.T, folder, key, earlier string) verdict {
		t.Helper()
		b.T = t
		b.do(chromedp.Navigate("file://"+page), chromedp.WaitVisible(chromedp.CSS(`#verify form`)),
			chromedp.SetUploadFiles(chromedp.CSS("#folder"), []string{folder}))
		b.fill("#key", key)
		b.fill("#earlier", earlier)
		return b.verdict()
	}
	altered := func(path string, change func([]byte) []byte) func(*testing.T) string {
		return func(t *testing.T) string {
			t.Helper()
			out := filepath.Join(t.TempDir(), "audit-log")
			if err := os.CopyFS(out, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(out, path))
			if err != nil {
				t.Fatal(err)
			}
			if data = change(data); data == nil {
				err = os.Remove(filepath.Join(out, path))
			} else {
				err = os.WriteFile(filepath.Join(out, path), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	as := func(*testing.T) string { return dir }
	public := strings.Fields(f.app.Public)[0]
	for _, x := range []struct {
		name         string
		folder       func(*testing.T) string
		key, earlier string
		verdict      string
		says         []string
	}{
		{"a good log", as, public, string(kept), "good", []string{"none was changed"}},
		{"a good log, with the key of the folder", as, "", "", "good", []string{"is signed by the key"}},
		{"a folder around it", func(*testing.T) string { return filepath.Dir(dir) }, public, "", "good", []string{"none was changed"}},
		{"an entry that was changed", altered("tile/entries/000", func(b []byte) []byte { b[600] ^= 1; return b }), public, "", "bad", []string{"is not what was signed"}},
		{"entries that are gone", altered("tile/entries/000", func([]byte) []byte { return nil }), public, "", "bad", []string{"The log ends early"}},
		{"a checkpoint that was changed", altered("checkpoint", func(b []byte) []byte { return []byte(strings.Replace(string(b), "\n\n", "\nmore\n\n", 1)) }), public, "", "bad", []string{"not signed by this key"}},
		{"no key anywhere", altered("key.pub", func([]byte) []byte { return nil }), "", "", "bad", []string{"There is no public key"}},
	} {
		t.Run(strings.ReplaceAll(x.name, " ", "_"), func(t *testing.T) {
			v := check(t, x.folder(t), x.key, x.earlier)
			if v.Verdict != x.verdict || !v.says(x.says...) {
				t.Errorf("the verdict is %s, and no line says %q:\n%s", v.Verdict, x.says, strings.Join(v.Lines, "\n"))
			}
			if foreign := strings.Contains(strings.Join(v.Open, "\n"), "it came from the system that is checked"); v.Verdict == "good" && foreign != (x.key == "") {
				t.Errorf("the check says that the key is not the reader's: %t; %q", foreign, v.Open)
			}
			b.quiet(x.name, http.StatusOK)
		})
	}
	b.T = t
	b.do(chromedp.Navigate("file://"+page), chromedp.WaitVisible(chromedp.CSS(`#verify form`)), chromedp.SetUploadFiles(chromedp.CSS("#folder"), []string{t.TempDir()}))
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#folder").required = false; document.querySelector("#verify button").click()`))
	if got := js[string](b, `document.querySelector("[data-verify=status]").textContent`); !strings.Contains(got, "This folder holds no audit log") {
		t.Errorf("of an empty folder the page says %q", got)
	}
	b.do(chromedp.Evaluate[chromedp.Void](axeSource(t)))
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.accessible()
		b.shoot("verify-without-a-server-" + scheme)
	}
	b.quiet("verify.html", http.StatusOK)
}
