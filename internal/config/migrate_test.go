package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file of the earlier shape is converted, keeps its comments, and is a configuration
// that means what it meant. testdata/migrate holds such files and what they become.
func TestMigrate(t *testing.T) {
	files, err := filepath.Glob("testdata/migrate/*.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("found %d files, %v, want 3 or more", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, ".new.yaml") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(name, data, environment(), reading{}); err == nil || !strings.Contains(err.Error(), "CFG-022") || !strings.Contains(err.Error(), "conformd config migrate") {
			t.Errorf("%s: Load = %v, want the command that converts it", name, err)
		}
		out, notes, err := Migrate(name, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text := "# " + strings.Join(append([]string{"notes:"}, notes...), "\n# ") + "\n" + string(out)
		golden(t, strings.TrimSuffix(name, ".yaml")+".new.yaml", []byte(text))
		if _, err := parse(name, out, environment(), reading{}); err != nil {
			t.Errorf("%s: what it becomes is refused:\n%v", name, err)
		}
		for line := range strings.Lines(string(data)) {
			_, comment, ok := strings.Cut(line, " # ")
			if comment = strings.TrimSpace(comment); ok && !strings.Contains(string(out), comment) {
				t.Errorf("%s: the comment %q is gone", name, comment)
			}
		}
		if _, _, err := Migrate(name, out); !errors.Is(err, ErrPresentShape) {
			t.Errorf("%s: converted again: %v, want %v", name, err, ErrPresentShape)
		}
	}
}

// The ids of bindings, which the register and the audit log hold, the places of all
// fields and the accounts of all people are those of before.
func TestMigrateKeepsWhatTheRegisterHolds(t *testing.T) {
	data, err := os.ReadFile("testdata/migrate/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := Migrate("example.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse("example.yaml", out, environment(), reading{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range c.Bindings {
		b := &c.Bindings[i]
		got = append(got, b.ID+" "+b.Tracker+" "+b.Project+b.Repo+" "+b.Auth.Kind)
		if len(b.Fields) < 7 || len(b.States) < 4 {
			t.Errorf("%s has %d fields and %d states", b.ID, len(b.Fields), len(b.States))
		}
		accounts := 0
		for _, p := range c.People {
			for _, a := range p.Accounts {
				if c.HasAccount(b, a) {
					accounts++
				}
			}
		}
		if want := map[string]int{"jira-isms": 2, "gh-isms": 3, "gh-platform": 3}[b.ID]; accounts != want {
			t.Errorf("%s has %d accounts, want %d", b.ID, accounts, want)
		}
	}
	want := "jira-isms jira ISMS basic, gh-isms github acme/isms app, gh-platform github acme/platform token"
	if strings.Join(got, ", ") != want {
		t.Errorf("bindings = %q, want %q", got, want)
	}
}

func TestMigrateRefuses(t *testing.T) {
	for name, x := range map[string]struct{ text, want string }{
		"nothing":           {"", "present shape"},
		"the present shape": {"trackers: []\nbindings: []\n", "present shape"},
		"no YAML":           {"bindings: [\n", "CFG-002"},
		"a list":            {"- x\n", "CFG-002"},
	} {
		if _, _, err := Migrate("c.yaml", []byte(x.text)); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
}

// FuzzMigrate feeds arbitrary files to the conversion. It never panics; what comes of it
// is YAML of the present shape, and the same when it is read and written again.
func FuzzMigrate(f *testing.F) {
	files, err := filepath.Glob("testdata/migrate/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("bindings: [{repo: [x], tracker: {a: b}, auth: 1}]\npeople: [{accounts: [{binding: {}}]}, 1]\n"))
	f.Add([]byte("bindings: [{repo: x, url: y, limits: 1, webhook: [x]}, {repo: z, url: y, webhook: {secrets: 1}, limits: {concurrency: x}}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, _, err := Migrate("fuzz.yaml", data)
		if err != nil {
			return
		}
		if _, err := document("fuzz.yaml", out); err != nil {
			t.Fatalf("what comes of it cannot be read: %v\n%s", err, out)
		}
		if _, _, err := Migrate("fuzz.yaml", out); !errors.Is(err, ErrPresentShape) {
			t.Errorf("what comes of it is converted again (%v):\n%s", err, out)
		}
	})
}
