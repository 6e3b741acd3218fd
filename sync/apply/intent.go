package apply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Turn is one worker's hold on one record.
type Turn struct {
	Record  register.Record
	Version int64
	Epoch   int64
	Trigger audit.Trigger
}

// daemon is the actor of what conformd does by itself.
func daemon() audit.Actor { return audit.Actor{Kind: audit.Daemon, How: audit.ByNone} }

func (t Turn) subject() audit.Subject {
	return audit.Subject{Type: audit.SubjectRecord, ID: t.Record.ID, Ref: t.Record.Ref, Version: t.Version}
}

func origin(b *Binding, ref connectors.Ref, trigger audit.Trigger) audit.Origin {
	return audit.Origin{Binding: b.ID, Issue: ref.ID, Key: ref.Key, Trigger: trigger}
}

// introduced reports with a Wait that the tracker has not said yet who conformd is
// there. What a write replaced is told from what conformd wrote itself by its author.
func (a *Applier) introduced(b *Binding) error {
	if _, known := b.Self(); known {
		return nil
	}
	return &Wait{b.ID, a.Now().Add(time.Second), "the tracker has not said yet who conformd is there"}
}

// begin makes an intent durable, or says why the write may not be done now.
func (a *Applier) begin(ctx context.Context, b *Binding, turn Turn, in store.Intent, reason string, rules []string, reverts []register.Field) (store.Intent, error) {
	if err := a.introduced(b); err != nil {
		return in, err
	}
	row, err := a.Store.Binding(ctx, b.ID)
	if err != nil {
		return in, err
	}
	in.RecordID, in.Binding, in.At = turn.Record.ID, b.ID, a.Now().UTC().Truncate(time.Millisecond)
	in.After = after(row.Since)
	err = a.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.Hold(ctx, turn.Record.ID, turn.Epoch); err != nil {
			return err
		}
		if err := allow(ctx, t, b, row); err != nil {
			return err
		}
		e := audit.Entry{
			Verb: audit.WriteIntent, Actor: daemon(), Origin: origin(b, in.Ref, turn.Trigger), Subject: turn.subject(),
			Changes: changes(in), Reason: reason, Request: request(in),
		}
		for _, r := range rules {
			e.Rules = append(e.Rules, audit.Verdict{Rule: r})
		}
		t.Audit(e)
		if in.Seq, err = t.Flush(ctx); err != nil {
			return err
		}
		for _, f := range reverts {
			if err := t.AddRevert(ctx, turn.Record.ID, b.ID, f); err != nil {
				return err
			}
		}
		return t.AddIntent(ctx, in)
	})
	return in, err
}

// after returns the time by the tracker's clock from which something we are about
// to create must be looked for. The cursor is the last known time of that clock.
func after(cursor time.Time) time.Time {
	if cursor.IsZero() {
		return cursor
	}
	return cursor.Add(-time.Hour)
}

// changes lists what an intent changes, in field order.
func changes(in store.Intent) []audit.FieldChange {
	var out []audit.FieldChange
	for _, f := range slices.Sorted(maps.Keys(in.Want)) {
		c := audit.FieldChange{Field: string(f), After: audit.NewText(in.Want[f])}
		if saw, ok := in.Saw[f]; ok {
			c.Before = audit.NewText(saw)
		}
		out = append(out, c)
	}
	for _, l := range in.Labels {
		out = append(out, audit.FieldChange{Field: "label", After: audit.NewText(l)})
	}
	if in.Notice != "" {
		out = append(out, audit.FieldChange{Field: "notice", After: audit.NewText(in.Notice)})
	}
	return out
}

func request(in store.Intent) *audit.Request {
	before := map[register.Field]string{}
	for f := range in.Want {
		before[f] = in.Saw[f]
	}
	target := in.Ref.Key
	if target == "" {
		target = in.Binding
	}
	return &audit.Request{
		Op: "issue." + string(in.Op), Target: target, Key: in.Marker,
		Before: digest(before), After: digest(in.Want), ReadBack: audit.Unread, Attempts: 1,
	}
}

func digest(m map[register.Field]string) string {
	if len(m) == 0 {
		return ""
	}
	b, err := json.Marshal(m) // keys come out sorted
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// An end is how a write ended.
type end struct {
	verb     audit.Verb
	outcome  audit.Outcome
	written  connectors.Written
	readBack audit.ReadBack
	err      error
	// then changes what the store knows, in the transaction of the outcome.
	then func(*store.Tx) error
}

// finish appends the outcome of an intent and stores what follows from it.
func (a *Applier) finish(ctx context.Context, b *Binding, turn Turn, in store.Intent, e end) error {
	return a.Store.Write(ctx, func(t *store.Tx) error {
		r := request(in)
		r.Status, r.RequestID, r.ReadBack = e.written.Status, e.written.RequestID, e.readBack
		if r.ReadBack == "" {
			r.ReadBack = audit.Unread
		}
		reason := ""
		if e.err != nil {
			reason = e.err.Error()
			if ce, ok := errors.AsType[*connectors.Error](e.err); ok {
				r.Status = ce.Status
			}
		}
		ref := in.Ref
		if e.written.Ref.ID != "" {
			ref = e.written.Ref
		}
		if ref.Key != "" {
			r.Target = ref.Key
		}
		t.Audit(audit.Entry{
			Verb: e.verb, Actor: daemon(), Origin: origin(b, ref, turn.Trigger), Subject: turn.subject(),
			Intent: in.Seq, Request: r, Outcome: e.outcome, Reason: reason,
		})
		if e.outcome != audit.Unknown {
			if err := t.CloseIntent(ctx, in.Seq); err != nil {
				return err
			}
		}
		if e.then == nil {
			return nil
		}
		return e.then(t)
	})
}

// failed appends the outcome of a write that did not succeed and returns what the
// caller is to make of it.
func (a *Applier) failed(ctx context.Context, b *Binding, turn Turn, in store.Intent, what string, cause error) error {
	e := end{verb: audit.WriteOutcome, err: cause}
	var ret error
	switch connectors.KindOf(cause) {
	case connectors.Limited:
		e.outcome, ret = audit.NotApplied, a.limited(ctx, b, cause)
	case connectors.Unavailable:
		e.outcome, ret = audit.NotApplied, cause
	case connectors.Conflict:
		// Somebody was faster: read the issue again and plan anew.
		e.outcome, ret = audit.NotApplied, fmt.Errorf("%w: %w", ErrVoid, cause)
		if in.Ref.ID != "" {
			e.then = func(t *store.Tx) error {
				_, err := t.Hint(ctx, b.ID, in.Ref)
				return err
			}
		}
	case connectors.Rejected, connectors.Denied, connectors.Unauthenticated, connectors.NotFound, connectors.Gone, connectors.Moved:
		e.outcome, ret = audit.Refused, &Refused{b.ID, what, cause}
	default: // Unknown, Malformed, and whatever nobody thought of: look before doing anything
		e.outcome, ret = audit.Unknown, fmt.Errorf("%w: %w", ErrPending, cause)
	}
	if err := a.finish(ctx, b, turn, in, e); err != nil {
		return errors.Join(ret, err)
	}
	return ret
}

// limited remembers a rate limit and returns the wait.
func (a *Applier) limited(ctx context.Context, b *Binding, cause error) error {
	e, ok := errors.AsType[*connectors.Error](cause)
	until := a.Now().Add(time.Minute)
	if ok && !e.Until.IsZero() {
		until = e.Until
	}
	w := &Wait{b.ID, until, "rate limited"}
	if ok && e.Scope == connectors.ScopeIssue {
		return w // the others may go on
	}
	err := a.Store.Write(ctx, func(t *store.Tx) error { return t.LimitUntil(ctx, b.ID, until) })
	if err != nil {
		return errors.Join(w, err)
	}
	return w
}

// ReadFailed turns a failed read into what the caller is to make of it, and
// remembers a rate limit.
func (a *Applier) ReadFailed(ctx context.Context, b *Binding, cause error) error {
	if connectors.KindOf(cause) == connectors.Limited {
		return a.limited(ctx, b, cause)
	}
	return cause
}
