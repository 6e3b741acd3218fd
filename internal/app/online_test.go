package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// compared loads a configuration of the rehearsal after edits, and asks the trackers.
func compared(t *testing.T, o rehearsal.Options, prepare func(*rehearsal.World), edits ...string) (*app.Compared, error) {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Platform: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		edited := strings.Replace(text, edits[i], edits[i+1], 1)
		if edited == text {
			t.Fatalf("the configuration does not say %q", edits[i])
		}
		text = edited
	}
	if prepare != nil {
		prepare(w)
	}
	path := filepath.Join(dir, "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	return app.Compare(t.Context(), c)
}

// codes returns the codes and keys of mistakes, "CFG-024 people[3].accounts[1].id".
func codes(es config.Errors) string {
	var out []string
	for _, e := range es {
		out = append(out, string(e.Code)+" "+e.Key)
	}
	return strings.Join(out, ", ")
}

func TestCompareFindsEveryAccount(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		got, err := compared(t, rehearsal.Options{Deployment: d}, nil)
		if err != nil || len(got.Mistakes)+len(got.Warnings) > 0 || got.Accounts != 8 {
			t.Errorf("%s: %+v, %v, want eight accounts and nothing wrong", d, got, err)
		}
	}
}

// Each way in which an account can be wrong is told with its place and what to write.
func TestCompare(t *testing.T) {
	const people = "trackers:\n"
	got, err := compared(t, rehearsal.Options{}, func(w *rehearsal.World) {
		w.GitHub.RenameUser("irene", "irene-i")
		w.GitHub.AddRepo("web")
	},
		`{site: github, id: "2002", login: erik}`, `{site: github, login: erik}`,
		`{site: github, id: "2003", login: olga}`, `{site: github, id: "2003"}`,
		`{site: github, id: "2004", login: rita}`, `{site: github, id: "777", login: rita}`,
		"repository: acme/platform", `repositories: ["acme/w*", "acme/x*"]`,
		people, `  - {id: bot, accounts: [{site: github, id: "1001"}]}
  - {id: gone, accounts: [{site: jira, id: "nobody"}, {site: github, login: nobody}]}
  - {id: twin, accounts: [{site: github, login: olga}]}
`+people)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := codes(got.Mistakes), "CFG-024 people[3].accounts[1].id, CFG-023 people[4].accounts[0], CFG-024 people[5].accounts[0].id, CFG-024 people[5].accounts[1].login, CFG-013 people[6].accounts[0]"; got != want {
		t.Errorf("mistakes %q, want %q", got, want)
	}
	if got, want := codes(got.Warnings), "CFG-026 people[0].accounts[1].login, CFG-021 people[1].accounts[1].login, CFG-014 bindings[2].repositories[1]"; got != want {
		t.Errorf("warnings %q, want %q", got, want)
	}
	said := got.Mistakes.Error() + "\n" + got.Warnings.Error()
	for _, want := range []string{
		`github has no account "777", and the login rita of rita belongs to another account`, `write id: "2004" in its place`, "conformd itself signs in with this account at github: the register could not tell what bot does",
		`jira has no account "nobody" for gone`, "this is the account of olga, too", "write login: irene-i; the id counts",
		`write id: "2002" beside it: the login belongs to the account of Erik Engel now`, "no repository of acme fits the pattern acme/x* now",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q:\n%s", want, said)
		}
	}
	if len(got.Patterns) != 2 || strings.Join(got.Patterns[0].Repositories, " ") != "acme/web" || len(got.Patterns[1].Repositories) != 0 {
		t.Errorf("patterns %+v", got.Patterns)
	}
	for _, e := range append(got.Mistakes, got.Warnings...) {
		if e.Line == 0 || e.Remedy == "" {
			t.Errorf("%v has no line or no remedy", e)
		}
	}
}

// A tracker that cannot be asked says nothing about its accounts: they are no mistakes.
func TestCompareWithoutATracker(t *testing.T) {
	got, err := compared(t, rehearsal.Options{}, func(w *rehearsal.World) {
		w.GitHub.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 503, Times: -1})
	})
	if err == nil || !strings.Contains(err.Error(), "the tracker github could not be asked") || strings.Contains(err.Error(), "jira") || len(got.Mistakes) > 0 || got.Accounts != 4 {
		t.Errorf("%+v, %v; want the four accounts of Jira, and to be told of GitHub", got, err)
	}
}
