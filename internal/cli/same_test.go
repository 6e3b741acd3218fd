package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/cli"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A told is what readers of JSON are told of a record.
type told struct {
	Ref    string `json:"ref"`
	Held   bool   `json:"held"`
	Needs  []need `json:"needs"`
	Advice []need `json:"advice"`
	Issues []struct {
		Binding string `json:"binding"`
		Key     string `json:"key"`
	} `json:"issues"`
	Problems []struct {
		What string `json:"what"`
	} `json:"problems"`
}

type need struct {
	Label   string `json:"label"`
	What    string `json:"what"`
	Missing bool   `json:"missing"`
	Rule    string `json:"rule"`
	Remedy  struct {
		Kind string `json:"kind"`
	} `json:"remedy"`
}

// whats returns the words of the needs.
func whats(ns []need) (out []string) {
	for _, n := range ns {
		out = append(out, n.What)
	}
	slices.Sort(out)
	return out
}

// Comment, page, command line and JSON say the same of a record: what it needs, what of
// that is missing, what is only recommended, and whether it is held.
func TestAllSayTheSame(t *testing.T) {
	w, conf, h := manyRecords(t, 24)
	var records []told
	if err := json.Unmarshal(conformd(t, conf, "register", "list", "--json"), &records); err != nil {
		t.Fatal(err)
	}
	heldPage := body(t, h, "/register?show=held")
	held, missing, wrong, advised := 0, 0, 0, 0
	for _, r := range records {
		text, page := string(conformd(t, conf, "register", "show", r.Ref)), body(t, h, "/records/"+r.Ref)
		for medium, got := range map[string][2][]string{
			"the command line": {listed(text, "Needed ", "✗"), listed(text, "Recommended;", "·")},
			"the page":         {rows(page, "Needed "), rows(page, "Recommended")},
		} {
			if diff := cmp.Diff([2][]string{whats(r.Needs), whats(r.Advice)}, got); diff != "" {
				t.Errorf("%s: needs and advice (-JSON +%s):\n%s", r.Ref, medium, diff)
			}
		}
		for _, p := range r.Problems {
			if !strings.Contains(text, p.What) || !strings.Contains(html.UnescapeString(page), p.What) {
				t.Errorf("%s: the problem %q is not on the page and the command line", r.Ref, p.What)
			}
		}
		if onPage := strings.Contains(heldPage, "/records/"+r.Ref+`"`); onPage != r.Held {
			t.Errorf("%s: held is %v in JSON and %v on the page", r.Ref, r.Held, onPage)
		}
		issue := issueOf(t, w, r)
		if label := slices.Contains(issue.Labels, "conformd:held"); label != r.Held {
			t.Errorf("%s: held is %v in JSON and %v on the issue, which has the labels %v", r.Ref, r.Held, label, issue.Labels)
		}
		if r.Held {
			held++
			compare(t, r, comment(issue))
		}
		for _, n := range r.Needs {
			if n.Missing {
				missing++
			} else {
				wrong++
			}
		}
		advised += len(r.Advice)
	}
	if held < 5 || held == len(records) || missing == 0 || wrong == 0 || advised == 0 {
		t.Errorf("of %d records %d are held, with %d values missing, %d wrong, %d recommended: the test says little", len(records), held, missing, wrong, advised)
	}
}

// compare holds the comment on the issue of a held record against the JSON.
func compare(t *testing.T, r told, comment string) {
	t.Helper()
	if want := things(len(r.Needs)); !strings.Contains(comment, want) {
		t.Errorf("%s: the comment does not say %q:\n%s", r.Ref, want, comment)
	}
	if strings.Contains(comment, "more; the register has all") {
		t.Log("cut", r.Ref)
		return
	}
	var want []string
	for _, n := range r.Needs {
		switch {
		case n.What == "No action is planned": // so is a missing plan called
			if !n.Missing || !strings.Contains(comment, n.What) {
				t.Errorf("%s: the comment does not say %q as JSON does, missing: %v:\n%s", r.Ref, n.What, n.Missing, comment)
			}
		case n.Missing:
			want = append(want, n.Label)
		case n.Remedy.Kind != "remedy" && !strings.Contains(comment, n.What):
			t.Errorf("%s: the comment does not say %q:\n%s", r.Ref, n.What, comment)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, calledMissing(comment)); diff != "" {
		t.Errorf("%s: what is missing (-JSON +comment):\n%s\n%s", r.Ref, diff, comment)
	}
	for _, n := range r.Advice {
		if strings.Contains(comment, "| "+n.Rule+",") {
			t.Errorf("%s: the comment asks for %q of %s, which is only recommended:\n%s", r.Ref, n.What, n.Rule, comment)
		}
	}
}

func things(n int) string {
	if n == 1 {
		return "1 thing is needed"
	}
	return fmt.Sprintf("%d things are needed", n)
}

// calledMissing returns the labels of the fields that a comment calls missing.
func calledMissing(comment string) (out []string) {
	labels := []string{}
	for _, f := range register.Fields() {
		labels = append(labels, f.Label)
	}
	slices.SortFunc(labels, func(a, b string) int { return len(b) - len(a) }) // "Where" is in other labels
	for _, m := range regexp.MustCompile(`(?m)^\| ([^|;]*) (?:is|are) missing[ ;]`).FindAllStringSubmatch(comment, -1) {
		for _, l := range labels {
			if strings.Contains(m[1], l) {
				out, m[1] = append(out, l), strings.Replace(m[1], l, "", 1)
			}
		}
	}
	slices.Sort(out)
	return out
}

// listed returns what register show lists under a heading.
func listed(text, heading, sign string) (out []string) {
	_, rest, _ := strings.Cut(text, "\n"+heading)
	rest, _, _ = strings.Cut(rest, "\n\n")
	for _, m := range regexp.MustCompile(`(?m)^  `+sign+` G\d+(?:, clause [^:]*)?: (.*)$`).FindAllStringSubmatch(rest, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return out
}

// rows returns what the page lists under a heading.
func rows(page, heading string) (out []string) {
	_, rest, _ := strings.Cut(page, "<h2>"+heading)
	rest, _, _ = strings.Cut(rest, "</section>")
	for _, m := range regexp.MustCompile(`<tr><td[^>]*>(.*?)</td>`).FindAllStringSubmatch(rest, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	slices.Sort(out)
	return out
}

func issueOf(t *testing.T, w *rehearsal.World, r told) githubsim.State {
	t.Helper()
	for _, i := range r.Issues {
		var n int
		if _, err := fmt.Sscanf(i.Key, "acme/isms#%d", &n); err == nil {
			return w.GitHub.Issue(n)
		}
	}
	t.Fatalf("%s has no issue in GitHub", r.Ref)
	return githubsim.State{}
}

// comment returns conformd's comment on an issue.
func comment(i githubsim.State) string {
	for _, c := range i.Comments {
		if strings.HasPrefix(c.Author, "conformd") {
			return c.Body
		}
	}
	return ""
}

// manyRecords makes a register with records that lack this and that, some of them closed
// or rejected in GitHub, and returns the configuration and the pages.
func manyRecords(t *testing.T, count int) (*rehearsal.World, string, http.Handler) {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	w.GitHub.AddUser(githubsim.User{Login: "mallory", Name: "Mallory Moss", Token: "mallory-token", Role: githubsim.Write})
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(t.TempDir(), "data"), JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, "register:\n", "register:\n  guards: [{id: G02, severity: should}]\n", 1)
	path := filepath.Join(t.TempDir(), "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	for n := range count {
		file(t, w, n)
	}
	pass(t, a)
	for n := range count {
		switch n % 4 {
		case 0, 1:
			err = w.GitHub.As("erik").Close(n+1, "completed")
		case 2:
			err = w.GitHub.As("erik").Close(n+1, "not_planned")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	pass(t, a)
	reg, err := app.Register(t.Context(), a.Config, a.Store)
	if err != nil {
		t.Fatal(err)
	}
	sameInLists(t, reg, a.Store)
	sameBeside(t, reg)
	srv := server.Pages(server.Options{
		Store: a.Store, Register: reg, Hosts: server.Hosts{Names: []string{"example.com"}}, Log: zap.NewNop(), Public: a.Public, Requests: a.Requests, Setup: a.Setup,
	})
	return w, path, srv.Handler
}

// sameInLists holds that a list says of each record what its own page says, although it reads none of its issues.
func sameInLists(t *testing.T, reg *service.Register, st *store.Store) {
	t.Helper()
	whole, err := reg.Browse(t.Context(), service.ListQuery{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	list, err := reg.Needed(t.Context(), service.ListQuery{}, "", 1000)
	if err != nil || len(list.Entries) != len(whole.Entries) || len(list.Entries) == 0 {
		t.Fatalf("%d records and %d, %v", len(list.Entries), len(whole.Entries), err)
	}
	for i, e := range whole.Entries {
		l := list.Entries[i]
		if l.View.For != e.View.For || !slices.Equal(l.View.Attention(), e.View.Attention()) || list.Keys[e.Record.ID] != whole.Keys[e.Record.ID] {
			t.Errorf("%s: the list says %v; the record says %v", e.Record.Ref, l.View.Attention(), e.View.Attention())
		}
		if !reflect.DeepEqual(l.View.Needs, e.View.Needs) {
			t.Errorf("%s: the list says %+v; the record says %+v", e.Record.Ref, l.View.Needs, e.View.Needs)
		}
	}
	sameInLines(t, reg, whole)
	if err := app.KeepAllLines(t.Context(), reg, st); err != nil {
		t.Fatal(err)
	}
	sameInLines(t, reg, whole)
}

// sameInLines holds that the line of each record says what its page says.
func sameInLines(t *testing.T, reg *service.Register, whole service.ListPage) {
	t.Helper()
	list, err := reg.Overview(t.Context(), service.ListQuery{}, "", 1000)
	if err != nil || len(list.Lines) != len(whole.Entries) || list.Stretch != whole.Stretch {
		t.Fatalf("%d records and %d, %v", len(list.Lines), len(whole.Entries), err)
	}
	now := time.Now()
	for i, e := range whole.Entries {
		l, r, next := list.Lines[i], e.Record, service.NextDue(e.Record, now)
		late := slices.ContainsFunc(register.Due(r, now), func(d register.DueItem) bool { return d.Missed })
		if l.Ref != r.Ref || l.Version != e.Version || l.OwnerID != r.Fields[register.FieldOwner] || l.Kind != r.Kind() || l.Fields[register.FieldGrade] != r.Fields[register.FieldGrade] || l.Needed != e.View.Brief() || !slices.Equal(l.Attention(), e.View.Attention()) || l.Keys != whole.Keys[r.ID] || l.State != r.State || l.Requested != r.Requested ||
			l.Fields[register.FieldTitle] != r.Fields[register.FieldTitle] || l.Owner != e.Names.Short(r.Fields[register.FieldOwner]) || l.Due != next || l.Due.Missed != late {
			t.Errorf("the line says %+v; the record says %q, %v, %+v", l, e.View.Brief(), e.View.Attention(), next)
		}
	}
}

// sameBeside holds that what an issue shows stands beside what the register has, and that a value with a problem never
// passes for the register's.
func sameBeside(t *testing.T, reg *service.Register) {
	t.Helper()
	whole, err := reg.Browse(t.Context(), service.ListQuery{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	same, unlike := 0, 0
	for _, e := range whole.Entries {
		for _, side := range reg.Sides(e) {
			for _, info := range register.Fields() {
				x := side.Of(info.Field)
				if x.Same {
					same++
				}
				if x.Unknown {
					unlike++
				}
				for _, p := range e.View.Of(info.Field) {
					if p.Binding == side.Binding && x.Unknown && !strings.Contains(p.What, x.Text) && !strings.Contains(x.Text, p.What) {
						t.Errorf("%s: beside %s stands %q, and its problem is %q", e.Record.Ref, info.Label, x.Text, p.What)
					}
					if p.Binding == side.Binding && x.Same && e.Record.Fields[info.Field] == "" && p.Code != "" && x.Text != "" {
						t.Errorf("%s: %s has the problem %q and passes for the same: %q", e.Record.Ref, info.Label, p.What, x.Text)
					}
				}
			}
		}
	}
	if same < 100 || unlike < 10 {
		t.Errorf("%d values are the same and %d unknown: too few to show anything", same, unlike)
	}
}

// file reports a nonconformity that gives a third of the values rightly and some wrongly.
func file(t *testing.T, w *rehearsal.World, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(20261128, uint64(n))) //nolint:gosec // the same records in every run
	var b strings.Builder
	for _, s := range [][3]string{
		{"What is wrong", "Three accounts were still enabled.", ""},
		{"Requirement not met", "A.5.18", ""},
		{"Objective evidence", "Export of the identity provider.", ""},
		{"Where (process, system, team)", "Offboarding", ""},
		{"Date identified", "2026-11-03", "some day in November"},
		{"Consequences", "None found.", ""},
		{"Containment and correction", "The accounts were disabled.", ""},
		{"Root cause method", "5 whys", "guessing"},
		{"Root cause", "The feed runs late.", ""},
		{"Corrective action plan", "- [x] Feed leavers earlier @olga due:2026-11-20 evidence:https://acme.example/81", "We will do better."},
		{"Effectiveness reviewer", "@rita", "@mallory"},
		{"Effectiveness review date", "2026-11-27", "soon"},
	} {
		switch r.IntN(4) {
		case 0, 1:
			fmt.Fprintf(&b, "### %s\n\n%s\n\n", s[0], s[1])
		case 2:
			fmt.Fprintf(&b, "### %s\n\n%s\n\n", s[0], s[2])
		}
	}
	labels := append([]string{"capa"}, [][]string{nil, {"grade/minor"}, {"grade/major", "risk/high"}, {"grade/minor", "grade/major"}}[r.IntN(4)]...)
	gh := w.GitHub.As("erik")
	number, err := gh.Open(fmt.Sprintf("Leavers keep their accounts, case %d", n), b.String(), labels...)
	if err == nil {
		err = gh.Assign(number, [][]string{nil, {"erik"}, {"mallory"}}[r.IntN(3)]...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func pass(t *testing.T, a *app.App) {
	t.Helper()
	if _, err := a.SyncRun(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// conformd runs a command and returns what it prints.
func conformd(t *testing.T, conf string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main(t.Context(), append(args, "-c", conf), cli.Process{Stdout: &out, Stderr: &errs, Env: rehearsal.Env}); code != 0 {
		t.Fatalf("conformd %s ended with %d: %s", strings.Join(args, " "), code, &errs)
	}
	return out.Bytes()
}

func body(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("GET %s = %d: %s", path, rec.Code, rec.Body)
	}
	return rec.Body.String()
}
