package access

import (
	"slices"
	"time"
)

// Local is the issuer of identities that signed in with a password that conformd keeps. No
// provider has this name: an issuer is an address (OpenID Connect Discovery 1.0, 3).
const Local = "local"

// An Identity is what is known of somebody since they signed in. Issuer and Subject together
// never pass to another person; an e-mail address may, and is no part of it.
type Identity struct {
	Issuer  string   `json:"issuer"`
	Subject string   `json:"subject"` // person id with the issuer Local
	Name    string   `json:"name,omitempty"`
	Groups  []string `json:"groups,omitempty"` // those to which a role is mapped
}

// A Person is one of people, as far as signing in goes.
type Person struct {
	ID, Name string
	Roles    []string
	Subject  string    // of the identity at the provider, "" for none
	Until    time.Time // from then on the person has no access; zero for no end
}

// Over reports whether the access of p has ended.
func (p Person) Over(now time.Time) bool { return over(p.Until, now) }

// A GroupRole gives a role to a group of the provider.
type GroupRole struct {
	Group string
	Role  Role
	Until time.Time // from then on the group gives nothing; zero for no end
}

// Rules say who has which roles.
type Rules struct {
	Issuer string // of the provider, "" for none
	People []Person
	Groups []GroupRole
}

// A Who is somebody who may open pages.
type Who struct {
	Person string // person id, "" for somebody who is not one of people
	Name   string // for people to read
	Roles  []Role // never empty
}

// Has reports whether w has one of some roles.
func (w Who) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(w.Roles, r) })
}

// A Refusal is why an identity opens nothing.
type Refusal string

// The refusals.
const (
	NotRefused Refusal = ""
	Unknown    Refusal = "unknown"    // neither one of people nor in a group with a role
	Ended      Refusal = "ended"      // the last day of access is over
	NotIssuer  Refusal = "not-issuer" // of a provider that is not configured any more
)

// Who returns who an identity is now, or why it opens nothing.
//
// A role that decides in the register counts only for a person who has it in people; where it
// is mapped to groups, too, the identity must be in one of them. Who signed in with a password of conformd
// is in no group.
func (r Rules) Who(id Identity, now time.Time) (Who, Refusal) {
	p, known := r.person(id)
	if !known && (id.Issuer == Local || id.Issuer != r.Issuer) {
		if id.Issuer == Local {
			return Who{}, Unknown
		}
		return Who{}, NotIssuer
	}
	if known && p.Over(now) {
		return Who{}, Ended
	}
	roles, ended := r.given(id, now)
	if known {
		roles = append(roles, r.own(p, id, now)...)
	}
	switch {
	case len(roles) == 0 && ended:
		return Who{}, Ended
	case len(roles) == 0:
		return Who{}, Unknown
	case slices.Contains(roles, Auditor):
		roles = []Role{Auditor} // who audits neither decides nor administers (ISO/IEC 27001, 9.2.2 b)
	}
	w := Who{Name: id.Name, Roles: ordered(roles)}
	if known {
		w.Person, w.Name = p.ID, p.Name
	}
	if w.Name == "" {
		w.Name = id.Subject
	}
	return w, NotRefused
}

// person returns the one of people to whom an identity belongs.
func (r Rules) person(id Identity) (Person, bool) {
	i := slices.IndexFunc(r.People, func(p Person) bool {
		if id.Issuer == Local {
			return p.ID == id.Subject
		}
		return id.Issuer == r.Issuer && p.Subject != "" && p.Subject == id.Subject
	})
	if i < 0 || id.Issuer == "" || id.Subject == "" {
		return Person{}, false
	}
	return r.People[i], true
}

// own returns the roles that a person has by people.
func (r Rules) own(p Person, id Identity, now time.Time) []Role {
	out := []Role{Engineer}
	for _, name := range p.Roles {
		role := Role(name)
		if role.decides() && r.mapped(role) && !r.inGroup(id, role, now) {
			continue
		}
		out = append(out, role)
	}
	return out
}

// given returns the roles that groups alone give, and whether one was given until a date that is over.
func (r Rules) given(id Identity, now time.Time) (roles []Role, ended bool) {
	for _, g := range r.Groups {
		switch {
		case !g.Role.ByGroup() || !slices.Contains(id.Groups, g.Group) || id.Issuer != r.Issuer:
		case over(g.Until, now):
			ended = true
		default:
			roles = append(roles, g.Role)
		}
	}
	return roles, ended
}

// mapped reports whether a group is mapped to a role.
func (r Rules) mapped(role Role) bool {
	return slices.ContainsFunc(r.Groups, func(g GroupRole) bool { return g.Role == role })
}

// inGroup reports whether an identity is in a group that is mapped to a role.
func (r Rules) inGroup(id Identity, role Role, now time.Time) bool {
	return id.Issuer == r.Issuer && slices.ContainsFunc(r.Groups, func(g GroupRole) bool {
		return g.Role == role && slices.Contains(id.Groups, g.Group) && !over(g.Until, now)
	})
}

func over(until, now time.Time) bool { return !until.IsZero() && !now.Before(until) }

// ordered returns roles in the order of Roles, each once.
func ordered(roles []Role) []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(roles, r) })
}
