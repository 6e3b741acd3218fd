package textbench_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/mapping/text/textbench"
)

// corpus returns the texts that people wrote, by the name of their file.
func corpus(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../testdata/corpus/*.md")
	if err != nil || len(files) < 90 {
		t.Fatalf("the corpus has %d files (%v), want all of them", len(files), err)
	}
	out := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".md")] = string(data)
	}
	return out
}

// listed returns a table of docs/text.md: the first cell of each row, without its
// backquotes, and the second one.
func listed(t *testing.T, heading string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../../docs/text.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("docs/text.md has no heading %q", heading)
	}
	section, _, _ := strings.Cut(rest, "\n#")
	out := map[string]string{}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		out[strings.Trim(cells[1], " `")] = strings.TrimSpace(cells[2])
	}
	return out
}

// TestWhatConversionLoses holds the table of docs/text.md against the measurement.
func TestWhatConversionLoses(t *testing.T) {
	got := map[string]string{}
	for name, gfm := range corpus(t) {
		if lost := textbench.Convert(gfm); len(lost) > 0 {
			got[name] = strings.Join(lost, ", ")
		}
	}
	if d := cmp.Diff(listed(t, "## By conversion alone"), got); d != "" {
		t.Errorf("docs/text.md and the measurement differ (-documented +measured):\n%s", d)
	}
}

// TestACircleLosesNothing: an edit in Jira of any word of any text comes back to GitHub,
// and nothing else changes there.
func TestACircleLosesNothing(t *testing.T) {
	got := map[string]string{}
	all := 0
	var texts []string
	for name, gfm := range corpus(t) {
		lost, edits := textbench.Circle(gfm)
		if len(lost) > 0 {
			got[name] = strings.Join(lost, ", ")
		}
		all += edits
		texts = append(texts, gfm)
	}
	if d := cmp.Diff(listed(t, "## After an edit in Jira"), got); d != "" {
		t.Errorf("docs/text.md and the measurement differ (-documented +measured):\n%s", d)
	}
	if all < 400 {
		t.Errorf("the circles had %d edits, want some in each text", all)
	}
	if share, want := textbench.Lossless(texts), 1-float64(len(got))/float64(len(texts)); share != want {
		t.Errorf("Lossless = %v, want %v", share, want)
	}
}

// TestACircleLosesNothingOfJira: an edit at GitHub of any word of any text comes back to
// Jira, and every other byte there stays.
func TestACircleLosesNothingOfJira(t *testing.T) {
	files, err := filepath.Glob("../testdata/wiki/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("the texts of Jira are %d files (%v), want all of them", len(files), err)
	}
	people := map[string]string{"712020:olga": "Olga Owens", "ben": "Ben"}
	all := 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lost, edits := textbench.CircleJira(string(data), people)
		for _, l := range lost {
			t.Errorf("%s: %s", filepath.Base(f), l)
		}
		all += edits
	}
	if all < 150 {
		t.Errorf("the circles had %d edits, want some in each text", all)
	}
}

// TestTheCorpusChangesAtMostOnce holds the law of the package for what people write.
func TestTheCorpusChangesAtMostOnce(t *testing.T) {
	for name, gfm := range corpus(t) {
		w := text.ToWiki(gfm)
		if again := text.ToWiki(text.FromWiki(w)); again != w {
			t.Errorf("%s: %q comes back as %q", name, w, again)
		}
		if strings.HasPrefix(w, "{noformat}") && len(textbench.Show(gfm).Code) == 0 {
			t.Errorf("%s was given up as preformatted text: %q", name, w)
		}
	}
}

// TestShowSeesADifference: a measure that sees nothing would find everything the same.
func TestShowSeesADifference(t *testing.T) {
	const before = "a [b](https://x.org) `c`\n\n3. d\n\n![e](https://x.org/f.png)\n\n| g |\n|---|\n| h |\n"
	for _, tc := range []struct{ from, to, want string }{
		{"a ", "z ", "words"},
		{"x.org)", "y.org)", "links"},
		{"3.", "4.", "list numbers"},
		{"f.png", "g.png", "images"},
		{"h |\n", "i |\n", "words, tables"},
		{"`c`", "c", "code"},
		{"", "", ""},
	} {
		after := strings.Replace(before, tc.from, tc.to, 1)
		if got := strings.Join(textbench.Show(before).Differ(textbench.Show(after)), ", "); got != tc.want {
			t.Errorf("%q to %q: differ in %q, want %q", tc.from, tc.to, got, tc.want)
		}
	}
}
