package store_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A hold is a worker's hold on a record, with what it has read.
type hold struct {
	row     store.Row
	links   []store.BoundIssue
	pending []store.Intent
	events  []plan.Event
	open    map[register.Field]store.ConflictRow
}

// attempt is one worker's attempt on a record: taken over, settled, saved, written to a
// tracker and given back, each in a transaction of its own.
func (l *life) attempt(id string) error {
	l.Helper()
	h, err := l.load(id)
	if err != nil {
		return err
	}
	for _, in := range h.pending {
		if err := l.finish(h, in, audit.WriteResolved, l.outcome(audit.Found, audit.NotApplied, audit.Undeterminable)); err != nil {
			return err
		}
	}
	if err := l.save(h); err != nil {
		return err
	}
	for range l.rng.IntN(3) {
		in, err := l.begin(h)
		if err != nil {
			return err
		}
		// The intent is durable: here the request leaves.
		l.sent[in.Seq] = true
		l.writes++
		if l.rng.IntN(6) == 0 {
			continue // no answer: the next attempt resolves it
		}
		if err := l.finish(h, in, audit.WriteOutcome, l.outcome(audit.Done, audit.Refused, audit.Unknown)); err != nil {
			return err
		}
	}
	return l.write(func(t *store.Tx, next *book) error {
		next.record(id, func(f *recordFacts) { f.Observed = h.row.Generation })
		_, err := t.Finish(l.Context(), id, h.row.Fence, h.row.Generation, time.Time{}, l.text())
		return err
	})
}

func (l *life) outcome(of ...audit.Outcome) audit.Outcome { return of[l.rng.IntN(len(of))] }

func (l *life) load(id string) (*hold, error) {
	l.Helper()
	h := &hold{}
	err := l.write(func(t *store.Tx, next *book) (err error) {
		next.record(id, func(f *recordFacts) { f.Fence++ })
		if h.row, err = t.Acquire(l.Context(), id); err != nil {
			return err
		}
		if h.links, err = t.BoundIssues(l.Context(), id); err != nil {
			return err
		}
		if h.pending, err = t.PendingIntents(l.Context(), id); err != nil {
			return err
		}
		if h.events, err = t.OpenEvents(l.Context(), id); err != nil {
			return err
		}
		h.open, err = t.OpenConflicts(l.Context(), id)
		return err
	})
	return h, err
}

// save stores what was decided about the register: the record, its events, the base
// of its issues, and a conflict that opens or ends.
func (l *life) save(h *hold) error {
	l.Helper()
	id := h.row.Record.ID
	return l.write(func(t *store.Tx, next *book) error {
		if err := t.CheckFence(l.Context(), id, h.row.Fence); err != nil {
			return err
		}
		rec := h.row.Record.Clone()
		rec.Fields[register.FieldTitle] = l.text()
		next.record(id, func(f *recordFacts) { f.Version, f.Title = f.Version+1, told(rec.Fields[register.FieldTitle]) })
		v, err := t.SaveRecord(l.Context(), rec, h.row.Fence)
		if err != nil || v != next.Records[id].Version {
			return errors.Join(err, fmt.Errorf("version %d", v))
		}
		audited(t, next, l.entry(audit.SyncPulled, "jira", id))
		var verdicts []plan.Verdict
		for _, e := range h.events {
			next.Events[e.ID] = true
			verdicts = append(verdicts, plan.Verdict{Event: e.ID})
		}
		if err := t.TakeEvents(l.Context(), verdicts); err != nil {
			return err
		}
		for _, k := range h.links {
			k.Base = plan.Base{register.FieldTitle: plan.Agreed{Side: rec.Fields[register.FieldTitle]}}
			if err := t.Agree(l.Context(), k); err != nil {
				return err
			}
		}
		return l.saveConflict(t, next, h)
	})
}

func (l *life) saveConflict(t *store.Tx, next *book, h *hold) error {
	id := h.row.Record.ID
	if c, open := h.open[register.FieldRootCause]; open {
		delete(next.Conflicts, id)
		audited(t, next, l.entry(audit.SyncConflictResolved, "jira", id))
		return t.CloseConflict(l.Context(), c)
	}
	if l.rng.IntN(3) > 0 {
		return nil
	}
	value := l.text()
	next.Conflicts[id] = told(value)
	audited(t, next, l.entry(audit.SyncConflict, "jira", id))
	return t.PutConflict(l.Context(), id, t.Now(), plan.Conflict{Field: register.FieldRootCause, Values: []plan.ConflictValue{{Place: "jira", Value: value}}})
}

// begin makes an intent durable, with its entry.
func (l *life) begin(h *hold) (store.Intent, error) {
	l.Helper()
	id := h.row.Record.ID
	in := store.Intent{RecordID: id, Binding: l.one(trackers), Op: store.OpUpdate, At: l.now, Want: map[register.Field]string{register.FieldTitle: l.text()}}
	if len(h.links) == 0 {
		in.Op, in.Marker = store.OpCreate, l.text()
	} else {
		in.Binding, in.Ref = h.links[0].Binding, h.links[0].Ref
	}
	err := l.write(func(t *store.Tx, next *book) (err error) {
		if err := t.CheckFence(l.Context(), id, h.row.Fence); err != nil {
			return err
		}
		e := l.entry(audit.WriteIntent, in.Binding, id)
		e.Request = &audit.Request{Op: "issue." + string(in.Op), Target: in.Ref.Key, Key: in.Marker, ReadBack: audit.Unread, Attempts: 1}
		audited(t, next, e)
		if in.Seq, err = t.Flush(l.Context()); err != nil {
			return err
		}
		next.Intents[in.Seq] = true
		if l.rng.IntN(4) == 0 {
			next.Reverts++
			if err := t.AddRevert(l.Context(), id, in.Binding, register.FieldTitle, t.Now()); err != nil {
				return err
			}
		}
		return t.AddIntent(l.Context(), in)
	})
	return in, err
}

// finish stores how a write ended, and what follows from it.
func (l *life) finish(h *hold, in store.Intent, verb audit.Verb, outcome audit.Outcome) error {
	l.Helper()
	return l.write(func(t *store.Tx, next *book) error {
		e := l.entry(verb, in.Binding, in.RecordID)
		e.Intent, e.Outcome = in.Seq, outcome
		e.Request = &audit.Request{Op: "issue." + string(in.Op), Target: in.Ref.Key, ReadBack: audit.Unread, Attempts: 1}
		audited(t, next, e)
		if outcome == audit.Unknown {
			return nil
		}
		next.Intents[in.Seq] = false
		if err := t.CloseIntent(l.Context(), in.Seq); err != nil {
			return err
		}
		for i, k := range h.links {
			id := k.Binding + "/" + k.Ref.ID
			k.Issue = l.sighting(id, k.Ref)
			k.Heeded = k.Hints
			next.link(id, func(f *linkFacts) { f.Version, f.Heeded = k.Issue.Version, k.Heeded })
			h.links[i] = k
			if err := t.PutBoundIssue(l.Context(), k); err != nil {
				return err
			}
		}
		return nil
	})
}
