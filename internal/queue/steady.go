package queue

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// A steady work turns a panic into an error. River would put the job off for longer
// and longer and then give it up; a record is never given up, whatever the bug.
type steady struct{ Work }

// Record is Work's, without its panics.
func (w steady) Record(ctx context.Context, id string, done Done) (next time.Time, err error) {
	defer caught(&err)
	return w.Work.Record(ctx, id, done)
}

// Poll is Work's, without its panics.
func (w steady) Poll(ctx context.Context, binding string, full bool) (next time.Time, err error) {
	defer caught(&err)
	return w.Work.Poll(ctx, binding, full)
}

// Sight is Work's, without its panics.
func (w steady) Sight(ctx context.Context, binding, issueID, key string) (err error) {
	defer caught(&err)
	return w.Work.Sight(ctx, binding, issueID, key)
}

func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
	}
}
