package app

import (
	"fmt"
	"strings"
	"sync"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/sync/binding"
)

// renew returns a function that reads a credential again after the tracker refused it, so
// that an operator who corrects the file need not restart conformd.
func (a *App) renew(binding string, s config.Secret) func() (transport.Secret, bool) {
	if s.File == "" {
		return nil
	}
	var mu sync.Mutex
	last := s.Reveal()
	return func() (transport.Secret, bool) {
		mu.Lock()
		defer mu.Unlock()
		now, ok := s.Again()
		if ok && now != last {
			last = now
			a.Log.Info("the credential was read again", zap.String("binding", binding), zap.String("file", s.File))
		}
		return transport.Secret(now), ok
	}
}

// An OwnAccountError is a credential that belongs to a person of the register. What that
// person does in the tracker cannot be told from what conformd writes: their edits and
// decisions would be lost.
type OwnAccountError struct{ Binding, Account, Person string }

// Error names the account and the person.
func (e *OwnAccountError) Error() string {
	return fmt.Sprintf("binding %s signs in with the account %s of %s, who is one of people", e.Binding, e.Account, e.Person)
}

// OwnAccountRemedy says what to do about an OwnAccountError.
const OwnAccountRemedy = "give conformd an account of its own there (a GitHub App, a service account of Jira), or take this person's account out of people"

// ownAccount returns the error of a binding that signs in as a person of the register, or
// nil. The person is known by the id of the account, or by its login where the
// configuration has no id.
func (a *App) ownAccount(b *binding.Binding, self connectors.User) *OwnAccountError {
	if self.ID == "" {
		return nil
	}
	for _, person := range b.Profile.People {
		if person.ID == self.ID || person.ID == "" && person.Login != "" && strings.EqualFold(person.Login, self.Login) {
			return &OwnAccountError{Binding: b.ID, Account: self.Login, Person: person.Person}
		}
	}
	return nil
}
