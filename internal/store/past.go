package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

const (
	courseOf  = "SELECT c.doc FROM course c JOIN record r ON r.n = c.n WHERE r.id = $1"
	entriesOf = "SELECT h.seq, e.leaf, e.leaf_hash FROM history h LEFT JOIN audit_entry e ON e.seq = h.seq WHERE h.about = $1 ORDER BY h.seq"
)

// Past reads what a report is made of as of a moment, from one state of the database. The courses
// say which records it needs, and the entries of the log about those are replayed: a record that was
// changed since is as it was. Nothing else of the log is read.
func (s *Store) Past(ctx context.Context, r report.Report, q kpi.Question) (report.Past, error) {
	tx, err := s.Reader().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return report.Past{}, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	p := report.Past{Others: map[string]report.Known{}}
	x := past{tx, q}
	ids, lines, err := x.wanted(ctx, r, &p.Sheet)
	if err != nil {
		return p, err
	}
	root, err := export.RootAt(ctx, tx, p.Sheet.Entries)
	if err != nil {
		return p, err
	}
	p.Root = root.String()
	for i, id := range ids {
		k, err := x.known(ctx, id, lines[i])
		if err != nil {
			return p, err
		}
		p.Known = append(p.Known, k)
	}
	for _, k := range p.Known {
		for _, id := range r.Refers(k.Record) {
			if _, known := p.Others[id]; known {
				continue
			}
			if p.Others[id], err = x.other(ctx, id); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

// A past is the register as of the moment of a question.
type past struct {
	tx *sql.Tx
	q  kpi.Question
}

// wanted computes the figures and returns the ids and lines of the records that a report needs.
func (x past) wanted(ctx context.Context, r report.Report, sheet *kpi.Sheet) (ids []string, lines []kpi.Line, err error) {
	all, err := kpi.Figures(seen(courses(ctx, x.tx), func(c *kpi.Course) {
		if l, known := x.q.Line(c); known && r.Wants(x.q, l) {
			ids, lines = append(ids, c.Record), append(lines, l)
		}
	}), withoutNumbers(discrepancies(ctx, x.tx)), x.q)
	if err != nil {
		return nil, nil, err
	}
	*sheet = all[0]
	sheet.Entries, err = auditdb.SizeAt(ctx, x.tx, x.q.At)
	return ids, lines, err
}

// seen yields courses and shows each of them to see before.
func seen(all iter.Seq2[*kpi.Course, error], see func(*kpi.Course)) iter.Seq2[*kpi.Course, error] {
	return func(yield func(*kpi.Course, error) bool) {
		for c, err := range all {
			if err == nil {
				see(c)
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// other returns a record that another one refers to. It has nothing if the log did not tell of it
// by the moment.
func (x past) other(ctx context.Context, id string) (k report.Known, err error) {
	docs, err := collect(ctx, x.tx, column[string], courseOf, id)
	if err != nil || len(docs) == 0 {
		return k, err
	}
	c, err := kpi.Parse(docs[0])
	if err != nil {
		return k, fmt.Errorf("course of a record: %w", err)
	}
	l, told := x.q.Line(&c)
	if !told {
		return k, nil
	}
	return x.known(ctx, id, l)
}

// known returns a record with its line. Both follow from the log; where they contradict each other
// the database was changed, and a report of it would be worth nothing.
func (x past) known(ctx context.Context, id string, l kpi.Line) (report.Known, error) {
	life, err := x.life(ctx, id)
	if err == nil && life.Record.State != l.State && !life.Lost {
		err = fmt.Errorf("%s was in state %q by its course, and in %q by the entries about it: the database is not what conformd wrote; conformd audit verify shows what differs", life.Record.Ref, l.State, life.Record.State)
	}
	return report.Known{Line: l, Life: life}, err
}

// life replays the entries about a record up to the moment. As in a course, an entry is of the moment
// at which the log recorded it, and a clock that went back counts as one that stood still.
func (x past) life(ctx context.Context, id string) (l report.Life, err error) {
	entries, err := auditdb.Select(ctx, x.tx, entriesOf, id)
	if err != nil {
		return l, err
	}
	texts := textsIn(ctx, x.tx)
	for _, s := range entries {
		if s.Entry.Subject.ID != id {
			continue // about an issue of the record
		}
		if s.Entry.At.After(x.q.At) {
			break
		}
		told, err := ledger.Facts(&s.Entry, texts)
		if err != nil {
			return l, err
		}
		if told == nil {
			continue
		}
		for _, f := range told.Facts {
			l.Take(f)
		}
		for _, f := range told.Erased {
			l.Erase(f)
		}
		l.Lost = l.Lost || told.Lost
		if l.Record.Ref == "" {
			l.Record.Ref = told.Ref
		}
	}
	return l, nil
}
