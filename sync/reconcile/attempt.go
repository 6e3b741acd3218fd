package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/plan"
)

// A Done is how an attempt ended.
type Done struct {
	Again bool      // new reasons have come up meanwhile
	Wake  time.Time // when to look again although nothing changed; zero for never
	Busy  bool      // another worker of this process has the record
}

// The bounds of one attempt. A round that got on (an issue was read again, a step of a
// workflow was taken) may well be followed by another, one whose plan was overtaken
// by somebody only a few times.
const (
	mostRounds  = 30
	mostReplans = 5
)

// A next says what follows a round.
type next int

const (
	stop   next = iota // nothing more can be done now
	again              // it got on, and there is more
	replan             // somebody changed an issue meanwhile
)

// An attempt is one worker's work on one record.
type attempt struct {
	*Reconciler
	apply.Attempt
	row       store.Row
	links     []store.Link // of its twins
	actions   []store.Link // of the issues of its actions
	events    []plan.Event
	answers   []plan.Answer
	unreacted []plan.Answer
	conflicts map[register.Field]store.ConflictRow
	reverts   map[plan.RevertKey]int
	refusals  map[string]map[register.Field]plan.Refused
	pending   []store.Intent
	// unverified lists the bindings that have not been read since a restore. Until all
	// were read, what one shows is not weighed against what the others are not known to
	// show.
	unverified []string
	edited     map[string]time.Time // when descriptions were last edited, by binding
	admitted   map[string]plan.Load // bindings to which the plan may be written
	planOnly   bool                 // plan and store, and write to no tracker
	wake       time.Time
	problems   []string
}

// mostAnswers is how many earlier refusals an attempt reads; a comment shows fewer.
const mostAnswers = 20

// Reconcile brings one record in step with its issues, as far as it can now.
// Errors of one tracker do not keep the other from going on; what is left is
// tried again at Done.Wake. An error means that the attempt could not be ended.
func (r *Reconciler) Reconcile(ctx context.Context, recordID string) (Done, error) {
	if !r.working.enter(recordID) {
		return Done{Busy: true}, nil
	}
	defer r.working.leave(recordID)
	k := &attempt{Reconciler: r}
	k.Trigger = audit.TriggerPoll
	lost := 0
	for range mostRounds {
		n, err := k.once(ctx, recordID)
		if errors.Is(err, store.ErrStale) {
			return Done{Again: true}, nil
		}
		if err != nil {
			return Done{}, err
		}
		if n == stop {
			return k.end(ctx)
		}
		if n == replan {
			lost++
		}
		if lost > mostReplans {
			break
		}
	}
	// The issue changes faster than it can be written to: let it come to rest.
	k.later(time.Minute, "the issues keep changing")
	return k.end(ctx)
}

// once is one round, from what the store has now.
func (k *attempt) once(ctx context.Context, recordID string) (next, error) {
	if err := k.load(ctx, recordID); err != nil {
		return stop, err
	}
	k.wake, k.problems = time.Time{}, nil
	return k.round(ctx)
}

// load takes the record over and reads all that a plan depends on.
func (k *attempt) load(ctx context.Context, id string) error {
	return k.Store.Write(ctx, func(t *store.Tx) (err error) {
		if k.row, err = t.Claim(ctx, id); err != nil {
			return fmt.Errorf("record %s: %w", id, err)
		}
		k.Record, k.Version, k.Epoch = k.row.Record, k.row.Version, k.row.Epoch
		links, err := t.Links(ctx, id)
		if err != nil {
			return err
		}
		k.links, k.actions = byRole(links)
		if k.events, err = t.OpenEvents(ctx, id); err != nil {
			return err
		}
		if k.conflicts, err = t.OpenConflicts(ctx, id); err != nil {
			return err
		}
		if k.answers, err = t.Answers(ctx, id, mostAnswers); err != nil {
			return err
		}
		if k.unreacted, err = t.Unreacted(ctx, id); err != nil {
			return err
		}
		if k.refusals, err = t.Refusals(ctx, id); err != nil {
			return err
		}
		if k.reverts, err = t.Reverts(ctx, id, t.Now().Add(-24*time.Hour)); err != nil {
			return err
		}
		if k.pending, err = t.PendingIntents(ctx, id); err != nil {
			return err
		}
		k.unverified, err = k.Ingest.Unverified(ctx, t)
		return err
	})
}

// round settles what is pending, reads what may have changed, plans and applies.
func (k *attempt) round(ctx context.Context) (next, error) {
	n, ready, err := k.read(ctx)
	if err != nil || !ready {
		return n, err
	}
	p, err := k.plan(ctx)
	if err != nil {
		return stop, err
	}
	if k.DryRun != nil {
		k.DryRun(k.Record, p)
		return stop, nil
	}
	if !p.Wake.IsZero() {
		k.at(p.Wake)
	}
	return k.apply(ctx, p)
}

// read settles what is pending and reads what may have changed. It is ready when the
// record can be planned.
func (k *attempt) read(ctx context.Context) (n next, ready bool, err error) {
	if len(k.unverified) > 0 {
		k.later(time.Minute, strings.Join(k.unverified, " and ")+" have not been read completely since a backup was restored")
		return stop, false, nil
	}
	if why := k.unseen(); why != "" {
		reread, err := k.refresh(ctx)
		if err != nil || reread {
			return again, false, err
		}
		k.later(time.Minute, why)
		return stop, false, nil
	}
	if len(k.pending) > 0 {
		n, err := k.resolve(ctx)
		return n, false, err
	}
	reread, err := k.refresh(ctx)
	if err != nil || reread {
		return again, false, err
	}
	if err := k.editTimes(ctx); err != nil {
		return stop, false, err
	}
	return stop, true, k.takeIn(ctx)
}

// plan decides what should become true and stores it.
func (k *attempt) plan(ctx context.Context) (plan.Plan, error) {
	p := plan.Make(k.input())
	return p, k.save(ctx, p)
}

// resolve finds out what became of writes without an answer.
func (k *attempt) resolve(ctx context.Context) (next, error) {
	n := again
	for _, in := range k.pending {
		b := k.binding(in.Binding)
		if b == nil {
			n = stop
			k.later(time.Hour, "a write to "+in.Binding+" has no outcome and the binding is not configured any more")
			continue
		}
		err := k.Applier.Resolve(ctx, b, k.Attempt, in)
		if err != nil {
			n = stop
			if err := k.failed(b, err); err != nil {
				return stop, err
			}
		}
	}
	return n, nil
}

// refresh reads issues that something hinted at. It reports whether it read any.
func (k *attempt) refresh(ctx context.Context) (bool, error) {
	read := false
	for _, l := range slices.Concat(k.links, k.actions) {
		b := k.binding(l.Binding)
		if b == nil || !l.Stale() || (l.State == store.LinkOrphaned && l.Missing.IsZero()) {
			continue
		}
		is, err := b.Tracker.Get(ctx, l.Ref)
		switch connectors.KindOf(err) {
		case connectors.NotFound, connectors.Gone, connectors.Moved:
			orphaned, err := k.vanished(ctx, b, l, err)
			if err != nil {
				return false, err
			}
			read = read || orphaned
			continue
		}
		if err != nil {
			if err := k.failed(b, k.readFailed(ctx, b, err)); err != nil {
				return false, err
			}
			continue
		}
		comments := is.Comments
		if !b.Tracker.Traits().InlineComments && !isAction(l) {
			if comments, err = b.Tracker.Comments(ctx, is.Ref); err != nil {
				if err := k.failed(b, k.readFailed(ctx, b, err)); err != nil {
					return false, err
				}
				continue
			}
		}
		err = k.Store.Write(ctx, func(t *store.Tx) error {
			if err := t.Hold(ctx, k.Record.ID, k.Epoch); err != nil {
				return err
			}
			l.Heeded = l.Hints // those of before the read; later ones still count
			if err := k.Ingest.Observe(ctx, t, b, l, is, audit.TriggerWebhook); err != nil {
				return err
			}
			l.Issue = is
			_, err := k.Ingest.Events(ctx, t, b, l, comments)
			return err
		})
		if err != nil {
			return false, err
		}
		read = true
	}
	return read, nil
}

// readFailed says what a failed read of a binding means.
func (k *attempt) readFailed(ctx context.Context, b *binding.Binding, err error) error {
	return binding.ReadFailed(ctx, k.Store, k.Now(), b, err)
}

// failed decides what an error of one binding means for the attempt: nothing for the
// other bindings, and a later try for this one.
func (k *attempt) failed(b *binding.Binding, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrStale), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && connectors.KindOf(err) == "":
		return err
	}
	if w, ok := errors.AsType[*binding.Wait](err); ok {
		k.problems = append(k.problems, w.Error())
		k.at(w.Until)
		return nil
	}
	if connectors.KindOf(err) == "" {
		if _, ok := errors.AsType[*apply.Refused](err); !ok {
			return err // our own store or our own bug: not this binding's fault
		}
	}
	wait := time.Hour
	switch connectors.KindOf(err) {
	case connectors.Unavailable, connectors.Conflict, connectors.Unknown, connectors.Malformed:
		wait = 10 * time.Second
	}
	k.Log.Warn("binding failed", zap.String("binding", b.ID), zap.String("nonconformity", k.Record.Ref), zap.Error(err))
	what := err.Error()
	if !strings.HasPrefix(what, b.ID+": ") {
		what = b.ID + ": " + what
	}
	k.later(wait, what)
	return nil
}

// later asks for another look after a while.
func (k *attempt) later(d time.Duration, why string) {
	k.problems = append(k.problems, why)
	k.at(k.Now().Add(d))
}

// at asks for another look at a time, or earlier.
func (k *attempt) at(t time.Time) {
	if k.wake.IsZero() || t.Before(k.wake) {
		k.wake = t
	}
}

// end gives the record back.
func (k *attempt) end(ctx context.Context) (Done, error) {
	d := Done{Wake: k.wake}
	slices.Sort(k.problems)
	what := strings.Join(slices.Compact(k.problems), "; ")
	err := k.Store.Write(ctx, func(t *store.Tx) (err error) {
		d.Again, err = t.Finish(ctx, k.Record.ID, k.Epoch, k.row.Wanted, k.wake, what)
		return err
	})
	if errors.Is(err, store.ErrStale) {
		return Done{Again: true}, nil
	}
	return d, err
}

// vanished notes that an issue is not found. Only the second sighting, a while
// after the first and while the tracker is otherwise in order, makes it an
// orphan: not found may mean deleted, moved, hidden or not indexed. Nothing is
// done to the other issues of the record.
func (k *attempt) vanished(ctx context.Context, b *binding.Binding, l store.Link, cause error) (bool, error) {
	const apart = 10 * time.Minute
	now := k.Now()
	if l.State == store.LinkOrphaned {
		l.Heeded = l.Hints
		return false, k.putLink(ctx, l, nil)
	}
	if l.Missing.IsZero() || now.Before(l.Missing.Add(apart)) {
		if l.Missing.IsZero() {
			l.Missing = now
		}
		k.later(apart, l.Ref.String()+" is not found")
		return false, k.putLink(ctx, l, nil)
	}
	report, err := b.Tracker.Check(ctx)
	if err != nil || slices.ContainsFunc(report.Problems, func(p connectors.Problem) bool { return p.Fatal }) {
		k.later(time.Hour, l.Ref.String()+" is not found, and the tracker is not in order")
		return false, nil
	}
	l.State, l.Heeded = store.LinkOrphaned, l.Hints
	return true, k.putLink(ctx, l, &audit.Entry{
		Verb: audit.SyncOrphaned, Actor: audit.Actor{Kind: audit.Unattributed, How: audit.ByNone},
		Origin:  audit.Origin{Binding: b.ID, Issue: l.Ref.ID, Key: l.Ref.Key, Trigger: audit.TriggerSweep},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: k.Record.ID, Ref: k.Record.Ref, Version: k.Version},
		Reason:  cause.Error(),
	})
}

func (k *attempt) putLink(ctx context.Context, l store.Link, e *audit.Entry) error {
	return k.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.Hold(ctx, k.Record.ID, k.Epoch); err != nil {
			return err
		}
		if e != nil {
			t.Audit(*e)
		}
		return t.PutLink(ctx, l)
	})
}

// unseen returns why the record cannot be judged yet, "" if it can: one of its
// issues is known only as the backup has it.
func (k *attempt) unseen() string {
	for _, l := range slices.Concat(k.links, k.actions) {
		if l.State == store.LinkRestored && k.binding(l.Binding) != nil {
			return l.Ref.String() + " has not been read since the backup was restored"
		}
	}
	return ""
}
