// Package service holds what people ask of the register, in one place for the page and
// the command line: which record a name means, and what happened to it.
package service

import "github.com/conformd/conformd/internal/store"

// A Register answers questions about the register in a store.
type Register struct {
	Store *store.Store
	// Repos are the repositories that are configured, "acme/isms": a bare "#17" is an
	// issue of one of them.
	Repos []string
	// People are the names of the people of the register, by person id.
	People map[string]string
}
