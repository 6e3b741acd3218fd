package queue

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// A steady work turns a panic into an error. After panics River would delay the job longer
// each time and then give it up, but a record is never given up.
type steady struct{ Work }

// Record calls Work.Record; a panic becomes an error.
func (w steady) Record(ctx context.Context, id string, done Done) (next time.Time, err error) {
	defer caught(&err)
	return w.Work.Record(ctx, id, done)
}

// Poll calls Work.Poll; a panic becomes an error.
func (w steady) Poll(ctx context.Context, binding string, full bool) (next time.Time, err error) {
	defer caught(&err)
	return w.Work.Poll(ctx, binding, full)
}

// Sight calls Work.Sight; a panic becomes an error.
func (w steady) Sight(ctx context.Context, binding, issueID, key string) (err error) {
	defer caught(&err)
	return w.Work.Sight(ctx, binding, issueID, key)
}

func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
	}
}
