package service

import (
	"context"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
)

// A Page is a part of the history of a record, newest first.
type Page struct {
	Ref    string          `json:"record"`
	Events []present.Event `json:"events"`
	// Next is the argument before of the next page, 0 after the last page.
	Next int64 `json:"next_before,omitempty"`
}

// Newest is above the number of every entry.
const Newest = 1<<63 - 1

// mostRead bounds how many entries are read for one page. It matters when hardly any entry is
// an event of its own.
const mostRead = 5000

// History returns at most limit events of a record whose first entry has a number below
// before; before is Newest for the first page.
func (r *Register) History(ctx context.Context, id, ref string, before int64, limit int) (Page, error) {
	p := Page{Ref: ref, Events: []present.Event{}}
	// Writes of the page's events may be newer than the page.
	var later []audit.Stored
	var err error
	if before < Newest {
		if later, err = r.Store.HistoryFrom(ctx, id, before, present.Ahead); err != nil {
			return p, err
		}
	}
	names, err := r.names(ctx, id)
	if err != nil {
		return p, err
	}
	for n := 4 * limit; ; n *= 4 {
		n = min(n, max(mostRead, 4*limit))
		// The oldest entries that are read only show which writes belong to still older events.
		stretch, err := r.Store.History(ctx, id, before, n+present.Reach)
		if err != nil {
			return p, err
		}
		from, all := int64(0), len(stretch) < n+present.Reach
		if !all {
			from = stretch[present.Reach].Seq
		}
		if stretch, err = r.complete(ctx, append(stretch, later...)); err != nil {
			return p, err
		}
		if err := r.moved(ctx, stretch, &names); err != nil {
			return p, err
		}
		p.Events = present.History(stretch, from, before, names)
		if len(p.Events) > limit {
			p.Events = p.Events[:limit]
			p.Next = p.Events[limit-1].Entries[0]
			return p, nil
		}
		if all {
			return p, nil
		}
		if n >= mostRead {
			p.Next = from
			return p, nil
		}
	}
}

// recent is how many entries are looked at for the last one about a version of a record.
const recent = 200

// LastEntry returns the number of the newest entry of the log about a version of a record, or
// about an earlier one; 0 if it is far back.
func (r *Register) LastEntry(ctx context.Context, id string, version int64) (int64, error) {
	entries, err := r.Store.History(ctx, id, Newest, recent)
	for _, s := range slices.Backward(entries) {
		if v := s.Entry.Subject.Version; s.Entry.Subject.ID == id && 0 < v && v <= version {
			return s.Seq, err
		}
	}
	return 0, err
}

// complete adds the outcomes of writes that lie further ahead than a stretch reaches.
func (r *Register) complete(ctx context.Context, stretch []audit.Stored) ([]audit.Stored, error) {
	open := map[int64]bool{}
	for _, s := range stretch {
		switch e := &s.Entry; e.Verb {
		case audit.WriteIntent:
			open[s.Seq] = true
		case audit.WriteOutcome, audit.WriteResolved:
			if e.Outcome != audit.Unknown {
				delete(open, e.Intent)
			}
		}
	}
	ends, err := r.Store.Outcomes(ctx, open)
	return append(stretch, ends...), err
}

// moved adds the numbers of the records between which issues moved.
func (r *Register) moved(ctx context.Context, stretch []audit.Stored, n *present.Names) error {
	for _, s := range stretch {
		if s.Entry.Verb != audit.SyncMoved {
			continue
		}
		for _, c := range s.Entry.Changes {
			for _, t := range []*audit.Text{c.Before, c.After} {
				if c.Field != "record" || t == nil || n.Records[t.Value] != "" {
					continue
				}
				found, err := r.Store.RecordsByNumber(ctx, t.Value)
				if err != nil {
					return err
				}
				if len(found) == 1 {
					n.Records[t.Value] = found[0].Ref
				}
			}
		}
	}
	return nil
}
