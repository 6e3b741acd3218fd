// Package plan decides what to do about one record, and does nothing.
//
// Make is a pure function of its input: no clock, no I/O, no randomness, no log,
// and the same input gives the same plan in the same order. It merges what each
// issue shows into the register, field by field and three ways against the base
// of that issue's binding, asks the register how far the record may go, and says
// which issues must be written so that they show the result. Package apply
// carries plans out.
//
// What an issue does not tell changes nothing: a heading that is gone is no value
// that was emptied (mapping.Unknown).
//
// The next bases are outputs of the plan, also when nothing is written: two sides
// may have made the same change by themselves, and forgetting that would misread
// a later change back.
package plan

import (
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
	"github.com/conformd/conformd/sync/sticky"
)

// An Input is all that a decision depends on.
type Input struct {
	Record register.Record
	Sides  []Side  // the issues bound to the record, in the order of the configuration
	Twins  []Twin  // bindings that should hold an issue of this record and do not
	Events []Event // attributable events not yet taken in, oldest first
	// Answers are what people were told about earlier commands that did not count,
	// newest first.
	Answers []Answer
	// Unreacted are events that were taken in and whose comments wait for a reaction.
	Unreacted []Answer
	// Linked are the links of other records to this one.
	Linked []Reference
	Policy register.Policy
	// Context is what guards depend on besides the record; Context.At is now.
	Context register.Context
	// Reverts counts the reverting writes of the last 24 hours.
	Reverts map[RevertKey]int
	// MaxReverts is how many are allowed; beyond it a field is contested.
	MaxReverts int
	// First: no attempt on the record has ended yet, so that each value may be as old as
	// its issue, or as new as the last edit.
	First bool
}

// A Reference is a link of another record to this one.
type Reference struct {
	Kind register.LinkKind
	Ref  string // number of the other record
}

// A RevertKey names what a revert is counted by.
type RevertKey struct {
	Binding string
	Field   register.Field
}

// A Side is one bound issue as it was last observed.
type Side struct {
	Binding string
	Issue   *connectors.Issue // nil while it has not been read yet
	Reading mapping.Reading
	Base    Base
	Profile *mapping.Profile
	Mode    Mode
	Grace   time.Duration // how long a refused close is left alone in mode Reopen
	// Orphan: the issue vanished or moved out of reach; it says nothing any more
	// and is not written.
	Orphan bool
	// Fresh: the issue was created by us and is observed for the first time, so a
	// difference is a value the tracker dropped and not somebody's change.
	Fresh bool
	// Untouched lists the fields that no person has changed, by the tracker's history, on an
	// issue that conformd created and a person changed before the first observation. Fresh
	// holds for these fields alone.
	Untouched map[register.Field]bool
	// Moved: the issue was created by us and is observed for the first time, and somebody
	// has moved it to another state since.
	Moved bool
	// Comment is what is known of conformd's comment on the issue.
	Comment sticky.State
	// Reacts: people see reactions on their comments there.
	Reacts bool
	// Skew is by how much the tracker's clock is ahead of conformd's, as its last listing
	// showed.
	Skew time.Duration
	// Edited is when the description was last edited, by the tracker's clock; zero if
	// the tracker does not say. See Side.before.
	Edited time.Time

	// By tells who gave the issue its present values, oldest first, for the fields that
	// differ from what was agreed.
	By map[register.Field][]Edit
	// Owners are whom the issue named as the owner since the last look, oldest first, as far
	// as the tracker tells.
	Owners []Edit
	// Plans are the plans that it showed since the last look, likewise.
	Plans []Edit
	// Timeline is that of Issue where it has been worked out already, or nil.
	Timeline *mapping.Timeline

	saw mapping.View // what the issue shows by itself, see mapping.Profile.Against
}

// An Edit is what one person made of a field in a tracker.
type Edit struct {
	register.Author
	// Value is what they made of it, as the register has it. Told says that it is known.
	Value string
	Told  bool
}

// A Twin is an issue to be created.
type Twin struct {
	Binding string
	Profile *mapping.Profile
	Mode    Mode
	// Refused are the values that the tracker would not take in an earlier create, by
	// the field: the register's value then, and why.
	Refused map[register.Field]Refused
}

// A Refused is a value that a tracker would not take. Why is "" if it refused the whole
// issue and did not say because of which value: each is then tried by itself.
type Refused struct {
	Value string `json:"value"` // the register's
	Why   string `json:"why"`
}

// An Event is something a person did that can be attributed to them.
type Event struct {
	Binding string
	mapping.Event
	// React says that the comment waits for a reaction.
	React bool `json:"-"`
}

// An Answer is what a person was told about a command.
type Answer struct {
	Event Event        `json:"event"`
	Told  message.Text `json:"told"`
}

// A Mode is how far conformd may go in a tracker to hold back a closure. The
// register is held back in every mode.
type Mode string

// The enforcement modes.
const (
	Observe Mode = "observe" // nothing at all is written to the binding
	Remind  Mode = "remind"  // a label and one comment say what is missing
	Reopen  Mode = "reopen"  // also moves the issue back, after a grace time
)

// A Plan is what should become true, and why.
type Plan struct {
	Record    register.Record // the record to be stored before anything is written
	Facts     []register.Fact // how it comes from the input's, in the order in which they hold
	Changes   []Change        // the values among them, in field order
	Approvals []register.Approval
	Typed     []Event         // values that people typed into the issues: events as those of the input
	Verdicts  []Verdict       // what became of each event
	Bases     map[string]Base // the next base by binding, as far as it holds before any write
	Actions   []Action        // what to write, in the order of Input.Sides and Input.Twins
	Conflicts []Conflict      // fields that stand still until a person decides
	Contested []RevertKey     // fields that conformd stops fighting over with this plan
	Dropped   []Dropped       // values that a tracker did not keep
	Problems  []Problem       // values that could not be read or shown
	// Held are the violations that keep the record from the requested state.
	Held []register.Violation
	// Wake is when to plan again although nothing changed; zero for never.
	Wake time.Time
}

// Quiet reports whether the plan leaves every tracker alone.
func (p Plan) Quiet() bool { return len(p.Actions) == 0 }

// A Change is a change of one field of the record.
type Change struct {
	Field  register.Field
	Before string
	After  string
	From   string // the binding it came from, or "register"
	Reason Reason
}

// A Verdict says what became of an event.
type Verdict struct {
	Event string // id
	// Told is why it does not count, in words for the person; "" if it counts.
	Told message.Text
}

// A Conflict is a field that was changed to different values in several places.
// Nothing is overwritten until a person has made the values equal or chosen one.
type Conflict struct {
	Field  register.Field  `json:"field"`
	Values []ConflictValue `json:"values"`
	// Winner is the place whose value was taken by a configured policy, "" while
	// the conflict is open.
	Winner string `json:"winner,omitempty"`
	Policy string `json:"policy,omitempty"`
}

// A ConflictValue is one of the values of a conflict.
type ConflictValue struct {
	Place string `json:"place"` // binding id or "register"
	Value string `json:"value"`
	Base  string `json:"base"` // what the register and this place last agreed on
}

// NotKept is why a value counts as refused that a tracker accepted and did not keep.
const NotKept = "it accepted the value and did not keep it"

// A Dropped is a value that a tracker accepted and did not keep.
type Dropped struct {
	Binding string
	Field   register.Field
	Sent    string
	Shown   string
}

// A Problem is a value that could not be read or shown, with its remedy.
type Problem = present.Problem

// A Reason says why something is done; logs, comments and audit entries quote it.
type Reason string

// The reasons.
const (
	ReasonFollow    Reason = "changed in a tracker"
	ReasonCommand   Reason = "given by a comment command"
	ReasonPropagate Reason = "the register changed"
	ReasonRevert    Reason = "the register decides this field"
	ReasonHold      Reason = "closure held: evidence is missing"
	ReasonGuard     Reason = "the guards allow the requested state"
	ReasonTwin      Reason = "new record"
	ReasonNotice    Reason = "what people need to know has changed"
	ReasonAnswer    Reason = "a command was answered"
)

// Register is the place of a value that the register itself holds.
const Register = "register"

// HeldLabel is the label on issues whose closure is held back.
const HeldLabel = "conformd:held"

// Make computes the plan for in.
func Make(in Input) Plan {
	m := newMerge(in)
	m.takeFields()
	m.mergeFields()
	m.hear()
	m.noteNamed()
	m.decide()
	m.derive()
	m.write()
	m.create()
	m.tell()
	return m.plan
}
