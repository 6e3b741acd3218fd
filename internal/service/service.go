// Package service answers people's questions about the register, for the page and the command
// line alike: which record a name means, how it stands, what happened to it, and where
// writing is stopped. [Acts] changes the register for people.
package service

import (
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A Register answers questions about the register in a store.
type Register struct {
	Store Store
	// Repos are the configured repositories, "acme/isms": a bare "#17" is an issue of one of
	// them.
	Repos []string
	// References are the forms in which people name issues, one for each kind of tracker.
	References []connectors.References
	// People are the people of the register, by person id.
	People map[string]register.Person
	// Profiles are the profiles of the bindings, in the order of the configuration.
	Profiles []*mapping.Profile
	// Sites maps a binding to the id of its tracker in the configuration.
	Sites    map[string]string
	Policy   register.Policy
	SmallOrg bool
	// Escalation says who else is told of a missed date; nobody if people are not told of dates.
	Escalation []register.EscalationStep
	// Speaks returns the language with a code; nil knows English alone.
	Speaks func(code string) *catalogue.Language
	// Under stands for the program, the configuration and the policy: what lists show of records is kept under it. 0
	// keeps nothing.
	Under int64
	// Now is the clock; nil is the real one.
	Now func() time.Time
}

func (r *Register) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

// profile returns the profile of a binding, an empty one if it is no longer configured.
func (r *Register) profile(binding string) *mapping.Profile {
	for _, p := range r.Profiles {
		if p.Binding == binding {
			return p
		}
	}
	return &mapping.Profile{Binding: binding}
}
