package app_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// A fleet is conformd between one record repository and whatever repositories of teams the
// organisation has.
type fleet struct {
	*testing.T
	world *rehearsal.World
	conf  *config.Config
	app   *app.App
}

// newFleet writes the configuration with a pattern in the place of the team's repository.
func newFleet(t *testing.T, o rehearsal.Options, repositories ...string) *fleet {
	t.Helper()
	f := &fleet{T: t}
	var err error
	if f.world, err = rehearsal.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.world.Close() })
	for _, r := range repositories {
		f.world.GitHub.AddRepo(r)
	}
	dir := t.TempDir()
	text, err := f.world.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Platform: true, App: o.App})
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(text, "repository: acme/platform", `repositories: ["acme/*"]`, 1)
	if edited == text {
		t.Fatal("the configuration has no repository of a team")
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if f.conf, err = config.Load(path, rehearsal.Env); err != nil {
		t.Fatal(err)
	}
	f.start()
	t.Cleanup(func() { _ = f.app.Close() })
	return f
}

// start starts conformd, anew if it runs.
func (f *fleet) start() {
	f.Helper()
	var err error
	if f.app != nil {
		err = f.app.Close()
	}
	if err == nil {
		f.app, err = app.Open(f.Context(), f.conf, app.Options{})
	}
	if err != nil {
		f.Fatal(err)
	}
}

// teams returns the bindings of the pattern, "gh-platform/web=acme/web".
func (f *fleet) teams() string {
	var out []string
	for _, b := range f.app.Config.Bindings {
		if strings.HasPrefix(b.ID, "gh-platform/") {
			out = append(out, b.ID+"="+b.Repo)
		}
	}
	return strings.Join(out, " ")
}

func (f *fleet) admin(repo, body string) {
	f.Helper()
	req, err := http.NewRequestWithContext(f.Context(), http.MethodPatch, f.world.GitHubURL+"/repos/acme/"+repo, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer admin-token")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		f.Fatalf("PATCH %s = %s, %v", repo, resp.Status, err)
	}
}

// pass is one sync run.
func (f *fleet) pass() {
	f.Helper()
	if err := f.app.Started(f.Context()); err != nil {
		f.Fatal(err)
	}
	if _, err := f.app.SyncRun(f.Context()); err != nil {
		f.Fatal(err)
	}
}

// A pattern is expanded at the start. An action in a team's repository belongs to its
// record, and still does after the repository was renamed and another took its name, and
// while GitHub cannot be asked.
func TestAPatternOfRepositories(t *testing.T) {
	f := newFleet(t, rehearsal.Options{Clock: simkit.NewClock(time.Time{})}, "platform", "web", "old")
	f.admin("old", `{"archived":true}`)
	f.world.GitHub.AddRepo("api")
	f.start()
	const want = "gh-platform/isms=acme/isms gh-platform/old=acme/old gh-platform/platform=acme/platform gh-platform/web=acme/web"
	if got := f.teams(); got != "gh-platform/api=acme/api "+want {
		t.Fatalf("bindings %q, want the new repository, and the archived one that was bound before", got)
	}
	erik := f.world.GitHub.As("erik")
	if _, err := erik.Open("Leavers keep their accounts", "### What is wrong\n\nThree accounts.\n", "capa"); err != nil {
		t.Fatal(err)
	}
	f.pass()
	rows, err := f.app.Store.Records(t.Context())
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d records, %v, want one", len(rows), err)
	}
	record := rows[0].Record
	if _, err := erik.In("web").Open("Disable them", "### Register record\n\n"+record.Ref+"\n", "capa-action"); err != nil {
		t.Fatal(err)
	}
	f.pass()
	bound := func() string {
		links, err := f.app.Store.BoundIssues(t.Context(), record.ID)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, l := range links {
			out = append(out, l.Binding+" "+l.Ref.Key+" "+string(l.State))
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	before := bound()
	if !strings.Contains(before, "gh-platform/web acme/web#1") {
		t.Fatalf("bound to the record: %q, want the action", before)
	}
	f.admin("web", `{"name":"site"}`)
	f.world.GitHub.AddRepo("web")
	f.start()
	renamed := strings.Replace(want, "gh-platform/web=acme/web", "gh-platform/web=acme/site gh-platform/web~2=acme/web", 1)
	if got := f.teams(); got != "gh-platform/api=acme/api "+renamed {
		t.Errorf("after the rename: %q", got)
	}
	if err := erik.In("site").Close(1, "completed"); err != nil {
		t.Fatal(err)
	}
	f.pass()
	if got := bound(); !strings.Contains(got, "gh-platform/web acme/site#1") || strings.Contains(got, "web~2") {
		t.Errorf("bound to the record after the rename: %q", got)
	}
	rows, err = f.app.Store.Records(t.Context())
	if err != nil || len(rows) != 1 || len(rows[0].Record.Actions) != 1 || string(rows[0].Record.Actions[0].State) != "done" {
		t.Errorf("records %+v, %v, want one with its action done", rows, err)
	}
	was := f.teams()
	f.world.GitHub.Faults().Add(simkit.Fault{Path: "/orgs/", Do: simkit.Status, Status: 503, Times: -1})
	f.start()
	if got := f.teams(); got != was || len(f.app.Unlisted) != 1 || !strings.Contains(f.app.Unlisted[0], "acme/* of gh-platform could not be listed") {
		t.Errorf("while GitHub cannot be asked: %q, %q; want what was bound, and to be told", got, f.app.Unlisted)
	}
	c, err := app.Remembered(context.Background(), f.conf, f.app.Store)
	if err != nil || len(c.Bindings) != len(f.app.Config.Bindings) {
		t.Errorf("commands that ask nobody know %d bindings, %v, want %d", len(c.Bindings), err, len(f.app.Config.Bindings))
	}
}

// An app asks for the repositories of its installation.
func TestAPatternOfAnApp(t *testing.T) {
	f := newFleet(t, rehearsal.Options{App: true}, "platform")
	if got, want := f.teams(), "gh-platform/isms=acme/isms gh-platform/platform=acme/platform"; got != want || len(f.app.Unlisted) != 0 {
		t.Errorf("bindings %q, %q; want %q", got, f.app.Unlisted, want)
	}
}

// sighted notes which bindings are asked to read an issue.
type sighted struct{ bindings []string }

func (s *sighted) Sight(_ context.Context, _ *sql.Tx, binding, _, _ string) error {
	s.bindings = append(s.bindings, binding)
	return nil
}

func (s *sighted) Poll(context.Context, *sql.Tx, string, time.Time) error { return nil }

// The one webhook of an organisation reaches the binding of the repository that it is
// about, also one that a pattern stands for.
func TestTheWebhookOfAnOrganisation(t *testing.T) {
	f := newFleet(t, rehearsal.Options{}, "platform", "web")
	jobs := &sighted{}
	in := f.app.Inbox(jobs)
	for repository, want := range map[string]string{"web": "gh-platform/web", "platform": "gh-platform/platform", "elsewhere": ""} {
		jobs.bindings = nil
		body := `{"action":"opened","issue":{"id":77,"number":3,"labels":[{"name":"capa-action"}]},"repository":{"id":1,"full_name":"acme/` + repository + `"}}`
		m := hmac.New(sha256.New, []byte(rehearsal.WebhookSecret))
		m.Write([]byte(body))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/github", strings.NewReader(body))
		r.SetPathValue("binding", "github")
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(m.Sum(nil)))
		r.Header.Set("X-GitHub-Event", "issues")
		w := httptest.NewRecorder()
		in.ServeHTTP(w, r)
		if got := strings.Join(jobs.bindings, " "); w.Code != http.StatusAccepted || got != want {
			t.Errorf("about acme/%s: %d, asked %q to read, want 202 and %q", repository, w.Code, got, want)
		}
	}
}

// A repository of a list that has another name now is told of with the entry that keeps
// its id; written into the list the new name would be another binding.
func TestARenamedRepositoryOfAList(t *testing.T) {
	f := newFleet(t, rehearsal.Options{}, "platform", "web")
	text := strings.NewReplacer(`"acme/*"`, "acme/platform, acme/web")
	path := filepath.Join(filepath.Dir(f.conf.DataDir), "conformd.yaml")
	load := func(edit *strings.Replacer) {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(edit.Replace(string(b))), 0o600); err != nil {
			t.Fatal(err)
		}
		if f.conf, err = config.Load(path, rehearsal.Env); err != nil {
			t.Fatal(err)
		}
		f.start()
	}
	load(text)
	f.admin("web", `{"name":"site"}`)
	told := func(id string) string {
		t.Helper()
		for _, b := range f.app.Bindings {
			if b.ID != id {
				continue
			}
			if _, err := f.app.Check(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			return strings.Join(f.app.Setup()[id], " ")
		}
		t.Fatalf("no binding %s", id)
		return ""
	}
	if got := told("gh-platform/web"); !strings.Contains(got, "acme/web is called acme/site now") || !strings.Contains(got, "an entry of its own with id: gh-platform/web") {
		t.Errorf("told %q, want the entry that keeps the id", got)
	}
	load(strings.NewReplacer("acme/platform, acme/web", "acme/platform", "  - id: gh-platform\n", `  - {id: gh-platform/web, tracker: github, repository: acme/site, role: action, states: [{status: open, state: proposed}, {status: closed, state: done}], fields: [{field: title, from: {kind: title}}]}
  - id: gh-platform
`))
	if got := f.teams(); got != "gh-platform/web=acme/site gh-platform/platform=acme/platform" {
		t.Errorf("bindings %q", got)
	}
	if got := told("gh-platform/web"); strings.Contains(got, "is called") {
		t.Errorf("told %q after the entry was written", got)
	}
}
