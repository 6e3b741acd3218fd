package register

import "time"

// A Command is what somebody asks of the register. Decide says what comes of it. The set
// of commands is closed.
type Command interface{ author() Author }

// An Author is who asks, and how that is known.
type Author struct {
	Person string      // person id, "account:…" of a stranger, "" where the tracker names nobody
	At     time.Time   // by the clock of the tracker
	How    ApprovalHow // "" for an edit
	Event  string      // id of the event, "" for an edit
	From   string      // the binding, or "register"
	// Account is the account that they acted with, "gh-isms:1001": a mapping that changes
	// later puts words into nobody's mouth.
	Account string
	// Means is how it is known who it was, in the words of the audit log; Bot says that it
	// was a program.
	Means string
	Bot   bool
}

// Propose asks for a value of a field, as an edit in a tracker does.
type Propose struct {
	By    Author
	Field Field
	Value string
	Why   string // for the log: "changed in a tracker"
	// With are others who had a hand in the value since the register last saw it, where it
	// is not known what they made of it.
	With []Author
}

// Withdraw says that a place shows the value of the register again, so that what was
// proposed there does not wait any longer.
type Withdraw struct {
	By    Author
	Field Field
}

// Name says that a place named a person as the owner (FieldOwner), or gave them an action
// (FieldActionPlan). It changes no value: the place or another one may name somebody else by now.
type Name struct {
	By     Author
	Field  Field
	Person string
}

// SetAction says what an action is now, as its own issue shows it.
type SetAction struct {
	By     Author
	Action Action
}

// DropAction says that an action belongs to another record now.
type DropAction struct {
	By Author
	ID string
}

// Judge is a decision: triage, the approval of a plan, a review, a rejection, a reopening.
type Judge struct{ Approval Approval }

// Determine is the decision about a value that triage decided, or that a closed record
// holds. An empty Value takes what is proposed.
type Determine struct {
	By     Author
	Field  Field
	Value  string
	Reason string
}

// Decline is the decision against a proposal.
type Decline struct {
	By     Author
	Field  Field
	Reason string
}

// Retract says that a decision does not stand as its author wrote it: somebody edited the
// comment.
type Retract struct {
	By    Author
	Event string // of the decision
	Why   string
}

// Move asks for a state, as a status in a tracker does. By is nobody where an older
// request is looked at again. A move out of closure or rejection reopens the record where
// the author may, and else asks for it.
type Move struct {
	By  Author
	To  State
	Why string // of a reopening; a move in a tracker needs none
}

func (c Propose) author() Author    { return c.By }
func (c Withdraw) author() Author   { return c.By }
func (c Name) author() Author       { return c.By }
func (c SetAction) author() Author  { return c.By }
func (c DropAction) author() Author { return c.By }
func (c Judge) author() Author      { return c.Approval.author() }
func (c Determine) author() Author  { return c.By }
func (c Decline) author() Author    { return c.By }
func (c Retract) author() Author    { return c.By }
func (c Move) author() Author       { return c.By }

// A Refusal says why a command does not count: once for the log, about the person, and
// once for the person. The zero Refusal is none.
type Refusal struct {
	Rule string   // id of the rule that refuses, "" if it is none
	What string   // "the reviewer owns the record"
	Told *Message // "you own this record; ask someone else to review it"
	// There says that the record has such a value already, so that sending it again cannot help.
	There bool
}

// Error returns the refusal as the log has it.
func (x Refusal) Error() string {
	if x.Rule == "" {
		return x.What
	}
	return x.Rule + ": " + x.What
}

// Message is what the person is told, nil of the zero Refusal.
func (x Refusal) Message() *Message {
	if x.Told == nil && x.What != "" {
		return say(x.What)
	}
	return x.Told
}
