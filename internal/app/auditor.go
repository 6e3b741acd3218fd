package app

import "github.com/conformd/conformd/internal/auditor"

// Auditor returns the desk at which an auditor asks, through the person at the terminal.
func (a *App) Auditor() auditor.Desk {
	return auditor.Desk{Store: a.Store, Actor: a.operator(), Origin: a.Origin}
}

// Sources returns the projects and repositories that records come from.
func (a *App) Sources() []auditor.Source {
	out := make([]auditor.Source, len(a.Bindings))
	for i, b := range a.Bindings {
		out[i] = auditor.Source{Binding: b.ID, Tracker: b.Tracker, Profile: b.Profile}
	}
	return out
}
