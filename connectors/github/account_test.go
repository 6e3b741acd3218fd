package github_test

import (
	"errors"
	"testing"

	"github.com/conformd/conformd/connectors"
)

// A login leads to the number that stays with the person.
func TestAccount(t *testing.T) {
	s := open(t)
	if u, err := s.Account(t.Context(), "rita"); err != nil || u.ID == "" || u.ID == "rita" || u.Login != "rita" {
		t.Errorf("Account(rita) = %+v, %v", u, err)
	}
	if u, err := s.Account(t.Context(), "nobody/of that name"); !errors.Is(err, connectors.NotFound) {
		t.Errorf("Account(nobody) = %+v, %v, want that it is not found", u, err)
	}
}
