package store

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
)

// Common words are in tens of thousands of closed records, and every edit of an open record searches by its words. So the
// number of rows that a search reads is bounded.

const (
	// mostRead is how many rows one search by words reads: each word has an equal share of them. Of a word that more
	// records have than its share, those are read that were closed last, which the register proposes first. A word that so
	// many have says little about any of them: a record is found by its rarer words, and its common words are counted
	// afterwards (mostCompared).
	mostRead = 5_000
	// mostCompared is how many records have their common words counted: those that share the most words by what was read.
	mostCompared = 200
)

// A having is a word, and the numbers of the records that have it. A common word has more records than these.
type having struct {
	ns     []int64
	common bool
}

// similarWords finds the records that share two words with a text at least, those with the most first. If no word is common,
// it finds exactly these. Otherwise it misses a record in two cases: all words that it shares are common, and for each of them
// enough other records were closed after it; or mostCompared others share as many words by what was read.
func similarWords(ctx context.Context, q querier, words []string, from, to int64, most int) ([]int64, error) {
	if len(words) < 2 {
		return nil, nil
	}
	keys := make([]string, len(words))
	for i, w := range words {
		keys[i] = wordKey(w)
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	each := share(len(words), most)
	had, err := collect(ctx, q, func(row scanner) (h having, err error) {
		var text string
		if err = row.Scan(&text); err == nil {
			h.ns, err = parseNumbers(text)
		}
		h.common = len(h.ns) == each
		return h, err
	}, `SELECT (SELECT coalesce(group_concat(n), '') FROM (
SELECT s.n FROM similar s WHERE s.key = w.value AND s.closed >= $1 AND s.closed < $2 ORDER BY s.closed DESC, s.n DESC LIMIT $3)) FROM json_each($4) w`,
		from, to, each, string(list))
	if err != nil {
		return nil, err
	}
	count, common := map[int64]int{}, false
	for _, h := range had {
		common = common || h.common
		for _, n := range h.ns {
			count[n]++
		}
	}
	if common {
		if count, err = sharedWords(ctx, q, mostShared(count, mostCompared), string(list)); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(count, func(_ int64, n int) bool { return n < 2 })
	return mostShared(count, mostAlike), nil
}

// share is how many rows are read of each word.
func share(words, most int) int { return mostAlike + most/words }

// mostShared returns the records with the highest counts, at most most. Of equal ones the newest come first.
func mostShared(count map[int64]int, most int) []int64 {
	ns := slices.SortedFunc(maps.Keys(count), func(a, b int64) int { return cmp.Or(count[b]-count[a], cmp.Compare(b, a)) })
	return ns[:min(len(ns), most)]
}

// sharedWords counts how many of some keys each of some records has.
func sharedWords(ctx context.Context, q querier, ns []int64, keys string) (map[int64]int, error) {
	type counted struct {
		n     int64
		words int
	}
	all, err := collect(ctx, q, func(row scanner) (c counted, err error) {
		err = row.Scan(&c.n, &c.words)
		return c, err
	}, "SELECT s.n, count(*) FROM json_each($1) j CROSS JOIN similar s ON s.n = j.value WHERE s.key IN (SELECT value FROM json_each($2)) GROUP BY s.n", numbers(ns), keys)
	out := map[int64]int{}
	for _, c := range all {
		out[c.n] = c.words
	}
	return out, err
}
