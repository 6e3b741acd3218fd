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
	rita, err := s.Account(t.Context(), "rita")
	must(t, err)
	s.RenameUser("rita", "rita-review")
	if u, err := s.AccountByID(t.Context(), rita.ID); err != nil || u.ID != rita.ID || u.Login != "rita-review" {
		t.Errorf("AccountByID(%s) = %+v, %v, want the login of today", rita.ID, u, err)
	}
	for _, id := range []string{"99999999", "rita", "-1", ""} {
		if u, err := s.AccountByID(t.Context(), id); !errors.Is(err, connectors.NotFound) {
			t.Errorf("AccountByID(%q) = %+v, %v, want that it is not found", id, u, err)
		}
	}
	if u, err := s.Account(t.Context(), "nobody/of that name"); !errors.Is(err, connectors.NotFound) {
		t.Errorf("Account(nobody) = %+v, %v, want that it is not found", u, err)
	}
}
