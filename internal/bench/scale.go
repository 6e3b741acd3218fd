package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// originals is how many records of a large register come from a real first sync. The
// others are copies of their rows with a title and a text of their own, so that every document is
// as the daemon stores it. The audit log is that of the originals: no statement but its own looks
// at its length.
const originals = 200

// scale measures a register of n records: a poll in which nothing changed, edits, and the
// memory of the daemon meanwhile.
func scale(ctx context.Context, dir string, n int, stderr io.Writer) ([]Row, error) {
	return onRig(ctx, dir, func(r *rig) ([]Row, error) { return r.scale(ctx, n, stderr) })
}

func (r *rig) scale(ctx context.Context, n int, stderr io.Writer) ([]Row, error) {
	if err := r.seed(originals, 3); err != nil {
		return nil, err
	}
	// The first start of a daemon has every record looked at. Here it is over before anything is measured.
	if err := r.app.Configured(ctx); err != nil {
		return nil, err
	}
	if _, _, err := r.pass(ctx); err != nil {
		return nil, err
	}
	if err := r.twins(originals); err != nil {
		return nil, err
	}
	if _, err := r.noop(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	back, err := r.atWork(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.lived(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(r.multiply(ctx, n/originals), back()); err != nil {
		return nil, err
	}
	made := time.Now()
	if err := r.lines(ctx); err != nil {
		return nil, err
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(r.path), "data", store.File))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "%d records, %d MB, made in %s, of which %s for the words of lists\n", n, info.Size()>>20, time.Since(began).Round(time.Second), time.Since(made).Round(time.Second))
	due, err := r.dueTime(ctx)
	if err != nil {
		return nil, err
	}
	alike, err := r.similarTime(ctx)
	if err != nil {
		return nil, err
	}
	page, search, err := r.listTime(ctx)
	if err != nil {
		return nil, err
	}
	poll, err := r.pollTime(ctx)
	if err != nil {
		return nil, err
	}
	edit, err := r.editTime(ctx)
	if err != nil {
		return nil, err
	}
	dossier, err := r.dossierTime(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "what is due was found in %.1f ms, and what came up again in %.1f ms; a page of a list took %.1f ms, a search %.1f ms; a poll took %.1f ms, an edit %.1f ms; now the memory\n", due, alike, page, search, poll, edit)
	if err := r.rest(); err != nil {
		return nil, err
	}
	took, kpiMB, err := r.figures(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "the figures took %.2f s and %.0f MB\n", took, kpiMB)
	mb, err := r.underEdits(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(stderr, "now the pages")
	alone, under, book, err := r.pageTimes(ctx)
	if err != nil {
		return nil, err
	}
	if r.app, err = open(ctx, r.path, 8, r.world.Clock.Now); err != nil {
		return nil, err
	}
	name, most, memory := fmt.Sprint(n), 50, 300
	if n >= 1_000_000 {
		name, most, memory = fmt.Sprintf("%dm", n/1_000_000), 80, 400
	}
	return []Row{
		{Name: "due_scan_ms_" + name, Value: due, Unit: "ms", Goal: fmt.Sprintf("<= 50 (median, finds what is due within %d days)", dueDays)},
		{Name: "similar_candidates_ms_" + name, Value: alike, Unit: "ms", Goal: "<= 200 (median, finds the closed records of which a new one may be a recurrence)"},
		{Name: "kpi_seconds_" + name, Value: took, Unit: "s", Goal: fmt.Sprintf("<= %d (report kpi, %d entries for each record)", max(5, n/20_000), livedEntries)},
		{Name: "kpi_rss_mb_" + name, Value: kpiMB, Unit: "MB", Goal: "<= 1024 (peak of report kpi)"},
		{Name: "dossier_seconds_" + name, Value: dossier, Unit: "s", Goal: "<= 1 (median, of one record)"},
		{Name: "list_page_p50_ms_" + name, Value: page, Unit: "ms", Goal: "<= 10 (50 records of a list with all that it shows of them, narrowed and sorted in 15 ways)"},
		{Name: "search_p95_ms_" + name, Value: search, Unit: "ms", Goal: "<= 50 (the first 50 records that have words, and how many have them)"},
		{Name: "register_page_p50_ms_" + name, Value: alone, Unit: "ms", Goal: "<= 10 (the whole answer of a page of the register to an ISMS manager who is signed in, in 14 lists and their second pages, while the daemon synchronises)"},
		{Name: "page_p99_ms_" + name + "_50rps", Value: under, Unit: "ms", Goal: "<= 25 (the same pages, 50 a second, from the moment in which each was to be asked for)"},
		{Name: "xlsx_" + name + "_seconds", Value: book, Unit: "s", Goal: fmt.Sprintf("<= %d (the whole register, to the browser of an ISMS manager)", max(5, n/20_000))},
		{Name: "poll_ms_" + name, Value: poll, Unit: "ms", Goal: fmt.Sprintf("<= %d (median, nothing changed)", most)},
		{Name: "edit_ms_p99_" + name, Value: edit, Unit: "ms", Goal: "<= 100 (from the hint to the end of the attempt, trackers on loopback)"},
		{Name: "rss_mb_" + name, Value: mb, Unit: "MB", Goal: fmt.Sprintf("<= %d (peak, idle and under edits)", memory)},
	}, nil
}

// A copied table has its rows multiplied. Change says how the columns of copy number i
// differ from the original, as expressions of SQL.
type copied struct {
	table  string
	change map[string]string
}

// The expressions: copy k.i of a row t has names of its own, and so have the documents
// that speak of them.
const (
	newID    = "printf('%08x', k.i) || substr(t.ID, 9)"
	newIssue = "printf('9%07d', k.i) || t.issue_id"
	newRef   = "substr(t.ref, 1, 7) || printf('9%08d', k.i * 1000 + t.n)"
	newTitle = "(SELECT x.title FROM told x WHERE x.n = k.i * 1000 + t.n)"
	newText  = "(SELECT json_set(replace(t.doc, t.id, ID), '$.ref', substr(o.ref, 1, 7) || printf('9%08d', x.n), '$.fields.title', x.title, '$.fields.problem', x.problem) " +
		"FROM record o JOIN told x ON x.n = k.i * 1000 + o.n WHERE o.id = t.id)"
)

func recordID(column string) string { return strings.ReplaceAll(newID, "ID", column) }

func copies() []copied {
	issueDoc := "replace(t.doc, '\"id\":\"' || t.issue_id || '\"', '\"id\":\"' || " + newIssue + " || '\"')"
	return []copied{
		{"record", map[string]string{"id": recordID("id"), "ref": newRef, "n": "k.i * 1000 + t.n"}},
		{"record_doc", map[string]string{"id": recordID("id"), "doc": strings.Replace(newText, "ID", recordID("id"), 1)}},
		{"link", map[string]string{"record_id": recordID("record_id"), "issue_id": newIssue, "issue_key": "t.issue_key || printf('9%07d', k.i)"}},
		{"sighting", map[string]string{"issue_id": newIssue, "doc": issueDoc}},
		{"agreement", map[string]string{"issue_id": newIssue}},
		{"comment", map[string]string{"issue_id": newIssue, "doc": issueDoc}},
		{"due", map[string]string{"n": "k.i * 1000 + t.n"}},
		{"similar", map[string]string{"n": "k.i * 1000 + t.n"}},
		{"course", map[string]string{"n": "k.i * 1000 + t.n"}},
		{"listing", map[string]string{"n": "k.i * 1000 + t.n", "ref": newRef, "title": "lower(" + newTitle + ")"}},
		{"facet", map[string]string{"n": "k.i * 1000 + t.n"}},
		{"event", map[string]string{"id": "t.id || ':' || k.i", "record_id": recordID("record_id")}},
		{"intent", map[string]string{"seq": "k.i * 1000000 + t.seq", "record_id": recordID("record_id"), "issue_id": newIssue}},
		{"marker", map[string]string{"record_id": recordID("record_id"), "marker": "printf('%08x', k.i) || t.marker"}},
	}
}

// multiply copies the rows of the originals until there are times as many records.
func (r *rig) multiply(ctx context.Context, times int) error {
	const together = 50 // copies in a transaction: 10,000 records
	for _, b := range r.app.Bindings {
		if err := r.app.Store.Write(ctx, func(t *store.Tx) error {
			_, err := t.RecordMarked(ctx, b.ID, "none", func(id string) string { return mapping.IssueMarker(id, b.ID) })
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		}); err != nil {
			return err
		}
	}
	if err := r.told(ctx, times); err != nil {
		return err
	}
	var stmts []string
	for _, c := range copies() {
		stmt, err := r.copying(ctx, c)
		if err != nil {
			return err
		}
		stmts = append(stmts, stmt)
	}
	for from := 1; from < times; from += together {
		if err := r.app.Store.Write(ctx, func(t *store.Tx) error {
			for _, stmt := range stmts {
				if _, err := t.ExecContext(ctx, stmt, from, min(from+together, times)-1); err != nil {
					return fmt.Errorf("%s: %w", stmt, err)
				}
			}
			_, err := t.ExecContext(ctx, "UPDATE marked SET upto = (SELECT max(n) FROM record)")
			return err
		}); err != nil {
			return err
		}
	}
	if err := r.words(ctx); err != nil {
		return err
	}
	if err := r.app.Store.CheckpointWAL(ctx); err != nil {
		return err
	}
	counts, err := r.app.Store.Counts(ctx)
	if err == nil && counts[store.ShowAll] != times*originals {
		err = fmt.Errorf("the register has %d records, want %d", counts[store.ShowAll], times*originals)
	}
	return err
}

// copying returns the statement that copies the rows of a table. Originals are those
// whose record is numbered up to originals, which the copies are beyond.
func (r *rig) copying(ctx context.Context, c copied) (string, error) {
	rows, err := r.app.Store.Reader().QueryContext(ctx, "SELECT name FROM pragma_table_info($1)", c.table)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var columns, values []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
		value := "t." + name
		if x := c.change[name]; x != "" {
			value = x
		}
		columns, values = append(columns, name), append(values, value)
	}
	// The originals lie in a table of their own, so that copies are not copied again.
	from := "original_" + c.table
	if _, err := r.app.Store.DB().ExecContext(ctx, "CREATE TEMP TABLE "+from+" AS SELECT * FROM "+c.table); err != nil {
		return "", err
	}
	return "WITH RECURSIVE k(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM k WHERE i < $2) INSERT INTO " + c.table +
		" (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(values, ", ") + " FROM k, " + from + " t", rows.Err()
}

// pollTime returns the median time of a poll in which nothing changed, in milliseconds.
func (r *rig) pollTime(ctx context.Context) (float64, error) {
	r.world.Clock.Advance(time.Hour)
	r.world.Jira.Faults().ResetCount()
	r.world.GitHub.Faults().ResetCount()
	const polls = 21
	var took []time.Duration
	for range polls {
		for _, b := range r.app.Bindings {
			began := time.Now()
			if _, err := r.app.Ingest.Poll(ctx, b.ID); err != nil {
				return 0, err
			}
			took = append(took, time.Since(began))
		}
	}
	if n := r.world.Jira.Faults().Count("", "") + r.world.GitHub.Faults().Count("", ""); n < polls*len(r.app.Bindings) {
		return 0, fmt.Errorf("%d requests in %d polls of %d bindings", n, polls, len(r.app.Bindings))
	}
	slices.Sort(took)
	return milliseconds(took[len(took)/2]), nil
}

// editTime returns the 99th percentile of the time that an edit takes from the hint until
// it is in the other tracker and the attempt has ended, in milliseconds.
func (r *rig) editTime(ctx context.Context) (float64, error) {
	var took []time.Duration
	for k := 1; k <= originals; k++ {
		if err := r.world.GitHub.As("erik").Retitle(k, fmt.Sprintf("Review %d is very late", k)); err != nil {
			return 0, err
		}
		key := fmt.Sprintf("%s/%s#%d", rehearsal.Owner, rehearsal.Repo, k)
		began := time.Now()
		var id string
		err := r.app.Store.Write(ctx, func(t *store.Tx) (err error) {
			if id, err = t.Invalidate(ctx, rehearsal.GitHubBinding, connectors.Ref{Key: key}); err != nil {
				return err
			}
			return t.MarkDirty(ctx, id)
		})
		if err == nil {
			_, err = r.app.Reconciler.Reconcile(ctx, id, nil)
		}
		if err != nil {
			return 0, fmt.Errorf("edit of %s: %w", key, err)
		}
		took = append(took, time.Since(began))
	}
	if err := r.titled(originals); err != nil {
		return 0, err
	}
	slices.Sort(took)
	return milliseconds(took[len(took)*99/100]), nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
