package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A Reading is how far the comments of an issue were read, while they are read from the
// first on. Nothing is decided about its record meanwhile.
type Reading struct {
	Binding string
	Ref     connectors.Ref
	Began   time.Time // the tracker's clock before the first page was read
	Place   string    // where the next page begins, see connectors.Reader.Comments
	Known   int       // comments so far
	Total   int       // about as many as there are, 0 if the tracker does not say
}

const selectReading = "SELECT r.binding, r.issue_id, l.issue_key, r.began, r.place, r.known, r.total FROM reading r JOIN link l ON l.binding = r.binding AND l.issue_id = r.issue_id "

func scanReading(row scanner) (r Reading, err error) {
	var began int64
	err = row.Scan(&r.Binding, &r.Ref.ID, &r.Ref.Key, &began, &r.Place, &r.Known, &r.Total)
	r.Began = fromMillis(began)
	return r, err
}

// Reading returns how far the comments of an issue were read; the zero Reading if they are
// not being read.
func (s *Store) Reading(ctx context.Context, binding, issueID string) (Reading, error) {
	all, err := collect(ctx, s.ro, scanReading, selectReading+"WHERE r.binding = $1 AND r.issue_id = $2", binding, issueID)
	if err != nil || len(all) == 0 {
		return Reading{}, err
	}
	return all[0], nil
}

// Readings returns the issues of a record whose comments are being read. An issue that is
// gone is none of them.
func (t *Tx) Readings(ctx context.Context, recordID string) ([]Reading, error) {
	return collect(ctx, t, scanReading, selectReading+"WHERE l.record_id = $1 AND l.state <> 'orphaned' ORDER BY r.binding, r.issue_id", recordID)
}

// PutReading stores how far the comments of an issue were read.
func (t *Tx) PutReading(ctx context.Context, r Reading) error {
	_, err := t.ExecContext(ctx, `INSERT INTO reading (binding, issue_id, began, place, known, total) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (binding, issue_id) DO UPDATE SET place = excluded.place, known = excluded.known, total = excluded.total`,
		r.Binding, r.Ref.ID, millis(r.Began), r.Place, r.Known, r.Total)
	return err
}

// EndReading notes that the comments of an issue are not being read any more.
func (t *Tx) EndReading(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM reading WHERE binding = $1 AND issue_id = $2", binding, issueID)
	return err
}

// CommentsKnown notes until when all comments of an issue are known, by the tracker's clock;
// the zero time says that they are not.
func (t *Tx) CommentsKnown(ctx context.Context, binding, issueID string, until time.Time) error {
	_, err := t.ExecContext(ctx, "UPDATE link SET comments_until = $1 WHERE binding = $2 AND issue_id = $3", millis(until), binding, issueID)
	return err
}

// CommandComments returns the ids of the comments in a binding that said something to a
// record: those of its newest events, at most limit of the open ones and as many others.
func (s *Store) CommandComments(ctx context.Context, recordID, binding string, limit int) ([]string, error) {
	const newest = " ORDER BY at DESC, id DESC LIMIT $2"
	open, err := s.ids(ctx, "SELECT id FROM event WHERE record_id = $1 AND taken = 0"+newest, recordID, limit)
	if err != nil {
		return nil, err
	}
	taken, err := s.ids(ctx, "SELECT id FROM event WHERE record_id = $1 AND taken = 1"+newest, recordID, limit)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range slices.Concat(open, taken) {
		if rest, ok := strings.CutPrefix(id, binding+":comment:"); ok {
			comment, _, _ := strings.Cut(rest, ":")
			out = append(out, comment)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
