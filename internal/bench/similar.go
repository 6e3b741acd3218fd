package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/conformd/conformd/register"
)

// similarTime returns the median time of finding the candidates for a recurrence of a new record,
// in milliseconds. The new record says what the closed ones say, so that all of them are alike:
// no register has more to look through.
func (r *rig) similarTime(ctx context.Context) (float64, error) {
	var ref string
	var original int
	if err := r.app.Store.Reader().QueryRowContext(ctx, "SELECT ref, n % 1000 FROM record WHERE state = 'closed' LIMIT 1").Scan(&ref, &original); err != nil {
		return 0, err
	}
	row, err := r.app.Store.Record(ctx, ref)
	if err != nil {
		return 0, err
	}
	fresh := row.Record.Clone()
	fresh.ID, fresh.Ref, fresh.State = "none", "none", register.Reported
	// The copies are found by what their original says.
	if err := r.app.Store.Reader().QueryRowContext(ctx, "SELECT ref FROM record WHERE n = $1", original).Scan(&ref); err != nil {
		return 0, err
	}
	said, err := r.app.Store.Record(ctx, ref)
	if err != nil {
		return 0, err
	}
	for _, f := range []register.Field{register.FieldTitle, register.FieldProblem} {
		fresh.Fields[f] = said.Record.Fields[f]
	}
	fresh.Recorded = fresh.Closed.Add(time.Hour)
	var took []time.Duration
	for range 21 {
		began := time.Now()
		found, err := r.app.Store.Similar(ctx, fresh)
		if err != nil {
			return 0, err
		}
		if len(register.Candidates(fresh, found)) == 0 {
			return 0, errors.New("nothing came up again")
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return milliseconds(took[len(took)/2]), nil
}
