package store

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// The table similar says by which words and pairs of values a closed nonconformity is found, so
// that the search for the candidates of a recurrence reads the documents of a few records. The
// rows of a record follow from it alone (register.KeptLikeness). They are written in the
// transaction that writes the record.

// mostAlike is how many records one search looks at for each of its keys. The register proposes
// fewer (register.Candidates).
const mostAlike = 20

// A similarRow is one key of a closed record.
type similarRow struct {
	key    string
	closed int64 // milliseconds since 1970
}

func similarRows(r register.Record) []similarRow {
	var out []similarRow
	kept := register.KeptLikeness(r)
	for _, key := range similarKeys(kept) {
		out = append(out, similarRow{key, millis(r.Closed)})
	}
	slices.SortFunc(out, func(a, b similarRow) int { return strings.Compare(a.key, b.key) })
	return out
}

// similarKeys are the keys of the table: a pair and a word of the same letters are two.
func similarKeys(l register.Likeness) []string {
	var out []string
	for _, p := range l.Pairs {
		out = append(out, pairKey(p))
	}
	for _, w := range l.Words {
		out = append(out, wordKey(w))
	}
	return out
}

func pairKey(p string) string { return "pair " + p }
func wordKey(w string) string { return "word " + w }

const addSimilar = "INSERT INTO similar (key, closed, n) SELECT $1, $2, n FROM record WHERE id = $3"

// putSimilar brings the table in step with a record. Most records are open and have no rows.
func (t *Tx) putSimilar(ctx context.Context, r register.Record) error {
	was, err := collect(ctx, t, func(row scanner) (x similarRow, err error) {
		err = row.Scan(&x.key, &x.closed)
		return x, err
	}, "SELECT s.key, s.closed FROM record r JOIN similar s ON s.n = r.n WHERE r.id = $1 ORDER BY s.key", r.ID)
	if err != nil {
		return err
	}
	now := similarRows(r)
	if slices.Equal(was, now) {
		return nil
	}
	if _, err := t.ExecContext(ctx, "DELETE FROM similar WHERE n = (SELECT n FROM record WHERE id = $1)", r.ID); err != nil {
		return err
	}
	for _, x := range now {
		if _, err := t.ExecContext(ctx, addSimilar, x.key, x.closed, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// Similar returns closed records of which one may be a recurrence, for register.Candidates to
// judge. The record is given as it is and as its issues show it, so that a value that is about to
// be taken in counts. Records that it is linked to as a recurrence, and its candidates, are among
// them in whatever state they are.
func (t *Tx) Similar(ctx context.Context, as ...register.Record) ([]register.Record, error) {
	return similar(ctx, t, as)
}

// Similar is that of Tx.
func (s *Store) Similar(ctx context.Context, as ...register.Record) ([]register.Record, error) {
	return similar(ctx, s.ro, as)
}

// A search is what closed records are looked for by.
type search struct {
	From, To time.Time // between which they were closed
	Like     register.Likeness
	Named    []string // ids
}

// searches returns what Similar searches by, each once: an issue mostly shows the texts that the
// record has.
func searches(as []register.Record) []search {
	var out []search
	for _, r := range as {
		if !register.MayRecur(r) {
			continue
		}
		from, to := register.ClosedBetween(r)
		x := search{from, to, register.LikenessOf(r), namedBy(r)}
		if !slices.ContainsFunc(out, func(y search) bool { return reflect.DeepEqual(x, y) }) {
			out = append(out, x)
		}
	}
	return out
}

// SimilarBy is all that Similar searches by. A caller that holds an answer compares it to see
// whether another search would find the same.
func SimilarBy(as ...register.Record) (string, error) {
	text, err := json.Marshal(searches(as))
	return string(text), err
}

func similar(ctx context.Context, q querier, as []register.Record) ([]register.Record, error) {
	var found []int64
	seen := map[string]bool{}
	for _, x := range searches(as) {
		for _, p := range x.Like.Pairs {
			if seen[p] {
				continue
			}
			seen[p] = true
			ns, err := collect(ctx, q, column[int64], "SELECT n FROM similar WHERE key = $1 AND closed >= $2 AND closed < $3 ORDER BY closed DESC LIMIT $4", pairKey(p), millis(x.From), millis(x.To), mostAlike)
			if err != nil {
				return nil, err
			}
			found = append(found, ns...)
		}
		ns, err := similarWords(ctx, q, x.Like.Words, millis(x.From), millis(x.To), mostRead)
		if err != nil {
			return nil, err
		}
		found = append(found, ns...)
		for _, id := range x.Named {
			ns, err := collect(ctx, q, column[int64], "SELECT n FROM record WHERE id = $1", id)
			if err != nil {
				return nil, err
			}
			found = append(found, ns...)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	slices.Sort(found)
	list, err := json.Marshal(slices.Compact(found))
	if err != nil {
		return nil, err
	}
	docs, err := collect(ctx, q, column[string], "SELECT d.doc FROM record r JOIN record_doc d ON d.id = r.id WHERE r.n IN (SELECT value FROM json_each($1))", string(list))
	if err != nil {
		return nil, err
	}
	var out []register.Record
	for _, doc := range docs {
		r, err := decodeRecord(doc)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// namedBy returns the ids of the records that r is linked to as a recurrence, and of its
// candidates.
func namedBy(r register.Record) []string {
	var out []string
	for _, l := range register.Linked(r) {
		if l.Kind == register.RecurrenceOf {
			out = append(out, l.To)
		}
	}
	for _, x := range r.Recurrences {
		out = append(out, x.To)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
