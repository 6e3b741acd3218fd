package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// A Facet is a value by which a list is narrowed, in lower case.
type Facet struct{ Name, Value string }

// The names of facets that are no field of a record. A facet of a field is named like the field.
const (
	FacetEnded    = ":ended"    // yes: closed, accepted or rejected
	FacetOpen     = ":open"     // yes: the opposite
	FacetHeld     = ":held"     // yes: people closed its issue, and it does not count as closed
	FacetKind     = ":kind"     // of the record, also where its issue names none
	FacetProblem  = ":problem"  // yes: an issue does not tell a value, or does not take one
	FacetStandard = ":standard" // a standard that it concerns, with and without an edition
	FacetState    = ":state"
)

// Yes is the value of a facet that says that something is so.
const Yes = "yes"

// tooLong is the value of the facet of a field that is too long to be one.
const tooLong = "…"

// longestFacet bounds a value by which a list can be narrowed, in bytes.
const longestFacet = 200

// Facets are those of a record.
func Facets(r register.Record) []Facet {
	out := []Facet{{FacetKind, string(r.Kind())}, {FacetState, string(r.State)}}
	if r.State.Ended() {
		out = append(out, Facet{FacetEnded, Yes})
	} else {
		out = append(out, Facet{FacetOpen, Yes})
	}
	if r.Requested.Ended() {
		out = append(out, Facet{FacetHeld, Yes})
	}
	for _, info := range register.FieldsAnd(slices.Collect(maps.Keys(r.Fields))) {
		out = append(out, FacetsOf(info, r.Fields[info.Field])...)
	}
	for _, id := range register.StandardIDs() {
		if r.Concerns(id) {
			out = append(out, Facet{FacetStandard, id})
		}
	}
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value)) })
	return slices.Compact(out)
}

// FacetsOf are the facets of a value: of a set one for each member, of a step of a scale its name
// and what it counts as, of a long text that there is one.
func FacetsOf(info register.FieldInfo, value string) []Facet {
	if value == "" {
		return nil
	}
	values := []string{value}
	switch info.Type {
	case register.TypeText:
		values = []string{tooLong}
	case register.TypeSet:
		values = strings.Split(value, "\n")
	case register.TypeEnum:
		values = []string{value, register.StepName(info.Field, value), register.CountsAs(info.Field, value)}
	default:
	}
	var out []Facet
	for _, v := range values {
		if len(v) > longestFacet {
			v = tooLong
		}
		out = append(out, Facet{string(info.Field), strings.ToLower(v)})
	}
	return out
}

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
		{"state", func(r register.Record) string {
			if r.State.Rank() < 0 { // an exit of the lifecycle
				return "9 " + string(r.State)
			}
			return fmt.Sprint(r.State.Rank())
		}},
		{"owner", field(register.FieldOwner)},
		{"source", field(register.FieldSource)},
		{"recorded", func(r register.Record) string { return r.Recorded.UTC().Format("2006-01-02T15:04:05.000Z07:00") }},
		{"identified", field(register.FieldIdentified)},
		{"due", func(r register.Record) string {
			// What is due first does not depend on the day; only whether it is missed does.
			for _, d := range register.Due(r, time.Time{}) {
				return d.Due
			}
			return never
		}},
	}
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
	addListing = "INSERT INTO listing (n, ref, title, kind, grade, risk, state, owner, source, recorded, identified, due, words) " +
		"SELECT n, ref, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM record WHERE id = $12"
	changeListing = "UPDATE listing SET title = $1, kind = $2, grade = $3, risk = $4, state = $5, owner = $6, source = $7, recorded = $8, identified = $9, due = $10, words = $11 " +
		"WHERE n = (SELECT n FROM record WHERE id = $12)"
	addFacet  = "INSERT INTO facet (name, value, n) SELECT $1, $2, n FROM record WHERE id = $3"
	dropFacet = "DELETE FROM facet WHERE name = $1 AND value = $2 AND n = (SELECT n FROM record WHERE id = $3)"
	addText   = "INSERT INTO record_text (rowid, body) SELECT n, $1 FROM record WHERE id = $2"
	dropText  = "DELETE FROM record_text WHERE rowid = (SELECT n FROM record WHERE id = $1)"
)

// listed are the columns of the table listing after ref. The last identifies the words of the
// record, so that they are indexed anew only when they differ.
func listed(r register.Record, text string) []string {
	var out []string
	for _, k := range sortKeys()[1:] {
		out = append(out, k.of(r))
	}
	sum := sha256.Sum256([]byte(text))
	return append(out, hex.EncodeToString(sum[:8]))
}

// putListing brings the tables in step with a record. Most changes of a record change little of
// what lists show.
func (t *Tx) putListing(ctx context.Context, r register.Record) error {
	was, err := collect(ctx, t, func(row scanner) ([]string, error) {
		out := make([]string, len(sortKeys()))
		into := make([]any, len(out))
		for i := range out {
			into[i] = &out[i]
		}
		return out, row.Scan(into...)
	}, "SELECT l.title, l.kind, l.grade, l.risk, l.state, l.owner, l.source, l.recorded, l.identified, l.due, l.words FROM record r JOIN listing l ON l.n = r.n WHERE r.id = $1", r.ID)
	if err != nil {
		return err
	}
	text := searchText(r)
	now := listed(r, text)
	args := make([]any, 0, len(now)+1)
	for _, v := range now {
		args = append(args, v)
	}
	args = append(args, r.ID)
	known := len(was) > 0
	switch {
	case !known:
		_, err = t.ExecContext(ctx, addListing, args...)
	case !slices.Equal(was[0], now):
		_, err = t.ExecContext(ctx, changeListing, args...)
	}
	if err != nil {
		return err
	}
	if !known || was[0][len(now)-1] != now[len(now)-1] {
		if err := t.putWords(ctx, r.ID, text, known); err != nil {
			return err
		}
	}
	return t.putFacets(ctx, r)
}

func (t *Tx) putWords(ctx context.Context, id, text string, known bool) error {
	if known {
		if _, err := t.ExecContext(ctx, dropText, id); err != nil {
			return err
		}
	}
	_, err := t.ExecContext(ctx, addText, text, id)
	return err
}

func (t *Tx) putFacets(ctx context.Context, r register.Record) error {
	was, err := collect(ctx, t, func(row scanner) (f Facet, err error) {
		err = row.Scan(&f.Name, &f.Value)
		return f, err
	}, "SELECT f.name, f.value FROM record r JOIN facet f ON f.n = r.n WHERE r.id = $1", r.ID)
	if err != nil {
		return err
	}
	now := Facets(r)
	for _, f := range was {
		if f.Name != FacetProblem && !slices.Contains(now, f) {
			if _, err := t.ExecContext(ctx, dropFacet, f.Name, f.Value, r.ID); err != nil {
				return err
			}
		}
	}
	for _, f := range now {
		if !slices.Contains(was, f) {
			if _, err := t.ExecContext(ctx, addFacet, f.Name, f.Value, r.ID); err != nil {
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
