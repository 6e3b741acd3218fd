package connectors

import (
	"errors"
	"fmt"
	"time"
)

// A Kind is a class of failure that callers act upon. It is itself an error, so
// that errors.Is(err, connectors.NotFound) works through any wrapping. Kinds are
// few and are only ever added to.
type Kind string

func (k Kind) Error() string { return string(k) }

// The kinds of failure.
const (
	// NotFound: no such issue, or no right to see it; the two look alike.
	NotFound Kind = "not found"
	// Gone: the tracker says that the issue was deleted (or, on GitHub, that
	// issues are switched off).
	Gone Kind = "gone"
	// Moved: the issue lives elsewhere; Error.To says where, if known.
	Moved Kind = "moved elsewhere"
	// Unauthenticated: the credential is missing, wrong or expired.
	Unauthenticated Kind = "credential refused"
	// Denied: the credential lacks a permission.
	Denied Kind = "permission denied"
	// Rejected: the tracker understood the request and refuses it; the same
	// request will be refused again.
	Rejected Kind = "refused by the tracker"
	// Conflict: somebody else was writing at the same moment; read again.
	Conflict Kind = "concurrent change"
	// Limited: a rate limit; Error.Until and Error.Scope say what to leave alone.
	Limited Kind = "rate limited"
	// Unavailable: the request did not take effect because the tracker could not
	// be reached or failed before acting. Reads only, or writes that never left.
	Unavailable Kind = "unavailable"
	// Unknown: a write whose answer was lost; it may or may not have happened.
	Unknown Kind = "outcome unknown"
	// Malformed: an answer or a delivery that cannot be understood.
	Malformed Kind = "malformed answer"
	// Forged: a webhook delivery without a valid signature.
	Forged Kind = "signature missing or wrong"
)

// A Scope is what a rate limit applies to.
type Scope string

// The scopes of a rate limit.
const (
	ScopeAll    Scope = "all"    // everything this credential does
	ScopeWrites Scope = "writes" // requests that create content
	ScopeIssue  Scope = "issue"  // one issue
	ScopeRoute  Scope = "route"  // one kind of request
)

// An Error is a failed call to a tracker. Its text never contains a credential,
// a query string or a request body.
type Error struct {
	Op     string // "get", "changed", "create", "update", "comment", …
	Ref    Ref
	Kind   Kind
	Status int       // HTTP status, 0 if there was no answer
	Until  time.Time // Limited: not before, by our clock
	Scope  Scope     // Limited
	To     Ref       // Moved
	Detail string    // the tracker's own words, cut and cleaned
	// Fields are the fields that a write was Rejected for, each with the tracker's own
	// words about it: a value that is too long or unknown, a field that cannot be set,
	// one that is required and missing. Without these fields the same write may go
	// through. Of several wrong fields a tracker may name only some. A field of the
	// tracker that the contract has no name for is Custom of its name. It is nil when
	// the tracker does not say which field is wrong. For a comment, Body is its text.
	Fields map[Field]string
	Err    error
}

func (e *Error) Error() string {
	s := e.Op
	if e.Ref != (Ref{}) {
		s += " " + e.Ref.String()
	}
	s += ": " + string(e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap makes both the kind and the cause visible to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// KindOf returns the kind of err, or "" if it has none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if k, ok := errors.AsType[Kind](err); ok {
		return k
	}
	return ""
}
