package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/rehearsal"
)

// The population of an auditor finds what the register cannot know by itself: an issue without
// its label, one that was deleted, one that was hidden from conformd's account, and one that
// nobody has taken in.
func TestPopulationFindsWhatWasLeftOut(t *testing.T) {
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(t.TempDir(), "data"), JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(t.TempDir(), "conformd.yaml")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	erik, must := w.GitHub.As("erik"), func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func(title, body string, labels ...string) int {
		t.Helper()
		n, err := erik.Open(title, body, labels...)
		must(err)
		return n
	}
	const form = "### What is wrong\n\nThree accounts were still enabled.\n"
	for n := range 6 {
		open("Finding "+string(rune('A'+n)), form, "capa")
	}
	conformd(t, conf, "run", "--once")
	count := func() map[string]auditor.Count {
		t.Helper()
		var p auditor.Population
		must(json.Unmarshal(conformd(t, conf, "audit", "population", "--json"), &p))
		out := map[string]auditor.Count{}
		for _, c := range p.Counts {
			out[c.Binding] = c
		}
		return out
	}
	names := func(c auditor.Count) map[string]auditor.What {
		out := map[string]auditor.What{}
		for _, d := range c.Differences {
			out[d.Key] = d.What
		}
		return out
	}
	whole := count()
	ids := slices.Sorted(maps.Keys(whole))
	if len(ids) != 2 {
		t.Fatalf("counted %q, want both bindings", ids)
	}
	gh, ji := ids[0], ids[1]
	for id, c := range whole {
		if c.Seen != 6 || c.Selected != 6 || c.Bound != 6 || len(c.Differences) != 0 || c.Problem != "" {
			t.Errorf("before anything was left out, %s is counted as %+v", id, c)
		}
	}
	if !strings.Contains(whole[gh].Query, `is:issue label:"capa"`) || !strings.Contains(whole[ji].Query, `project = "ISMS"`) {
		t.Errorf("the queries are %q and %q", whole[gh].Query, whole[ji].Query)
	}

	// Nobody has run conformd since.
	must(erik.Unlabel(1, "capa"))                                  // bound, and not selected any more
	must(w.GitHub.As("admin").Delete(2))                           // deleted
	planted := open("Filled in and never labelled", form)          // the form without its label
	other := open("Update the dependencies", "Nothing of a form.") // another matter
	fresh := open("Not taken in yet", form, "capa")
	must(w.Jira.Hide("ISMS-3", "conformd", false))
	must(w.Jira.Person("irene").Delete("ISMS-4"))
	now := count()
	want := map[string]auditor.What{
		"acme/isms#1": auditor.NotSelected, "acme/isms#2": auditor.Deleted, issueKey(planted): auditor.NotSelected, issueKey(fresh): auditor.Unknown,
	}
	if diff := cmp.Diff(want, names(now[gh])); diff != "" {
		t.Errorf("differences of GitHub (-want +got):\n%s", diff)
	}
	if c := now[gh]; c.Seen != 8 || c.Selected != 5 || c.Bound != 6 || c.Unselected != 1 {
		t.Errorf("GitHub is counted as %+v", c)
	}
	// Jira answers the same for both.
	want = map[string]auditor.What{"ISMS-3": auditor.GoneOrHidden, "ISMS-4": auditor.GoneOrHidden}
	if diff := cmp.Diff(want, names(now[ji])); diff != "" || now[ji].Seen != 4 {
		t.Errorf("differences of Jira, of %d issues (-want +got):\n%s", now[ji].Seen, diff)
	}
	for _, d := range now[ji].Differences {
		if !strings.Contains(d.Why, "answers the same for an issue that was deleted and for one that conformd's account may not see (HTTP 404)") || d.Record == "" {
			t.Errorf("%s is explained as %+v", d.Key, d)
		}
	}
	said := string(conformd(t, conf, "audit", "population", "--all"))
	for _, line := range []string{"at the source    5 selected, of 8 issues that conformd's account sees", "in the register  6 bound, 0 quarantined", issueKey(other), "Filled in and never labelled"} {
		if !strings.Contains(said, line) {
			t.Errorf("the text does not say %q:\n%s", line, said)
		}
	}
}

func issueKey(n int) string { return "acme/isms#" + string(rune('0'+n)) }
