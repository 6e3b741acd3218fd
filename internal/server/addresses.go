package server

import "github.com/conformd/conformd/internal/access"

// Address is a route, for those who must know all of them.
type Address struct {
	Method, Pattern string
	Anyone          bool
	Program         bool // also for programs
	Roles           []access.Role
}

// Addresses returns the routes of the pages. Tests walk them, so that none is without a test.
func Addresses(o Options) []Address {
	h := &handler{o: o}
	var out []Address
	for _, rt := range h.routes() {
		out = append(out, Address{rt.method, rt.pattern, rt.door != inside && rt.door != refresh && rt.door != program, rt.door == program, rt.roles})
	}
	return out
}
