package present_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
)

// words prints an event as a person reads it.
func words(e present.Event) string {
	var b strings.Builder
	if e.Attention {
		b.WriteString("! ")
	}
	b.WriteString(e.Who)
	if e.How != "" {
		b.WriteString(" (" + e.How + ")")
	}
	b.WriteString(": " + e.What + "\n")
	for _, c := range e.Changes {
		b.WriteString("  " + c.Words() + "\n")
	}
	if e.Reason != "" {
		b.WriteString("  because " + e.Reason + "\n")
	}
	for _, r := range e.Rules {
		b.WriteString("  " + r.ID + " " + r.Why + "\n")
	}
	for _, w := range e.Writes {
		b.WriteString("  -> " + w.What + "\n")
	}
	return b.String()
}

func TestEveryKindOfEntryIsTold(t *testing.T) {
	t.Parallel()
	none := audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}
	issue := audit.Subject{Type: audit.SubjectIssue, ID: "10001", Ref: "ISMS-3"}
	for _, c := range []struct {
		name  string
		entry audit.Entry
		want  string
	}{
		{"a new record", audit.Entry{
			Verb: audit.RecordCreated, Actor: audit.Actor{Kind: audit.Person, ID: "olga", How: audit.ByToken}, Origin: jira(),
			Changes: []audit.FieldChange{change("kind", "", "nonconformity")},
		}, "Olga Owens (as the author of the issue): filed the record in ISMS-3\n  Kind: nonconformity\n"},
		{"a value of a person", audit.Entry{
			Verb: audit.SyncPulled, Actor: person("account:gh-isms:2002"), Origin: github(), Reason: "changed in a tracker",
			Changes: []audit.FieldChange{change("owner", "olga", "account:gh-isms:2002")},
		}, "@erik (not in the register's list of people) (from the history of the issue): changed Owner in acme/isms#1\n  Owner: Olga Owens → @erik (not in the register's list of people)\n"},
		{"an author of whom the tracker says nothing", audit.Entry{
			Verb: audit.SyncPulled, Actor: none, Origin: jira(), Changes: []audit.FieldChange{change("due", "2026-12-01", "")},
		}, "unknown, the tracker does not say: changed Due in ISMS-3\n  Due: 2026-12-01 → (empty)\n"},
		{"an account that nobody knows", audit.Entry{
			Verb: audit.SyncPulled, Actor: audit.Actor{Kind: audit.TrackerApp, ID: "account:jira-isms:77", How: audit.ByChangelog}, Origin: jira(),
			Changes: []audit.FieldChange{change("title", "a", "b")},
		}, "app account 77 of jira-isms (from the history of the issue): changed Title in ISMS-3\n  Title: a → b\n"},
		{"an action", audit.Entry{
			Verb: audit.SyncPulled, Actor: none, Origin: audit.Origin{Binding: "ops", Key: "OPS-4"},
			Changes: []audit.FieldChange{change("action.OPS-4.state", "proposed", "done"), change("action.OPS-4.assignee", "", "olga")},
		}, "unknown, the tracker does not say: changed action OPS-4: state and action OPS-4: assignee in OPS-4\n  action OPS-4: state: proposed → done\n  action OPS-4: assignee: (empty) → Olga Owens\n"},
		{"an action that left", audit.Entry{
			Verb: audit.SyncPulled, Origin: jira(), Reason: "the issue belongs to another record now",
			Changes: []audit.FieldChange{{Field: "action.OPS-4.title", Before: audit.NewText("Rotate")}},
		}, "conformd: changed action OPS-4: title in ISMS-3\n  action OPS-4: title: Rotate → (empty)\n  because the issue belongs to another record now\n"},
		{"nothing but a reason", audit.Entry{Verb: audit.SyncPulled, Origin: jira(), Subject: issue, Reason: "the issue is back"}, "conformd: the issue is back in ISMS-3\n"},
		{"a state that the guards allow", audit.Entry{
			Verb: audit.RecordTransitioned, Reason: "the guards allow the requested state", Changes: []audit.FieldChange{change(state, "verifying", "closed")},
		}, "conformd: moved the record from verifying to closed\n  because the guards allow the requested state\n"},
		{"a state from a tracker", audit.Entry{
			Verb: audit.RecordTransitioned, Actor: person("olga"), Origin: jira(), Reason: "changed in a tracker", Changes: []audit.FieldChange{change(state, "", "analysis")},
		}, "Olga Owens (from the history of the issue): moved the record to analysis in ISMS-3\n"},
		{"a closure that is held", audit.Entry{
			Verb: audit.RecordRefused, Reason: "the evidence for the requested state is not there", Changes: []audit.FieldChange{change(state, "planning", "closed")},
			Rules: []audit.Verdict{{Rule: "G07", Why: "Root cause is missing"}, {Rule: "G16", Why: "No review yet"}},
		}, "! conformd: held the record in planning: close requested, 2 things are needed\n  G07 Root cause is missing\n  G16 No review yet\n"},
		{"a rejection that is held", audit.Entry{
			Verb: audit.RecordRefused, Reason: "the evidence is not there", Changes: []audit.FieldChange{change(state, "reported", "rejected")},
		}, "! conformd: held the record in reported: rejection requested\n  because the evidence is not there\n"},
		{"the log taken away", audit.Entry{
			Verb: audit.ExportMade, Actor: person("olga"), Subject: audit.Subject{Type: audit.SubjectPerson}, Changes: []audit.FieldChange{change("export", "", "the whole log")},
		}, "Olga Owens (from the history of the issue): took away the whole log\n"},
		{"a dossier", audit.Entry{
			Verb: audit.ExportMade, Actor: person("olga"), Changes: []audit.FieldChange{change("record", "", "NC-2026-0007"), change("page", "", "aa"), change("row", "", "bb")},
		}, "Olga Owens (from the history of the issue): made the dossier of NC-2026-0007\n"},
		{"a decision", audit.Entry{
			Verb: audit.ApprovalGiven, Actor: audit.Actor{Kind: audit.Person, ID: "olga", How: audit.ByComment}, Origin: audit.Origin{Event: "gh-isms:comment:9:0"},
			Changes: []audit.FieldChange{change("approval.effectiveness", "", "effective")}, Reason: "Compared four exports.",
		}, "Olga Owens (from a comment): decided on the effectiveness review: effective in acme/isms#1\n  because Compared four exports.\n"},
		{"a decision that does not count", audit.Entry{
			Verb: audit.ApprovalIgnored, Actor: audit.Actor{Kind: audit.Person, ID: "erik", How: audit.ByComment},
			Changes: []audit.FieldChange{change("approval.plan", "", "approved")}, Reason: "G15: the reviewer owns the record",
		}, "! erik (not in the register's list of people) (from a comment): decided on the action plan: approved; it does not count\n  because G15: the reviewer owns the record\n"},
		{"a triage", audit.Entry{
			Verb: audit.ApprovalGiven, Actor: person("olga"), Origin: audit.Origin{Event: "jira-isms:state:Analysis"}, Changes: []audit.FieldChange{change("approval.triage", "", "approved")},
		}, "Olga Owens (from the history of the issue): triaged the record in ISMS-3\n"},
		{"a reopening that does not count", audit.Entry{
			Verb: audit.ApprovalIgnored, Actor: person("olga"), Changes: []audit.FieldChange{change("approval.reopening", "", "approved")}, Reason: "the record is open",
		}, "! Olga Owens (from the history of the issue): reopened the record; it does not count\n  because the record is open\n"},
		{"a decision that counts no longer", audit.Entry{
			Verb: audit.ApprovalVoided, Actor: person("olga"), Origin: audit.Origin{Event: "gh-isms:comment:9:0"}, Reason: "Root cause changed after it",
			Changes: []audit.FieldChange{{Field: "approval.plan", Before: audit.NewText("approved")}},
		}, "! Olga Owens (from the history of the issue): the decision on the action plan counts no longer\n  because Root cause changed after it\n"},
		{"a proposal", audit.Entry{
			Verb: audit.RecordProposed, Actor: person("olga"), Origin: github(), Changes: []audit.FieldChange{change("grade", "major", "minor")},
		}, "! Olga Owens (from the history of the issue): proposed another Grade in acme/isms#1; it waits for a decision\n  Grade: major → minor\n"},
		{"a proposal that is taken", audit.Entry{
			Verb: audit.RecordSettled, Actor: person("olga"), Origin: audit.Origin{Event: "gh-isms:comment:9:0"}, Changes: []audit.FieldChange{change("grade", "minor", "minor")}, Reason: "nothing was reached",
		}, "Olga Owens (from the history of the issue): took the proposed Grade, minor in acme/isms#1\n  because nothing was reached\n"},
		{"a proposal that is not taken", audit.Entry{
			Verb: audit.RecordSettled, Actor: person("olga"), Origin: audit.Origin{Event: "gh-isms:comment:9:0"}, Changes: []audit.FieldChange{change("grade", "minor", "major")}, Reason: "data was reached",
		}, "Olga Owens (from the history of the issue): did not take the proposed Grade, minor in acme/isms#1\n  because data was reached\n"},
		{"a proposal that is withdrawn", audit.Entry{
			Verb: audit.RecordSettled, Actor: person("olga"), Origin: github(), Changes: []audit.FieldChange{{Field: "grade", After: audit.NewText("")}}, Reason: "the value of the register stands there again",
		}, "Olga Owens (from the history of the issue): withdrew the proposal of another Grade in acme/isms#1\n  because the value of the register stands there again\n"},
		{"a value that a decision gave", audit.Entry{
			Verb: audit.SyncPulled, Actor: audit.Actor{Kind: audit.Person, ID: "olga", How: audit.ByComment}, Origin: github(), Reason: "nothing was reached", Changes: []audit.FieldChange{change("grade", "major", "minor")},
		}, "Olga Owens (from a comment): changed Grade in acme/isms#1\n  Grade: major → minor\n  because nothing was reached\n"},
		{"a record of an earlier version", audit.Entry{Verb: audit.RecordCarried}, "conformd: took the record over as an earlier version of conformd left it\n"},
		{"a conflict", audit.Entry{
			Verb: audit.SyncConflict, Reason: "nothing is overwritten until a person decides",
			Changes: []audit.FieldChange{change("title@jira-isms", "a", "b"), change("title@register", "a", "c")},
		}, "! conformd: found different values of Title\n  Title (in jira-isms): a → b\n  Title (in the register): a → c\n  because nothing is overwritten until a person decides\n"},
		{"a conflict that is over", audit.Entry{
			Verb: audit.SyncConflictResolved, Reason: "the values are equal again", Changes: []audit.FieldChange{change("title", "", "b")},
		}, "conformd: found equal values of Title again\n  Title: b\n"},
		{"a fight that ends", audit.Entry{
			Verb: audit.SyncContested, Origin: audit.Origin{Binding: "gh-isms"}, Reason: "reverted too often in 24 hours; a person decides", Changes: []audit.FieldChange{{Field: "grade"}},
		}, "! conformd: stopped putting back Grade in acme/isms#1\n  because reverted too often in 24 hours; a person decides\n"},
		{"an issue that vanished", audit.Entry{Verb: audit.SyncOrphaned, Actor: none, Origin: jira(), Reason: "not found"}, "! unknown, the tracker does not say: ISMS-3 is gone or out of reach\n  because not found\n"},
		{"an issue that has another key", audit.Entry{
			Verb: audit.SyncMoved, Actor: none, Subject: issue, Origin: jira(), Changes: []audit.FieldChange{change("key", "ISMS-2", "ISMS-3")},
		}, "unknown, the tracker does not say: the issue ISMS-2 became ISMS-3\n"},
		{"an issue that has another record", audit.Entry{
			Verb: audit.SyncMoved, Actor: none, Subject: issue, Origin: jira(), Changes: []audit.FieldChange{change("record", "r1", "r9")}, Reason: "the issue names NC-2026-0002",
		}, "unknown, the tracker does not say: ISMS-3 moved from NC-2026-0001 to another record\n  because the issue names NC-2026-0002\n"},
		{"a problem", audit.Entry{
			Verb: audit.SyncProblem, Origin: audit.Origin{Binding: "jira-isms"}, Changes: []audit.FieldChange{{Field: "due"}}, Reason: `"soon" is no date`,
		}, "! conformd: found a problem with Due in ISMS-3\n  because \"soon\" is no date\n"},
		{"a problem of an issue", audit.Entry{Verb: audit.SyncProblem, Subject: issue, Reason: "the issue is quarantined"}, "! conformd: found a problem in ISMS-3\n  because the issue is quarantined\n"},
		{"personal data that was erased", audit.Entry{
			Verb: audit.DisclosureErased, Actor: audit.Actor{Kind: audit.Operator, How: audit.ByLocal}, Cause: []int64{7}, Reason: "asked for", Changes: []audit.FieldChange{{Field: "owner"}},
		}, "an operator (at the command line): erased the personal data of entry 7\n  because asked for\n"},
		{"a token", audit.Entry{
			Verb: audit.TokenMade, Actor: audit.Actor{Kind: audit.Person, ID: "olga", How: audit.BySignIn}, Changes: []audit.FieldChange{change("token", "", "k3v7 report"), change("scopes", "", "read act"), change("until", "", "2026-12-18")},
		}, "Olga Owens (signed in to the pages): made the token k3v7 report for a program, with the scopes read act, until 2026-12-18\n"},
		{"a token that ends", audit.Entry{
			Verb: audit.TokenRevoked, Actor: audit.Actor{Kind: audit.Person, ID: "olga", How: audit.BySignIn}, Changes: []audit.FieldChange{change("token", "", "k3v7 report")},
		}, "Olga Owens (signed in to the pages): revoked the token k3v7 report\n"},
		{"a person at the command line", audit.Entry{
			Verb: audit.DisclosureErased, Actor: audit.Actor{Kind: audit.Operator, ID: "olga", How: audit.ByLocal}, Cause: []int64{7},
		}, "Olga Owens (at the command line): erased the personal data of entry 7\n"},
		{"an outcome whose intent is far away", audit.Entry{Verb: audit.WriteResolved, Intent: 3, Outcome: audit.NotApplied}, "! conformd: found out what became of the write that entry 3 announced: not-applied\n"},
		{"a verb of a later conformd", audit.Entry{Verb: "record.forgotten", Changes: []audit.FieldChange{change("colour", "red", "blue")}}, "conformd: record.forgotten\n  colour: red → blue\n"},
		{"values that are not in the log", audit.Entry{
			Verb: audit.RecordUpdated, Changes: []audit.FieldChange{
				{Field: "problem", Before: audit.NewText("short"), After: audit.NewText(strings.Repeat("long ", 1000))}, {Field: "owner", After: audit.Personal("Ada")},
			},
		}, "conformd: changed What is wrong and Owner\n  What is wrong: short → (a text of 5000 bytes)\n  Owner: (empty) → (personal data, kept beside the log)\n"},
		{"characters that are not text", audit.Entry{
			Verb: audit.RecordUpdated, Changes: []audit.FieldChange{change("title", "a\u200bb\x1b[2Jc", "two\n lines\u202e of\ttext")},
		}, "conformd: changed Title\n  Title: ab[2Jc → two lines of text\n"},
	} {
		s := newStory()
		s.say(c.entry)
		got := s.tell()
		if len(got) != 1 {
			t.Errorf("%s: %d events, want 1", c.name, len(got))
			continue
		}
		if diff := cmp.Diff(c.want, words(got[0])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Every verb that the log knows is told in words of its own, but for those that are
// about no record.
func TestEveryVerbHasWords(t *testing.T) {
	t.Parallel()
	elsewhere := map[audit.Verb]bool{ // subject binding or daemon
		audit.SyncReceived: true, audit.ConfigLoaded: true, audit.DaemonStarted: true, audit.DaemonStopped: true, audit.BrakeEngaged: true,
		audit.BrakeReleased: true, audit.KeyRotated: true, audit.SampleDrawn: true, audit.LogRead: true, audit.LogRestored: true, audit.PolicyAdopted: true, audit.PeopleAdopted: true,
	}
	for _, v := range audit.Verbs() {
		s := newStory()
		s.say(audit.Entry{Verb: v, Intent: 1})
		got := s.tell()
		if len(got) != 1 || got[0].What == "" {
			t.Errorf("%s: %+v, want one event that says something", v, got)
		} else if (got[0].What == string(v)) != elsewhere[v] {
			t.Errorf("%s is told as %q", v, got[0].What)
		}
	}
}

// A long value is cut so that the difference is seen, and both times are told.
func TestLongValues(t *testing.T) {
	t.Parallel()
	s := newStory()
	text := strings.Repeat("The leaving date comes late. ", 20)
	s.say(audit.Entry{
		Verb: audit.SyncPulled, Actor: person("olga"), Origin: jira(), Occurred: noon().Add(-time.Hour),
		Changes: []audit.FieldChange{change("root_cause", text+"Every quarter.", text+"Every month."+strings.Repeat(" And more.", 100))},
	})
	e := s.tell()[0]
	c := e.Changes[0]
	if !strings.HasPrefix(c.Before, "…") || !strings.HasSuffix(c.Before, "Every quarter.") || !strings.Contains(c.After, "Every month. And more.") || len([]rune(c.After)) > 160 || !strings.HasSuffix(c.After, "…") {
		t.Errorf("%q → %q, want both cut around what differs", c.Before, c.After)
	}
	if !e.Recorded.Equal(noon()) || !e.Occurred.Equal(noon().Add(-time.Hour)) {
		t.Errorf("recorded %v, occurred %v, want both as the log has them", e.Recorded, e.Occurred)
	}
}
