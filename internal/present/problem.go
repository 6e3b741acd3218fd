package present

import (
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Problem is a value that an issue does not tell or does not take, with its remedy. The
// register keeps its own value as long as the problem lasts.
type Problem struct {
	Binding string         `json:"binding"`
	Issue   string         `json:"issue"` // key, "" if there is none yet
	Field   register.Field `json:"field"`
	Code    string         `json:"code"` // stable: "place-gone", "not-a-date", CannotShow, …
	What    string         `json:"what"` // quotes what people typed, where that is known
	Remedy  string         `json:"remedy"`
	// Said and SaidRemedy are What and Remedy for the people of an issue, in no language yet.
	// They are not kept with the record.
	Said       message.Text `json:"-"`
	SaidRemedy message.Text `json:"-"`
	// Mild says that the problem alone is no reason to post a comment. It stands in a comment
	// that is posted for another reason.
	Mild bool `json:"mild,omitempty"`
}

// CannotShow is the code of a value that a tracker cannot show. Nothing is wrong with the
// value in the register.
const CannotShow = "cannot-show"

// unmappedPerson is the code of an account that belongs to no person of the register.
const unmappedPerson = "unmapped-person"

// remedy returns the remedy of the problem.
func (p Problem) remedy() Remedy {
	if p.Code == unmappedPerson {
		return Remedy{Kind: Person}
	}
	return Remedy{Kind: AsTold, Words: p.Remedy, Said: p.SaidRemedy}
}

// Saying returns the problem with its words.
func (p Problem) Saying(what, remedy message.Text) Problem {
	p.What, p.Said, p.Remedy, p.SaidRemedy = what.String(), what, remedy.String(), remedy
	return p
}

// Kept is the problem as the register keeps it, in English.
func (p Problem) Kept() Problem {
	p.Said, p.SaidRemedy = "", ""
	return p
}

// Where names the issue of the problem, or the binding if there is no issue yet.
func (p Problem) Where() string {
	if p.Issue != "" {
		return p.Issue
	}
	return p.Binding
}

// String says where the problem is, what it is, and what to do.
func (p Problem) String() string {
	s := p.Where() + ": " + p.What
	if p.Remedy != "" {
		s += "; " + p.Remedy
	}
	return s
}
