package app

import (
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/register"
)

// Policy returns the rules that a configuration asks for. [Policies] says which rules are in
// force.
func Policy(c *config.Config) (register.Policy, error) { return policy(c) }

// People returns everybody whom a configuration knows, by person id.
func People(c *config.Config) map[string]register.Person {
	people := map[string]register.Person{}
	for _, p := range c.People {
		people[p.ID] = register.Person{ID: p.ID, Name: p.Name, Roles: rolesOfRegister(p.Roles)}
	}
	return people
}
