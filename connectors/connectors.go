// Package connectors says what an issue tracker must be able to do to be kept
// in step with the register. Its subpackages jira and github implement the
// contract; connectortest checks that they all mean the same thing by it.
//
// A connector knows an API and nothing else: no mapping, no rule, no database,
// no retry loop above one request, no waiting for a rate limit. It does one
// thing, says what happened, and classifies what went wrong (see Kind).
package connectors

import (
	"context"
	"net/url"
	"time"
)

// A Tracker is a connection to one Jira project or GitHub repository.
type Tracker interface {
	Reader
	Writer

	// Check asks the tracker who we are and whether everything the configuration
	// names exists and is allowed. An error means that it could not ask.
	Check(ctx context.Context) (Report, error)
}

// Capabilities are what a tracker can and cannot do, as far as a planner must know.
type Capabilities struct {
	Name string // of the kind of tracker, as a configuration names it
	// SeparateTransition: a status change is a request of its own, so a Patch may
	// hold fields or a status but not both.
	SeparateTransition bool
	InlineComments     bool   // issues read by Get and Changed carry their comments
	Changelog          bool   // issues read by Get and Changed carry their changes
	WriteEchoes        bool   // the answer to a write shows the issue, so no read back is needed
	TitleLimit         int    // runes
	BodyLimit          int    // runes, also of a comment
	LabelLimit         int    // runes of one label
	SpacedLabels       bool   // a label may hold spaces
	CoAssignees        bool   // an issue may have several assignees
	Handles            bool   // people call each other by their login, as in @olga
	Markup             string // "gfm" or "wiki"
	Concurrency        int    // requests the vendor allows at once from one client, cautious
	// Statuses are the names of the tracker's fixed statuses; nil if people choose the statuses.
	Statuses []string
}

// References say in which forms people name the issues of a kind of tracker.
type References struct {
	// Key reports whether a text has the form of Ref.Key, such as ISMS-42 or acme/isms#17.
	Key func(text string) bool
	// Address returns the key of the issue that the page at an address shows, "" for another
	// page.
	Address func(*url.URL) string
}

// A Report is the result of Check.
type Report struct {
	Self     User
	Server   string    // product and version, "Jira Cloud", "GitHub Enterprise Server 3.17"
	At       time.Time // the tracker's clock
	Problems []Problem
}

// A Problem is a mistake in the set-up that a person must remedy.
type Problem struct {
	Code   string // stable: "missing-field", "unsupported-field", "missing-status", …
	What   string // what is wrong, with the name from the configuration
	Remedy string // what to change, and where
	Fatal  bool   // the binding cannot work at all
	// Field is the field that cannot be read or written while the problem lasts, ""
	// if the problem is about none. The rest of the binding works.
	Field Field
}
