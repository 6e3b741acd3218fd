package plan

import (
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/sticky"
)

// An Action is one kind of remote write: Update, Create, Comment or React. A plan lists
// them as data; package apply has one row of code for each kind.
type Action interface {
	// Header returns what every action has.
	Header() About
}

// An About is what every action has.
type About struct {
	Binding string
	Ref     connectors.Ref // the issue; zero for one that is yet to be created
	Reason  Reason
	Rules   []string // ids of the guards that ask for it
	// Withheld says why the action is planned and not done ("observe"); "" to do it.
	Withheld string
}

// Header returns a itself.
func (a About) Header() About { return a }

// An Update makes one issue show what the register holds.
type Update struct {
	About
	// Want holds the fields to change, in the issue's own vocabulary, and Saw what
	// the issue showed when the plan was made: if it shows something else by the
	// time of writing, the plan is void.
	Want map[register.Field]string
	Saw  map[register.Field]string
	// AddLabels and RemoveLabels are conformd's own labels.
	AddLabels    []string
	RemoveLabels []string
	// Agree is what the base becomes once the write is confirmed.
	Agree Base
	// Reverts are the fields in which the write undoes somebody's change.
	Reverts []register.Field
}

// A Create files the twin of a record.
type Create struct {
	About
	Want  map[register.Field]string
	Agree Base
	// Refused are values that the tracker would not take; they are not in Want.
	Refused map[register.Field]Refused
}

// A Comment makes conformd's comment on an issue say something.
type Comment struct {
	About
	Says sticky.Comment
}

// A React answers one comment of a person with a thumb.
type React struct {
	About
	CommentID string
	Reaction  string   // connectors.ThumbsUp or ThumbsDown
	Events    []string // the events that it answers
}
