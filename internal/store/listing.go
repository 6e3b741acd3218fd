package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// Three tables say of each record what a list of the register shows it for, so that a page of a
// list reads the documents of its own records alone: listing has what lists are sorted by, facet
// what they are narrowed to, record_text the words that a search finds. Their rows follow from
// the record alone, but for the facet of problems. They are written in the transaction that
// writes the record; the documents stay the truth.

// never is the date of what has none: it comes after all others.
const never = "9999-12-31"

// A sortKey is a column of the table listing by which lists are sorted.
type sortKey struct {
	name string
	of   func(register.Record) string
}

// sortKeys are the columns, in the order of the table.
func sortKeys() []sortKey {
	field := func(f register.Field) func(register.Record) string {
		return func(r register.Record) string { return strings.ToLower(r.Fields[f]) }
	}
	ranked := func(f register.Field) func(register.Record) string {
		info, _ := register.Info(f)
		return func(r register.Record) string {
			i := slices.Index(info.Enum, register.CountsAs(f, r.Fields[f]))
			if i < 0 {
				i = len(info.Enum)
			}
			return fmt.Sprintf("%03d %s", i, strings.ToLower(r.Fields[f]))
		}
	}
	return []sortKey{
		{"number", func(register.Record) string { return "" }},
		{"title", field(register.FieldTitle)},
		{"kind", func(r register.Record) string { return string(r.Kind()) }},
		{"grade", ranked(register.FieldGrade)},
		{"risk", ranked(register.FieldRisk)},
		{"state", func(r register.Record) string { return stateKey(r.State) }},
		{"owner", field(register.FieldOwner)},
		{"source", field(register.FieldSource)},
		{"recorded", func(r register.Record) string { return r.Recorded.UTC().Format(momentForm) }},
		{"identified", field(register.FieldIdentified)},
		{"due", func(r register.Record) string {
			// What is due first does not depend on the day; only whether it is missed does.
			for _, d := range register.Due(r, time.Time{}) {
				return d.Due
			}
			return never
		}},
		{"closed", closedKey},
	}
}

// momentForm is a moment in a column: as text, moments stand in their order.
const momentForm = "2006-01-02T15:04:05.000Z07:00"

// closedKey is when a record came to its end, "" if it has not or does not say: open records come before all others.
func closedKey(r register.Record) string {
	if at := r.EndedAt(); !at.IsZero() {
		return at.UTC().Format(momentForm)
	}
	return ""
}

// stateKey is the place of a state in the lifecycle.
func stateKey(s register.State) string {
	if s.Rank() < 0 { // an exit of the lifecycle
		return "9 " + string(s)
	}
	return fmt.Sprint(s.Rank())
}

// SortKeys are the names by which a list can be sorted.
func SortKeys() []string {
	var out []string
	for _, k := range sortKeys() {
		out = append(out, k.name)
	}
	return out
}

// searchText is what a search looks at: everything that people wrote in a record.
func searchText(r register.Record) string {
	texts := []string{r.Ref}
	for _, info := range register.FieldsAnd(slices.Collect(maps.Keys(r.Fields))) {
		texts = append(texts, r.Fields[info.Field])
	}
	for _, a := range r.AllActions() {
		texts = append(texts, a.Title, a.Evidence, a.Reason)
	}
	for _, e := range r.Evidence() {
		texts = append(texts, e.Text, e.URI)
	}
	for _, a := range r.Approvals {
		texts = append(texts, a.Reason)
	}
	for _, m := range r.Measurements {
		texts = append(texts, m.Note)
	}
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "\n")
}

const (
	addListing = "INSERT INTO listing (n, ref, title, kind, grade, risk, state, owner, source, recorded, identified, due, closed, facets, words) " +
		"SELECT n, ref, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM record WHERE id = $14"
	changeListing = "UPDATE listing SET title = $1, kind = $2, grade = $3, risk = $4, state = $5, owner = $6, source = $7, recorded = $8, identified = $9, due = $10, closed = $11, facets = $12, words = $13 " +
		"WHERE n = (SELECT n FROM record WHERE id = $14)"
	addFacet  = "INSERT INTO facet (name, value, n) SELECT $1, $2, n FROM record WHERE id = $3"
	dropFacet = "DELETE FROM facet WHERE name = $1 AND value = $2 AND n = (SELECT n FROM record WHERE id = $3)"
	addText   = "INSERT INTO record_text (rowid, body) SELECT n, $1 FROM record WHERE id = $2"
	dropText  = "DELETE FROM record_text WHERE rowid = (SELECT n FROM record WHERE id = $1)"
)

// A listed is the row of a record in the table listing, after its number.
type listed struct {
	columns []string
	facets  []Facet
	text    string
}

// The last two columns say what the other two tables have, so that those are read and written only
// when it differs: the facets, and what identifies the words.
const kept = 2

func newListed(r register.Record) (listed, error) {
	x := listed{facets: Facets(r), text: searchText(r)}
	for _, k := range sortKeys()[1:] {
		x.columns = append(x.columns, k.of(r))
	}
	facets, err := json.Marshal(x.facets)
	sum := sha256.Sum256([]byte(x.text))
	x.columns = append(x.columns, string(facets), hex.EncodeToString(sum[:8]))
	return x, err
}

// args are the arguments of a statement that writes the row of a record.
func (x listed) args(id string) []any {
	out := make([]any, 0, len(x.columns)+1)
	for _, v := range x.columns {
		out = append(out, v)
	}
	return append(out, id)
}

// putListing brings the tables in step with a record. Most changes of a record change little of
// what lists show.
func (t *Tx) putListing(ctx context.Context, r register.Record) error {
	now, err := newListed(r)
	if err != nil {
		return err
	}
	was, err := collect(ctx, t, func(row scanner) ([]string, error) {
		out := make([]string, len(now.columns))
		into := make([]any, len(out))
		for i := range out {
			into[i] = &out[i]
		}
		return out, row.Scan(into...)
	}, "SELECT l.title, l.kind, l.grade, l.risk, l.state, l.owner, l.source, l.recorded, l.identified, l.due, l.closed, l.facets, l.words FROM record r JOIN listing l ON l.n = r.n WHERE r.id = $1", r.ID)
	switch {
	case err != nil:
		return err
	case len(was) == 0:
		return putListed(ctx, t, r.ID, now)
	case slices.Equal(was[0], now.columns):
		return nil
	}
	if _, err := t.ExecContext(ctx, changeListing, now.args(r.ID)...); err != nil {
		return err
	}
	of := len(now.columns) - kept
	if was[0][of] != now.columns[of] {
		if err := t.changeFacets(ctx, r.ID, was[0][of], now.facets); err != nil {
			return err
		}
	}
	if was[0][of+1] == now.columns[of+1] {
		return nil
	}
	if _, err := t.ExecContext(ctx, dropText, r.ID); err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, addText, now.text, r.ID)
	return err
}

// putListed writes the rows of a record that has none yet.
func putListed(ctx context.Context, q execer, id string, x listed) error {
	if _, err := q.ExecContext(ctx, addListing, x.args(id)...); err != nil {
		return err
	}
	for _, f := range x.facets {
		if _, err := q.ExecContext(ctx, addFacet, f.Name, f.Value, id); err != nil {
			return err
		}
	}
	_, err := q.ExecContext(ctx, addText, x.text, id)
	return err
}

// changeFacets writes the facets of a record that it did not have before, and takes out the others.
func (t *Tx) changeFacets(ctx context.Context, id, before string, now []Facet) error {
	var was []Facet
	if err := json.Unmarshal([]byte(before), &was); err != nil {
		return err
	}
	for _, f := range was {
		if !slices.Contains(now, f) {
			if _, err := t.ExecContext(ctx, dropFacet, f.Name, f.Value, id); err != nil {
				return err
			}
		}
	}
	for _, f := range now {
		if !slices.Contains(was, f) {
			if _, err := t.ExecContext(ctx, addFacet, f.Name, f.Value, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// putProblemFacet notes whether an issue of a record does not tell a value, or does not take one.
func (t *Tx) putProblemFacet(ctx context.Context, id string, is bool) error {
	stmt := dropFacet
	if is {
		stmt = addFacet + " ON CONFLICT DO NOTHING"
	}
	_, err := t.ExecContext(ctx, stmt, FacetProblem, Yes, id)
	return err
}
