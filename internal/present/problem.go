package present

import "github.com/conformd/conformd/register"

// A Problem is a value that an issue does not tell or does not take, with its remedy. The
// register keeps its own value as long as the problem lasts.
type Problem struct {
	Binding string         `json:"binding"`
	Issue   string         `json:"issue"` // key, "" if there is none yet
	Field   register.Field `json:"field"`
	Code    string         `json:"code"` // stable: "place-gone", "not-a-date", CannotShow, …
	What    string         `json:"what"` // quotes what people typed, where that is known
	Remedy  string         `json:"remedy"`
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
	return Remedy{Kind: AsTold, Words: p.Remedy}
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
