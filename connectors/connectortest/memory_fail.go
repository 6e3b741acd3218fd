package connectortest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/conformd/conformd/connectors"
)

// A Failure is what goes wrong with the calls of one operation.
type Failure struct {
	Op      Op
	Skip    int  // calls to leave alone first
	Times   int  // calls to hit then: 0 means 1, negative for ever
	Applied bool // the call takes effect all the same
	Hang    bool // the call returns only when its context ends, with kind Unknown (writes) or Unavailable
	// Err is what the caller gets; its Op and Ref are filled in.
	Err connectors.Error
}

// Arm makes calls fail. Of several failures that hit a call the one armed first
// is used up first.
func (m *Memory) Arm(f Failure) {
	if f.Times == 0 {
		f.Times = 1
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures = append(m.failures, &f)
}

// Fail makes the next n calls of an operation fail with a kind (n < 0: all),
// before or, if applied, after taking effect.
func (m *Memory) Fail(op Op, n int, applied bool, kind connectors.Kind) {
	m.Arm(Failure{Op: op, Times: n, Applied: applied, Err: connectors.Error{Kind: kind}})
}

// Heal disarms all failures.
func (m *Memory) Heal() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures = nil
}

// Before runs f once, just before the next call of an operation takes effect:
// what people do between our reading and our writing.
func (m *Memory) Before(op Op, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before[op] = append(m.before[op], f)
}

// Calls is the number of calls of an operation so far, failed ones included. A
// listing counts once per page.
func (m *Memory) Calls(op Op) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[op]
}

// Writes is the number of calls of all writing operations so far.
func (m *Memory) Writes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for op, c := range m.calls {
		if op.Write() {
			n += c
		}
	}
	return n
}

// call runs one request: with its interruptions, its failure and its effect. The
// effect runs under the lock and may return a refusal or a Kind.
func (m *Memory) call(ctx context.Context, op Op, ref connectors.Ref, effect func() error) error {
	lost := connectors.Unavailable
	if op.Write() {
		lost = connectors.Unknown
	}
	if err := ctx.Err(); err != nil {
		return &connectors.Error{Op: string(op), Ref: ref, Kind: connectors.Unavailable, Err: err}
	}
	m.mu.Lock()
	m.calls[op]++
	interruptions := m.before[op]
	delete(m.before, op)
	f := m.failure(op)
	m.mu.Unlock()
	for _, interrupt := range interruptions {
		interrupt()
	}
	if f == nil || f.Applied || f.Hang && !op.Write() {
		m.mu.Lock()
		err := effect()
		m.mu.Unlock()
		if err != nil {
			return explain(op, ref, err)
		}
	}
	switch {
	case f == nil:
		return nil
	case f.Hang:
		<-ctx.Done()
		return &connectors.Error{Op: string(op), Ref: ref, Kind: lost, Err: ctx.Err()}
	default:
		e := f.Err
		e.Op, e.Ref = string(op), ref
		return &e
	}
}

// failure returns the failure that hits this call of op, or nil. The caller
// holds the lock.
func (m *Memory) failure(op Op) *Failure {
	for n, f := range m.failures {
		if f.Op != op {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				m.failures = slices.Delete(m.failures, n, n+1)
			}
		}
		return &hit
	}
	return nil
}

// explain turns the reason of an effect that did not happen into an error of the
// contract.
func explain(op Op, ref connectors.Ref, err error) error {
	if e, ok := errors.AsType[*connectors.Error](err); ok {
		e.Op, e.Ref = string(op), ref
		return e
	}
	if r, ok := errors.AsType[fieldRefusal](err); ok {
		return &connectors.Error{
			Op: string(op), Ref: ref, Kind: connectors.Rejected, Status: http.StatusUnprocessableEntity, Detail: r.Error(),
			Fields: map[connectors.Field]string{r.field: r.why},
		}
	}
	if r, ok := errors.AsType[refusal](err); ok {
		return &connectors.Error{Op: string(op), Ref: ref, Kind: connectors.Rejected, Status: http.StatusUnprocessableEntity, Detail: string(r)}
	}
	kind := cmp.Or(connectors.KindOf(err), connectors.Malformed)
	return &connectors.Error{Op: string(op), Ref: ref, Kind: kind, Status: http.StatusNotFound}
}
