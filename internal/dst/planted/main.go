// Planted puts defects into copies of the source, one at a time, and has the
// simulation look for each. It prints the seeds at which they were found, and fails if
// one was not. With -update it writes them into the table of docs/reliability.md; with
// -only it looks for some of them and leaves the other rows as they are.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/figures"
)

func main() {
	seeds := flag.Int("seeds", 2000, "how many simulations to give each defect")
	only := flag.String("only", "", "look for these defects alone, separated by commas")
	update := flag.Bool("update", false, "write the table into docs/reliability.md")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *seeds, *only, *update); err != nil {
		fmt.Fprintln(os.Stderr, "planted:", err)
		os.Exit(1)
	}
}

// A hit is how a defect was found.
type hit struct {
	defect
	seed     int // 0 if it was not found, or by a test
	property string
	test     string // that found it, if it is not the simulation's to find
	took     time.Duration
}

func run(ctx context.Context, out io.Writer, seeds int, only string, update bool) error {
	var hits []hit
	missed := 0
	wanted, err := pick(only)
	if err != nil {
		return err
	}
	for _, d := range wanted {
		h, err := look(ctx, d, seeds)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if !h.found() {
			missed++
		}
		fmt.Fprintf(out, "%-26s %s\n", d.name, h)
		hits = append(hits, h)
	}
	fmt.Fprintf(out, "%d of %d planted defects found\n", len(hits)-missed, len(hits))
	if update {
		if err := document(hits); err != nil {
			return err
		}
	}
	if update && only == "" {
		row := figures.Row{Name: "planted_defects_found", Value: float64(len(hits) - missed), Unit: fmt.Sprintf("of %d", len(hits)), Goal: "all"}
		if err := figures.Put("bench.json", row); err != nil {
			return err
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d defects were not found within %d seeds", missed, seeds)
	}
	return nil
}

// pick returns the defects of some names, and all of them for none.
func pick(only string) ([]defect, error) {
	all := defects()
	if only == "" {
		return all, nil
	}
	var out []defect
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(d defect) bool { return d.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no defect is called %q", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

func (h hit) found() bool { return h.seed > 0 || h.test != "" }

func (h hit) String() string {
	switch {
	case !h.found():
		return "NOT FOUND in " + h.took.Round(time.Second).String()
	case h.test != "":
		return fmt.Sprintf("%s, %s", h.test, h.took.Round(time.Second))
	}
	return fmt.Sprintf("seed %d, %s, %s", h.seed, h.property, h.took.Round(time.Second))
}

// look plants d in a copy of the source and runs simulations there until one fails.
func look(ctx context.Context, d defect, seeds int) (hit, error) {
	dir, err := os.MkdirTemp("", "conformd-planted-")
	if err != nil {
		return hit{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := copyTree(ctx, dir); err != nil {
		return hit{}, err
	}
	if err := d.plant(dir); err != nil {
		return hit{}, err
	}
	began := time.Now()
	if t, ok := tests()[d.name]; ok {
		return byTest(ctx, d, dir, t)
	}
	cmd := exec.CommandContext(ctx, "go", "test", "./internal/dst", "-trimpath", "-vet=off", "-count=1", "-timeout=0", "-run=^TestSeeds$", "-dst.stop", fmt.Sprintf("-dst.seeds=%d", seeds)) //nolint:gosec // our own words
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return hit{}, err
	}
	h := hit{defect: d, took: time.Since(began)}
	if err == nil {
		return h, nil
	}
	m := violation.FindSubmatch(out)
	if m == nil {
		return h, fmt.Errorf("the simulation did not run:\n%s", bytes.TrimSpace(out))
	}
	h.seed, err = strconv.Atoi(string(m[1]))
	h.property = string(m[2])
	return h, err
}

// byTest runs a test, which must fail: but not because nothing is there to run.
func byTest(ctx context.Context, d defect, dir string, t [2]string) (hit, error) {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "test", t[0], "-trimpath", "-vet=off", "-count=1", "-v", "-run=^"+strings.ReplaceAll(t[1], "/", "$/^")+"$") //nolint:gosec // our own words
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return hit{}, err
	}
	h := hit{defect: d, took: time.Since(began)}
	name := strings.TrimPrefix(t[1], "TestScenarios/")
	switch {
	case !bytes.Contains(out, []byte("=== RUN   "+t[1])):
		return h, fmt.Errorf("%s did not run:\n%s", t[1], bytes.TrimSpace(out))
	case err != nil:
		h.test = "`" + name + "`"
	}
	return h, nil
}

var violation = regexp.MustCompile(`seed=(\d+) [^\n]*\n\s+([A-Za-z0-9]+):`)

// copyTree copies what git knows of into dir.
func copyTree(ctx context.Context, dir string) error {
	out, err := exec.CommandContext(ctx, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		b, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted and not yet committed
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// plant replaces the text of the defect.
func (d defect) plant(dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(d.file))
	b, err := os.ReadFile(path) //nolint:gosec // within the copy
	if err != nil {
		return err
	}
	if n := strings.Count(string(b), d.old); n != 1 {
		return fmt.Errorf("%s holds the text to replace %d times, want once: %q", d.file, n, d.old)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(b), d.old, d.new, 1)), 0o600)
}

// document writes the table between its marks. A defect that was not looked for keeps its
// row.
func document(hits []hit) error {
	const path, begin, end = "docs/reliability.md", "<!-- planted: written by make defects UPDATE=1 -->\n", "<!-- end of planted -->"
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), begin)
	old, after, found := strings.Cut(rest, end)
	if !ok || !found {
		return fmt.Errorf("%s has no place for the table", path)
	}
	var t strings.Builder
	t.WriteString("\n| defect | what is wrong | found at seed | by property |\n|---|---|---|---|\n")
	for _, d := range defects() {
		t.WriteString(row(d, hits, old))
	}
	return os.WriteFile(path, []byte(before+begin+t.String()+"\n"+end+after), 0o600)
}

// row is the row of a defect: what was found now, else the one of an older table.
func row(d defect, hits []hit, old string) string {
	i := slices.IndexFunc(hits, func(h hit) bool { return h.name == d.name })
	if i < 0 {
		for l := range strings.Lines(old) {
			if strings.HasPrefix(l, "| "+d.name+" |") {
				return l
			}
		}
		return fmt.Sprintf("| %s | %s | not looked for | |\n", d.name, d.what)
	}
	h := hits[i]
	seed, by := "not found", h.property
	switch {
	case h.seed > 0:
		seed = strconv.Itoa(h.seed)
	case h.test != "":
		seed, by = "–", h.test
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", h.name, h.what, seed, by)
}
