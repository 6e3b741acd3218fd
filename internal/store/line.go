package store

import (
	"context"
	"strconv"
	"time"
)

// The table line keeps what lists show of a record, in words. The words are made by whoever lists records, from the
// record, what surrounds it, the configuration and the rules; the database notes each change of the first two, see the
// migration that creates the table. The documents stay the truth: words that are not kept, or not true any more, are made
// from them again.

// A KeptLine is what lists show of a record.
type KeptLine struct {
	N     int64 // number of the record, as the table record has it
	Stamp int64 // what the record was changed to when the words were made, see StaleLines
	// Until is when the words may be others although nothing has changed.
	Until time.Time
	// Doc is "" for a record whose words are made each time.
	Doc string
}

// Lines returns the words of records that are true at a time, by their numbers. Under stands for the program, the
// configuration and the rules that the caller makes words with.
func (s *Store) Lines(ctx context.Context, ns []int64, under int64, at time.Time) (map[int64]string, error) {
	kept, err := collect(ctx, s.ro, func(row scanner) (k KeptLine, err error) {
		err = row.Scan(&k.N, &k.Doc)
		return k, err
	}, "SELECT l.n, l.doc FROM json_each($1) j CROSS JOIN line l ON l.n = j.value WHERE l.under = $2 AND l.until > $3 AND l.doc <> ''", numbers(ns), under, millis(at))
	out := make(map[int64]string, len(kept))
	for _, k := range kept {
		out[k.N] = k.Doc
	}
	return out, err
}

// OutdatedLines has all words made again that were not made under this number, if it is another number than that of the last
// call. It reports how many they are.
func (t *Tx) OutdatedLines(ctx context.Context, under int64) (int64, error) {
	if other, _, err := t.noted(ctx, "lines", strconv.FormatInt(under, 10)); err != nil || !other {
		return 0, err
	}
	res, err := t.ExecContext(ctx, "UPDATE line SET until = 0 WHERE under <> $1 AND until > 0", under)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// StaleLines returns the records whose words are not true any more at a time, at most so many, with their stamps.
func (s *Store) StaleLines(ctx context.Context, at time.Time, most int) ([]KeptLine, error) {
	return collect(ctx, s.ro, func(row scanner) (k KeptLine, err error) {
		err = row.Scan(&k.N, &k.Stamp)
		return k, err
	}, "SELECT n, stamp FROM line WHERE until <= $1 ORDER BY until LIMIT $2", millis(at), most)
}

// PutLines keeps words, but not of records that were changed since they were read.
func (t *Tx) PutLines(ctx context.Context, under int64, lines []KeptLine) error {
	for _, k := range lines {
		if _, err := t.ExecContext(ctx, "UPDATE line SET until = $1, under = $2, doc = $3 WHERE n = $4 AND stamp = $5", millis(k.Until), under, k.Doc, k.N, k.Stamp); err != nil {
			return err
		}
	}
	return nil
}
