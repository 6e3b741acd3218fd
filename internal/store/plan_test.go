package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Tables whose rows grow in number with the register, the trackers, or time.
var growing = []string{
	"record", "record_doc", "link", "sighting", "agreement", "comment", "event", "conflict", "intent", "revert", "delivery", "outbound",
	"refusal", "aside", "reserved", "claim", "marker", "due", "similar", "course", "listing", "facet", "facet_count", "line", "history", "audit_entry", "audit_intent_state", "audit_text", "audit_disclosure",
}

// scans are the statements that may read a whole table, each with the reason.
var scans = map[string]string{
	"SELECT d.doc, version, wanted, done, epoch, problem, problems FROM record r JOIN record_doc d ON d.id = r.id ORDER BY r.ref":                                                                                                "the whole register, for reports and exports",
	"SELECT d.doc, r.ref, r.state, r.requested, u.id IS NOT NULL, coalesce(c.doc, '')\nFROM record r JOIN record_doc d ON d.id = r.id LEFT JOIN uncarried u ON u.id = r.id LEFT JOIN course c ON c.n = r.n ORDER BY r.ref, r.id": "the whole register, to hold it against the log",
	"DELETE FROM facet WHERE name <> $1": "the migration that writes the facets of all records anew",
	"DELETE FROM course":                 "the migration that makes the courses anew",
	"SELECT doc FROM course LIMIT 1":     "one row, whichever it is",
	"SELECT r.id, c.doc FROM course c JOIN record r ON r.n = c.n ORDER BY c.n": "the records behind the figures, which are about the whole register",
	"SELECT record_id, issue_key, state FROM link ORDER BY binding, issue_key": "the whole register, for reports and exports",
	"SELECT l.issue_id, l.issue_key, r.ref, l.role, l.state, '' FROM link l JOIN record r ON r.id = l.record_id WHERE l.binding = $1\nUNION ALL SELECT issue_id, issue_key, '', '', '', why FROM aside WHERE binding = $2 ORDER BY 2, 1": "the whole binding, for an auditor who holds it against its source",
	"SELECT EXISTS (SELECT 1 FROM record) + EXISTS (SELECT 1 FROM binding WHERE since > 0)\n+ EXISTS (SELECT 1 FROM restored)":                                                                                                           "a register is new if it has no row, and the first row ends each of these",
	"SELECT ref, id FROM record":                                                            "a restore compares all numbers",
	"UPDATE link SET state = 'restored' WHERE state = 'bound'":                              "a restore puts everything in doubt",
	"UPDATE record SET wanted = wanted + 1, wake = 0":                                       "another configuration: every record is looked at again",
	"UPDATE outbound SET admitted = $1 WHERE admitted > $1":                                 "the clock was set; what was let go is pruned after the window of the brake",
	"UPDATE outbound SET planned = $1 WHERE planned > $1":                                   "the clock was set; what was let go is pruned after the window of the brake",
	"SELECT binding, issue, why FROM aside WHERE binding = $1 ORDER BY issue_key, issue_id": "after a whole listing everything that is quarantined is looked at again",
	"SELECT count(*) FROM aside WHERE binding = $1":                                         "what is quarantined is shown to people, and they are to keep it short",
	"SELECT count(DISTINCT CASE WHEN records > 0 THEN record_id END), sum(emptied), sum(replaced), sum(creates), sum(comments)\nFROM outbound WHERE binding = $1 AND released = 0 AND (admitted = 0 OR admitted > $2)": "what a brake weighs: all that stands there, and what was let go within its window",
	"UPDATE record SET wanted = wanted + 1, wake = 0 WHERE id IN (SELECT record_id FROM outbound WHERE binding = $1 AND present = 1)":                                                                                  "a person releases a brake",
	"DELETE FROM revert WHERE at < $1 AND at <= coalesce((SELECT at FROM revert ORDER BY at LIMIT 1 OFFSET $2 - 1), $1)":                                                                                               "goes along the index to the last row that is dropped",
	"INSERT INTO facet (name, value, n) SELECT $1, $2, n FROM record WHERE problems <> '[]'":                                                                                                                           "the migration that fills the tables of lists",
	"SELECT count(*) FROM aside": "what is quarantined is shown to people, and they are to keep it short",
	"INSERT INTO history (about, seq) SELECT l.record_id, h.seq FROM link l JOIN history h ON h.about = l.binding || ':' || l.issue_id WHERE TRUE ON CONFLICT (about, seq) DO NOTHING":         "the migration that indexes the log of an older conformd",
	"INSERT INTO record (id, ref, state, requested, version, wanted, done, epoch, wake, problem, n)\nVALUES ($1, $2, $3, '', 1, 1, 0, 0, 0, '', (SELECT coalesce(max(n), 0) + 1 FROM record))": "SQLite would look for the children of a record only while a reference is broken (FkIfZero)",
	"SELECT c.record_id, r.ref, c.opened, c.closed, c.doc FROM conflict c JOIN record r ON r.id = c.record_id WHERE c.record_id = $1 ORDER BY c.closed > 0, c.opened DESC, c.field LIMIT $2":   "sorts the conflicts of one record",
	"SELECT record_id FROM intent WHERE binding = $1 AND marker = $2 AND pending = 1 AND marker <> '' ORDER BY seq LIMIT 1":                                                                    "sorts the creates of one issue",
	"SELECT c.record_id, r.ref, c.opened, c.closed, c.doc FROM conflict c JOIN record r ON r.id = c.record_id ORDER BY c.closed > 0, c.opened DESC, r.ref, c.field":                            "all conflicts, for an export",
}

// partial are indexes over the rows that wait, are held or are missing: reading one from
// end to end reads only these.
var partial = []string{
	"record_dirty", "record_unplanned", "intent_pending", "intent_marker", "conflict_open", "outbound_standing", "outbound_gone", "link_missing", "link_restored",
}

var scanned = regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)

// TestNoStatementScans holds that no statement of the package reads a growing table from
// end to end, or sorts one, but for those that are named with a reason.
func TestNoStatementScans(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stmts := statements(t)
	if len(stmts) < 120 {
		t.Fatalf("%d statements were found in the source, want all of them", len(stmts))
	}
	allowed := map[string]bool{}
	for _, q := range stmts {
		wrong, err := wholeTables(t.Context(), b.DB(), q)
		if err != nil {
			t.Errorf("%s\n\t%v", q, err)
		}
		if len(wrong) == 0 {
			continue
		}
		if scans[q] != "" {
			allowed[q] = true
			continue
		}
		t.Errorf("%s\n\treads a whole table: %s", q, strings.Join(wrong, "; "))
	}
	for q := range scans {
		if !allowed[q] {
			t.Errorf("%s\n\tis allowed to scan and is no statement that does", q)
		}
	}
}

// The test above can fail: statements as they were once written are caught.
func TestAPlantedScanIsCaught(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, q := range []string{
		"SELECT id FROM record WHERE (wanted > done AND wake <= $1) OR (wake > 0 AND wake <= $1) ORDER BY wake, id LIMIT $2",
		"SELECT record_id FROM link WHERE issue_key = $1 AND role = 'record'",
		"SELECT count(*) FROM record WHERE requested IN ('closed', 'accepted', 'rejected')",
		"SELECT ref FROM reserved WHERE ' ' || claim || ' ' LIKE '% ' || $1 || ' %'",
		"SELECT id FROM record WHERE n > $1 ORDER BY problem LIMIT 10",
		"SELECT count(*) FROM link WHERE binding = $1 AND state <> 'orphaned'",
		"SELECT json_group_array(n) FROM due WHERE who = $2 OR date || item <= $1",
		"SELECT d.doc FROM record_doc d WHERE d.doc ->> '$.dates[0].date' <= $1",
	} {
		wrong, err := wholeTables(t.Context(), b.DB(), q)
		if err != nil || len(wrong) == 0 {
			t.Errorf("%s\n\tcounts as bounded (%v)", q, err)
		}
	}
}

// wholeTables returns the steps of a statement's plan that read a growing table from end
// to end.
func wholeTables(ctx context.Context, db *sql.DB, q string) (wrong []string, err error) {
	n := 0
	for _, m := range placeholder.FindAllStringSubmatch(q, -1) {
		if i, err := strconv.Atoi(m[1]); err == nil {
			n = max(n, i)
		}
	}
	rows, err := db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q, make([]any, n)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	limited := strings.Contains(q, " LIMIT ")
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		steps = append(steps, detail)
	}
	for _, detail := range steps {
		if m := scanned.FindStringSubmatch(detail); m != nil && slices.Contains(growing, tableOf(q, m[1])) && !slices.Contains(partial, m[2]) {
			// Going along an index until LIMIT rows are found ends early, unless rows are
			// left out on the way.
			if m[2] != "" && limited && !strings.Contains(q, " WHERE ") {
				continue
			}
			wrong = append(wrong, detail)
		}
		// A binding may be the whole register.
		if m := ofBinding.FindStringSubmatch(detail); m != nil && slices.Contains(growing, tableOf(q, m[1])) && !slices.Contains(partial, m[2]) && !limited {
			wrong = append(wrong, detail)
		}
		// Sorting the rows of one record or issue is bounded; sorting to find the first few
		// of many is not.
		if strings.HasPrefix(detail, "USE TEMP B-TREE FOR ORDER BY") && limited {
			wrong = append(wrong, detail+" before LIMIT")
		}
	}
	return wrong, rows.Err()
}

var (
	ofBinding   = regexp.MustCompile(`^SEARCH (\w+) USING (?:COVERING )?INDEX (\w+) \(binding=\?\)$`)
	placeholder = regexp.MustCompile(`\$(\d+)`)
)

// tableOf returns the table that a name in a plan stands for: it may be an alias.
func tableOf(q, name string) string {
	if m := regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)\s+(?:AS\s+)?` + name + `\b`).FindStringSubmatch(q); m != nil {
		return m[1]
	}
	return name
}

// statements returns every statement in the source of the package: each text that begins
// with a verb of SQL, put together from constants as the code does it.
func statements(t *testing.T) []string {
	t.Helper()
	fset := token.NewFileSet()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			f, err := parser.ParseFile(fset, e.Name(), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
	}
	consts := map[string]string{}
	for range 4 { // constants are made of constants
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				if v, ok := n.(*ast.ValueSpec); ok {
					for i, x := range v.Values {
						if s, ok := text(x, consts); ok {
							consts[v.Names[i].Name] = s
						}
					}
				}
				return true
			})
		}
	}
	seen := map[string]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			x, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			for _, s := range variants(x, consts) {
				if statement.MatchString(s) && whole(s) {
					seen[s] = true
				}
			}
			_, sum := n.(*ast.BinaryExpr)
			return !sum // its parts are no statements
		})
	}
	var out []string
	for s := range seen {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

var statement = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE)\s`)

// whole reports whether a text is a statement and not the beginning of one.
func whole(s string) bool {
	return !strings.HasSuffix(s, " ")
}

// conditions are what the code puts where it chooses among constants.
var conditions = map[string][]string{
	"col": {"issue_id", "issue_key"},
}

// variants returns the texts that an expression may stand for.
func variants(x ast.Expr, consts map[string]string) []string {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		var out []string
		for _, l := range variants(x.X, consts) {
			for _, r := range variants(x.Y, consts) {
				out = append(out, l+r)
			}
		}
		return out
	case *ast.CallExpr:
		return conditions[fmt.Sprint(callName(x))]
	case *ast.Ident:
		if c := conditions[x.Name]; c != nil {
			return c
		}
	}
	if s, ok := text(x, consts); ok {
		return []string{s}
	}
	return nil
}

func callName(x *ast.CallExpr) string {
	if sel, ok := x.Fun.(*ast.SelectorExpr); ok {
		if id, ok := sel.X.(*ast.Ident); ok {
			return id.Name + "." + sel.Sel.Name + "()"
		}
	}
	return ""
}

// text returns the constant text of an expression.
func text(x ast.Expr, consts map[string]string) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(x.Value)
		return s, err == nil
	case *ast.Ident:
		s, ok := consts[x.Name]
		return s, ok
	case *ast.BinaryExpr:
		l, one := text(x.X, consts)
		r, two := text(x.Y, consts)
		return l + r, one && two && x.Op == token.ADD
	case *ast.ParenExpr:
		return text(x.X, consts)
	}
	return "", false
}
