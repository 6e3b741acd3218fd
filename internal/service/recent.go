package service

import (
	"context"
	"time"

	"github.com/conformd/conformd/register/kpi"
)

// Recent is how the register went lately.
type Recent struct {
	Months []kpi.Sheet // the oldest first; the last one is the present month up to now
	Year   kpi.Sheet   // the twelve months up to now
}

// Recent returns the figures of the last months, and of the year up to now, in one reading of the courses.
// Each month that is over stands as of its end, as a report of it does.
func (r *Register) Recent(ctx context.Context, months int) (Recent, error) {
	now := r.now().UTC()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var questions []kpi.Question
	ask := func(period string) error {
		q, err := kpi.Ask{Period: period}.Question(now)
		questions = append(questions, q)
		return err
	}
	for i := months - 1; i >= 0; i-- {
		if err := ask(first.AddDate(0, -i, 0).Format("2006-01")); err != nil {
			return Recent{}, err
		}
	}
	if err := ask(now.AddDate(-1, 0, 1).Format(time.DateOnly) + ".." + now.Format(time.DateOnly)); err != nil {
		return Recent{}, err
	}
	sheets, err := r.Store.Figures(ctx, questions...)
	if err != nil {
		return Recent{}, err
	}
	return Recent{Months: sheets[:months], Year: sheets[months]}, nil
}
