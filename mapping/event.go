package mapping

import (
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// An Event is something one person said or did at a known time: a decision by a
// workflow transition, or a command in a comment that was never edited.
type Event struct {
	// ID is the same whenever the event is seen: "jira-isms:changelog:10421",
	// "gh-isms:comment:456:0" (the first command of comment 456).
	ID      string
	Kind    EventKind
	Subject register.Subject // EventApproval
	Outcome register.Outcome // EventApproval
	Field   register.Field   // EventField; also of a rejection, whose Text is the reason
	Verb    string           // the command, "" for a transition
	Text    string           // the person's own words, GitHub-flavoured Markdown
	By      string           // person id, or account:<binding>:<id> if nobody is mapped to the account
	At      time.Time
	How     register.ApprovalHow
	Comment string // id of the comment, "" for a transition
	// Refused says why the event does not count; "" when it counts.
	Refused string
}

// An EventKind is a sort of event.
type EventKind string

// The kinds of event.
const (
	EventApproval EventKind = "approval" // a decision
	EventField    EventKind = "field"    // a value for a field
	EventAsk      EventKind = "ask"      // help or status: an answer is wanted
	EventUnknown  EventKind = "unknown"  // a command that was not understood
)

// Events returns the attributable events of an issue, oldest first.
func (p *Profile) Events(is *connectors.Issue, comments []connectors.Comment, self connectors.User) []Event {
	return nil
}

// A Command is one "/capa" line of a comment with the text that belongs to it.
type Command struct {
	Verb    string   // in its canonical spelling, "approve-plan"
	Args    []string // what chooses among variants: "verify effective" has ["effective"]
	Subject register.Subject
	Outcome register.Outcome
	Field   register.Field
	Text    string // the person's own words
	Err     string // why it cannot be followed, for the person who wrote it
}

// ParseCommands returns the commands of a comment in GitHub-flavoured Markdown.
func ParseCommands(body string) []Command { return nil }
