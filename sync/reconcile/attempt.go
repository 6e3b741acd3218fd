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
	"github.com/conformd/conformd/mapping"
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

// The bounds of one attempt. An iteration that got on (an issue was read again, a step of a
// workflow was taken) may well be followed by another, one whose plan was overtaken
// by somebody only a few times.
const (
	mostIterations = 30
	mostReplans    = 5
)

// A next says what follows an iteration.
type next int

const (
	stop   next = iota // nothing more can be done now
	again              // it got on, and there is more
	replan             // somebody changed an issue meanwhile
)

// An attempt is one worker's work on one record.
type attempt struct {
	r *Reconciler
	apply.Attempt
	row       store.Row
	links     []store.BoundIssue // of its twins
	actions   []store.BoundIssue // of the issues of its actions
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
	// shown are the readings of its issues, made once in an iteration; see show.
	shown      map[*connectors.Issue]mapping.Reading
	names      []string                  // what texts of this record name, perhaps of other records
	existing   map[string]register.Other // the records that texts of this one name, by the name
	linked     []store.LinkFrom          // the links of other records to this one
	similar    []register.Record         // closed records that may have come up again as this one
	findings   []register.Finding        // of an audit: the records that name it as their source
	similarBy  string                    // what they were searched by; "" before the first search
	admitted   map[string]plan.Load      // bindings to which the plan may be written
	unsettled  map[string]bool           // bindings with a write whose outcome is not known yet
	readings   []store.Reading           // of the comments of its issues
	news       bool                      // an issue was read that is to be stored
	deliveries map[string]string         // by "binding/issue id", the webhook deliveries because of which issues were read
	planOnly   bool                      // plan and store, and write to no tracker
	wake       time.Time
	problems   []string
	// done ends what asked for the attempt, in the transaction of its end, if nothing
	// more is to be looked at. It may be nil.
	done func(*store.Tx) error
}

// mostAnswers is how many earlier refusals an attempt reads; a comment shows fewer.
const mostAnswers = 20

// Reconcile brings one record in step with its issues, as far as it can now.
// Errors of one tracker do not keep the other from going on; what is left is
// tried again at Done.Wake. A record on which the attempt itself fails says so and is
// tried again, too. An error means that not even that could be stored. Done, if not nil, is called in the transaction of the end when nothing more is to be looked at.
func (r *Reconciler) Reconcile(ctx context.Context, recordID string, done func(*store.Tx) error) (Done, error) {
	if !r.working.Enter(recordID) {
		return Done{Busy: true}, nil
	}
	defer r.working.Leave(recordID)
	k := &attempt{r: r, done: done}
	k.Trigger = audit.TriggerPoll
	lost := 0
	for range mostIterations {
		n, err := k.once(ctx, recordID)
		if errors.Is(err, store.ErrStale) {
			return Done{Again: true}, nil
		}
		if err != nil {
			return k.stuck(ctx, recordID, err)
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

// iterateOnce is one iteration, from what the trackers and the store have now.
func (k *attempt) iterateOnce(ctx context.Context, recordID string) (next, error) {
	k.wake, k.problems, k.news = time.Time{}, nil, false
	read, err := k.reread(ctx, recordID)
	if err != nil {
		return stop, err
	}
	if err := k.load(ctx, recordID, read); err != nil {
		return stop, err
	}
	return k.iterate(ctx, read)
}

// load takes the record over, stores what was read anew of its issues, and reads all
// that a plan depends on.
func (k *attempt) load(ctx context.Context, id string, read []sighting) error {
	return k.r.Store.Write(ctx, func(t *store.Tx) (err error) {
		if k.row, err = t.Acquire(ctx, id); err != nil {
			return fmt.Errorf("record %s: %w", id, err)
		}
		for _, s := range read {
			if err := k.observe(ctx, t, s); err != nil {
				return err
			}
		}
		k.Record, k.Version, k.Fence = k.row.Record, k.row.Version, k.row.Fence
		links, err := t.BoundIssues(ctx, id)
		if err != nil {
			return err
		}
		k.links, k.actions = byRole(links)
		k.shown = map[*connectors.Issue]mapping.Reading{}
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
		k.names = k.named()
		if k.existing, err = t.Existing(ctx, id, k.names); err != nil {
			return err
		}
		if k.linked, err = t.LinksTo(ctx, id); err != nil {
			return err
		}
		if err = k.searchSimilar(ctx, t); err != nil {
			return err
		}
		if k.findings, err = t.Findings(ctx, k.Record); err != nil {
			return err
		}
		if k.readings, err = t.Readings(ctx, id); err != nil {
			return err
		}
		k.unverified, err = k.r.Ingest.Unverified(ctx, t)
		return err
	})
}

// searchSimilar looks for closed records that came up again as this one, unless an earlier
// iteration has searched by the same: in a large register it is the longest of all reads.
func (k *attempt) searchSimilar(ctx context.Context, t *store.Tx) error {
	as := k.shownAs()
	by, err := store.SimilarBy(as...)
	if err != nil || by == k.similarBy {
		return err
	}
	if k.similar, err = t.Similar(ctx, as...); err == nil {
		k.similarBy = by
	}
	return err
}

// iterate settles what is pending, plans and applies.
func (k *attempt) iterate(ctx context.Context, read []sighting) (next, error) {
	n, ready, err := k.ready(ctx, read)
	if err != nil || !ready {
		return n, err
	}
	p, err := k.plan(ctx)
	if err != nil {
		return stop, err
	}
	if k.r.DryRun != nil {
		k.r.DryRun(k.Record, p)
		return stop, nil
	}
	if !p.Wake.IsZero() {
		k.at(p.Wake)
	}
	return k.apply(ctx, p)
}

// ready settles what is pending and reports whether the record can be planned.
func (k *attempt) ready(ctx context.Context, read []sighting) (n next, ready bool, err error) {
	if len(k.unverified) > 0 {
		k.later(time.Minute, strings.Join(k.unverified, " and ")+" have not been read completely since the register was restored or began anew")
		return stop, false, nil
	}
	orphaned, err := k.unread(ctx, read)
	switch why := k.unseen(); {
	case err != nil:
		return stop, false, err
	case k.reading(read):
		return stop, false, nil
	case orphaned || k.hinted(read):
		return again, false, nil
	case why != "":
		k.later(time.Minute, why)
		return stop, false, nil
	}
	if n, err := k.resolve(ctx); err != nil || n != stop {
		return n, false, err
	}
	if waits, err := k.attribute(ctx); err != nil || waits {
		return stop, false, err
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

// resolve finds out what became of writes without an answer. Where that cannot be found
// out yet, nothing more is written to the binding. What the binding showed last still
// stands, so the other trackers and the register go on.
func (k *attempt) resolve(ctx context.Context) (next, error) {
	n := stop
	k.unsettled = map[string]bool{}
	for _, in := range k.pending {
		b := k.r.binding(in.Binding)
		if b == nil {
			k.unsettled[in.Binding] = true
			k.problems = append(k.problems, fmt.Sprintf(
				"a write to %s has no outcome, and that binding is not configured any more; configure it again, or run `conformd queue drop %s` after you have looked at the tracker",
				in.Binding, k.Record.Ref))
			continue
		}
		err := k.spare(b)
		if err == nil {
			err = k.r.Applier.Resolve(ctx, b, k.Attempt, in)
		}
		if err != nil {
			k.unsettled[in.Binding] = true
			if err := k.failed(b, err); err != nil {
				return stop, err
			}
			continue
		}
		n = again
	}
	return n, nil
}

// readFailed says what a failed read of a binding means.
func (k *attempt) readFailed(ctx context.Context, b *binding.Binding, err error) error {
	return binding.Answered(ctx, k.r.Store, k.r.Now(), b, err)
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
	k.r.Log.Warn("binding failed", zap.String("binding", b.ID), zap.String("nonconformity", k.Record.Ref), zap.Error(err))
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
	k.at(k.r.Now().Add(d))
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
	err := k.r.Store.Write(ctx, func(t *store.Tx) (err error) {
		d.Again, err = t.Finish(ctx, k.Record.ID, k.Fence, k.row.Generation, k.wake, what)
		if err != nil || d.Again || !d.Wake.IsZero() || k.done == nil {
			return err
		}
		return k.done(t)
	})
	if errors.Is(err, store.ErrStale) {
		return Done{Again: true}, nil
	}
	if err != nil {
		return k.stuck(ctx, k.Record.ID, err)
	}
	k.r.failed.clear(k.Record.ID)
	return d, nil
}

// unseen returns why the record cannot be judged yet, "" if it can: one of its
// issues is known only as the backup has it.
func (k *attempt) unseen() string {
	for _, l := range slices.Concat(k.links, k.actions) {
		if l.State == store.IssueRestored && k.r.binding(l.Binding) != nil {
			return l.Ref.String() + " has not been read since the backup was restored"
		}
	}
	return ""
}
