package register

import (
	"maps"
	"slices"
	"strings"
)

// rolesOn returns the roles that may do an act to r: those of its row of the rigour matrix, where
// the row names some, and otherwise those of the policy.
func (p Policy) rolesOn(r Record, act Act) []string {
	var of []string
	switch act {
	case ActApprovePlan:
		of = p.RigourFor(r).PlanApproval
	case ActExtend:
		of = p.RigourFor(r).Extension
	}
	if len(of) > 0 {
		return of
	}
	return p.rolesFor(act)
}

// mayOn reports whether a person has a role that may do an act to r.
func (p Policy) mayOn(r Record, person string, act Act, ctx Context) bool {
	who, known := ctx.People[person]
	return known && !auditor(person, ctx) && slices.ContainsFunc(p.rolesOn(r, act), func(role string) bool { return slices.Contains(who.Roles, role) })
}

// WhoOn names the roles that may do an act to r to people: "an ISMS manager".
func (p Policy) WhoOn(r Record, act Act) string { return RoleList(p.rolesOn(r, act)) }

// AllowedOn returns the people who may do one of some acts to r, in the order of their ids.
func (p Policy) AllowedOn(r Record, people map[string]Person, acts ...Act) []string {
	ctx := Context{People: people}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(people)), func(id string) bool {
		return !slices.ContainsFunc(acts, func(act Act) bool { return p.mayOn(r, id, act, ctx) })
	})
}

// RoleList names roles to people: "an ISMS manager or top management".
func RoleList(roles []string) string {
	var out []string
	for _, r := range roles {
		out = append(out, RoleName(r))
	}
	if len(out) == 0 {
		return "nobody: no role may do it"
	}
	return strings.Join(out, " or ")
}
