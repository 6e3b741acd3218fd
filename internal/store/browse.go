package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A Browse asks for a stretch of a list of the register. What is empty limits nothing.
type Browse struct {
	// Any holds groups of facets: a record has one facet of each group at least.
	Any [][]Facet
	// Without lists fields that the records have no value in.
	Without []register.Field
	// Text is what a search finds: words that a record has all of, in any of its texts, the last of
	// them perhaps only begun.
	Text string
	// From and To are the first and last day on which a record was recorded, 2006-01-02.
	From, To string
	// ClosedFrom and ClosedTo are the first and last day on which a record came to its end: it was closed, accepted or rejected.
	ClosedFrom, ClosedTo string
	// LateOn has only records with something that was due before this day.
	LateOn string
	// Sort is a name of SortKeys; "" is the number, and of a search the order in which records were recorded. Down is the
	// opposite order.
	Sort string
	Down bool
	// After is the position of the record before the stretch; the zero value is the beginning.
	After Position
	Limit int
	// Total asks how many records the whole list has.
	Total bool
}

// A Position is where a record stands in a list: what it is sorted by, and its number.
type Position struct{ Key, Ref string }

// Found is a stretch of a list.
type Found struct {
	// Numbers are those of the records in the table record.
	Numbers []int64
	// Rows are the records; Numbered leaves them out.
	Rows []Row
	// Last is the position of the last row.
	Last Position
	// More says that there are records after it.
	More bool
	// Total is how many records the whole list has, if that was asked for; Beyond says that it has more than
	// those, which were counted so far.
	Total  int
	Beyond bool
}

// A query is put together from parts, with placeholders in the order in which they appear.
type query struct {
	sql  strings.Builder
	args []any
}

// add writes SQL; each ? of it becomes the placeholder of an argument.
func (q *query) add(text string, args ...any) {
	for _, a := range args {
		before, after, _ := strings.Cut(text, "?")
		q.args = append(q.args, a)
		fmt.Fprintf(&q.sql, "%s$%d", before, len(q.args))
		text = after
	}
	q.sql.WriteString(text)
}

// A placed is a record in a list.
type placed struct {
	n int64
	Position
}

func scanPlaced(row scanner) (p placed, err error) {
	err = row.Scan(&p.n, &p.Key, &p.Ref)
	return p, err
}

// Browse returns a stretch of a list of the register, with its records.
func (s *Store) Browse(ctx context.Context, b Browse) (Found, error) {
	out, err := s.Numbered(ctx, b)
	if err == nil {
		out.Rows, err = s.Rows(ctx, out.Numbers)
	}
	return out, err
}

// Numbered returns a stretch of a list of the register. What it reads depends on the stretch and not
// on the register, except for a list that hardly any record of a wide choice belongs to, and for a search
// of a word that many records have, in another order than its own.
func (s *Store) Numbered(ctx context.Context, b Browse) (Found, error) {
	var out Found
	if !slices.Contains(SortKeys(), b.sort()) {
		return out, fmt.Errorf("a list cannot be sorted by %q", b.Sort)
	}
	narrow, fewest, err := s.narrowest(ctx, b)
	if err != nil {
		return out, err
	}
	var found []placed
	var w *matched
	if b.Text == "" {
		q := b.statement(b.begin(narrow), nil)
		found, err = collect(ctx, s.ro, scanPlaced, q.sql.String(), q.args...)
	} else if w, err = s.matching(ctx, b, narrow, fewest); err == nil {
		found, err = s.foundBy(ctx, b, w)
	}
	switch {
	case err != nil || !b.Total:
	case b.After == Position{} && len(found) <= b.Limit:
		out.Total = len(found) // the stretch is the whole list
	default:
		out.Total, out.Beyond, err = s.total(ctx, b, w, narrow)
		out.Total = max(out.Total, len(found))
	}
	if err != nil {
		return out, err
	}
	if out.More = len(found) > b.Limit; out.More {
		found = found[:b.Limit]
	}
	for _, f := range found {
		out.Numbers, out.Last = append(out.Numbers, f.n), f.Position
	}
	return out, nil
}

// Rows returns the records that the table record has under these numbers, in their order.
func (s *Store) Rows(ctx context.Context, ns []int64) ([]Row, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	return collect(ctx, s.ro, scanRow, "SELECT d.doc, "+rowColumns+" FROM json_each($1) j CROSS JOIN record r ON r.n = j.value JOIN record_doc d ON d.id = r.id ORDER BY j.key", numbers(ns))
}

func (b Browse) sort() string {
	if b.Sort == "" {
		return SortKeys()[0]
	}
	return b.Sort
}

// found reports whether a list has the order of a search: that in which records were recorded, in which
// the words are found, too.
func (b Browse) found() bool { return b.Text != "" && b.Sort == "" }

// conditions reports whether a list is narrowed by more than words.
func (b Browse) conditions() bool { return len(b.Any)+len(b.Without)+len(b.ranges()) > 0 }

// statement returns the statement of a stretch that begins with a condition. What a search found is given for
// byHits.
func (b Browse) statement(narrow int, hits []int64) *query {
	q := b.ordered(narrow, hits)
	q.add(" LIMIT ?", b.Limit+1)
	return q
}

// ordered returns the statement of a list from its position on, without an end.
func (b Browse) ordered(narrow int, hits []int64) *query {
	key := "l." + b.sort()
	switch {
	case b.found():
		key = "l.n"
	case b.sort() == SortKeys()[0]:
		key = "''" // the number alone
	}
	q := &query{}
	q.add("SELECT l.n, " + key + ", l.ref FROM ")
	b.from(q, narrow, hits)
	b.stretch(q, narrow)
	return q
}

// from adds the records of a list. It begins with the narrowest condition (see narrowest), and without one
// with the records themselves. It leaves the words out, unless they are what it begins with.
func (b Browse) from(q *query, narrow int, hits []int64) {
	switch narrow {
	case nobody, byDay, byDate, byEnd:
		q.add("listing l WHERE TRUE")
	case byColumn:
		_, column, value := b.lead()
		q.add("listing l WHERE l."+column+" = ?", value)
	case byWords:
		q.add("record_text w CROSS JOIN listing l ON l.n = w.rowid WHERE record_text MATCH ?", match(b.Text))
	default:
		q.add("(")
		b.first(q, narrow, hits)
		q.add(") w CROSS JOIN listing l ON l.n = w.n WHERE TRUE")
	}
	b.also(q, narrow, "l.n")
}

// first adds what finds the numbers of the records that meet one condition, without one those of all records.
func (b Browse) first(q *query, narrow int, hits []int64) {
	switch narrow {
	case byHits:
		q.add("SELECT value AS n FROM json_each(?) ", numbers(hits))
	case nobody:
		q.add("SELECT n FROM listing ")
	case byDay, byDate, byEnd:
		q.add("SELECT l.n FROM listing l WHERE TRUE ")
		for _, r := range b.ranges() {
			if narrow == r.narrow {
				q.add(" AND l."+r.column+" "+r.than+" ?", r.value)
			}
		}
	default:
		q.add("SELECT DISTINCT n FROM facet f WHERE ")
		group(q, b.Any[narrow])
	}
}

// also adds the conditions beside the one that a statement begins with. Of is the number of a record.
func (b Browse) also(q *query, narrow int, of string) {
	if narrow == byColumn {
		narrow, _, _ = b.lead()
	}
	for i, any := range b.Any {
		if i != narrow {
			q.add(" AND EXISTS (SELECT 1 FROM facet f WHERE f.n = " + of + " AND ")
			group(q, any)
			q.add(")")
		}
	}
	for _, f := range b.Without {
		q.add(" AND NOT EXISTS (SELECT 1 FROM facet f WHERE f.n = "+of+" AND f.name = ?)", string(f))
	}
	for _, r := range b.ranges() {
		if narrow == r.narrow {
			q.add(" AND l."+r.column+" "+r.than+" ?", r.value)
		} else {
			q.add(" AND l."+r.column+" || '' "+r.than+" ?", r.value) // an expression: the order of the list stays the index that is walked
		}
	}
}

// A dateRange is a condition on a column of listing that has an index.
type dateRange struct {
	narrow              int
	column, than, value string
}

func (b Browse) ranges() []dateRange {
	var out []dateRange
	if b.From != "" {
		out = append(out, dateRange{byDay, "recorded", ">=", b.From})
	}
	if b.To != "" {
		out = append(out, dateRange{byDay, "recorded", "<", dayAfter(b.To)})
	}
	if b.ClosedFrom != "" {
		out = append(out, dateRange{byEnd, "closed", ">=", b.ClosedFrom})
	}
	if b.ClosedTo != "" {
		out = append(out, dateRange{byEnd, "closed", ">", ""}, dateRange{byEnd, "closed", "<", dayAfter(b.ClosedTo)})
	}
	if b.LateOn != "" {
		out = append(out, dateRange{byDate, "due", "<", b.LateOn})
	}
	return out
}

// stretch adds the position from which a list is read, and its order.
func (b Browse) stretch(q *query, narrow int) {
	than, way := ">", ""
	if b.Down {
		than, way = "<", " DESC"
	}
	if b.found() {
		of := "l.n"
		if narrow == byWords {
			of = "w.rowid" // the words are found in this order
		}
		if n, err := strconv.ParseInt(b.After.Key, 10, 64); err == nil {
			q.add(" AND "+of+" "+than+" ?", n)
		}
		q.add(" ORDER BY " + of + way)
		return
	}
	columns := "l.ref"
	order := "l.ref" + way
	if b.sort() != SortKeys()[0] {
		columns, order = "(l."+b.sort()+", l.ref)", "l."+b.sort()+way+", l.ref"+way
	}
	switch {
	case b.After == Position{}:
	case columns == "l.ref":
		q.add(" AND l.ref "+than+" ?", b.After.Ref)
	default:
		q.add(" AND "+columns+" "+than+" (?, ?)", b.After.Key, b.After.Ref)
	}
	q.add(" ORDER BY " + order)
}

// group adds the condition that a row of facet is one of some.
func group(q *query, any []Facet) {
	q.add("(")
	for i, f := range any {
		if i > 0 {
			q.add(" OR ")
		}
		q.add("f.name = ? AND f.value = ?", f.Name, f.Value)
	}
	q.add(")")
}

// dayAfter is the day after one, which is in the form 2006-01-02.
func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}
