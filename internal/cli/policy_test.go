package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/app"
)

// What is wrong with an adopted policy has a code of its own and a way on.
func TestFaultsOfThePolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err          error
		code, remedy string
	}{
		{&app.PolicyUnreadableError{Number: 2, Err: errors.New("no rule G99")}, "CLI-060", "conformd policy adopt"},
		{&app.PolicyTamperedError{Number: 2, Entry: 7, Why: "another digest"}, "CLI-062", "conformd backup restore"},
	} {
		if f := unexpected(errors.Join(c.err, nil)); f.Code != c.code || f.Exit != ExitFailed || !strings.Contains(f.What, "version 2 of the policy") || !strings.Contains(f.Remedy, c.remedy) {
			t.Errorf("unexpected(%v) = %+v, want %s and %q", c.err, f, c.code, c.remedy)
		}
	}
}
