// Package sticky knows conformd's one comment on an issue: what it says, as data, and
// how that is written for people.
//
// A plan compares what the comment says now with what it should say, and never reads
// the words again. Other words for the same facts are no reason to edit a comment.
package sticky

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// A Comment is what conformd tells the people of one issue about its record.
type Comment struct {
	Ref       string         `json:"ref"` // number of the record
	State     register.State `json:"state"`
	Requested register.State `json:"requested,omitempty"` // what this issue asks for and the register holds back
	// Next says that the needs are those of the next step, because people asked for
	// them or were told before what a closure needs.
	Next      bool               `json:"next,omitempty"`
	Needs     []present.Need     `json:"needs,omitempty"`
	Unread    []Unread           `json:"unread,omitempty"`
	Conflicts []present.Conflict `json:"conflicts,omitempty"`
	Waiting   []present.Proposal `json:"waiting,omitempty"`   // what this issue proposes and somebody must decide
	Barred    []string           `json:"barred,omitempty"`    // who may not review, with the reason, where a review is needed
	Contested []string           `json:"contested,omitempty"` // labels of fields that are not put back any more
	Answers   []Answer           `json:"answers,omitempty"`
	Commands  bool               `json:"commands,omitempty"` // the list of commands was asked for
	Back      *Back              `json:"back,omitempty"`
}

// An Unread is a value that stands somewhere and could not be read.
type Unread struct {
	Field  register.Field `json:"field"`
	Label  string         `json:"label"` // of the field
	What   string         `json:"what"`
	Remedy string         `json:"remedy"`
}

// An Answer is told to one person about what they commanded.
type Answer struct {
	Who     string `json:"who"`     // the person's name
	Command string `json:"command"` // without its text: "/capa effective"; "" if it was not understood
	Told    string `json:"told"`    // why it does not count; "" if it counts
	// Void says that it counted and does so no longer.
	Void bool `json:"void,omitempty"`
}

// A Back says what became of moving the issue back (enforcement: reopen).
type Back struct {
	// Due is when conformd tries it; zero once it tried.
	Due time.Time `json:"due,omitzero"`
	// Failed is why it could not be done.
	Failed string `json:"failed,omitempty"`
	// Contested says that it was done too often.
	Contested bool `json:"contested,omitempty"`
}

// Says reports whether the comment has anything to say that is not settled.
func (c Comment) Says() bool {
	return c.Requested != "" || c.Next || c.Commands || len(c.Unread) > 0 || len(c.Conflicts) > 0 || len(c.Waiting) > 0 || len(c.Contested) > 0 || len(c.Answers) > 0
}

// Digest identifies what the comment says, whatever the words.
func (c Comment) Digest() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// A State is what is known of the comment that stands on an issue.
type State struct {
	ID string `json:"id,omitempty"` // of the comment, "" if none is known
	// Says is what the comment was last made to say, nil if it was never posted.
	Says *Comment `json:"says,omitempty"`
	// Uncertain: the write that was to change the comment had no answer, or the issue
	// could not be seen. Before a new one is posted the old one is looked for.
	Uncertain bool `json:"uncertain,omitempty"`
}

// Shows reports whether the comment is known to say what c says.
func (s State) Shows(c Comment) bool {
	return !s.Uncertain && s.Says != nil && s.Says.Digest() == c.Digest()
}
