package register

import (
	"maps"
	"slices"
)

// An Act is something that only people with a role may do to a record.
type Act string

// The acts.
const (
	ActTriage      Act = "triage"       // confirm what a record is, who owns it and how serious it is
	ActReject      Act = "reject"       // end a record that is no nonconformity, or a duplicate
	ActDowngrade   Act = "downgrade"    // lower what triage decided: kind, grade, risk or source
	ActReopen      Act = "reopen"       // take up a record again that is closed, accepted or rejected
	ActApprovePlan Act = "approve_plan" // let the work begin
	ActReview      Act = "review"       // judge whether the actions worked
	ActAccept      Act = "accept"       // live with a nonconformity until a date
	ActAcceptMajor Act = "accept_major" // the same for a major, beside whoever may accept
	ActAmend       Act = "amend"        // change what a closed record says
	ActExtend      Act = "extend"       // give a milestone a later date
	ActExtendAgain Act = "extend_again" // the same for a major, from the third extension on
	ActRecurrence  Act = "recurrence"   // answer whether a closed nonconformity came up again
	ActAdopt       Act = "adopt"        // adopt, decline or defer an improvement
	ActPromote     Act = "promote"      // make a record of another kind of an observation or a signal
	ActSign        Act = "sign"         // sign a management review
)

// Acts returns all acts.
func Acts() []Act {
	return []Act{ActTriage, ActReject, ActDowngrade, ActReopen, ActApprovePlan, ActReview, ActAccept, ActAcceptMajor, ActAmend, ActExtend, ActExtendAgain, ActRecurrence, ActAdopt, ActPromote, ActSign}
}

// The roles that guards and approvals speak of.
const (
	RoleISMSManager = "isms_manager"
	RoleReviewer    = "reviewer"
	RoleRiskOwner   = "risk_owner"
	RoleTop         = "top_management"
	RoleAuditor     = "auditor"
)

// DefaultRoles returns which roles may do what, as conformd ships it. The planned
// reviewer of an approved plan may review it without the role. An auditor decides
// nothing.
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
		ActExtend:      {RoleISMSManager, RoleTop},
		ActExtendAgain: {RoleRiskOwner, RoleTop},
		ActRecurrence:  {RoleISMSManager},
		ActAdopt:       {RoleISMSManager, RoleTop},
		ActPromote:     {RoleISMSManager},
		ActSign:        {RoleTop},
	}
}

// may reports whether a person has a role that may do an act.
func (p Policy) may(person string, act Act, ctx Context) bool {
	who, known := ctx.People[person]
	return known && !auditor(person, ctx) && slices.ContainsFunc(p.rolesFor(act), func(role string) bool { return slices.Contains(who.Roles, role) })
}

// auditor reports whether a person audits the register: they decide nothing in it, whatever
// other roles they have (ISO/IEC 27001, 9.2.2).
func auditor(person string, ctx Context) bool {
	return slices.Contains(ctx.People[person].Roles, RoleAuditor)
}

// rolesFor returns the roles that may do an act. A policy that was adopted before there was an act
// has no roles for it: whoever may triage answers candidates for a recurrence and promotes observations, and
// improvements are decided, and management reviews signed, by the roles that conformd ships.
func (p Policy) rolesFor(act Act) []string {
	if p.Roles == nil {
		return DefaultRoles()[act]
	}
	if _, named := p.Roles[act]; !named {
		switch act {
		case ActRecurrence, ActPromote:
			act = ActTriage
		case ActAdopt, ActSign:
			return DefaultRoles()[act]
		}
	}
	return p.Roles[act]
}

// Who names the roles that may do an act to people: "an ISMS manager".
func (p Policy) Who(act Act) string { return p.roleNames(act) }

// Allowed returns the people who may do one of some acts, in the order of their ids.
func (p Policy) Allowed(people map[string]Person, acts ...Act) []string {
	ctx := Context{People: people}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(people)), func(id string) bool {
		return !slices.ContainsFunc(acts, func(act Act) bool { return p.may(id, act, ctx) })
	})
}

// Extends names who approves the next extension of r to people.
func (p Policy) Extends(r Record) string { return p.WhoOn(r, r.extending()) }

// Decides names who may decide a change of a value of r that waits: "an ISMS manager".
func (p Policy) Decides(r Record, x Proposal) string {
	if x.Field == FieldState {
		return p.reopeners(r)
	}
	return p.roleNames(deciding(r, x.Field, x.Value))
}

// deciding returns the act by which a field of r gets a value.
func deciding(r Record, f Field, value string) Act {
	switch {
	case r.State == Closed:
		return ActAmend
	case lowers(r, f, value):
		return ActDowngrade
	default:
		return ActTriage
	}
}

// roleNames names the roles that may do an act to people: "an ISMS manager".
func (p Policy) roleNames(act Act) string { return RoleList(p.rolesFor(act)) }

// RoleName names a role to people: "an ISMS manager".
func RoleName(role string) string {
	switch role {
	case RoleISMSManager:
		return "an ISMS manager"
	case RoleReviewer:
		return "a reviewer"
	case RoleRiskOwner:
		return "a risk owner"
	case RoleTop:
		return "top management"
	case RoleAuditor:
		return "an auditor"
	default:
		return "somebody with the role " + role
	}
}
