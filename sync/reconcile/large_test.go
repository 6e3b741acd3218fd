package reconcile_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// What an issue with very many comments may take.
const (
	manyComments = 100_000
	mostHeap     = 64 << 20 // bytes more than before, of what is in use
)

// An issue of GitHub with a hundred thousand comments is read page by page. A daemon that is
// killed half-way goes on where it was, nothing is decided and nothing is written before all
// are known, other records are seen to meanwhile, and afterwards an edit costs two requests.
func TestAHundredThousandCommentsInGitHub(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	g := w.trackers.GitHub
	n, err := g.As("erik").Open("Talked to death", "Accounts stay enabled.", "capa")
	w.must(err)
	_, err = g.As("erik").Comment(n, "/capa root-cause The leavers' list is kept by hand")
	w.must(err)
	w.must(g.SeedComments("erik", manyComments, func(int) int { return n }))
	w.clock.Advance(24 * time.Hour)
	_, err = g.As("erik").Comment(n, "And now?")
	w.must(err)
	w.must(g.As("erik").Close(n, "completed")) // which is answered by a comment, since evidence is missing
	_, err = g.As("erik").Open("Quiet", "Doors stay open.", "capa")
	w.must(err)
	w.clock.Advance(24 * time.Hour)

	l := &large{world: w, many: manyComments, pages: regexp.MustCompile(`^GET .*/issues/1/comments$`), issue: regexp.MustCompile(`/issues/1(/|$)`), key: fmt.Sprint("acme/isms#", n), binding: rehearsal.GitHubBinding}
	l.readsAll()
	l.edits(2, func() { w.must(g.As("erik").Retitle(n, "Talked to death, renamed")) })
}

// So is one of Jira, which comes with its newest comments only.
func TestAHundredThousandCommentsInJira(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for deployment, many := range map[string]int{jirasim.Cloud: manyComments, jirasim.DataCenter: manyComments / 8} {
		t.Run(deployment, func(t *testing.T) {
			w := newWorld(t, &txtar.Archive{})
			w.start(deployment)
			j := w.trackers.Jira
			at := w.clock.Now().Add(-48 * time.Hour)
			said := []jirasim.SeedComment{{By: "erik", Body: "/capa root-cause The leavers' list is kept by hand", At: at}}
			for k := range many {
				said = append(said, jirasim.SeedComment{By: "olga", Body: fmt.Sprint("Comment ", k), At: at.Add(time.Second + time.Duration(k)*time.Millisecond)})
			}
			issue := jirasim.Seed{ID: 70001, Type: "Nonconformity", Fields: map[string]any{"summary": "Talked to death"}, Created: at, Updated: at.Add(24 * time.Hour), Comments: said}
			w.must(j.Seed(issue, jirasim.Seed{Type: "Nonconformity", Fields: map[string]any{"summary": "Quiet"}, Created: at}))
			l := &large{world: w, many: many, pages: regexp.MustCompile(`^GET .*/issue/[^/]+/comment$`), issue: regexp.MustCompile(`/issue/(ISMS-1|70001)(/|$)`), key: "ISMS-1", binding: rehearsal.JiraBinding}
			l.readsAll()
			l.edits(4, func() { w.must(j.Person("olga").Edit("ISMS-1", map[string]any{"summary": "Talked to death, renamed"})) })
		})
	}
}

// An issue is deleted while its comments are being read, so that nothing of it was taken in. The
// record comes to rest all the same: it says that it has no title, and what to do about that.
// Whoever does so has the twin filed.
func TestAnIssueThatVanishesWhileItsCommentsAreRead(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	g := w.trackers.GitHub
	n, err := g.As("erik").Open("Talked to death", "Accounts stay enabled.", "capa")
	w.must(err)
	w.must(g.SeedComments("erik", 500, func(int) int { return n }))
	w.clock.Advance(24 * time.Hour)
	l := &large{world: w, key: fmt.Sprint("acme/isms#", n), binding: rehearsal.GitHubBinding}

	w.daemon()
	ctx, cancel := context.WithCancel(t.Context())
	page := regexp.MustCompile(`^GET .*/issues/1/comments$`)
	die := func(r *http.Request) {
		if page.MatchString(r.Method+" "+r.URL.Path) && l.read.Add(1) == 3 {
			cancel()
		}
	}
	w.wire.each.Store(&die)
	_, _ = w.app.SyncRun(ctx)
	w.kill()
	w.must(g.As("admin").Delete(n))
	w.pass()
	for range 3 { // it is missed, is still missed ten minutes later, and the record goes on without it
		w.sweep()
		w.clock.Advance(11 * time.Minute)
	}

	row := l.record()
	if row.Generation > row.ObservedGeneration || row.Problem != "" {
		t.Errorf("the record is at %d of %d and says %q, want it at rest", row.ObservedGeneration, row.Generation, row.Problem)
	}
	if len(row.Problems) != 1 || row.Problems[0].Field != register.FieldTitle || !strings.Contains(row.Problems[0].Remedy, "register set "+row.Record.Ref+" title") {
		t.Errorf("problems = %+v, want the missing title with its remedy", row.Problems)
	}
	w.issues("jira", "0")
	_, err = w.app.Acts().Do(w.Context(), row.Record.ID, service.By{Person: "erik"}, func(by register.Author) register.Command {
		return register.Propose{By: by, Field: register.FieldTitle, Value: "Talked to death"}
	})
	w.must(err)
	w.pass()
	w.issues("jira", "1")
	if row := l.record(); len(row.Problems) > 0 {
		t.Errorf("problems = %+v after the title was given, want none", row.Problems)
	}
}

// A large is a world with an issue that has very many comments.
type large struct {
	*world
	many    int            // comments
	pages   *regexp.Regexp // requests for its comments
	issue   *regexp.Regexp // paths at which it is written to
	key     string
	binding string

	read, writes atomic.Int64 // requests for its comments, and writes to it
	base         uint64       // bytes in use before the first
	peak         uint64       // and the most beyond that
	die          func()       // at the page in the middle; nil afterwards
}

// readsAll has the issue read, with a kill in the middle.
func (l *large) readsAll() {
	t := l.T
	t.Helper()
	l.daemon()
	l.base = inUse()
	each := func(r *http.Request) {
		switch {
		case r.Method != http.MethodGet && l.issue.MatchString(r.URL.Path):
			l.writes.Add(1)
		case l.pages.MatchString(r.Method + " " + r.URL.Path):
			n := l.read.Add(1)
			if n%100 == 0 {
				if now := inUse(); now > l.base {
					l.peak = max(l.peak, now-l.base)
				}
			}
			if n == int64(l.many/110) && l.die != nil {
				l.die()
			}
		}
	}
	l.wire.each.Store(&each)

	ctx, cancel := context.WithCancel(t.Context())
	l.die = cancel
	_, _ = l.app.SyncRun(ctx)
	if ctx.Err() == nil {
		t.Fatal("the daemon was not killed half-way")
	}
	l.die = nil
	l.kill()
	l.halfway()

	before := l.read.Load()
	for range 3 { // the record waits for the rest of the reading, and then for its triage
		l.pass()
		l.clock.Advance(time.Minute)
	}
	again := l.read.Load() - before
	t.Logf("%d comments: %d requests before the kill and %d after it; at most %d MB more in use", l.many, before, again, l.peak>>20)
	// Each page shows the last comment of the page before, and pages of GitHub overlap more.
	if total, pages := before+again, int64(l.many/100); total < pages || total > pages*6/5+10 {
		t.Errorf("%d requests for the comments, want little more than %d", total, pages)
	}
	if l.peak > mostHeap {
		t.Errorf("%d MB more than before were in use, want at most %d", l.peak>>20, mostHeap>>20)
	}
	row := l.record()
	if got := row.Record.Fields[register.FieldRootCause]; !strings.Contains(got, "leavers") {
		t.Errorf("after all was read the root cause is %q, want what the first comment says; problem %q", got, row.Problem)
	}
	if l.writes.Load() == 0 {
		t.Error("conformd wrote nothing to the issue after all was read")
	}
}

// halfway looks at what stands in the register while the comments are being read.
func (l *large) halfway() {
	t := l.T
	t.Helper()
	if n := l.writes.Load(); n > 0 {
		t.Errorf("%d writes before all comments are known", n)
	}
	row := l.record()
	if got := row.Record.Fields[register.FieldRootCause]; got != "" {
		t.Errorf("the root cause is %q before all comments are known", got)
	}
	if want := fmt.Sprintf("reading the comments of %s, ", l.key); !strings.Contains(row.Problem, want) || !strings.Contains(row.Problem, " of about 1") {
		t.Errorf("the record says %q, want how far the reading got", row.Problem)
	}
	rows, err := l.app.Store.Records(l.Context())
	l.must(err)
	for _, r := range rows {
		if r.Record.ID != row.Record.ID && r.ObservedGeneration == 0 {
			t.Errorf("%s was not seen to while the comments were read", r.Record.Ref)
		}
	}
}

// edits has an edit of the issue read, and checks how many requests that takes.
func (l *large) edits(most int, edit func()) {
	l.Helper()
	l.clock.Advance(24 * time.Hour)
	edit()
	ref := l.bound().Ref
	l.must(l.daemon().Store.Write(l.Context(), func(t *store.Tx) error {
		id, err := t.Invalidate(l.Context(), l.binding, ref)
		if err != nil {
			return err
		}
		return t.MarkDirty(l.Context(), id)
	}))
	var gets []string
	count := func(r *http.Request) {
		if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/comment/list") {
			gets = append(gets, r.Method+" "+r.URL.String())
		}
	}
	l.wire.each.Store(&count)
	l.settings.JiraTwin = false
	l.work()
	if title := l.record().Record.Fields[register.FieldTitle]; !strings.HasSuffix(title, "renamed") {
		l.Errorf("the title is %q, want the new one", title)
	}
	if len(gets) > most {
		l.Errorf("an edit costs %d reads, want at most %d:\n%s", len(gets), most, strings.Join(gets, "\n"))
	}
	l.Logf("an edit afterwards costs %d reads", len(gets))
}

// bound is the issue as the store knows it.
func (l *large) bound() store.BoundIssue {
	l.Helper()
	var out store.BoundIssue
	l.must(l.daemon().Store.Write(l.Context(), func(t *store.Tx) (err error) {
		out, err = t.BoundIssueOf(l.Context(), l.binding, connectors.Ref{Key: l.key})
		return err
	}))
	return out
}

func (l *large) record() store.Row {
	l.Helper()
	id := l.bound().RecordID
	var row store.Row
	l.must(l.daemon().Store.Write(l.Context(), func(t *store.Tx) (err error) {
		row, err = t.Row(l.Context(), id)
		return err
	}))
	return row
}

// inUse is how many bytes of the heap are reachable.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
