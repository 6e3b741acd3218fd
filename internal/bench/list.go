package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// words writes the words of the copied records: the table keeps no texts that could be copied.
func (r *rig) words(ctx context.Context) error {
	const together = 20_000
	var most int
	if err := r.app.Store.Reader().QueryRowContext(ctx, "SELECT max(n) FROM record").Scan(&most); err != nil {
		return err
	}
	for from := 0; from <= most; from += together {
		_, err := r.app.Store.DB().ExecContext(ctx, `INSERT INTO record_text (rowid, body)
SELECT r.n, r.ref || ' ' || (SELECT group_concat(j.value, ' ') FROM json_each(d.doc, '$.fields') j)
FROM record r JOIN record_doc d ON d.id = r.id WHERE r.n > $1 AND r.n <= $2 AND r.n NOT IN (SELECT rowid FROM record_text)`, max(from, originals), from+together)
		if err != nil {
			return err
		}
	}
	return nil
}

// lines keeps what lists show of the records, as a daemon does that has run for some minutes.
func (r *rig) lines(ctx context.Context) error {
	reg, err := app.Register(ctx, r.app.Config, r.app.Store)
	if err != nil {
		return err
	}
	return app.KeepAllLines(ctx, reg, r.app.Store)
}

// listTime returns the median time of a page of a list, and the 95th percentile of a search, in
// milliseconds.
func (r *rig) listTime(ctx context.Context) (page, search float64, err error) {
	const shown, rounds = 50, 3
	reg, err := app.Register(ctx, r.app.Config, r.app.Store)
	if err != nil {
		return 0, 0, err
	}
	once := func(q service.ListQuery, pages int) (took []time.Duration, err error) {
		for cursor := ""; pages > 0; pages-- {
			began := time.Now()
			found, err := reg.Overview(ctx, q, cursor, shown)
			if err != nil {
				return nil, err
			}
			if len(found.Lines) == 0 {
				return nil, fmt.Errorf("no record is in the list of %+v", q)
			}
			took = append(took, time.Since(began))
			if cursor = found.Next; cursor == "" {
				break
			}
		}
		return took, nil
	}
	var lists, searches []time.Duration
	for range rounds {
		for _, key := range service.SortKeys() {
			took, err := once(service.ListQuery{Sort: "-" + key}, 3)
			if err != nil {
				return 0, 0, err
			}
			lists = append(lists, took...)
		}
		for _, q := range []service.ListQuery{
			{Owner: "person7", Open: true, Sort: "due"}, {States: []register.State{register.Verifying}, Sort: "-recorded"}, {Late: true, Sort: "due"},
		} {
			took, err := once(q, 3)
			if err != nil {
				return 0, 0, err
			}
			lists = append(lists, took...)
		}
		// The commonest words, rare ones, several, and beginnings; as found, and in another order.
		for _, text := range []string{"the", "access", "review late", "restore test failed", "acc", "stuhiba", "nocliba access"} {
			for _, sort := range []string{"", "title"} {
				took, err := once(service.ListQuery{Text: text, Sort: sort}, 2)
				if err != nil {
					return 0, 0, err
				}
				searches = append(searches, took...)
			}
		}
	}
	if len(lists) < 100 || len(searches) < 20 {
		return 0, 0, errors.New("too few pages were read")
	}
	slices.Sort(lists)
	slices.Sort(searches)
	return milliseconds(lists[len(lists)/2]), milliseconds(searches[len(searches)*95/100]), nil
}
