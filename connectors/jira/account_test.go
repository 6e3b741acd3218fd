package jira_test

import (
	"errors"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// A login leads to the id that stays with the person, and to none where several people
// or nobody answer to it.
func TestAccount(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		r := open(t, jirasim.Options{Deployment: d}, nil)
		u, err := r.client.Account(t.Context(), "rita")
		if err != nil || u.ID == "" || u.ID == "rita" || u.Name != "Rita Review" {
			t.Errorf("%s: Account(rita) = %+v, %v", d, u, err)
		}
		if by, err := r.client.AccountByID(t.Context(), u.ID); err != nil || by != u {
			t.Errorf("%s: AccountByID(%s) = %+v, %v, want %+v", d, u.ID, by, err, u)
		}
		if by, err := r.client.AccountByID(t.Context(), "no-such-account"); !errors.Is(err, connectors.NotFound) {
			t.Errorf("%s: AccountByID(no-such-account) = %+v, %v, want that it is not found", d, by, err)
		}
		for _, login := range []string{"nobody-of-that-name", "r"} {
			if u, err := r.client.Account(t.Context(), login); !errors.Is(err, connectors.NotFound) && (d == jirasim.DataCenter || login != "r") {
				t.Errorf("%s: Account(%s) = %+v, %v, want that it is not found", d, login, u, err)
			}
		}
	}
}
