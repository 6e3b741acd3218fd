package audittest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
)

// Created returns an entry about record n, with personal data in it.
func Created(n int) audit.Entry {
	return audit.Entry{
		Verb: audit.RecordCreated, At: Start().Add(time.Duration(n) * time.Second),
		Actor:   audit.Actor{Kind: audit.Person, ID: "jira:5b10ac8d82e05b22cc7d4ef5", How: audit.ByChangelog},
		Origin:  audit.Origin{Binding: "jira-sec", Issue: "10042", Key: "SEC-42", Event: fmt.Sprint(n), Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: fmt.Sprintf("rec-%d", n), Ref: fmt.Sprintf("NC-2026-%04d", n), Version: 1},
		Changes: []audit.FieldChange{
			{Field: "title", After: audit.NewText(fmt.Sprintf("Backup %d was not restored in the test", n))},
			{Field: "owner_name", After: audit.Personal(fmt.Sprintf("Ada Example %d", n))},
		},
		Run: "run-1", Config: "sha256:8f43",
	}
}

// Plain returns an entry about record n that is like any other.
func Plain(n int) audit.Entry {
	e := Created(n)
	e.Verb = audit.RecordUpdated
	e.Changes = e.Changes[:1]
	return e
}

// Intent returns an entry that announces a write to a tracker, as the n-th second.
func Intent(n int) audit.Entry {
	return audit.Entry{
		Verb: audit.WriteIntent, At: Start().Add(time.Duration(n) * time.Second),
		Actor:   audit.Actor{Kind: audit.Daemon, ID: "conformd", How: audit.ByLocal},
		Origin:  audit.Origin{Binding: "github-app", Issue: "I_kw1", Key: "7", Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: "rec-1", Ref: "NC-2026-0001", Version: 2},
		Request: &audit.Request{Op: "issue.update", Target: "repos/acme/app/issues/7", Key: fmt.Sprintf("cfd-%d", n), Before: "sha256:aa", After: "sha256:bb"},
	}
}

// Outcome returns the final outcome of an intent, as the n-th second.
func Outcome(n int, intent int64) audit.Entry {
	e := Intent(n)
	e.Verb, e.Intent, e.Outcome = audit.WriteOutcome, intent, audit.Done
	e.Request.Status, e.Request.RequestID, e.Request.ReadBack, e.Request.Attempts = 200, "9A1C:2F", audit.ReadEqual, 1
	return e
}

// Fill appends n plain entries, in transactions of 100.
func (l *Log) Fill(t testing.TB, n int) {
	t.Helper()
	for from := 0; from < n; from += 100 {
		var es []audit.Entry
		for i := from; i < min(from+100, n); i++ {
			es = append(es, Plain(i))
		}
		l.Append(t, es...)
	}
}

// Story appends a short log with everything in it: records with personal data, one
// of which is erased, and writes with their outcomes. It has StorySize entries.
func (l *Log) Story(t testing.TB) {
	t.Helper()
	l.Append(t, Created(0))           // 0
	l.Append(t, Created(1), Plain(2)) // 1, 2
	intent := l.Append(t, Intent(3))  // 3
	l.Append(t, Outcome(4, intent))   // 4
	intent = l.Append(t, Intent(5))   // 5
	unknown := Outcome(6, intent)
	unknown.Outcome = audit.Unknown
	l.Append(t, unknown) // 6
	resolved := Outcome(7, intent)
	resolved.Verb, resolved.Outcome, resolved.Cause = audit.WriteResolved, audit.Found, []int64{6}
	l.Append(t, resolved) // 7
	erase := audit.Entry{
		At: Start().Add(8 * time.Second), Reason: "request of 1 March",
		Actor: audit.Actor{Kind: audit.Operator, ID: "op-1", How: audit.ByLocal},
	}
	tx, err := l.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Erase(t.Context(), tx, erase, 1); err != nil { // 8
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	long := Plain(10)
	long.Facts = audit.NewText(`[{"kind":"requested","state":"closed"}]`)
	long.Reason = strings.Repeat("The export of the accounts was compared with the list of leavers. ", 50)
	l.Append(t, Plain(9), long) // 9, 10
}

// StorySize is the number of entries of Story.
const StorySize = 11
