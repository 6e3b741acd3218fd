package server_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/verifycmd"
)

// Whoever may takes the whole log away: the download passes conform-verify, has the entry that notes it, and leaves no file
// behind. Nobody else gets it, and nothing is given out that is not noted.
func TestLogIsTakenAway(t *testing.T) {
	r := receive(t, nil)
	b := r.browser()
	b.want(b.get(b.begin("sub-irene", "/", "isms")), http.StatusSeeOther, "/")
	got := b.get("/audit/log.zip")
	b.want(got, http.StatusOK, "")
	if d := got.header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="audit-log-`) || !strings.HasSuffix(d, `Z.zip"`) {
		t.Errorf("the download is called %s", d)
	}
	made := r.log(audit.ExportMade)
	if len(made) != 1 || made[0].Actor.ID != "irene" || made[0].Changes[0].After.Value != "the whole log, with the personal data beside it" {
		t.Errorf("the log notes %+v", made)
	}
	z, err := zip.NewReader(strings.NewReader(got.body), int64(len(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(dir)
	if err != nil || len(folders) != 1 {
		t.Fatalf("the ZIP has %v, %v; want one folder", folders, err)
	}
	folder := filepath.Join(dir, folders[0].Name())
	key := filepath.Join(t.TempDir(), "audit.pub")
	if err := os.WriteFile(key, []byte(r.app.Public+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := verifycmd.Run(t.Context(), []string{"--key", key, "--against", filepath.Join(folder, "checkpoint"), folder}, &stdout, &stderr); code != verifycmd.ExitVerified {
		t.Errorf("conform-verify = %d: %s%s", code, &stdout, &stderr)
	}
	lines, err := os.ReadFile(filepath.Join(folder, "entries.jsonl"))
	if err != nil || !bytes.Contains(lines, []byte(`"export.made"`)) {
		t.Errorf("the export does not have the entry that notes it: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(r.options.Scratch, ".audit-log-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	page := b.get("/audit").body
	erik := r.browser().enter("erik")
	if !strings.Contains(page, "/audit/log.zip") || strings.Contains(erik.get("/audit").body, "/audit/log.zip") {
		t.Error("the page offers the download to the wrong people")
	}
	if got := erik.get("/audit/log.zip"); got.status != http.StatusForbidden || len(r.log(audit.ExportMade)) != 1 {
		t.Errorf("an engineer gets %d", got.status)
	}
	// The page that checks an export is the same for everybody, and the page of the log says which one it is.
	check := erik.get("/audit/verify.html")
	sum := sha256.Sum256([]byte(check.body))
	if check.header.Get("Content-Disposition") != `attachment; filename="verify.html"` || !strings.Contains(page, hex.EncodeToString(sum[:])) {
		t.Errorf("verify.html is served as %q with SHA-256 %x", check.header.Get("Content-Disposition"), sum)
	}
	// The auditor's own program writes the same page, byte for byte, and prints what the page of the log shows.
	own := filepath.Join(t.TempDir(), "verify.html")
	stdout.Reset()
	if code := verifycmd.Run(t.Context(), []string{"--page", own}, &stdout, &stderr); code != verifycmd.ExitVerified || !strings.Contains(stdout.String(), hex.EncodeToString(sum[:])) {
		t.Errorf("conform-verify --page = %d: %s%s", code, &stdout, &stderr)
	}
	if written, err := os.ReadFile(own); err != nil || string(written) != check.body {
		t.Errorf("conform-verify writes another page than the one that is served: %d bytes and %d, %v", len(written), len(check.body), err)
	}

	if _, err := r.app.Store.DB().ExecContext(t.Context(), "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"); err != nil {
		t.Fatal(err)
	}
	if got := b.get("/audit/log.zip"); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "log-not-written") {
		t.Errorf("an export that is not noted is answered with %d", got.status)
	}
}
