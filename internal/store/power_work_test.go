package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

var trackers = []string{"github", "jira"}

// work does one thing that the daemon does, on a disk that is in order unless it
// has stopped.
func (l *life) work() {
	l.Helper()
	if err := l.act(); err != nil && !l.disk.Stopped() {
		l.Errorf("a write failed on a disk in order: %v", err)
		l.disk.Stop()
	}
}

// act does one thing that the daemon does, through the same calls of the store.
func (l *life) act() error {
	l.Helper()
	switch x := l.rng.IntN(20); {
	case x < 4 || len(l.acked.Records) == 0:
		return l.poll(l.one(trackers))
	case x < 7:
		return l.write(l.delivery())
	case x < 9:
		return l.together(l.delivery(), l.givenUp(), l.delivery(), l.delivery())
	case x < 10:
		return l.giveUp()
	default:
		return l.attempt(l.one(slices.Sorted(maps.Keys(l.acked.Records))))
	}
}

func (l *life) one(of []string) string { return of[l.rng.IntN(len(of))] }

// entry starts an audit entry; audited puts it into the transaction and the book.
func (l *life) entry(v audit.Verb, binding, record string) audit.Entry {
	return audit.Entry{
		Verb: v, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Binding: binding, Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: record, Ref: record},
		Changes: []audit.FieldChange{{Field: "title", After: audit.NewText(l.text())}, {Field: "owner", After: audit.Personal("Ada Example")}},
	}
}

func audited(t *store.Tx, next *book, e audit.Entry) {
	t.Audit(e)
	next.Log++
}

// poll takes in a page of issues, and only then, in a transaction of its own, moves
// the cursor past them.
func (l *life) poll(binding string) error {
	l.Helper()
	cursor := l.acked.Cursors[binding]
	upTo := cursor + int64(l.rng.IntN(3))
	err := l.write(func(t *store.Tx, next *book) error {
		for n := cursor + 1; n <= upTo; n++ {
			if err := l.see(t, next, binding, strconv.FormatInt(n, 10)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.write(func(t *store.Tx, next *book) error {
		if l.rng.IntN(5) == 0 {
			audited(t, next, l.entry(audit.BrakeEngaged, binding, binding))
		}
		next.Cursors[binding] = upTo
		if err := t.ForgetDeliveries(l.Context(), t.Now().AddDate(0, 0, -30)); err != nil {
			return err
		}
		return t.Scanned(l.Context(), binding, time.Unix(upTo, 0), false, "")
	})
}

// see stores one issue: a new one becomes a record or is quarantined, and of a known
// one the newer sighting is kept.
func (l *life) see(t *store.Tx, next *book, binding, issue string) error {
	id := binding + "/" + issue
	is := l.sighting(id, connectors.Ref{ID: issue, Key: "K-" + issue})
	known, bound := next.Links[id]
	if _, aside := next.Asides[id]; !bound && (aside || l.rng.IntN(8) == 0) {
		why := "names no record " + is.Version
		next.Asides[id] = why
		fresh, err := t.Quarantine(l.Context(), store.Quarantined{Binding: binding, Issue: is, Why: why})
		if err == nil && !fresh {
			return errors.New("an issue that was never quarantined is not fresh")
		}
		return err
	}
	if bound {
		next.link(id, func(f *linkFacts) { f.Version = is.Version })
		if err := t.PutBoundIssue(l.Context(), store.BoundIssue{Binding: binding, Ref: is.Ref, RecordID: known.Record, Role: string(mapping.RoleRecord), State: store.IssueBound, Issue: is, Heeded: known.Heeded}); err != nil {
			return err
		}
		return l.want(t, next, known.Record)
	}
	title := is.Fields[connectors.Title].Text
	rec, err := t.NewRecord(l.Context(), "NC", register.Record{Fields: map[register.Field]string{register.FieldTitle: title}})
	if err != nil {
		return err
	}
	next.Records[rec.ID] = recordFacts{Version: 1, Generation: 1, Title: told(title)}
	next.Links[id] = linkFacts{Record: rec.ID, Version: is.Version}
	audited(t, next, l.entry(audit.RecordCreated, binding, rec.ID))
	if err := t.PutBoundIssue(l.Context(), store.BoundIssue{Binding: binding, Ref: is.Ref, RecordID: rec.ID, Role: string(mapping.RoleRecord), State: store.IssueBound, Issue: is}); err != nil {
		return err
	}
	return l.say(t, next, binding, rec.ID)
}

// sighting is an issue as its tracker shows it now.
func (l *life) sighting(id string, ref connectors.Ref) *connectors.Issue {
	l.seen[id]++
	return &connectors.Issue{
		Ref: ref, Version: strconv.Itoa(l.seen[id]), Status: connectors.Status{Name: "open"},
		Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: l.text()}},
	}
}

func (l *life) want(t *store.Tx, next *book, record string) error {
	next.record(record, func(f *recordFacts) { f.Generation++ })
	return t.MarkDirty(l.Context(), record)
}

// say stores an event of a record.
func (l *life) say(t *store.Tx, next *book, binding, record string) error {
	l.values++
	id := fmt.Sprintf("%s:comment:%d", binding, l.values)
	next.Events[id] = false
	_, err := t.AddEvent(l.Context(), record, plan.Event{Binding: binding, Event: mapping.Event{ID: id, Kind: mapping.EventField, Field: register.FieldRootCause, Text: l.text(), At: t.Now()}}, false)
	return err
}

// delivery stores a webhook delivery once, with the hint it is.
func (l *life) delivery() change {
	ids := slices.Sorted(maps.Keys(l.acked.Links))
	if len(ids) == 0 {
		return func(*store.Tx, *book) error { return nil }
	}
	id := l.one(ids)
	binding, issue, _ := strings.Cut(id, "/")
	l.values++
	delivery := fmt.Sprintf("delivery-%d", l.values)
	return func(t *store.Tx, next *book) error {
		if fresh, err := t.Receive(l.Context(), binding, delivery, "issues", t.Now().Add(-time.Hour)); err != nil {
			return err
		} else if !fresh {
			return errors.New("a delivery that never came is not fresh")
		}
		next.Deliveries[binding+"/"+delivery] = true
		record, err := t.Invalidate(l.Context(), binding, connectors.Ref{ID: issue})
		if err != nil {
			return err
		}
		next.link(id, func(f *linkFacts) { f.Hints++ })
		if err := l.want(t, next, record); err != nil {
			return err
		}
		if err := l.say(t, next, binding, record); err != nil {
			return err
		}
		return nil
	}
}
