// Package access decides who a signed-in identity is and what it may open. It is pure: sessions,
// passwords and the provider of identities are internal/signin.
package access

import (
	"slices"

	"github.com/conformd/conformd/register"
)

// A Role is what somebody may do in the pages.
type Role string

// The roles. Everybody who is signed in reads; an auditor has no other role.
const (
	Viewer      Role = "viewer"
	Engineer    Role = "engineer" // one of people
	ISMSManager Role = register.RoleISMSManager
	Reviewer    Role = register.RoleReviewer
	RiskOwner   Role = register.RoleRiskOwner
	Top         Role = register.RoleTop
	Auditor     Role = register.RoleAuditor
	Admin       Role = "admin"
)

// Roles returns every role.
func Roles() []Role {
	return []Role{Viewer, Engineer, ISMSManager, Reviewer, RiskOwner, Top, Auditor, Admin}
}

// decides reports whether a role decides in the register. No group alone gives such a role.
func (r Role) decides() bool {
	return slices.Contains([]Role{ISMSManager, Reviewer, RiskOwner, Top}, r)
}

// ByGroup reports whether a group alone may give the role.
func (r Role) ByGroup() bool { return r == Viewer || r == Auditor || r == Admin }
