package store_test

import (
	"context"
	"database/sql"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// browsed is a register for lists: three titles, three owners, and values of every shape.
func browsed(t *testing.T) (*bench, map[string]register.Record) {
	t.Helper()
	b := newBench(t)
	all := map[string]register.Record{}
	for _, x := range []struct {
		title  string
		fields map[register.Field]string
		state  register.State
		due    string
	}{
		{"Restore test failed", map[register.Field]string{register.FieldOwner: "erik", register.FieldGrade: "major", register.FieldScope: "Backup\nOperations", register.FieldRootCause: "The tape was full."}, register.Analysis, "2026-03-01"},
		{"Access review late", map[register.Field]string{register.FieldOwner: "olga", register.FieldGrade: "Hauptabweichung (major)", register.FieldScope: "Access"}, register.Verifying, "2026-02-01"},
		{"access for leavers", map[register.Field]string{register.FieldOwner: "erik", register.FieldGrade: "minor", register.FieldRequirements: "A.5.18\nA.8.2"}, register.Closed, ""},
		{"Naïve café \"policy\"", map[register.Field]string{register.FieldOwner: "olga", register.FieldStandards: "iso9001-2015"}, register.Reported, ""},
	} {
		r := b.record()
		r.Fields[register.FieldTitle], r.State = x.title, x.state
		if x.state == register.Closed {
			r.Closed = time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
		}
		maps.Copy(r.Fields, x.fields)
		if x.due != "" {
			r.Dates = []register.MilestoneDate{{Milestone: register.MilestoneVerification, Date: x.due}}
		}
		b.save(t, r)
		all[x.title] = r
	}
	return b, all
}

func (b *bench) save(t *testing.T, r register.Record) {
	t.Helper()
	b.write(func(tx *store.Tx) error {
		row, err := tx.Acquire(t.Context(), r.ID)
		if err != nil {
			return err
		}
		_, err = tx.SaveRecord(t.Context(), r, row.Fence)
		return err
	})
}

// titles reads a whole list, so many records at a time.
func titles(t *testing.T, b *bench, q store.Browse, together int) []string {
	t.Helper()
	var out []string
	q.Limit = together
	for {
		page, err := b.Browse(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			out = append(out, row.Record.Fields[register.FieldTitle])
		}
		if !page.More {
			return out
		}
		q.After = page.Last
	}
}

// A list is narrowed, searched and sorted, and is the same list in stretches of any length.
func TestBrowse(t *testing.T) {
	t.Parallel()
	b, _ := browsed(t)
	const restore, review, leavers, policy = "Restore test failed", "Access review late", "access for leavers", "Naïve café \"policy\""
	facet := func(name, value string) []store.Facet { return []store.Facet{{name, value}} }
	for _, c := range []struct {
		name string
		q    store.Browse
		want []string
	}{
		{"all by number", store.Browse{}, []string{restore, review, leavers, policy}},
		{"by title, whatever the case", store.Browse{Sort: "title"}, []string{leavers, review, policy, restore}},
		{"the other way round", store.Browse{Sort: "title", Down: true}, []string{restore, policy, review, leavers}},
		{"by date, what has none at the end", store.Browse{Sort: "due"}, []string{review, restore, leavers, policy}},
		{"of a person", store.Browse{Any: [][]store.Facet{facet("owner", "erik")}}, []string{restore, leavers}},
		{"a step by what it counts as", store.Browse{Any: [][]store.Facet{facet("grade", "major")}}, []string{restore, review}},
		{"a step by its name", store.Browse{Any: [][]store.Facet{facet("grade", "hauptabweichung")}}, []string{review}},
		{"of a person by date", store.Browse{Any: [][]store.Facet{facet("owner", "olga")}, Sort: "due"}, []string{review, policy}},
		{"of a person by date, the other way round", store.Browse{Any: [][]store.Facet{facet("owner", "erik")}, Sort: "due", Down: true}, []string{leavers, restore}},
		{"of a person in a state by date", store.Browse{Any: [][]store.Facet{facet(store.FacetState, "analysis"), facet("owner", "erik")}, Sort: "due"}, []string{restore}},
		{"of a person about a standard by date", store.Browse{Any: [][]store.Facet{facet(store.FacetStandard, "iso27001"), facet("owner", "olga")}, Sort: "due"}, []string{review}},
		{"in a state", store.Browse{Any: [][]store.Facet{facet(store.FacetState, "verifying")}}, []string{review}},
		{"in a state by title", store.Browse{Any: [][]store.Facet{facet(store.FacetState, "verifying")}, Sort: "title"}, []string{review}},
		{"of a kind", store.Browse{Any: [][]store.Facet{facet(store.FacetKind, "nonconformity"), facet("owner", "olga")}}, []string{review, policy}},
		{"one of two states", store.Browse{Any: [][]store.Facet{{{store.FacetState, "closed"}, {store.FacetState, "analysis"}}}}, []string{restore, leavers}},
		{"both of two conditions", store.Browse{Any: [][]store.Facet{facet("owner", "erik"), facet(store.FacetEnded, "yes")}}, []string{leavers}},
		{"a member of a set", store.Browse{Any: [][]store.Facet{facet(string(register.FieldRequirements), "a.8.2")}}, []string{leavers}},
		{"of a standard without its edition", store.Browse{Any: [][]store.Facet{facet(store.FacetStandard, "iso9001")}}, []string{policy}},
		{"without a value", store.Browse{Without: []register.Field{register.FieldRootCause, register.FieldScope}}, []string{leavers, policy}},
		{"late on a day", store.Browse{LateOn: "2026-02-02"}, []string{review}},
		{"not late on the day itself", store.Browse{LateOn: "2026-02-01"}, nil},
		{"ended on its first and last day", store.Browse{ClosedFrom: "2026-03-05", ClosedTo: "2026-03-05"}, []string{leavers}},
		{"ended from a day on", store.Browse{ClosedFrom: "2026-03-06"}, nil},
		{"ended until a day, without those that are open", store.Browse{ClosedTo: "2026-12-31"}, []string{leavers}},
		{"ended before", store.Browse{ClosedTo: "2026-03-04"}, nil},
		{"ended, of a person who searches", store.Browse{ClosedFrom: "2026-01-01", Any: [][]store.Facet{facet("owner", "erik")}, Text: "access", Sort: "closed", Down: true}, []string{leavers}},
		{"what ended last first, what is open at the end", store.Browse{Sort: "closed", Down: true}, []string{leavers, policy, review, restore}},
		{"a word of a text", store.Browse{Text: "tape"}, []string{restore}},
		{"the beginning of a word", store.Browse{Text: "acc", Sort: "title"}, []string{leavers, review}},
		{"only the last word may be begun", store.Browse{Text: "acc review"}, nil},
		{"words without accents", store.Browse{Text: "naive cafe"}, []string{policy}},
		{"what looks like an operator is a word", store.Browse{Text: `"policy" OR`}, nil},
		{"quotes around a word", store.Browse{Text: `"policy"`}, []string{policy}},
		{"a search in the opposite order of recording", store.Browse{Text: "access", Down: true}, []string{leavers, review}},
		{"a search by title of a person", store.Browse{Text: "access", Any: [][]store.Facet{facet("owner", "erik")}, Sort: "title"}, []string{leavers}},
		{"a search in a list of a person", store.Browse{Text: "access", Any: [][]store.Facet{facet("owner", "olga")}}, []string{review}},
		{"no word at all", store.Browse{Text: "***"}, nil},
		{"a byte that ends a text in C", store.Browse{Text: "tape\x00full"}, []string{restore}},
		{"such bytes alone", store.Browse{Text: "\x00\x00"}, nil},
		{"such bytes in a list of a person", store.Browse{Text: "\x00", Any: [][]store.Facet{facet("owner", "olga")}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for together := 1; together <= 5; together++ {
				if diff := cmp.Diff(c.want, titles(t, b, c.q, together)); diff != "" {
					t.Fatalf("%d at a time (-want +got):\n%s", together, diff)
				}
			}
			n, err := b.Count(t.Context(), c.q, 100)
			if err != nil || n != len(c.want) {
				t.Errorf("Count = %d, %v, want %d", n, err, len(c.want))
			}
			c.q.Limit, c.q.Total = 1, true
			page, err := b.Browse(t.Context(), c.q)
			if err != nil || page.Total != len(c.want) || page.Beyond {
				t.Errorf("a page says that the list has %d records (beyond: %v), %v, want %d", page.Total, page.Beyond, err, len(c.want))
			}
		})
	}
	if n, err := b.Count(t.Context(), store.Browse{}, 3); n != 3 || err != nil {
		t.Errorf("Count stops at %d, %v, want 3", n, err)
	}
	if got := titles(t, b, store.Browse{Text: "a", Down: true}, 1); !slices.Equal(got, []string{"access for leavers", "Access review late"}) {
		t.Errorf("a search in the opposite order finds %v, want what was recorded last first", got)
	}
	if _, err := b.Browse(t.Context(), store.Browse{Sort: "weight"}); err == nil {
		t.Error("a list is sorted by what no record has")
	}
}

// A list with several conditions that many records meet says how many were counted, and that there are more. The register
// keeps count of one condition alone.
func TestTotalOfManyRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const many = 10_500
	for _, stmt := range []string{
		"WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 10500) INSERT INTO record (id, ref, state, requested, version, wanted, done, epoch, wake, problem, n) SELECT 'r' || i, printf('NC-2026-%05d', i), 'analysis', '', 1, 1, 1, 0, 0, '', i FROM k",
		"INSERT INTO listing (n, ref, title, kind, grade, risk, state, owner, source, recorded, identified, due, facets, words) SELECT n, ref, 'review', 'nonconformity', '', '', '1', 'erik', '', '2026', '', '9999-12-31', '[]', '' FROM record",
		"INSERT INTO facet (name, value, n) SELECT 'owner', 'erik', n FROM record UNION ALL SELECT ':open', 'yes', n FROM record UNION ALL SELECT ':state', 'analysis', n FROM record UNION ALL SELECT 'grade', 'minor', n FROM record WHERE n % 2 = 0",
		"INSERT INTO record_text (rowid, body) SELECT n, 'review ' || CASE n % 2 WHEN 0 THEN 'late' ELSE 'done' END FROM record",
	} {
		if _, err := b.DB().ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	facet := func(name, value string) []store.Facet { return []store.Facet{{name, value}} }
	for name, c := range map[string]struct {
		q      store.Browse
		want   int
		beyond bool
	}{
		"all":                   {store.Browse{}, many, false},
		"open ones in a state":  {store.Browse{Any: [][]store.Facet{facet(store.FacetOpen, "yes"), facet(store.FacetState, "analysis")}}, many, false},
		"of a grade":            {store.Browse{Any: [][]store.Facet{facet("grade", "minor")}}, many / 2, false},
		"of a person":           {store.Browse{Any: [][]store.Facet{facet("owner", "erik")}}, many, false},
		"of a person and grade": {store.Browse{Any: [][]store.Facet{facet("owner", "erik"), facet("grade", "minor")}}, 500, true},
		"words":                 {store.Browse{Text: "review late"}, many / 2, false},
		"a word of all":         {store.Browse{Text: "review"}, 10_000, true},
		"words of a person":     {store.Browse{Text: "review late", Any: [][]store.Facet{facet("owner", "erik")}}, 1000, true},
	} {
		for _, sort := range []string{"", "title"} {
			c.q.Sort, c.q.Limit, c.q.Total = sort, 50, true
			page, err := b.Browse(t.Context(), c.q)
			if name == "a word of all" && sort != "" { // all are looked for, to sort them
				c.want, c.beyond = many, false
			}
			if err != nil || page.Total != c.want || page.Beyond != c.beyond || !page.More {
				t.Errorf("%s, sorted by %q: %d records, beyond: %v, more: %v, %v; want %d, %v", name, sort, page.Total, page.Beyond, page.More, err, c.want, c.beyond)
			}
		}
	}
	// A search of a word that most records have is the same list in any order, in stretches.
	q := store.Browse{Text: "late", Sort: "title", Limit: 1000}
	var last store.Position
	for n := 0; ; n++ {
		page, err := b.Browse(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if last, q.After = page.Last, page.Last; !page.More {
			if n != 5 || last.Ref != "NC-2026-10500" {
				t.Errorf("the search ends after %d stretches at %s", n+1, last.Ref)
			}
			break
		}
	}
	names, err := b.FacetNames(t.Context())
	if err != nil || !slices.Equal(names, []string{":open", ":state", "grade", "owner"}) {
		t.Errorf("the facets are %v, %v", names, err)
	}
}

// The tables of lists follow each change, and are what the migration would make of the records.
func TestListingFollows(t *testing.T) {
	t.Parallel()
	b, all := browsed(t)
	r := all["Access review late"]
	r.Fields[register.FieldTitle], r.Fields[register.FieldOwner], r.State = "Zoning of the network", "irene", register.Closed
	delete(r.Fields, register.FieldScope)
	b.save(t, r)
	for _, ps := range [][]plan.Problem{{{Field: register.FieldOwner}}, nil, {{Field: register.FieldOwner}}} {
		b.write(func(tx *store.Tx) error { return tx.SetProblems(t.Context(), r.ID, ps) })
	}
	for _, c := range []struct {
		q    store.Browse
		want []string
	}{
		{store.Browse{Text: "review"}, nil},
		{store.Browse{Text: "zoning"}, []string{"Zoning of the network"}},
		{store.Browse{Any: [][]store.Facet{{{"owner", "irene"}}}}, []string{"Zoning of the network"}},
		{store.Browse{Any: [][]store.Facet{{{"scope", "access"}}}}, nil},
		{store.Browse{Any: [][]store.Facet{{{store.FacetProblem, "yes"}}}}, []string{"Zoning of the network"}},
	} {
		if diff := cmp.Diff(c.want, titles(t, b, c.q, 10)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.q, diff)
		}
	}
	kept, err := store.ListingRows(t.Context(), b.Reader())
	if err != nil || len(kept) == 0 {
		t.Fatal(len(kept), err)
	}
	for name, remake := range map[string]func(context.Context, *sql.DB) error{"tables": store.MakeListing, "facets": store.RefillFacets, "ends": store.AddClosed} {
		if err := remake(t.Context(), b.DB()); err != nil {
			t.Fatal(err)
		}
		made, err := store.ListingRows(t.Context(), b.Reader())
		if diff := cmp.Diff(made, kept); diff != "" || err != nil {
			t.Errorf("%s: %v (-made anew +kept):\n%s", name, err, diff)
		}
	}
}

// A record is found by each decision that it waits for, for as long as it waits.
func TestBrowseByDecision(t *testing.T) {
	t.Parallel()
	b, all := browsed(t)
	waiting := func(d store.Decision) []string {
		return titles(t, b, store.Browse{Any: [][]store.Facet{{{store.FacetWaits, string(d)}}}}, 10)
	}
	if got := waiting(store.DecideTriage); len(got) != 3 {
		t.Errorf("%v wait for a triage, want the three that are open", got)
	}
	r := all["Access review late"]
	r.Approvals = append(r.Approvals, register.Approval{Subject: register.SubjectTriage, Outcome: register.Approved})
	r.Proposals = []register.Proposal{{Field: register.FieldGrade, Value: "minor"}}
	r.Recurrences = []register.Recurrence{{To: "x", State: register.RecurrenceProposed}}
	b.save(t, r)
	for d, want := range map[store.Decision]int{store.DecideTriage: 2, store.DecideProposal: 1, store.DecideRecurrence: 1} {
		if got := waiting(d); len(got) != want {
			t.Errorf("%v wait for %s, want %d", got, d, want)
		}
	}
	r.Proposals, r.Recurrences[0].State = nil, register.RecurrenceRefused
	r.Extensions = []register.Extension{{Milestone: register.MilestoneCause, State: register.ExtensionAsked}}
	b.save(t, r)
	if a, e := waiting(store.DecideRecurrence), waiting(store.DecideProposal); len(a) != 0 || len(e) != 1 {
		t.Errorf("%v wait for an answer and %v for a proposal, want none and one", a, e)
	}
}

// No page of a list looks through a table: each statement begins at a place of an index, for a
// narrow list and for a wide one.
func TestBrowseScansNothing(t *testing.T) {
	t.Parallel()
	b, _ := browsed(t)
	facet := [][]store.Facet{{{"owner", "erik"}}, {{store.FacetState, "closed"}, {store.FacetState, "analysis"}}}
	for _, sort := range append(store.SortKeys(), "") {
		for _, q := range []store.Browse{
			{}, {Any: facet}, {Any: [][]store.Facet{{{store.FacetState, "planning"}}}}, {Text: "access"}, {Text: "access", Any: facet}, {LateOn: "2026-02-02", From: "2026-01-01", To: "2026-12-31"}, {ClosedFrom: "2026-01-01", ClosedTo: "2026-12-31"}, {Without: []register.Field{register.FieldScope}},
		} {
			q.Sort, q.Limit = sort, 50
			for _, q.After = range []store.Position{{}, {Key: "b", Ref: "NC-2026-0001"}, {Key: "2", Ref: "NC-2026-0001"}} {
				for _, narrow := range []bool{true, false} {
					for _, step := range explained(t, b, q, narrow) {
						if strings.HasPrefix(step, "SCAN") && !ordered.MatchString(step) || !narrow && strings.Contains(step, "TEMP B-TREE FOR") && strings.Contains(step, "ORDER BY") {
							t.Errorf("%+v: %s", q, step)
						}
						if len(q.Any) == 1 && (sort == "number" || sort == "recorded") && (strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE")) {
							t.Errorf("%+v: %s, and an index has the list", q, step)
						}
						if strings.HasPrefix(step, "SCAN l ") && len(q.Any) > 0 && !strings.Contains(step, "COVERING") {
							t.Errorf("%+v: %s, and reads a row for each record on the way", q, step)
						}
					}
				}
			}
		}
	}
}

// ordered are steps that read no more than they answer with: an index in the order of the list, until
// the page is full, the words that a search looks for, and the records that it found.
var ordered = regexp.MustCompile(`^SCAN (l USING (COVERING )?INDEX|w$|json_each VIRTUAL TABLE|(w|record_text) (EXISTS )?VIRTUAL TABLE INDEX [0-9]+:[=<>]?M)`)

func explained(t *testing.T, b *bench, q store.Browse, narrow bool) []string {
	t.Helper()
	sql, args, err := b.Browsing(t.Context(), q, narrow)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.Reader().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
