package kpi_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// Each file of testdata is a small register, what its log recorded when, and figures that were
// worked out by hand, with the way to each after "#".
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b := newBook()
			asked := 0
			for _, f := range a.Files {
				lines := content(string(f.Data))
				if f.Name == "log" {
					for _, line := range lines {
						b.line(t, line)
					}
					continue
				}
				asked++
				compare(t, f.Name, table(b.figures(t, question(t, f.Name))), lines)
				sameLines(t, b, question(t, f.Name))
			}
			if asked == 0 {
				t.Error("the story asks for no figures")
			}
		})
	}
}

// content returns the lines that say something, without what is explained behind "#".
func content(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// question reads "2026-Q3 as of 2026-09-30 24:00 grade=minor".
func question(t *testing.T, text string) kpi.Question {
	t.Helper()
	words := strings.Fields(text)
	p, err := register.ParsePeriod(words[0])
	if err != nil || len(words) < 4 {
		t.Fatalf("%q asks for no figures: %v", text, err)
	}
	q := kpi.Question{At: parseTime(t, words[3]), From: p.From, To: p.To}
	for _, w := range words[4:] {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "kind":
			q.Kind = register.Kind(value)
		case "grade":
			q.Grade = register.Grade(value)
		case "scope":
			q.Scope = value
		case "source":
			q.Source = value
		case "standard":
			q.Standard = value
		case "owner":
			q.Owner = value
		default:
			t.Fatalf("%q asks for %q", text, name)
		}
	}
	return q
}

// compare holds a sheet against the lines of a story. A story that names a figure names all of
// its values.
func compare(t *testing.T, name string, got, want []string) {
	t.Helper()
	named := map[string]bool{}
	for _, line := range want {
		named[strings.Fields(line)[0]] = true
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s: no line %q", name, line)
		}
	}
	for _, line := range got {
		if named[strings.Fields(line)[0]] && !slices.Contains(want, line) {
			t.Errorf("%s: the figures have %q", name, line)
		}
	}
}
