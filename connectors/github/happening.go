package github

import (
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// The events that tell of a field, by the names that the REST API has for them.
const (
	eventLabeled    = "labeled"
	eventUnlabeled  = "unlabeled"
	eventAssigned   = "assigned"
	eventUnassigned = "unassigned"
	eventClosed     = "closed"
	eventReopened   = "reopened"
	eventRenamed    = "renamed"
)

// A happening is one event of an issue, whichever API told of it.
type happening struct {
	kind, id string
	at       time.Time
	by       connectors.User // its ID is "" where the account is gone
	assignee connectors.User // of assigned and unassigned
	label    string          // of labeled and unlabeled
	reason   string          // of closed
	from, to string          // of renamed
}

// change returns what an event changed; ok is false for one that tells nothing of a field,
// such as the assignment of an account that is gone.
func (h happening) change() (x connectors.Change, ok bool) {
	x = connectors.Change{ID: h.id, At: h.at.UTC(), Author: h.by}
	switch h.kind {
	case eventLabeled, eventUnlabeled:
		return member(x, connectors.Labels, h.label, h.kind == eventLabeled)
	case eventAssigned, eventUnassigned:
		return member(x, connectors.Assignee, h.assignee.ID, h.kind == eventAssigned)
	case eventClosed:
		return moved(x, "closed", strings.ToLower(h.reason)), true
	case eventReopened:
		return moved(x, "open", ""), true
	case eventRenamed:
		x.Field, x.From, x.To = string(connectors.Title), h.from, h.to
		return x, h.to != ""
	default:
		return x, false
	}
}

// member completes the change of a set by one member.
func member(x connectors.Change, field connectors.Field, name string, in bool) (connectors.Change, bool) {
	x.Field, x.From = string(field), name
	if in {
		x.From, x.To = "", name
	}
	return x, name != ""
}

// statusField is the name of the workflow in Change.Field.
const statusField = "status"

// moved completes the change of a state.
func moved(x connectors.Change, to, reason string) connectors.Change {
	x.Field, x.From, x.To, x.Reason = statusField, "closed", to, reason
	if to == "closed" {
		x.From = "open"
	}
	return x
}
