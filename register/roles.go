package register

// An Act is a decision that only people with certain roles may take (ISO/IEC 27001:2022,
// 5.3: responsibilities and authorities are assigned).
type Act string

// The acts.
const (
	ActTriage      Act = "triage"       // decides kind, grade, risk, source, requirement and owner
	ActReject      Act = "reject"       // says that it is no nonconformity
	ActDowngrade   Act = "downgrade"    // makes a decided grade lower
	ActReopen      Act = "reopen"       // opens a record that has ended
	ActApprovePlan Act = "approve_plan" // approves the planned actions
	ActReview      Act = "review"       // judges whether the actions worked
	ActAccept      Act = "accept"       // accepts the risk instead of the correction
	ActAcceptMajor Act = "accept_major" // accepts a major, beside whoever may accept
	ActAmend       Act = "amend"        // changes what a closed record says
)

// RoleRiskOwner is the role of whoever may accept a risk (ISO/IEC 27001:2022, 6.1.2 c 2).
const RoleRiskOwner = "risk_owner"

// DefaultRoles returns, for each act, the roles that may do it as conformd ships them. An
// auditor does none: who audits the register must not have decided in it (9.2.2 b).
func DefaultRoles() map[Act][]string {
	return map[Act][]string{
		ActTriage:      {RoleISMSManager},
		ActReject:      {RoleISMSManager},
		ActDowngrade:   {RoleISMSManager},
		ActReopen:      {RoleISMSManager},
		ActApprovePlan: {RoleISMSManager},
		ActReview:      {RoleReviewer},
		ActAccept:      {RoleRiskOwner},
		ActAcceptMajor: {RoleTop},
		ActAmend:       {RoleISMSManager},
	}
}
