package present_test

import (
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// noon is when the first entry of a story was written.
func noon() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }

// A story is the history of a record, told entry by entry. Each comes a second after
// the one before, unless the story waits.
type story struct {
	entries []audit.Stored
	now     time.Time
}

func newStory() *story { return &story{now: noon()} }

func (s *story) wait(d time.Duration) { s.now = s.now.Add(d) }

// say adds an entry and returns its number, which counts by tens from 100.
func (s *story) say(e audit.Entry) int64 {
	seq := int64(100 + 10*len(s.entries))
	e.At = s.now
	if e.Subject == (audit.Subject{}) {
		e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: "r1", Ref: "NC-2026-0001", Version: 1}
	}
	if e.Actor.Kind == "" {
		e.Actor = audit.Actor{Kind: audit.Daemon, How: audit.ByNone}
	}
	s.entries = append(s.entries, audit.Stored{Seq: seq, Entry: e})
	s.now = s.now.Add(time.Second)
	return seq
}

// pulled says that a person changed a field in Jira.
func (s *story) pulled(field, before, after string) int64 {
	return s.say(audit.Entry{Verb: audit.SyncPulled, Actor: person("olga"), Origin: jira(), Changes: []audit.FieldChange{change(field, before, after)}, Reason: "changed in a tracker"})
}

// intent says that conformd is about to write to GitHub.
func (s *story) intent(op string, cs ...audit.FieldChange) int64 {
	return s.say(audit.Entry{Verb: audit.WriteIntent, Origin: github(), Changes: cs, Reason: "the register changed", Request: &audit.Request{Op: "issue." + op, ReadBack: audit.Unread}})
}

// outcome says how a write ended.
func (s *story) outcome(intent int64, v audit.Verb, o audit.Outcome, back audit.ReadBack, reason string) int64 {
	return s.say(audit.Entry{Verb: v, Intent: intent, Origin: github(), Outcome: o, Reason: reason, Request: &audit.Request{ReadBack: back}})
}

func (s *story) done(intent int64) int64 {
	return s.outcome(intent, audit.WriteOutcome, audit.Done, audit.ReadEqual, "")
}

func (s *story) tell() []present.Event {
	return present.History(s.entries, 0, 1<<62, names())
}

func person(id string) audit.Actor {
	return audit.Actor{Kind: audit.Person, ID: id, How: audit.ByChangelog}
}

func jira() audit.Origin {
	return audit.Origin{Binding: "jira-isms", Issue: "10001", Key: "ISMS-3", Trigger: audit.TriggerPoll}
}

func github() audit.Origin {
	return audit.Origin{Binding: "gh-isms", Issue: "101", Key: "acme/isms#1", Trigger: audit.TriggerPoll}
}

func change(field, before, after string) audit.FieldChange {
	c := audit.FieldChange{Field: field, After: audit.NewText(after)}
	if before != "" {
		c.Before = audit.NewText(before)
	}
	return c
}

func names() present.Names {
	return present.Names{
		People:   map[string]string{"olga": "Olga Owens"},
		Accounts: map[string]string{"account:gh-isms:2002": "@erik"},
		Records:  map[string]string{"r1": "NC-2026-0001", "r2": "NC-2026-0002"},
		Issues:   map[string]string{"gh-isms": "acme/isms#1", "jira-isms": "ISMS-3"},
		Sites:    map[string]string{"gh-isms": "github", "jira-isms": "jira"},
	}
}

const state = string(register.FieldState)
