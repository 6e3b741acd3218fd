package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/register"
)

// restart opens the same register with another configuration.
func (h *house) restart(edit func(string) string) {
	h.Helper()
	if err := h.app.Close(); err != nil {
		h.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(h.app.Config.DataDir), "conformd.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(edit(string(text))), 0o600); err != nil {
		h.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		h.Fatal(err)
	}
	if h.app, err = app.Open(h.Context(), c, app.Options{}); err != nil {
		h.Fatal(err)
	}
}

// look is what conformd run --once does.
func (h *house) look() {
	h.Helper()
	if err := h.app.Started(h.Context()); err != nil {
		h.Fatal(err)
	}
	if err := h.pass(); err != nil {
		h.Fatal(err)
	}
}

// A binding that only observed and is switched to remind says what it holds, though
// nobody has touched an issue since. A start without a change asks for nothing.
func TestSwitchFromObserve(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c string) string { return strings.ReplaceAll(c, "enforcement: remind", "enforcement: observe") })
	n := h.open("Leavers keep their accounts")
	h.look()
	if err := h.world.GitHub.As("erik").Close(n, "completed"); err != nil {
		t.Fatal(err)
	}
	h.look()
	if got := h.writes(); got != 0 {
		t.Fatalf("%d writes in observe, want none", got)
	}
	h.restart(func(c string) string { return strings.ReplaceAll(c, "enforcement: observe", "enforcement: remind") })
	h.look()
	if got := len(h.world.GitHub.Issue(n).Comments); got != 1 {
		t.Errorf("%d comments after the switch to remind, want one", got)
	}
	h.restart(func(c string) string { return c })
	if err := h.app.Started(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ids, err := h.app.Store.Dirty(t.Context(), h.app.Reconciler.Now(), 10); err != nil || len(ids) > 0 {
		t.Errorf("Dirty = %v, %v after a start without a change, want none", ids, err)
	}
}

// Another log level, address, limit or interval changes no plan: no record is looked at
// again. Another grace time does.
func TestWhatChangesNoPlanLooksAtNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.open("Leavers keep their accounts")
	h.look()
	h.look()
	for _, c := range []struct {
		key  string
		edit func(string) string
		want int
	}{
		{"log.level", func(c string) string { return strings.Replace(c, "level: info", "level: debug", 1) }, 0},
		{"listen", func(c string) string { return strings.Replace(c, "listen: 127.0.0.1:0", "listen: 127.0.0.1:1", 1) }, 0},
		{"sync.poll_every", func(c string) string { return strings.Replace(c, "poll_every: 30s", "poll_every: 31s", 1) }, 0},
		{"sync.grace", func(c string) string { return strings.Replace(c, "grace: 30m", "grace: 31m", 1) }, 1},
	} {
		was := h.app.Config.Digest()
		h.restart(c.edit)
		if h.app.Config.Digest() == was {
			t.Fatalf("%s was not changed", c.key)
		}
		if err := h.app.Started(t.Context()); err != nil {
			t.Fatal(err)
		}
		if ids, err := h.app.Store.Dirty(t.Context(), h.app.Reconciler.Now(), 10); err != nil || len(ids) != c.want {
			t.Errorf("after a change of %s: Dirty = %v, %v, want %d", c.key, ids, err, c.want)
		}
	}
}

// A heading that is misspelt in the configuration reads as empty. That is nobody's
// deletion: what the register and the other tracker have stays.
func TestAnotherHeadingDeletesNothing(t *testing.T) {
	t.Parallel()
	const cause = "The HR feed runs late."
	h := newHouse(t, nil)
	n, err := h.world.GitHub.As("erik").Open("Leavers keep their accounts", "### Root cause\n\n"+cause+"\n", "capa")
	if err != nil {
		t.Fatal(err)
	}
	h.look()
	h.restart(func(c string) string {
		return strings.Replace(c, "kind: section, name: Root cause}", "kind: section, name: Rot cause}", 1)
	})
	h.look()
	rows, err := h.app.Store.Records(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Record.Fields[register.FieldRootCause] != cause {
		t.Errorf("records = %+v, %v, want the cause kept", rows, err)
	}
	if body := h.world.GitHub.Issue(n).Body; !strings.Contains(body, "### Root cause\n\n"+cause) || !strings.Contains(body, "### Rot cause\n\n"+cause) {
		t.Errorf("the issue says:\n%s\nwant the cause where it was, and under the new heading", body)
	}
	if twin, ok := h.world.Jira.Snapshot("ISMS-1"); !ok || twin.Fields["Root cause"] != cause {
		t.Errorf("the twin is %+v, want its cause kept", twin)
	}
}
