package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/conformd/conformd/internal/web"
)

// weight measures what is sent to a browser beside a page, the program, and how many statements of lists read a whole table.
// It runs in the folder of the repository.
func weight(ctx context.Context, dir string) ([]Row, error) {
	sent := 0
	for _, f := range web.Files() {
		sent += len(f.Gzip)
	}
	program := filepath.Join(dir, "conformd")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "./cmd/conformd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, "go", "test", "-count=1", "-run", "^(TestBrowseScansNothing|TestNoStatementScans|TestAPlantedScanIsCaught)$", "./internal/store").CombinedOutput()
	scans := strings.Count(string(out), "SCAN ")
	if err != nil && scans == 0 {
		return nil, fmt.Errorf("plans of the statements: %w: %s", err, out)
	}
	return []Row{
		{Name: "assets_kb_compressed", Value: float64(sent) / 1000, Unit: "kB", Goal: "<= 40 (all that the pages load beside themselves)"},
		{Name: "binary_mb", Value: float64(info.Size()) / 1e6, Unit: "MB", Goal: "<= 45"},
		{Name: "list_pages_sql_scans", Value: float64(scans), Unit: "scans", Goal: "0 (of a whole table, in the plans of the statements of lists)"},
	}, nil
}
