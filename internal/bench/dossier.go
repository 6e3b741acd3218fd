package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/app"
)

// dossierTime returns the median time in which the dossier of a record is made, in seconds.
func (r *rig) dossierTime(ctx context.Context) (float64, error) {
	reg, err := app.Register(ctx, r.app.Config, r.app.Store)
	if err != nil {
		return 0, err
	}
	rows, err := r.app.Store.RecordsDue(ctx, "9999-12-31", "")
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, errors.New("there is no record to make a dossier of")
	}
	var took []time.Duration
	for n := range 7 {
		row := rows[n*len(rows)/7]
		began := time.Now()
		d, err := r.app.Auditor().Dossier(ctx, reg, row.Record.Ref, "bench", nil)
		if err != nil {
			return 0, err
		}
		if len(d.ZIP) == 0 {
			return 0, errors.New("a dossier is empty")
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2].Seconds(), nil
}
