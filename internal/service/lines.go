package service

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	quick "github.com/segmentio/encoding/json"
	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A LineStore is what keeping lines needs of the store.
type LineStore interface {
	StaleLines(ctx context.Context, at time.Time, most int) ([]store.KeptLine, error)
	Write(ctx context.Context, do func(*store.Tx) error) error
}

// KeepLines makes lines that are not kept, or not true any more, and keeps them: at most most, so that others can write
// between two calls. It returns how many there were.
func (r *Register) KeepLines(ctx context.Context, s LineStore, most int) (int, error) {
	stale, err := s.StaleLines(ctx, r.now(), most)
	if err != nil || len(stale) == 0 {
		return 0, err
	}
	ns := make([]int64, len(stale))
	for i, k := range stale {
		ns[i] = k.N
	}
	made, err := r.makeLines(ctx, ns, 1)
	if err != nil {
		return 0, err
	}
	for i, m := range made {
		stale[i].Until = m.until
		if m.lasts {
			doc, err := json.Marshal(m.Line)
			if err != nil {
				return 0, err
			}
			stale[i].Doc = string(doc)
		}
	}
	return len(stale), s.Write(ctx, func(t *store.Tx) error { return t.PutLines(ctx, r.Under, stale) })
}

// lines returns the lines of records, by the numbers of the table record. Those that are not kept are made.
func (r *Register) lines(ctx context.Context, ns []int64) ([]Line, error) {
	kept := map[int64]string{}
	if r.Under != 0 {
		var err error
		if kept, err = r.Store.Lines(ctx, ns, r.Under, r.now()); err != nil {
			return nil, err
		}
	}
	var missing []int64
	for _, n := range ns {
		if kept[n] == "" {
			missing = append(missing, n)
		}
	}
	made, err := r.makeLines(ctx, missing, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	stops, err := r.stopsOf(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(ns))
	for i, n := range ns {
		if doc := kept[n]; doc == "" {
			out[i], made = made[0].Line, made[1:]
		} else if _, err := quick.Parse([]byte(doc), &out[i], quick.ZeroCopy); err != nil {
			return nil, fmt.Errorf("the line of record %d: %w", n, err)
		}
		out[i].Stops = stops[out[i].Ref]
		out[i].seenOn(r.now())
	}
	return out, nil
}

// A madeLine is a line with how long it may be kept.
type madeLine struct {
	Line

	until time.Time
	lasts bool // false if other records can change it
}

// endOfLines is until when a line is true that no day changes.
func endOfLines() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }

// makeLines makes the lines of records, in their order. The rules that judge texts take most of the time, so some
// processors take a share each.
func (r *Register) makeLines(ctx context.Context, ns []int64, processors int) ([]madeLine, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	rows, err := r.Store.Rows(ctx, ns)
	if err != nil {
		return nil, err
	}
	if len(rows) != len(ns) {
		return nil, fmt.Errorf("of %d records, %d are there", len(ns), len(rows))
	}
	ids := idsOf(rows)
	around, err := r.Store.Surroundings(ctx, ids)
	if err != nil {
		return nil, err
	}
	issues, err := r.Store.IssueAddresses(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := r.people()
	out := make([]madeLine, len(rows))
	share := (len(rows) + processors - 1) / processors
	g, ctx := errgroup.WithContext(ctx)
	for from := 0; from < len(rows); from += share {
		g.Go(func() (err error) {
			for i := from; i < min(from+share, len(rows)) && err == nil; i++ {
				id := rows[i].Record.ID
				out[i], err = r.makeLine(ctx, rows[i], around[id], issues[id], names)
			}
			return err
		})
	}
	return out, g.Wait()
}

func (r *Register) makeLine(ctx context.Context, row store.Row, around store.Surrounding, issues []string, names present.Names) (madeLine, error) {
	m := madeLine{until: endOfLines(), lasts: row.Record.Kind() != register.Audit && len(namedIn(row.Record)) == 0}
	var next time.Time
	e, err := r.shown(ctx, present.Sketch, row, around, names, nil, &next)
	if !next.IsZero() {
		m.until = next
	}
	m.Line = newLine(e, around, issues)
	m.DueBy = cmp.Or(m.DueBy, r.Expected(m.Due))
	return m, err
}
