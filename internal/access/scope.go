package access

import "slices"

// A Scope is what the token of a program may be used for. A token gives no more than its person may do.
type Scope string

// The scopes. Whoever has one has those before it, too.
const (
	ScopeRead    Scope = "read"
	ScopeAct     Scope = "act"     // do what the person may do in the register
	ScopeApprove Scope = "approve" // also what asks the person to prove again who they are
)

// Scopes returns every scope, the least first.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeAct, ScopeApprove} }

// Allowed returns those of some scopes that a token of somebody with some roles may have. An auditor's
// token reads.
func Allowed(scopes []Scope, roles []Role) []Scope {
	acts := slices.ContainsFunc(roles, func(r Role) bool { return r != Viewer && r != Auditor })
	return slices.DeleteFunc(slices.Clone(scopes), func(s Scope) bool { return s != ScopeRead && (!acts || slices.Contains(roles, Auditor)) })
}
