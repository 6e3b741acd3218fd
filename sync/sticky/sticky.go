// Package sticky is conformd's one comment on an issue: its content as data, and the text
// that people read, in their language.
//
// A plan compares the data of the comment that stands there with the data that it should
// have, and never parses the text. If only the wording changes, the comment is not edited.
package sticky

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Comment is what conformd tells the people of one issue about its record.
type Comment struct {
	Ref string `json:"ref"` // number of the record
	// Language is that of the people of the issue, "" for English.
	Language  string         `json:"language,omitempty"`
	State     register.State `json:"state"`
	Requested register.State `json:"requested,omitempty"` // the state that this issue requests and the register does not count
	// Next says that the needs are those of the next step. The comment lists them because
	// people asked, or because an earlier version of it listed what a closure needs.
	Next       bool               `json:"next,omitempty"`
	Needs      []present.Need     `json:"needs,omitempty"`
	Unread     []Unread           `json:"unread,omitempty"`
	Conflicts  []present.Conflict `json:"conflicts,omitempty"`
	Waiting    []present.Proposal `json:"waiting,omitempty"`   // changes on this issue that wait for a decision
	Barred     []string           `json:"barred,omitempty"`    // who may not review, with the reason, where a review is needed
	SaidBarred []message.Text     `json:"-"`                   // Barred, in no language yet
	Contested  []string           `json:"contested,omitempty"` // labels of contested fields
	Answers    []Answer           `json:"answers,omitempty"`
	Commands   bool               `json:"commands,omitempty"` // the list of commands was asked for
	Back       *Back              `json:"back,omitempty"`
	Links      []Link             `json:"links,omitempty"` // that count
	Exception  *Exception         `json:"exception,omitempty"`
	Adoption   *Adoption          `json:"adoption,omitempty"`
	Lost       *Lost              `json:"lost,omitempty"`
}

// A Lost is why the record went back: evidence is gone.
type Lost struct {
	From     register.State `json:"from"`
	To       register.State `json:"to"`
	Day      string         `json:"day"`
	By       string         `json:"by,omitempty"` // name of who took it away, "" where the tracker does not say
	What     []string       `json:"what"`
	SaidWhat []message.Text `json:"-"`                // What, in no language yet
	Whom     []string       `json:"whom,omitempty"`   // whom it concerns: "Erik Engel (owner)"
	SaidWhom []message.Text `json:"-"`                // Whom, in no language yet
	Review   bool           `json:"review,omitempty"` // it was the review
}

// An Adoption is what was decided about an improvement that is not made, or not yet.
type Adoption struct {
	Declined string `json:"declined,omitempty"` // why it was declined
	Until    string `json:"until,omitempty"`    // day until which it was deferred
	Why      string `json:"why,omitempty"`      // it was deferred
	By       string `json:"by"`                 // name of who decided
	Came     bool   `json:"came,omitempty"`     // the day has come
	Who      string `json:"who,omitempty"`      // decides anew: "an ISMS manager or top management"
}

// An Exception is the one by which the record is accepted, or was until lately.
type Exception struct {
	Until string `json:"until"`
	Left  int    `json:"left,omitempty"` // at most so many days are left; 0 before the first reminder
	Over  string `json:"over,omitempty"` // why it is over
}

// A Link is a reference between the record and another one.
type Link struct {
	Kind register.LinkKind `json:"kind"`
	Ref  string            `json:"ref"`            // number of the other record
	From bool              `json:"from,omitempty"` // the other record refers to this one
}

// An Unread is a value on an issue that could not be read.
type Unread struct {
	Field  register.Field `json:"field"`
	Label  string         `json:"label"` // of the field
	What   string         `json:"what"`
	Remedy string         `json:"remedy"`
	// Said and SaidRemedy are What and Remedy, in no language yet.
	Said       message.Text `json:"-"`
	SaidRemedy message.Text `json:"-"`
}

// An Answer is the reply to one person's command.
type Answer struct {
	Who     string `json:"who"`     // the person's name
	Command string `json:"command"` // without its text: "/capa effective"; "" if it was not understood
	Told    string `json:"told"`    // why it does not count; "" if it counts
	// Said is Told, in no language yet.
	Said message.Text `json:"-"`
	// Void says that the command counted before and no longer does.
	Void bool `json:"void,omitempty"`
}

// A Back says how moving the issue back stands (enforcement: reopen).
type Back struct {
	// Due is when conformd will try the move; zero once it tried.
	Due time.Time `json:"due,omitzero"`
	// Failed is why the move failed.
	Failed string `json:"failed,omitempty"`
	// Contested says that conformd moved the issue back too often.
	Contested bool `json:"contested,omitempty"`
}

// Says reports whether the comment has anything to say that is not settled.
func (c Comment) Says() bool {
	// That an observation lives on in another record is said also where nothing else is.
	promoted := slices.ContainsFunc(c.Links, func(l Link) bool { return l.From && l.Kind == register.LinkPromoted })
	return promoted || c.Requested != "" || c.Next || c.Commands || c.Exception != nil || c.Adoption != nil || c.Lost != nil || len(c.Unread) > 0 || len(c.Conflicts) > 0 || len(c.Waiting) > 0 || len(c.Contested) > 0 || len(c.Answers) > 0
}

// Digest identifies the content of the comment; it does not depend on the wording.
func (c Comment) Digest() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// A State is what conformd knows of its comment on an issue.
type State struct {
	ID string `json:"id,omitempty"` // of the comment, "" if none is known
	// Says is the content that was last written, nil if the comment was never posted.
	Says *Comment `json:"says,omitempty"`
	// Uncertain is true if the last write of the comment had no answer, or the issue could
	// not be seen. conformd then looks for the old comment before it posts a new one.
	Uncertain bool `json:"uncertain,omitempty"`
}

// Shows reports whether the comment is known to say what c says.
func (s State) Shows(c Comment) bool {
	return !s.Uncertain && s.Says != nil && s.Says.Digest() == c.Digest()
}
