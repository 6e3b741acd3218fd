package reconcile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/store"
)

// backup makes a copy of the register while conformd runs.
func (w *world) backup() {
	w.Helper()
	dir := filepath.Join(w.dir, "backup")
	w.must(os.MkdirAll(dir, 0o700))
	w.must(w.daemon().Store.CopyTo(w.Context(), dir))
}

// lost takes the data directory away, as a lost volume does.
func (w *world) lost() {
	w.Helper()
	w.daemon()
	w.kill()
	w.must(os.RemoveAll(w.settings.DataDir))
	w.must(os.Mkdir(w.settings.DataDir, 0o700))
}

// second lets another conformd, with the same configuration and a register of its own,
// look at the trackers twice while the first one runs. Release says that a person lets it
// write first.
func (w *world) second(release bool) {
	w.Helper()
	w.forgetRequests()
	c := *w.daemon().Config
	c.DataDir = filepath.Join(w.dir, "second")
	a, err := app.Open(w.Context(), &c, app.Options{Log: zap.NewNop(), Now: w.clock.Now, Base: w.wire, Driver: w.driver})
	w.must(err)
	if release {
		for _, b := range a.Bindings {
			_, err := a.ReleaseBrake(w.Context(), b.ID, "the first one is given up", "")
			w.must(err)
		}
	}
	for range 2 {
		_, err := a.SyncRun(w.Context())
		w.must(err)
	}
	w.must(a.Close())
}

// restore puts the copy in the place of the register, as the command does.
func (w *world) restore(known bool) {
	w.Helper()
	a := w.daemon()
	r := app.Restoring{Dir: filepath.Join(w.dir, "restored"), Made: w.clock.Now(), Now: w.clock.Now, Restore: audit.Restore{Told: "what came after is lost", Reason: "a rehearsal"}}
	var err error
	r.Signer, err = app.Key(a.Config, w.settings.DataDir)
	w.must(err)
	if known {
		rows, err := a.Store.Records(w.Context())
		w.must(err)
		r.Known = map[string]string{}
		for _, row := range rows {
			r.Known[row.Record.Ref] = row.Record.ID
		}
	}
	w.kill()
	w.must(os.Mkdir(r.Dir, 0o700))
	w.must(os.Rename(filepath.Join(w.dir, "backup", store.File), filepath.Join(r.Dir, store.File)))
	_, err = app.Restore(w.Context(), a.Config, r)
	w.must(err)
	for _, side := range []string{"-wal", "-shm"} {
		_ = os.Remove(filepath.Join(w.settings.DataDir, store.File+side))
	}
	w.must(os.Rename(filepath.Join(r.Dir, store.File), filepath.Join(w.settings.DataDir, store.File)))
	w.must(os.RemoveAll(r.Dir))
}

// brake plays what has to do with writing being stopped.
func (w *world) brake(a []string) {
	w.Helper()
	row, err := w.daemon().Store.Binding(w.Context(), a[1])
	w.must(err)
	switch a[0] {
	case "release":
		_, err := w.app.ReleaseBrake(w.Context(), a[1], "looked at it", "")
		w.must(err)
	case "brake":
		if a[2] == "none" && row.Stopped() != "" || a[2] != "none" && !strings.Contains(row.Stopped(), a[2]) {
			w.Errorf("line %d: writing to %s is stopped because %q, want %q", w.at, a[1], row.Stopped(), a[2])
		}
	default:
		_, err := w.app.ReleaseBrake(w.Context(), a[1], "impatience", "")
		if err == nil || !strings.Contains(err.Error(), a[2]) {
			w.Errorf("line %d: release of %s: %v, want %q", w.at, a[1], err, a[2])
		}
	}
}

// comments counts the comments of conformd on an issue.
func (w *world) comments(where, which, want string) {
	w.Helper()
	n := 0
	if where == "github" {
		i, err := strconv.Atoi(which)
		w.must(err)
		for _, c := range w.trackers.GitHub.Issue(i).Comments {
			if c.Author == "conformd" {
				n++
			}
		}
	} else {
		is, ok := w.trackers.Jira.Snapshot(which)
		if !ok {
			w.fail("no issue %s", which)
		}
		for _, c := range is.Comments {
			if strings.Contains(c, "missing") {
				n++
			}
		}
	}
	if fmt.Sprint(n) != want {
		w.Errorf("line %d: %s has %d comments of ours, want %s", w.at, which, n, want)
	}
}

// entries counts the entries of the log of one verb whose reason has some words.
func (w *world) entries(verb, words, want string) {
	w.Helper()
	n := 0
	for e, err := range auditdb.Read(w.Context(), w.daemon().Store.Reader(), 0, -1) {
		w.must(err)
		if string(e.Entry.Verb) == verb && strings.Contains(e.Entry.Reason, words) {
			n++
		}
	}
	if fmt.Sprint(n) != want {
		w.Errorf("line %d: the log has %d entries %s with %q, want %s", w.at, n, verb, words, want)
	}
}
