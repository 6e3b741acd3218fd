package service

import (
	"context"

	"github.com/conformd/conformd/register/kpi"
)

// Figures computes the figures of a management review as of a moment, with a trend those of the
// periods before as they could be read then. It reads the courses of the records and no record.
func (r *Register) Figures(ctx context.Context, a kpi.Ask, trend bool) (kpi.Report, error) {
	q, err := a.Question(r.now())
	if err != nil {
		return kpi.Report{}, &AskError{err}
	}
	sheets, err := r.Store.Figures(ctx, q.Questions(trend)...)
	if err != nil {
		return kpi.Report{}, err
	}
	return kpi.NewReport(sheets), nil
}

// An AskError says what is wrong with a question.
type AskError struct{ Err error }

func (e *AskError) Error() string { return e.Err.Error() }
func (e *AskError) Unwrap() error { return e.Err }
