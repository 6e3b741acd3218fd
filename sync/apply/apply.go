// Package apply carries out one action of a plan at a time: it makes the intent
// durable, sends one request that holds only what changes, reads back what the
// issue shows, and appends the outcome. Stopped at any point, it is finished by
// Resolve, which looks at the tracker instead of sending again.
//
// It never repeats a write by itself and never waits: when a budget or a rate limit
// forbids the write, it returns the time of the next try.
//
// Each kind of write has a file of its own and a row in two tables: one sends it (do), one
// looks for it after its answer was lost (lookups).
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/plan"
)

// The errors that end an attempt although nothing is wrong.
var (
	// ErrVoid means that the issue differs from the one that the plan was made for. The new
	// observation is stored; plan again.
	ErrVoid = errors.New("the issue changed since the plan was made")
	// ErrAgain means that a part of the action is done, or that its refusal was noted; plan
	// again.
	ErrAgain = errors.New("there is more to do")
	// ErrPending means that the answer to a write was lost; the next iteration looks for it.
	ErrPending = errors.New("the outcome of a write is not known yet")
)

// A Refused is a write that the tracker rejects. Trying again does not help; a person must
// change something.
type Refused struct {
	Binding string
	What    string
	Err     error
}

func (r *Refused) Error() string { return fmt.Sprintf("%s: %s: %v", r.Binding, r.What, r.Err) }

// Unwrap returns the tracker's error.
func (r *Refused) Unwrap() error { return r.Err }

func asRefused(err error) (*Refused, bool) {
	r, ok := errors.AsType[*Refused](err)
	return r, ok
}

// An Applier writes to trackers.
type Applier struct {
	Store Store
	Log   *zap.Logger
	Now   func() time.Time
	// Public is the address under which people reach the register, "" for none.
	Public string
	// Alone reports that no other engine works on the store, see depart.
	Alone bool
	// Events stores the comments and decisions of people on an issue, and reports whether any
	// is new, see ingest.Ingester.Events.
	Events func(context.Context, *store.Tx, *binding.Binding, store.BoundIssue, []connectors.Comment) (fresh bool, err error)
	// Notice stops writing if another installation wrote one of the comments of an issue, see
	// ingest.Ingester.NoticeComments.
	Notice func(context.Context, *store.Tx, *binding.Binding, connectors.Ref, []connectors.Comment) error
}

// An Attempt is one worker's hold on one record.
type Attempt struct {
	Record  register.Record
	Version int64
	Fence   int64
	Trigger audit.Trigger
}

func (t Attempt) subject() audit.Subject {
	return audit.Subject{Type: audit.SubjectRecord, ID: t.Record.ID, Ref: t.Record.Ref, Version: t.Version}
}

// A session is an attempt at work on one binding.
type session struct {
	*Applier
	Attempt
	b *binding.Binding
	l store.BoundIssue // the issue; zero where the record has none there yet
}

// Do carries out one action of a plan. Backlink is the sentence in a new issue that says
// where the record came from.
func (a *Applier) Do(ctx context.Context, b *binding.Binding, at Attempt, l store.BoundIssue, action plan.Action, backlink string) error {
	s := &session{a, at, b, l}
	if err := s.queued(ctx, s.allow(ctx, a.Store)); err != nil {
		return err // before anything is read for it
	}
	leave, err := b.Credential.Enter(ctx, b)
	if err != nil {
		return err
	}
	defer leave()
	if err = s.do(ctx, action, backlink); err == nil {
		b.Credential.Answered()
	}
	return err
}

func (s *session) do(ctx context.Context, action plan.Action, backlink string) error {
	switch x := action.(type) {
	case plan.Update:
		return s.update(ctx, x)
	case plan.Create:
		return s.create(ctx, x, backlink)
	case plan.Comment:
		return s.comment(ctx, x)
	case plan.React:
		return s.react(ctx, x)
	}
	return fmt.Errorf("no way to do %T", action)
}

// lookups find out what became of a write without an outcome, by kind.
func lookups() map[store.Op]func(*session, context.Context, store.Intent) (end, error) {
	return map[store.Op]func(*session, context.Context, store.Intent) (end, error){
		store.OpCreate:  (*session).lookForIssue,
		store.OpUpdate:  (*session).lookAtIssue,
		store.OpComment: (*session).lookForComment,
		store.OpEdit:    (*session).lookForComment,
		store.OpReact:   (*session).lookAtReaction,
	}
}

// Resolve finds out what became of an intent without outcome, after a crash or a
// lost answer, by looking at the tracker. Nothing is sent again: if the write did
// not happen the next plan will ask for it anew.
func (a *Applier) Resolve(ctx context.Context, b *binding.Binding, at Attempt, in store.Intent) error {
	s := &session{Applier: a, Attempt: at, b: b}
	if err := s.b.Introduced(a.Now().Add(time.Second)); err != nil {
		return err
	}
	look, ok := lookups()[in.Op]
	if !ok {
		return fmt.Errorf("no way to look for a write of the kind %q", in.Op)
	}
	leave, err := binding.Enter(ctx, a.Store, b)
	if err != nil {
		return err
	}
	defer leave()
	e, err := look(s, ctx, in)
	if err == nil && (e.outcome == audit.NotApplied || e.outcome == audit.Undeterminable) {
		err = s.underWay(in)
	}
	if err != nil {
		return err
	}
	e.verb = audit.WriteResolved
	return s.finish(ctx, in, e)
}

// readFailed turns the error of a failed read into the error that ends the attempt.
func (s *session) readFailed(ctx context.Context, cause error) error {
	return binding.Answered(ctx, s.Store, s.Now(), s.b, cause)
}
