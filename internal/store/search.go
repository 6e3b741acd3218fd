package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// mostFound is how many records of a search are looked at before the list decides how it is read.
const mostFound = 10_000

// A matched is what the words of a list found: the numbers of the records that have them, in the order in which
// records were recorded. A list in that order knows the first ones alone.
type matched struct {
	hits  []int64
	whole bool // no other record has the words
}

// matching looks for the words of a list once, for its page and for its count. Narrow is the narrowest of the other
// conditions, which fewest records meet; if the words are not narrower, only those records are hits.
func (s *Store) matching(ctx context.Context, b Browse, narrow, fewest int) (*matched, error) {
	w := &matched{}
	if b.found() {
		hits, err := s.hits(ctx, b.Text, mostFound+1)
		w.hits, w.whole = hits[:min(len(hits), mostFound)], len(hits) <= mostFound
		if err != nil || narrow == nobody || w.whole && len(w.hits) < fewest {
			return w, err
		}
	}
	// A list in another order needs all that have the words: the first ones would be looked for twice.
	if err := s.every(ctx, b, w); err != nil {
		return nil, err
	}
	if narrow == nobody || len(w.hits) < fewest {
		return w, nil
	}
	q := &query{}
	q.add("SELECT coalesce(group_concat(n), '') FROM ( ")
	b.first(q, narrow, nil)
	q.add(")")
	meet, err := s.list(ctx, q.sql.String(), q.args...)
	w.hits = slices.DeleteFunc(meet, func(n int64) bool { _, has := slices.BinarySearch(w.hits, n); return !has })
	return w, err
}

// hits returns the numbers of the first records that have words, at most most; all of them if most is negative.
func (s *Store) hits(ctx context.Context, text string, most int) ([]int64, error) {
	return s.list(ctx, "SELECT coalesce(group_concat(rowid), '') FROM (SELECT rowid FROM record_text WHERE record_text MATCH $1 LIMIT $2)", match(text), most)
}

// list returns numbers in their order. They come as one text: a row for each would take twice the time.
func (s *Store) list(ctx context.Context, query string, args ...any) ([]int64, error) {
	var list string
	if err := s.ro.QueryRowContext(ctx, query, args...).Scan(&list); err != nil {
		return nil, err
	}
	out, err := parseNumbers(list)
	slices.Sort(out)
	return out, err
}

// parseNumbers reads what group_concat makes of numbers.
func parseNumbers(list string) ([]int64, error) {
	if list == "" {
		return nil, nil
	}
	out := make([]int64, 0, 1+strings.Count(list, ","))
	for x := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseInt(x, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		out = append(out, n)
	}
	return out, nil
}

// every finds the rest of the records that have the words.
func (s *Store) every(ctx context.Context, b Browse, w *matched) (err error) {
	if !w.whole {
		w.hits, err = s.hits(ctx, b.Text, -1)
		w.whole = err == nil
	}
	return err
}

// mostTried is how many hits are looked at before all that have the words are.
const mostTried = 500

// foundBy returns a stretch of a list that a search narrows, and one record more if there is one.
func (s *Store) foundBy(ctx context.Context, b Browse, w *matched) ([]placed, error) {
	run := func(narrow int, hits []int64) ([]placed, error) {
		q := b.statement(narrow, hits)
		return collect(ctx, s.ro, scanPlaced, q.sql.String(), q.args...)
	}
	if w.whole && len(w.hits) < mostSorted {
		return run(byHits, w.hits)
	}
	if !b.found() {
		return s.sieve(ctx, b, w.hits)
	}
	if !b.Down {
		// The first hits after the position most often fill the stretch, and they are there already.
		after, _ := strconv.ParseInt(b.After.Key, 10, 64)
		from, has := slices.BinarySearch(w.hits, after)
		if has {
			from++
		}
		next := w.hits[from:]
		if found, err := run(byHits, next[:min(len(next), mostTried)]); err != nil || len(found) > b.Limit {
			return found, err
		}
	}
	return run(byWords, nil)
}

// errFull ends the reading of a list whose stretch is full.
var errFull = errors.New("the stretch is full")

// sieve walks a list without its words and keeps the records that have them. A record is looked up among those that
// were found in memory: a statement would build a table of them first.
func (s *Store) sieve(ctx context.Context, b Browse, hits []int64) ([]placed, error) {
	var out []placed
	q := b.ordered(nobody, nil)
	_, err := collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		p, err := scanPlaced(row)
		if err != nil {
			return struct{}{}, err
		}
		if _, has := slices.BinarySearch(hits, p.n); has {
			out = append(out, p)
		}
		if len(out) > b.Limit {
			err = errFull
		}
		return struct{}{}, err
	}, q.sql.String(), q.args...)
	if errors.Is(err, errFull) {
		err = nil
	}
	return out, err
}

// numbers is a list of numbers as SQL reads it.
func numbers(ns []int64) string {
	out := []byte{'['}
	for i, n := range ns {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, n, 10)
	}
	return string(append(out, ']'))
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
