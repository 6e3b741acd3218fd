package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// withToken opens the app with GitHub's token in a file.
func withToken(t *testing.T, token string) (a *app.App, file string) {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	path, file := filepath.Join(dir, "conformd.yaml"), filepath.Join(dir, "token")
	edited := strings.ReplaceAll(text, "{env: GITHUB_TOKEN}", "{file: token}")
	if edited == text {
		t.Fatal("the configuration has no token of GitHub")
	}
	if err := errors.Join(os.WriteFile(path, []byte(edited), 0o600), os.WriteFile(file, []byte(token), 0o600)); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = app.Open(t.Context(), c, app.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a, file
}

// An operator corrects the file of a refused token: the next look uses it, without a
// restart, and asks anew who conformd is there.
func TestACorrectedSecretNeedsNoRestart(t *testing.T) {
	a, file := withToken(t, "revoked-token")
	work := a.Work()
	again, err := work.Poll(t.Context(), "gh-isms", false)
	if err != nil || time.Until(again) < time.Minute {
		t.Fatalf("a refused credential: again at %s, %v; want a pause", again, err)
	}
	if what := strings.Join(a.Setup()["gh-isms"], "\n"); !strings.Contains(what, "the credential is refused") {
		t.Errorf("the status page says %q", what)
	}
	if err := os.WriteFile(file, []byte(rehearsal.GitHubToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err = work.Poll(t.Context(), "gh-isms", false); err != nil || !again.IsZero() {
		t.Errorf("after the file was corrected: again at %s, %v; want a look", again, err)
	}
	for _, b := range a.Bindings {
		if self, known := b.Self(); b.ID == "gh-isms" && (!known || self.Login == "") {
			t.Errorf("conformd is %+v there, known: %v", self, known)
		}
	}
	if what := a.Setup()["gh-isms"]; len(what) > 0 {
		t.Errorf("the status page still says %q", what)
	}
}

// Where a refused token is replaced by that of a person of the register, nothing is
// written: the person's own edits could not be told from those of conformd.
func TestTheTokenOfAPersonIsRefusedAlsoLater(t *testing.T) {
	a, file := withToken(t, "revoked-token")
	work := a.Work()
	if _, err := work.Poll(t.Context(), "gh-isms", false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("erik-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := work.Poll(t.Context(), "gh-isms", false)
	own, ok := errors.AsType[*app.OwnAccountError](err)
	if !ok || own.Person != "erik" || own.Binding != "gh-isms" {
		t.Errorf("Poll() = %v, want an error that names erik", err)
	}
	for _, b := range a.Bindings {
		if _, known := b.Self(); b.ID == "gh-isms" && known {
			t.Error("conformd would write there")
		}
	}
	if what := strings.Join(a.Setup()["gh-isms"], "\n"); !strings.Contains(what, "signs in with the account erik of erik") {
		t.Errorf("the status page says %q", what)
	}
}
