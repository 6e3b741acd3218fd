package app

import "github.com/conformd/conformd/internal/auditor"

// Auditor returns the desk at which an auditor asks, through the person at the terminal.
func (a *App) Auditor() auditor.Desk {
	return auditor.Desk{Store: a.Store, Actor: a.operator(), Origin: a.Origin}
}
