// Command bench measures what conformd promises: requests, which are exact, and
// ratios of times measured in one run, because machines differ. It prints a table
// and writes bench.json.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"text/tabwriter"

	"github.com/conformd/conformd/internal/figures"
)

// A Row is one figure.
type Row = figures.Row

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, stdout, stderr io.Writer) error {
	records := flag.Int("records", 10000, "records of the large register")
	out := flag.String("o", "bench.json", "where the figures are written")
	child := flag.String("child", "", "internal: measure the memory of a daemon with this configuration")
	under := flag.Bool("busy", false, "internal: with -child, of a daemon under edits")
	pages := flag.Bool("pages", false, "internal: with -child, of a daemon whose pages the parent reads")
	ahead := flag.Duration("ahead", 0, "internal: with -busy or -pages, how far the daemon's clock is ahead")
	kpis := flag.Bool("figures", false, "internal: with -child, of one call of report kpi")
	large := flag.Int("scale", 0, "measure a register of so many records, and nothing else")
	flag.Parse()
	if *child != "" && *kpis {
		return report(ctx, *child, stdout)
	}
	if *child != "" && *pages {
		return serve(ctx, *child, *ahead, os.Stdin, stdout)
	}
	if *child != "" && *under {
		return busy(ctx, *child, *ahead, stdout)
	}
	if *child != "" {
		return resident(ctx, *child, stdout)
	}
	dir, err := os.MkdirTemp("", "conformd-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var rows []Row
	for _, m := range measurements(*records, *large, stderr) {
		more, err := m(ctx, dir)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	if err := table(stdout, rows); err != nil {
		return err
	}
	return figures.Put(*out, rows...)
}

// A measurement measures in a directory of its own.
type measurement func(ctx context.Context, dir string) ([]Row, error)

func measurements(records, scaled int, stderr io.Writer) []measurement {
	if scaled > 0 {
		return []measurement{func(ctx context.Context, dir string) ([]Row, error) { return scale(ctx, dir, scaled, stderr) }}
	}
	return []measurement{
		small, speedup, edit,
		func(ctx context.Context, dir string) ([]Row, error) { return large(ctx, dir, records, stderr) },
		audited,
		replay,
		texts, rules, weight,
	}
}

func table(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "figure\tvalue\tunit\tgoal")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%.3g\t%s\t%s\n", r.Name, r.Value, r.Unit, r.Goal)
	}
	return t.Flush()
}
