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
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

func (s *session) origin(ref connectors.Ref) audit.Origin {
	return audit.Origin{Binding: s.b.ID, Issue: ref.ID, Key: ref.Key, Trigger: s.Trigger}
}

// begin makes an intent durable, or says why the write may not be done now.
func (s *session) begin(ctx context.Context, in store.Intent, about plan.About) (store.Intent, error) {
	// To see later what a write replaced, conformd must know which account is its own.
	if err := s.b.Introduced(s.Now().Add(time.Second)); err != nil {
		return in, err
	}
	in.RecordID, in.Binding, in.At = s.Record.ID, s.b.ID, s.Now().UTC().Truncate(time.Millisecond)
	err := s.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, s.Record.ID, s.Fence); err != nil {
			return err
		}
		if err := s.allow(ctx, t); err != nil {
			return err
		}
		if in.Op == store.OpCreate {
			if err := s.unbound(ctx, t); err != nil {
				return err
			}
		}
		row, err := t.Binding(ctx, s.b.ID)
		if err != nil {
			return err
		}
		in.After = after(row.Since)
		e := audit.Entry{
			Verb: audit.WriteIntent, Actor: history.Daemon(), Origin: s.origin(in.Ref), Subject: s.subject(),
			Changes: changes(in), Reason: string(about.Reason), Request: request(in),
		}
		for _, r := range about.Rules {
			e.Rules = append(e.Rules, audit.Verdict{Rule: r})
		}
		t.Audit(e)
		if in.Seq, err = t.Flush(ctx); err != nil {
			return err
		}
		return t.AddIntent(ctx, in)
	})
	return in, s.queued(ctx, err)
}

// unbound returns ErrAgain if the record now has an issue in the binding: a scan may have
// found and bound one since the create was planned.
func (s *session) unbound(ctx context.Context, t *store.Tx) error {
	links, err := t.BoundIssues(ctx, s.Record.ID)
	if i := slices.IndexFunc(links, func(l store.BoundIssue) bool { return l.Binding == s.b.ID }); i >= 0 {
		return fmt.Errorf("%w: %s belongs to the record", ErrAgain, links[i].Ref)
	}
	return err
}

// after returns the time, by the tracker's clock, from which a later search for a new issue
// or comment must begin. The cursor is the last known time of that clock.
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
	if in.Says != nil { // the log is in English
		out = append(out, audit.FieldChange{Field: "comment", After: audit.NewText(in.Says.Markdown(nil))})
	}
	if in.Reaction != "" {
		out = append(out, audit.FieldChange{Field: "reaction", After: audit.NewText(in.Reaction)})
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
	verb     audit.Verb // WriteOutcome if it is empty
	outcome  audit.Outcome
	written  connectors.Written
	readBack audit.ReadBack
	err      error
	// changed is true if the issue shows neither the values before the write nor the written
	// ones. A person may have replaced them.
	changed bool
	// then updates the store in the transaction of the outcome.
	then func(*store.Tx) error
}

// happened reports whether the write took effect, or may have and conformd cannot find out. A
// write whose outcome is still being looked for does not count yet.
func (e end) happened() bool {
	return e.outcome == audit.Done || e.outcome == audit.Found || e.outcome == audit.Undeterminable || e.changed
}

// finish appends the outcome of an intent and stores what follows from it.
func (s *session) finish(ctx context.Context, in store.Intent, e end) error {
	return s.Store.Write(ctx, func(t *store.Tx) error {
		if err := settle(ctx, t, in.Seq, e.outcome); err != nil {
			return err
		}
		r := request(in)
		r.Status, r.RequestID, r.ReadBack = e.written.Status, e.written.RequestID, e.readBack
		if r.ReadBack == "" {
			r.ReadBack = audit.Unread
		}
		if e.verb == "" {
			e.verb = audit.WriteOutcome
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
			Verb: e.verb, Actor: history.Daemon(), Origin: s.origin(ref), Subject: s.subject(),
			Intent: in.Seq, Request: r, Outcome: e.outcome, Reason: reason,
		})
		if e.happened() {
			for _, f := range in.Reverts {
				if err := t.AddRevert(ctx, s.Record.ID, s.b.ID, f, in.At); err != nil {
					return err
				}
			}
		}
		if e.then == nil {
			return nil
		}
		return e.then(t)
	})
}

// settle closes an intent, unless its outcome is still to be looked for. The error is ErrStale
// if it has one already.
func settle(ctx context.Context, t *store.Tx, seq int64, o audit.Outcome) error {
	if o == audit.Unknown {
		return t.CheckPending(ctx, seq)
	}
	return t.CloseIntent(ctx, seq)
}

// failed appends the outcome of a write that did not succeed and returns the error that ends
// the attempt.
func (s *session) failed(ctx context.Context, in store.Intent, what string, cause error) error {
	e := end{err: cause}
	var ret error
	noted := binding.Answered(ctx, s.Store, s.Now(), s.b, cause)
	switch connectors.KindOf(cause) {
	case connectors.Limited:
		e.outcome, ret = audit.NotApplied, noted
	case connectors.Unavailable:
		e.outcome, ret = audit.NotApplied, cause
	case connectors.Conflict:
		// The issue was changed meanwhile: read it again and plan anew.
		e.outcome, ret = audit.NotApplied, fmt.Errorf("%w: %w", ErrVoid, cause)
		if in.Ref.ID != "" {
			e.then = func(t *store.Tx) error {
				_, err := t.Invalidate(ctx, s.b.ID, in.Ref)
				return err
			}
		}
	case connectors.Rejected, connectors.Denied, connectors.Unauthenticated, connectors.NotFound, connectors.Gone, connectors.Moved:
		e.outcome, ret = audit.Refused, &Refused{s.b.ID, what, cause}
	default: // Unknown, Malformed and all other kinds: look before doing anything
		e.outcome, ret = audit.Unknown, fmt.Errorf("%w: %w", ErrPending, cause)
	}
	if err := s.finish(ctx, in, e); err != nil {
		// The outcome could not be stored. Whatever the tracker answered, no write may follow.
		return fmt.Errorf("%w (after %v)", err, ret) //nolint:errorlint // callers must not act on the tracker's answer
	}
	return ret
}
