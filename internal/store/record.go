package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A Row is a record with what the store knows about working on it.
type Row struct {
	Record             register.Record
	Version            int64  // counts the changes of the record
	Generation         int64  // requested: counts the reasons to work on the record
	ObservedGeneration int64  // the generation that the last attempt has worked on
	Fence              int64  // number of the worker that may write, and no earlier one
	Problem            string // what keeps work on it from being finished
	// Problems are values on its issues that could not be read or shown.
	Problems []plan.Problem
}

const (
	rowColumns = "version, wanted, done, epoch, problem, problems"
	selectRow  = "SELECT d.doc, " + rowColumns + " FROM record r JOIN record_doc d ON d.id = r.id "
)

func scanRow(sc scanner) (Row, error) {
	var r Row
	var doc, problems string
	if err := sc.Scan(&doc, &r.Version, &r.Generation, &r.ObservedGeneration, &r.Fence, &r.Problem, &problems); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return Row{}, ErrNotFound
		}
		return Row{}, err
	}
	var err error
	if r.Record, err = decodeRecord(doc); err != nil {
		return Row{}, err
	}
	var ps []storedProblem
	if err := json.Unmarshal([]byte(problems), &ps); err != nil {
		return Row{}, fmt.Errorf("problems in the store: %w", err)
	}
	r.Problems = each(ps, problemOf)
	return r, nil
}

// NewRecord adds a record in state reported and wanting to be looked at. Its id is
// random and its number the next free one of its kind and year, unless they are given.
func (t *Tx) NewRecord(ctx context.Context, prefix string, r register.Record) (register.Record, error) {
	if r.ID == "" {
		id, err := uuid.NewRandom()
		if err != nil {
			return r, err
		}
		r.ID = id.String()
	}
	r.State, r.Recorded = register.Reported, t.now
	var err error
	if r.Ref == "" {
		r.Ref, err = t.number(ctx, prefix)
	} else {
		err = t.unreserve(ctx, r.Ref)
	}
	if err != nil {
		return r, err
	}
	if r.Fields == nil {
		r.Fields = map[register.Field]string{}
	}
	doc, err := encodeRecord(r)
	if err != nil {
		return r, err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO record (id, ref, state, requested, version, wanted, done, epoch, wake, problem, n)
VALUES ($1, $2, $3, '', 1, 1, 0, 0, 0, '', (SELECT coalesce(max(n), 0) + 1 FROM record))`, r.ID, r.Ref, string(r.State))
	if err != nil {
		return r, err
	}
	if _, err = t.ExecContext(ctx, "INSERT INTO record_doc (id, doc) VALUES ($1, $2)", r.ID, doc); err != nil {
		return r, err
	}
	return r, t.project(ctx, r)
}

// project brings the tables in step that follow from a record.
func (t *Tx) project(ctx context.Context, r register.Record) error {
	for _, put := range []func(context.Context, register.Record) error{t.putDue, t.putSimilar, t.putListing, t.putCourse} {
		if err := put(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// number returns the next number of a kind and the year that is neither used nor
// reserved.
func (t *Tx) number(ctx context.Context, prefix string) (string, error) {
	name := fmt.Sprintf("%s-%d", prefix, t.now.Year())
	for {
		var n int64
		err := t.QueryRowContext(ctx, "INSERT INTO counter (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1 RETURNING n", name).Scan(&n)
		if err != nil {
			return "", err
		}
		ref := fmt.Sprintf("%s-%04d", name, n)
		taken, err := t.texts(ctx, "SELECT ref FROM reserved WHERE ref = $1 UNION SELECT ref FROM record WHERE ref = $1", ref)
		if err != nil || len(taken) == 0 {
			return ref, err
		}
	}
}

// Record returns a record by its id.
func (t *Tx) Record(ctx context.Context, id string) (register.Record, error) {
	row, err := t.Row(ctx, id)
	return row.Record, err
}

// Row returns a record by its id, with what the store knows about working on it.
func (t *Tx) Row(ctx context.Context, id string) (Row, error) {
	return scanRow(t.QueryRowContext(ctx, selectRow+"WHERE r.id = $1", id))
}

// Acquire gives the record to the caller. A worker that had it before can no longer
// write: its fence is old. It returns the row as it is now.
func (t *Tx) Acquire(ctx context.Context, id string) (Row, error) {
	return scanRow(t.QueryRowContext(ctx, "UPDATE record SET epoch = epoch + 1 WHERE id = $1 RETURNING (SELECT doc FROM record_doc d WHERE d.id = record.id), "+rowColumns, id))
}

// CheckFence fails with ErrStale unless the record is still the caller's.
func (t *Tx) CheckFence(ctx context.Context, id string, fence int64) error {
	var n int
	err := t.QueryRowContext(ctx, "SELECT count(*) FROM record WHERE id = $1 AND epoch = $2", id, fence).Scan(&n)
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// SaveRecord stores a changed record and returns its new version.
func (t *Tx) SaveRecord(ctx context.Context, r register.Record, fence int64) (int64, error) {
	doc, err := encodeRecord(r)
	if err != nil {
		return 0, err
	}
	var v int64
	err = t.QueryRowContext(ctx, "UPDATE record SET state = $1, requested = $2, version = version + 1 WHERE id = $3 AND epoch = $4 RETURNING version",
		string(r.State), string(r.Requested), r.ID, fence).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrStale
	}
	if err != nil {
		return 0, err
	}
	if _, err = t.ExecContext(ctx, "UPDATE record_doc SET doc = $1 WHERE id = $2", doc, r.ID); err != nil {
		return v, err
	}
	if err = t.project(ctx, r); err != nil {
		return v, err
	}
	return v, t.putLinks(ctx, r)
}

// SaveFacts stores a record as facts have made it, with their entries of the log. Trigger says
// what set them off.
func (t *Tx) SaveFacts(ctx context.Context, r register.Record, fence int64, facts []register.Fact, trigger audit.Trigger) error {
	version, err := t.SaveRecord(ctx, r, fence)
	if err != nil {
		return err
	}
	for _, e := range ledger.Entries(facts) {
		e.Origin.Trigger = trigger
		e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: version}
		t.Audit(e)
	}
	return nil
}

// SetProblems stores the values on a record's issues that could not be read or shown.
func (t *Tx) SetProblems(ctx context.Context, id string, ps []plan.Problem) error {
	doc, err := json.Marshal(append([]storedProblem{}, each(ps, storeProblem)...))
	if err != nil {
		return err
	}
	if _, err = t.ExecContext(ctx, "UPDATE record SET problems = $1 WHERE id = $2", string(doc), id); err != nil {
		return err
	}
	return t.putProblemFacet(ctx, id, len(ps) > 0)
}

// MarkDirty notes one more reason to work on a record.
func (t *Tx) MarkDirty(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, "UPDATE record SET wanted = wanted + 1, wake = 0 WHERE id = $1", id)
	return err
}

// Finish ends a worker's turn: the reasons up to seen are seen to. A record that
// must be looked at again at a known time says so with wake. It reports whether
// new reasons have come up meanwhile; those do not wait for that time.
func (t *Tx) Finish(ctx context.Context, id string, fence, seen int64, wake time.Time, problem string) (again bool, err error) {
	var wanted int64
	err = t.QueryRowContext(ctx, "UPDATE record SET done = $1, wake = CASE WHEN wanted > $1 THEN 0 ELSE $2 END, problem = $3 WHERE id = $4 AND epoch = $5 RETURNING wanted",
		seen, millis(wake), problem, id, fence).Scan(&wanted)
	if errors.Is(err, sql.ErrNoRows) {
		return false, ErrStale
	}
	return wanted > seen, err
}

// Stuck notes why an attempt on a record failed, and until when the next one waits. What
// it was to see to is still to be seen to.
func (t *Tx) Stuck(ctx context.Context, id string, wake time.Time, problem string) error {
	_, err := t.ExecContext(ctx, "UPDATE record SET wake = $1, problem = $2 WHERE id = $3", millis(wake), problem, id)
	return err
}

// Dirty returns the records that may be worked on now: those with a reason that no attempt
// has seen, and those whose wake time has come.
func (s *Store) Dirty(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return s.ids(ctx, "SELECT id FROM record WHERE (wanted > done OR wake > 0) AND wake <= $1 ORDER BY wake, id LIMIT $2", millis(now), limit)
}

// NextWake returns the earliest time at which a record asks to be looked at again.
func (s *Store) NextWake(ctx context.Context) (time.Time, error) {
	var ms int64
	err := s.ro.QueryRowContext(ctx, "SELECT coalesce(min(wake), 0) FROM record WHERE wake > 0").Scan(&ms)
	return fromMillis(ms), err
}

func (s *Store) ids(ctx context.Context, q string, args ...any) ([]string, error) {
	return collect(ctx, s.ro, column[string], q, args...)
}

// Records yields every record by number, for reports.
func (s *Store) Records(ctx context.Context) ([]Row, error) {
	return collect(ctx, s.ro, scanRow, selectRow+"ORDER BY r.ref")
}

// Record returns the record with the given number or id.
func (s *Store) Record(ctx context.Context, ref string) (Row, error) {
	return scanRow(s.ro.QueryRowContext(ctx, selectRow+"WHERE r.ref = $1 OR r.id = $1", ref))
}

// Prefix returns what numbers of a kind of record begin with.
func Prefix(configured map[register.Kind]string, k register.Kind) string {
	if p := configured[k]; p != "" {
		return p
	}
	switch k {
	case register.PotentialNonconformity:
		return "PNC"
	case register.Improvement:
		return "OFI"
	case register.Observation:
		return "OBS"
	case register.Signal:
		return "SIG"
	case register.Objective:
		return "OBJ"
	case register.Measure:
		return "MEA"
	case register.ControlCheck:
		return "CHK"
	case register.Audit:
		return "AUD"
	case register.ManagementReview:
		return "MR"
	default:
		return "NC"
	}
}
