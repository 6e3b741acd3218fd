// Package measuring asks sources for the values of measures, control checks and objectives (9.1):
// a figure of the register, the number of issues that a search finds, a file, an address.
//
// A source is asked when a period is over and has no value. If it does not answer, it is asked again
// with the next run, until the day on which the value is due. Then the period is entered once as missed,
// with the reason. It is never zero, and only a person enters a value for it afterwards.
package measuring

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Source is what is asked for a value.
type Source interface {
	// String names the source for the register, for ever: "file coverage.json". It holds no secret.
	String() string
	// Recalls reports whether the source knows the value as of the end of a period at any later
	// time. The value of one that does not is that of the moment at which it is asked.
	Recalls() bool
	// Ask returns the value of a period that is over. The error says in words for the register why
	// there is none, and repeats neither a secret nor what the source answered.
	Ask(ctx context.Context, p register.Period) (Answer, error)
}

// An Answer is what a source answered.
type Answer struct {
	Value  string // as the source has it
	Digest string // SHA-256 of what was answered, in hexadecimal
	Note   string // of what moment the value is, in words
}

// A Measure is a record and the source of its values.
type Measure struct {
	Record string // its number
	Source Source
}

// A Store is what a Runner reads.
type Store interface {
	Record(ctx context.Context, ref string) (store.Row, error)
}

// A Runner asks the sources of measures.
type Runner struct {
	Measures []Measure
	Store    Store
	// Enter enters a value of the record with an id, or that there is none. Entering with the same key
	// again changes nothing.
	Enter func(ctx context.Context, id, key string, e register.Enter) error
	Now   func() time.Time
	// Every is the time until the next run: a source that has not answered in the last run before the
	// value is late is entered as missed.
	Every time.Duration
	Log   *zap.Logger
}

// An Outcome is what became of one value.
type Outcome string

// The outcomes.
const (
	Entered Outcome = "entered"
	Missed  Outcome = "missed"  // entered as missed
	Waiting Outcome = "waiting" // no answer; the source is asked again
	Idle    Outcome = "idle"    // every period that is over has a value, or was missed
	Resting Outcome = "resting" // no values are entered for the record now
	Failed  Outcome = "failed"  // the value could not be entered
)

// A Result is what a run did for one period of a record, or for a record without any.
type Result struct {
	Measure string  `json:"measure"` // number of the record
	Source  string  `json:"source"`
	Period  string  `json:"period,omitempty"`
	Outcome Outcome `json:"outcome"`
	Value   string  `json:"value,omitempty"`
	// Why says why there is no value.
	Why string `json:"why,omitempty"`
	// Due is the last day on which the value is in time.
	Due string `json:"due,omitempty"`
}

// Run asks for every value that is due and enters what it gets. With dry it enters nothing, and says what
// it would enter. The error joins those of the register, and is nil if a source does not answer.
func (r *Runner) Run(ctx context.Context, dry bool) ([]Result, error) {
	out := []Result{}
	var errs []error
	for _, m := range r.Measures {
		results, err := r.measure(ctx, m, dry)
		for i := range results {
			results[i].Measure, results[i].Source = m.Record, m.Source.String()
			r.log(results[i], dry)
		}
		out = append(out, results...)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		errs = append(errs, err)
	}
	return out, errors.Join(errs...)
}

// measure asks the source of one record.
func (r *Runner) measure(ctx context.Context, m Measure, dry bool) ([]Result, error) {
	row, err := r.Store.Record(ctx, m.Record)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return []Result{{Outcome: Failed, Why: "the register has no record of this number"}}, nil
	case err != nil:
		return []Result{{Outcome: Failed, Why: err.Error()}}, err
	}
	record := row.Record
	switch {
	case !record.Kind().Measured():
		return []Result{{Outcome: Failed, Why: "values are entered for a measure, a control check or an objective, and this record is none"}}, nil
	case record.State == register.Reported:
		return []Result{{Outcome: Resting, Why: "the record is not triaged yet"}}, nil
	case record.State.Ended():
		return []Result{{Outcome: Resting, Why: "the record is " + string(record.State)}}, nil
	}
	due := blank(record, m.Source.Recalls(), r.Now())
	if len(due) == 0 {
		return []Result{{Outcome: Idle}}, nil
	}
	var out []Result
	var errs []error
	for _, d := range due {
		x, err := r.period(ctx, record, m.Source, d, dry)
		x.Period, x.Due = d.Period.String(), d.Due
		out, errs = append(out, x), append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return out, errors.Join(errs...)
}

// mostAtOnce is how many periods of a record one run asks for. The next one goes on.
const mostAtOnce = 12

// blank returns the periods that are over and have neither a value nor a note that it was missed, oldest
// first. The value of an earlier period than the last one is none of a source that knows the present alone.
func blank(r register.Record, recalls bool, now time.Time) []register.Reading {
	known := map[string]bool{}
	for _, m := range r.Measurements {
		known[m.Period] = true
	}
	over := register.Readings(r, now)
	if !recalls {
		over = over[max(0, len(over)-1):]
	}
	var out []register.Reading
	for _, d := range over {
		if !known[d.Period.String()] && len(out) < mostAtOnce {
			out = append(out, d)
		}
	}
	return out
}

func (r *Runner) log(x Result, dry bool) {
	if r.Log == nil || dry {
		return
	}
	fields := []zap.Field{zap.String("record", x.Measure), zap.String("source", x.Source), zap.String("period", x.Period), zap.String("why", x.Why)}
	switch x.Outcome {
	case Entered:
		r.Log.Info("a value was entered", append(fields, zap.String("value", x.Value))...)
	case Missed:
		r.Log.Warn("a source did not answer in time", fields...)
	case Waiting:
		r.Log.Warn("a source does not answer and is asked again", fields...)
	case Failed:
		r.Log.Error("no value was entered", fields...)
	case Idle, Resting: // nothing to tell, each hour
	}
}
