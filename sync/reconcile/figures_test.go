package reconcile_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verifycmd"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// figuresText returns the figures of the quarter of a day as of the end of that day, without how
// long the log was. They are the same from the rows of the register and from an export alone.
func (w *world) figuresText(day string) string {
	w.Helper()
	q, err := kpi.Ask{At: day}.Question(w.clock.Now())
	w.must(err)
	sheets, err := w.daemon().Store.Figures(w.Context(), q.Questions(true)...)
	w.must(err)
	report := kpi.NewReport(sheets)
	w.exported(day, report)
	w.sameLog(day, report.Entries)
	report.Trend, report.YearBefore, report.Entries, report.Root = nil, nil, 0, ""
	return report.Text(register.Edition2022)
}

// exported compares figures with those that conform-verify computes from an export.
func (w *world) exported(day string, want kpi.Report) {
	w.Helper()
	dir := filepath.Join(w.TempDir(), "export")
	tx, err := w.app.Store.Reader().BeginTx(w.Context(), &sql.TxOptions{ReadOnly: true})
	w.must(err)
	w.must(export.Write(w.Context(), tx, dir, export.Options{Keys: strings.Fields(w.app.Public), Register: store.RegisterLines}))
	w.must(tx.Rollback())
	var out, errs bytes.Buffer
	if code := verifycmd.Run(context.WithoutCancel(w.Context()), []string{"--json", "--kpi", "--trend", "--at", day, dir}, &out, &errs); code != verifycmd.ExitInPart {
		w.fail("conform-verify --kpi: exit code %d: %s%s", code, &out, &errs)
	}
	var got struct{ Figures kpi.Report }
	w.must(json.Unmarshal(out.Bytes(), &got))
	if diff := cmp.Diff(want, got.Figures); diff != "" {
		w.Errorf("line %d: the figures from an export differ (-register +export):\n%s", w.at, diff)
	}
}

// sameLog fails if the log had another length at a moment than it was said to have before.
func (w *world) sameLog(day string, entries int64) {
	w.Helper()
	if w.sizes == nil {
		w.sizes = map[string]int64{}
	}
	if was, known := w.sizes[day]; known && was != entries {
		w.Errorf("line %d: on %s the log had %d entries, and before it had %d", w.at, day, entries, was)
	}
	w.sizes[day] = entries
}
