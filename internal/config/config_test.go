package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what is generated or expected")

const (
	example    = "../../configs/conformd.example.yaml"
	schemaFile = "../../configs/conformd.schema.json"
)

// environment returns the lookup of a fixed environment, "NAME=value" each.
func environment(vars ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, v := range vars {
			if k, value, _ := strings.Cut(v, "="); k == name {
				return value, true
			}
		}
		return "", false
	}
}

// exampleEnv holds the secrets that the example refers to.
func exampleEnv(more ...string) func(string) (string, bool) {
	return environment(append([]string{
		"JIRA_TOKEN=hidden-1", "JIRA_WEBHOOK_SECRET=hidden-2", "GITHUB_APP_KEY=hidden-3",
		"GITHUB_WEBHOOK_SECRET=hidden-4", "GITHUB_TOKEN=hidden-5",
	}, more...)...)
}

func loadExample(t *testing.T, more ...string) *Config {
	t.Helper()
	c, err := Load(example, exampleEnv(more...))
	if err != nil {
		t.Fatalf("Load(%s) = %v", example, err)
	}
	return c
}

func TestExampleLoads(t *testing.T) {
	c := loadExample(t)
	if len(c.Bindings) != 2 || len(c.Patterns) != 1 {
		t.Errorf("the example has %d bindings and %d patterns, want 2 and 1", len(c.Bindings), len(c.Patterns))
	}
	b := c.Bindings[0]
	if got := b.Auth.Token.Reveal(); got != "hidden-1" {
		t.Errorf("token = %q, want the value of JIRA_TOKEN", got)
	}
	if got := c.Sync.Grace; got != 30*time.Minute {
		t.Errorf("grace = %v, want 30m", got)
	}
	if got, want := c.DataDir, filepath.Join("../../configs", "data"); got != want {
		t.Errorf("data_dir = %q, want %q, beside the file", got, want)
	}
	want := State{Status: "Closed", Reason: "Exception accepted", State: "accepted"}
	if diff := cmp.Diff(want, b.States[6]); diff != "" {
		t.Errorf("states[6] (-want +got):\n%s", diff)
	}
}

// TestDefaults shows what the smallest file means.
func TestDefaults(t *testing.T) {
	c, err := Load("testdata/smallest.yaml", environment("T=x"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Redacted()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/smallest.effective.yaml", got)
}

// golden compares got with the file name, or rewrites it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; run go test ./internal/config -update and look at the change (-want +got):\n%s", name, diff)
	}
}

// TestMistakes shows every mistake an operator can make, and what it is answered.
// Each case of testdata/mistakes holds a file, its environment and the errors.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(files) < 40 {
		t.Fatalf("found %d cases, %v; want at least 40", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var data []byte
			var want string
			env := []string{"T=hidden"}
			for _, f := range ar.Files {
				switch f.Name {
				case "conformd.yaml":
					data = f.Data
				case "env":
					env = append(env, strings.Fields(string(f.Data))...)
				case "errors":
					want = string(f.Data)
				}
			}
			_, err = parse("conformd.yaml", data, environment(env...), reading{secrets: true})
			got := ""
			if err != nil {
				got = err.Error() + "\n"
			}
			if *update && got != want {
				rewrite(t, name, ar, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			for _, mark := range []string{"hidden", "s3cr3t"} {
				if strings.Contains(got, mark) {
					t.Errorf("an error holds a secret:\n%s", got)
				}
			}
			checkErrors(t, err)
		})
	}
}

// checkErrors holds what every list of mistakes must be.
func checkErrors(t *testing.T, err error) {
	t.Helper()
	es, ok := errors.AsType[Errors](err)
	if !ok || len(es) == 0 {
		t.Fatalf("error is %T, want Errors with at least one", err)
	}
	for _, e := range es {
		if !strings.HasPrefix(string(e.Code), "CFG-") || e.What == "" || e.Remedy == "" || e.File == "" {
			t.Errorf("%+v lacks its code, file, what or remedy", e)
		}
		if e.Line == 0 && e.File != "environment" && e.Code != CodeSyntax {
			t.Errorf("%v has no line", e)
		}
	}
}

func rewrite(t *testing.T, name string, ar *txtar.Archive, got string) {
	t.Helper()
	for i := range ar.Files {
		if ar.Files[i].Name == "errors" {
			ar.Files[i].Data = []byte(got)
		}
	}
	if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"), environment())
	es, ok := errors.AsType[Errors](err)
	if !ok || len(es) != 1 || es[0].Code != CodeUnreadable {
		t.Errorf("Load = %v, want one %s", err, CodeUnreadable)
	}
}

// What an operator is told about the listeners: pages that others reach, and webhooks of
// which the configuration does not say where they are taken.
func TestListeners(t *testing.T) {
	for name, x := range map[string]struct {
		env         []string
		open, moved bool
	}{
		"as the example has it": {nil, false, false},
		"IPv6":                  {[]string{"CONFORMD_LISTEN=[::1]:8484"}, false, false},
		"by name":               {[]string{"CONFORMD_LISTEN=localhost:8484"}, false, false},
		"opened on purpose":     {[]string{"CONFORMD_LISTEN=:8484", "CONFORMD_PAGES_WITHOUT_LOGIN=true"}, true, false},
	} {
		c := loadExample(t, x.env...)
		if c.OpenPages() != x.open || c.WebhooksMoved() != x.moved || !c.TakesWebhooks() {
			t.Errorf("%s: OpenPages, WebhooksMoved, TakesWebhooks = %t, %t, %t, want %t, %t, true", name, c.OpenPages(), c.WebhooksMoved(), c.TakesWebhooks(), x.open, x.moved)
		}
	}
	c, err := Load(filepath.Join("testdata", "smallest.yaml"), environment("GITHUB_TOKEN=x", "T=x"))
	if err != nil {
		t.Fatal(err)
	}
	if c.TakesWebhooks() || c.WebhooksMoved() {
		t.Error("a configuration without webhook secrets takes webhooks")
	}
	c.Trackers[0].Webhook.Secrets = []Secret{{Env: "T"}}
	if !c.WebhooksMoved() {
		t.Error("webhooks without webhooks.listen do not count as moved")
	}
}

func TestEnvironmentOverridesTheFile(t *testing.T) {
	c := loadExample(t, "CONFORMD_SYNC_POLL_EVERY=15s", "CONFORMD_REGISTER_SMALL_ORG=true",
		"CONFORMD_LISTEN=:9000", "CONFORMD_PAGES_WITHOUT_LOGIN=true", "CONFORMD_WEBHOOKS_LISTEN=:9001", "CONFORMD_REGISTER_WAITING_DAYS_MAJOR=14")
	if c.Sync.PollEvery != 15*time.Second || !c.Register.SmallOrg || c.Listen != ":9000" || c.Webhooks.Listen != ":9001" || c.Register.WaitingDays.Major != 14 {
		t.Errorf("got poll_every %v, small_org %v, listen %q and %q, major %d; want what the environment says",
			c.Sync.PollEvery, c.Register.SmallOrg, c.Listen, c.Webhooks.Listen, c.Register.WaitingDays.Major)
	}
	if c.Log.Level != "info" || c.Register.WaitingDays.Minor != 60 {
		t.Errorf("level %q, minor %d: an override changed its neighbours", c.Log.Level, c.Register.WaitingDays.Minor)
	}
}

// TestSecretsStayHidden prints a configuration in every way that a program might.
func TestSecretsStayHidden(t *testing.T) {
	c := loadExample(t)
	redacted, err := c.Redacted()
	if err != nil {
		t.Fatal(err)
	}
	json, err := c.Bindings[0].Auth.Token.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	s := c.Bindings[0].Auth.Token
	for _, out := range []string{
		string(redacted), string(json), c.Digest(), s.String(),
		fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", c.Bindings, c.Trackers, c.Bindings),
		fmt.Sprintf("%+v", &c.Bindings[0].Auth),
		c.Mistake(CodeMapping, "trackers[0].auth.token", "x", "y").Error(),
	} {
		if strings.Contains(out, "hidden") {
			t.Errorf("a secret was printed: %s", out)
		}
	}
}

// TestRedactedLoadsAgain shows that what "config show" prints is a configuration
// that means the same.
func TestRedactedLoadsAgain(t *testing.T) {
	c := loadExample(t)
	out, err := c.Redacted()
	if err != nil {
		t.Fatal(err)
	}
	again, err := parse("again.yaml", out, exampleEnv(), reading{secrets: true})
	if err != nil {
		t.Fatalf("parse(Redacted) = %v", err)
	}
	if c.Digest() != again.Digest() {
		t.Errorf("the digest changed from %s to %s", c.Digest(), again.Digest())
	}
}

func TestDigest(t *testing.T) {
	a := loadExample(t)
	if b := loadExample(t, "JIRA_TOKEN=replaced"); a.Digest() != b.Digest() {
		t.Errorf("Digest depends on a secret")
	}
	if b := loadExample(t, "CONFORMD_SYNC_WORKERS=3"); a.Digest() == b.Digest() {
		t.Errorf("Digest does not depend on sync.workers")
	}
}

// What changes no plan has no record looked at again; whatever else is changed has.
func TestPlanDigest(t *testing.T) {
	was := loadExample(t).PlanDigest()
	for _, same := range []string{
		"CONFORMD_LOG_LEVEL=debug", "CONFORMD_LOG_FORMAT=console", "CONFORMD_LISTEN=127.0.0.1:9999", "CONFORMD_DATA_DIR=/srv/other",
		"CONFORMD_SYNC_WORKERS=3", "CONFORMD_SYNC_POLL_EVERY=77s", "CONFORMD_SYNC_SWEEP_EVERY=7h", "JIRA_TOKEN=replaced",
	} {
		c := loadExample(t, same)
		if c.PlanDigest() != was {
			t.Errorf("%s has every record looked at again", same)
		}
		if !strings.HasPrefix(same, "JIRA") && c.Digest() == loadExample(t).Digest() {
			t.Errorf("%s is not in the digest of the log", same)
		}
	}
	for _, other := range []string{
		"CONFORMD_EDITION=iso27001-2013", "CONFORMD_PUBLIC_URL=https://register.example", "CONFORMD_REGISTER_SMALL_ORG=true",
		"CONFORMD_REGISTER_WAITING_DAYS_MINOR=3", "CONFORMD_SYNC_GRACE=9h", "CONFORMD_SYNC_MAX_REVERTS_PER_DAY=9", "CONFORMD_SYNC_BRAKE_FLOOR=99",
	} {
		if loadExample(t, other).PlanDigest() == was {
			t.Errorf("%s changes nothing", other)
		}
	}
	c := loadExample(t)
	c.Trackers[0].Limits.PerMinute++
	c.Trackers[0].Auth.User += "x"
	c.Trackers[0].Webhook.Secrets = nil
	c.Measurements = []Measurement{{Measure: "MEA-2026-0001", KPI: FromKPI{Figure: "K4", Value: "overdue"}}}
	if c.PlanDigest() != was {
		t.Error("how conformd signs in has every record looked at again")
	}
	c.Entries[0].Enforcement = "observe!"
	if c.PlanDigest() == was {
		t.Error("another enforcement changes nothing")
	}
}

// The file of a secret that others can read or change is a mistake, and the key of the
// log is held to more than a token; what is wrong is told, and the secret is not.
func TestExposedSecrets(t *testing.T) {
	dir := t.TempDir()
	for d := dir; len(d) > 1; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil && d == dir { // above it is what the machine has
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "{env: T}", "{file: token}", 1) + "audit:\n  key: {file: key}\n"
	if !strings.Contains(text, "{file: token}") {
		t.Fatal("testdata/smallest.yaml has no token")
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		token, key os.FileMode
		want       []string
	}{
		{0o600, 0o600, nil},
		{0o440, 0o400, nil},
		{0o644, 0o600, []string{"auth.token: the secret's file " + filepath.Join(dir, "token") + " can be read by every user of this machine (mode 0644)"}},
		{0o620, 0o600, []string{"auth.token: the secret's file " + filepath.Join(dir, "token") + " can be written by its group (mode 0620)"}},
		{0o600, 0o640, []string{"audit.key: the secret's file " + filepath.Join(dir, "key") + " can be read by its group (mode 0640)"}},
		{0o666, 0o666, []string{"token can be written by every user", "key can be written by every user"}},
	} {
		for name, mode := range map[string]os.FileMode{"token": c.token, "key": c.key} {
			file := filepath.Join(dir, name)
			if err := errors.Join(os.WriteFile(file, []byte("hidden"), 0o600), os.Chmod(file, mode)); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Load(path, environment())
		if (err == nil) != (c.want == nil) {
			t.Errorf("%04o, %04o: %v", c.token, c.key, err)
			continue
		}
		var es Errors
		if errors.As(err, &es); len(es) != len(c.want) {
			t.Errorf("%04o, %04o: %d mistakes, want %d: %v", c.token, c.key, len(es), len(c.want), err)
		}
		for i, e := range es {
			if e.Code != CodeExposed || !strings.Contains(err.Error(), c.want[i]) || !strings.Contains(e.Remedy, "chmod 600") || strings.Contains(e.Error(), "hidden") {
				t.Errorf("%04o, %04o: %v, want %q", c.token, c.key, e, c.want[i])
			}
		}
		if _, err := LoadOffline(path, environment()); err != nil {
			t.Errorf("offline no secret is looked at: %v", err)
		}
	}
}

func TestSecretFromFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("hidden\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte("{env: T}"), []byte("{file: token}"), 1)
	c, err := parse(filepath.Join(dir, "c.yaml"), data, environment(), reading{secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Bindings[0].Auth.Token.Reveal(); got != "hidden" {
		t.Errorf("token = %q, want the file's text without its line end", got)
	}
}

// TestOfflineReadsNoSecret shows that a file can be checked where its secrets are not.
func TestOfflineReadsNoSecret(t *testing.T) {
	c, err := LoadOffline(example, environment())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Bindings[0].Auth.Token.Reveal(); got != "" {
		t.Errorf("token = %q, want none", got)
	}
}

func TestMistakeHasALine(t *testing.T) {
	c := loadExample(t)
	whole := c.Mistake(CodeMapping, "mappings[0].states[3]", "x", "y")
	inner := c.Mistake(CodeMapping, "mappings[0].states[3].label", "x", "y")
	if whole.Line == 0 || inner.Line != whole.Line {
		t.Errorf("lines %d and %d, want the line of the entry for a key that is not there", whole.Line, inner.Line)
	}
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if line := strings.Split(string(data), "\n")[whole.Line-1]; !strings.Contains(line, "Plan approval") {
		t.Errorf("line %d is %q, want the fourth state", whole.Line, line)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"label", "labels", 1}, {"projcet", "project", 1}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestPresetsLoad keeps what operators copy from going stale.
func TestPresetsLoad(t *testing.T) {
	files, err := filepath.Glob("../../configs/presets/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d presets, %v", len(files), err)
	}
	for _, name := range files {
		if _, err := Load(name, exampleEnv()); err != nil {
			t.Errorf("Load(%s):\n%v", name, err)
		}
	}
}

// TestFormsMatchTheConfigurations holds that the headings of the issue forms are the sections
// that the configurations read, and that each choice of a form has a value in the register.
func TestFormsMatchTheConfigurations(t *testing.T) {
	for pattern, configurations := range map[string][]string{
		"github_*_form.yml":     {example, "../../configs/presets/github_only.yaml"},
		"github_*_formular.yml": {"../../configs/presets/github_only_german.yaml"},
	} {
		headings, choices := headingsOf(t, pattern)
		used := map[string]bool{"Checks": true, "Prüfpunkte": true}
		for _, name := range configurations {
			c, err := LoadOffline(name, environment())
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range c.Bindings {
				for _, f := range b.Fields {
					if f.From.Kind != "section" {
						continue
					}
					used[f.From.Name] = true
					for _, a := range f.From.Aliases {
						used[a] = true
					}
					if b.ID != "gh-isms" {
						continue
					}
					if !headings[f.From.Name] {
						t.Errorf("%s: no form has the heading %q", name, f.From.Name)
					}
					for _, choice := range choices[f.From.Name] {
						if len(f.Values) > 0 && !slices.ContainsFunc(f.Values, func(v Pair) bool { return v.From == choice }) {
							t.Errorf("%s: %q of %s has no value", name, choice, f.From.Name)
						}
					}
				}
			}
		}
		for h, is := range headings {
			if is && !used[h] {
				t.Errorf("no configuration reads the heading %q of a form", h)
			}
		}
	}
}

// headingsOf reads the headings of the issue forms of records, and the choices under them.
func headingsOf(t *testing.T, pattern string) (headings map[string]bool, choices map[string][]string) {
	t.Helper()
	forms, err := filepath.Glob("../../configs/presets/" + pattern)
	if err != nil || len(forms) == 0 {
		t.Fatalf("%d forms, %v", len(forms), err)
	}
	headings, choices = map[string]bool{}, map[string][]string{}
	for _, path := range forms {
		if strings.Contains(path, "_action_") {
			continue // the issues of a team, and not records
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var form struct {
			Body []struct {
				Type       string
				Attributes struct {
					Label   string
					Options yaml.Node
				}
			}
		}
		if err := yaml.Unmarshal(data, &form); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, b := range form.Body {
			headings[b.Attributes.Label] = b.Type != "markdown"
			if b.Type == "dropdown" {
				for _, o := range b.Attributes.Options.Content {
					choices[b.Attributes.Label] = append(choices[b.Attributes.Label], o.Value)
				}
			}
		}
	}
	return headings, choices
}
