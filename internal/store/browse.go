package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

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
	// LateOn has only records with something that was due before this day.
	LateOn string
	// Sort is a name of SortKeys; "" is the number, and of a search the order in which records were recorded. Down is the
	// opposite order.
	Sort string
	Down bool
	// After is the position of the record before the stretch; the zero value is the beginning.
	After Position
	Limit int
}

// A Position is where a record stands in a list: what it is sorted by, and its number.
type Position struct{ Key, Ref string }

// Found is a stretch of a list.
type Found struct {
	Rows []Row
	Keys map[string]string // issues of each record, by its id, joined for people
	// Last is the position of the last row.
	Last Position
	// More says that there are records after it.
	More bool
}

// mostSorted is how many records a search may narrow a list to so that they are sorted for the
// stretch. A list of more is walked in its order instead: then every so-manieth record is one.
const mostSorted = 5000

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

// Browse returns a stretch of a list of the register. What it reads depends on the stretch and not
// on the register, except for a list that hardly any record of a wide choice belongs to.
func (s *Store) Browse(ctx context.Context, b Browse) (Found, error) {
	out := Found{Keys: map[string]string{}}
	if !slices.Contains(SortKeys(), b.sort()) {
		return out, fmt.Errorf("a list cannot be sorted by %q", b.Sort)
	}
	narrow, err := s.narrowest(ctx, b)
	if err != nil {
		return out, err
	}
	q := b.statement(narrow)
	type placed struct {
		n int64
		Position
	}
	found, err := collect(ctx, s.ro, func(row scanner) (p placed, err error) {
		err = row.Scan(&p.n, &p.Key, &p.Ref)
		return p, err
	}, q.sql.String(), q.args...)
	if err != nil {
		return out, err
	}
	if out.More = len(found) > b.Limit; out.More {
		found = found[:b.Limit]
	}
	ns := make([]int64, len(found))
	for i, f := range found {
		ns[i], out.Last = f.n, f.Position
	}
	if out.Rows, err = s.numbered(ctx, ns); err != nil {
		return out, err
	}
	for _, r := range out.Rows {
		if out.Keys[r.Record.ID], err = s.keysOf(ctx, r.Record.ID); err != nil {
			return out, err
		}
	}
	return out, nil
}

// numbered returns the records that the table record has under these numbers, in their order.
func (s *Store) numbered(ctx context.Context, ns []int64) ([]Row, error) {
	list, err := json.Marshal(ns)
	if err != nil || len(ns) == 0 {
		return nil, err
	}
	return collect(ctx, s.ro, scanRow, "SELECT d.doc, "+rowColumns+" FROM json_each($1) j CROSS JOIN record r ON r.n = j.value JOIN record_doc d ON d.id = r.id ORDER BY j.key", string(list))
}

// Count returns how many records a list has, at most most.
func (s *Store) Count(ctx context.Context, b Browse, most int) (n int, err error) {
	narrow, err := s.narrowest(ctx, b)
	if err != nil {
		return 0, err
	}
	if narrow == nobody && b.Text != "" {
		narrow = byText // what is counted has no order
	}
	if narrow == byText && len(b.Any)+len(b.Without)+len(b.ranges()) == 0 {
		err = s.ro.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM record_text WHERE record_text MATCH $1 LIMIT $2)", match(b.Text), most).Scan(&n)
		return n, err
	}
	q := b.condition(narrow)
	q.add(" LIMIT ?", most)
	err = s.ro.QueryRowContext(ctx, "SELECT count(*) FROM ("+q.sql.String()+")", q.args...).Scan(&n)
	return n, err
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

// statement returns the statement of a stretch.
func (b Browse) statement(narrow int) *query {
	if narrow == nobody && b.found() {
		narrow = byText
	}
	q := b.condition(narrow)
	b.stretch(q)
	return q
}

// condition returns the statement of a list without its order. It begins with the narrowest condition
// (see narrowest), and without one with the records themselves.
func (b Browse) condition(narrow int) *query {
	key := "l." + b.sort()
	switch {
	case b.found():
		key = "l.n"
	case b.sort() == SortKeys()[0]:
		key = "''" // the number alone
	}
	q := &query{}
	q.add("SELECT l.n, " + key + ", l.ref FROM ")
	switch narrow {
	case nobody, byDay, byDate:
		q.add("listing l WHERE TRUE")
	case byText:
		q.add("record_text w CROSS JOIN listing l ON l.n = w.rowid WHERE record_text MATCH ?", match(b.Text))
	default:
		q.add("(SELECT DISTINCT n FROM facet f WHERE ")
		group(q, b.Any[narrow])
		q.add(") w CROSS JOIN listing l ON l.n = w.n WHERE TRUE")
	}
	for i, any := range b.Any {
		if i != narrow {
			q.add(" AND EXISTS (SELECT 1 FROM facet f WHERE f.n = l.n AND ")
			group(q, any)
			q.add(")")
		}
	}
	for _, f := range b.Without {
		q.add(" AND NOT EXISTS (SELECT 1 FROM facet f WHERE f.n = l.n AND f.name = ?)", string(f))
	}
	if b.Text != "" && narrow != byText {
		// Found once, and not for each record: FTS5 reads all records that have the beginning of a word.
		q.add(" AND l.n + 0 IN (SELECT rowid FROM record_text WHERE record_text MATCH ?)", match(b.Text))
	}
	for _, r := range b.ranges() {
		if narrow == r.narrow {
			q.add(" AND l."+r.column+" "+r.than+" ?", r.value)
		} else {
			q.add(" AND l."+r.column+" || '' "+r.than+" ?", r.value) // an expression: the order of the list stays the index that is walked
		}
	}
	return q
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
	if b.LateOn != "" {
		out = append(out, dateRange{byDate, "due", "<", b.LateOn})
	}
	return out
}

// stretch adds the position from which a list is read, its order and its end.
func (b Browse) stretch(q *query) {
	than, way := ">", ""
	if b.Down {
		than, way = "<", " DESC"
	}
	if b.found() {
		of := "l.n"
		if strings.Contains(q.sql.String(), "FROM record_text w CROSS JOIN") {
			of = "w.rowid" // the words are found in this order
		}
		if n, err := strconv.ParseInt(b.After.Key, 10, 64); err == nil {
			q.add(" AND "+of+" "+than+" ?", n)
		}
		q.add(" ORDER BY "+of+way+" LIMIT ?", b.Limit+1)
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
	q.add(" ORDER BY "+order+" LIMIT ?", b.Limit+1)
}

// What a statement begins with, beside the number of a group of facets.
const (
	nobody = -1 - iota // no condition is narrow
	byText
	byDay  // on which records were recorded
	byDate // by which something was due
)

// narrowest finds the condition that the fewest records meet, if those are few.
func (s *Store) narrowest(ctx context.Context, b Browse) (int, error) {
	best, fewest := nobody, mostSorted
	look := func(i int, q *query) error {
		q.add(" LIMIT ?)", fewest)
		var n int
		if err := s.ro.QueryRowContext(ctx, q.sql.String(), q.args...).Scan(&n); err != nil {
			return err
		}
		if n < fewest {
			best, fewest = i, n
		}
		return nil
	}
	if b.Text != "" {
		q := &query{}
		q.add("SELECT count(*) FROM (SELECT rowid FROM record_text WHERE record_text MATCH ? ", match(b.Text))
		if err := look(byText, q); err != nil {
			return nobody, err
		}
	}
	for i, any := range b.Any {
		q := &query{}
		q.add("SELECT count(*) FROM (SELECT 1 FROM facet f WHERE ")
		group(q, any)
		if err := look(i, q); err != nil {
			return nobody, err
		}
	}
	for _, by := range []int{byDay, byDate} {
		q := &query{}
		q.add("SELECT count(*) FROM (SELECT 1 FROM listing l WHERE TRUE ")
		asked := false
		for _, r := range b.ranges() {
			if r.narrow == by {
				asked = true
				q.add(" AND l."+r.column+" "+r.than+" ?", r.value)
			}
		}
		if !asked {
			continue
		}
		if err := look(by, q); err != nil {
			return nobody, err
		}
	}
	return best, nil
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

// match is a text as FTS5 reads it: each word of it as it is, the last one as a beginning. No
// character of a person's text is an operator.
func match(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if len(words) == 0 {
		return `""` // no text has it
	}
	for i, w := range words {
		words[i] = `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	return strings.Join(words, " ") + "*"
}

// dayAfter is the day after one, which is in the form 2006-01-02.
func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}
