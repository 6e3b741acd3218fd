// Package plan decides what to do about one record, and does nothing.
//
// Make is a pure function of its input: no clock, no I/O, no randomness, no log,
// and the same input gives the same plan in the same order. It merges what each
// issue shows into the register, field by field and three ways against the base
// of that issue's binding, asks the register how far the record may go, and says
// which issues must be written so that they show the result. Package apply
// carries plans out.
//
// The next bases are outputs of the plan, also when nothing is written: two sides
// may have made the same change by themselves, and forgetting that would misread
// a later change back.
package plan

import (
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// An Input is all that a decision depends on.
type Input struct {
	Record register.Record
	Sides  []Side  // the issues bound to the record, in the order of the configuration
	Twins  []Twin  // bindings that should hold an issue of this record and do not
	Events []Event // attributable events not yet taken in, oldest first
	Policy register.Policy
	// Context is what guards depend on besides the record; Context.At is now.
	Context register.Context
	// Reverts counts the reverting writes of the last 24 hours.
	Reverts map[RevertKey]int
	// MaxReverts is how many are allowed; beyond it a field is contested.
	MaxReverts int
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
	View    mapping.View
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
	// Moved: the issue was created by us and is observed for the first time, and somebody
	// has moved it to another state since.
	Moved bool
	// Notice is the text of the comment of ours that stands on the issue, "" if none.
	Notice string
}

// A Twin is an issue to be created.
type Twin struct {
	Binding string
	Profile *mapping.Profile
	Mode    Mode
}

// A Base is what one issue and the register last agreed on.
type Base map[register.Field]Agreed

// An Agreed is the last agreement on one field: what the issue showed, in its own
// vocabulary, and what the register held. The two may differ in meaning where the
// issue cannot show the register's value; only a change of either counts.
type Agreed struct {
	Side     string `json:"side"`
	Register string `json:"register"`
	// Contested: the two differ because conformd has put the field back too often
	// and leaves it alone until either changes.
	Contested bool `json:"contested,omitempty"`
	// Old: the agreement is that of a restored backup, and the issue was touched
	// since. A later agreement may be lost, so that what the issue shows may be the
	// newer word even where it equals the base: it is not overwritten.
	Old bool `json:"old,omitempty"`
}

// Doubted returns the base with every agreement marked as old.
func (b Base) Doubted() Base { return b.marked(true) }

// Trusted returns the base of an issue that nobody touched since the backup.
func (b Base) Trusted() Base { return b.marked(false) }

func (b Base) marked(old bool) Base {
	out := make(Base, len(b))
	for f, a := range b {
		a.Old = old
		out[f] = a
	}
	return out
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

// An Event is something a person did that can be attributed to them.
type Event struct {
	Binding string
	mapping.Event
}

// A Plan is what should become true, and why.
type Plan struct {
	Record    register.Record // the record to be stored before anything is written
	Changes   []Change        // how it differs from the input, in field order
	Approvals []register.Approval
	Bases     map[string]Base // the next base by binding, as far as it holds before any write
	Writes    []Write         // in the order of Input.Sides
	Creates   []Create        // in the order of Input.Twins
	Conflicts []Conflict      // fields that stand still until a person decides
	Contested []RevertKey     // fields that conformd stops fighting over with this plan
	Dropped   []Dropped       // values that a tracker did not keep
	Problems  []Problem       // values that could not be understood or shown
	// Held are the violations that keep the record from the requested state.
	Held []register.Violation
	// Wake is when to plan again although nothing changed; zero for never.
	Wake time.Time
}

// Quiet reports whether the plan leaves every tracker alone.
func (p Plan) Quiet() bool { return len(p.Writes) == 0 && len(p.Creates) == 0 }

// A Change is a change of one field of the record.
type Change struct {
	Field  register.Field
	Before string
	After  string
	From   string // the binding it came from, or "register"
	Reason Reason
}

// A Write makes one issue show what the register holds.
type Write struct {
	Binding string
	Ref     connectors.Ref
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
	// Notice is the comment that should stand on the issue, in GitHub-flavoured
	// Markdown; "" leaves comments alone.
	Notice string
	Reason Reason
	// Reverts are the fields in which the write undoes somebody's change.
	Reverts []register.Field
	Rules   []string // ids of the guards that ask for it
	// Withheld says why the write is planned and not done ("observe"); "" to do it.
	Withheld string
}

// A Create files the twin of a record.
type Create struct {
	Binding  string
	Want     map[register.Field]string
	Agree    Base
	Withheld string
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

// A Dropped is a value that a tracker accepted and did not keep.
type Dropped struct {
	Binding string
	Field   register.Field
	Sent    string
	Shown   string
}

// A Problem is a value that could not be taken in or shown.
type Problem struct {
	Binding string
	Field   register.Field
	What    string
}

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
	ReasonTwin      Reason = "the record has no issue here yet"
	ReasonNotice    Reason = "what is missing has changed"
)

// Register is the place of a value that the register itself holds.
const Register = "register"

// HeldLabel is the label on issues whose closure is held back.
const HeldLabel = "conformd:held"

// Make computes the plan for in.
func Make(in Input) Plan {
	m := newMerge(in)
	m.takeEvents()
	m.mergeFields()
	m.advance()
	m.derive()
	m.write()
	m.create()
	return m.plan
}
