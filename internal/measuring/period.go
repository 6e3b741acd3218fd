package measuring

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// errOurs says that conformd failed and not the source, which is asked again however late it is.
var errOurs = errors.New("the register could not be read")

// within bounds the time for one answer, retries included.
const within = time.Minute

// period asks for the value of one period and enters what became of it.
func (r *Runner) period(ctx context.Context, record register.Record, s Source, d register.Reading, dry bool) (Result, error) {
	e := register.Enter{Period: d.Period.String(), Source: s.String()}
	out := Result{Outcome: Entered}
	if late(d, r.Now()) && !s.Recalls() {
		// What it would answer now is a value of another time.
		e.Note = "no answer by " + d.Due + ", the last day for it"
	} else {
		a, err := r.ask(ctx, record, s, d)
		switch {
		case ctx.Err() != nil:
			return Result{Outcome: Waiting, Why: "conformd was stopped"}, ctx.Err()
		case errors.Is(err, errOurs), err != nil && !late(d, r.Now().Add(r.Every)):
			return Result{Outcome: Waiting, Why: inFull(err)}, nil
		case err != nil:
			e.Note, out.Why = err.Error(), inFull(err)
		default:
			e.Value, e.Note, e.Digest = a.Value, a.Note, a.Digest
		}
	}
	if out.Value = e.Value; e.Value == "" {
		out.Outcome, out.Why = Missed, cmp.Or(out.Why, e.Note)
	}
	if dry {
		return out, nil
	}
	if err := r.Enter(ctx, record.ID, "measure "+record.ID+" "+e.Period, e); err != nil {
		if refused, ok := errors.AsType[*service.RefusedError](err); ok {
			return Result{Outcome: Failed, Why: refused.Error()}, nil
		}
		return Result{Outcome: Failed, Why: err.Error()}, err
	}
	return out, nil
}

// A reason is why there is no value: in words for the register, which keeps them for ever, and with its
// cause for the operator. What a tracker says of a search may repeat it, and it may name a person.
type reason struct {
	words string
	cause error
}

// Error is for the register.
func (r *reason) Error() string { return r.words }

// Unwrap returns the cause.
func (r *reason) Unwrap() error { return r.cause }

// inFull is an error for the operator.
func inFull(err error) string {
	if r, ok := errors.AsType[*reason](err); ok {
		return r.cause.Error()
	}
	return err.Error()
}

// late reports whether the last day for a value is over.
func late(d register.Reading, at time.Time) bool { return at.UTC().Format(time.DateOnly) > d.Due }

// mostValue is how long a value is that can be one, in bytes.
const mostValue = 64

// ask asks a source, and holds that its answer is a value of the record. The register would refuse another
// one, too, and would repeat it.
func (r *Runner) ask(ctx context.Context, record register.Record, s Source, d register.Reading) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err := s.Ask(ctx, d.Period)
	if err != nil {
		return Answer{}, err
	}
	target, err := register.ParseTarget(record.Fields[register.FieldTarget])
	if err != nil {
		return Answer{}, errors.New("the record has no target that can be read")
	}
	if len(a.Value) > mostValue {
		return Answer{}, errors.New("the answer is no value: it is too long")
	}
	if a.Value, err = target.Read(a.Value); err != nil {
		return Answer{}, errors.New("the answer is no value of a record whose target is " + target.String())
	}
	return a, nil
}
