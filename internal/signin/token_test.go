package signin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
)

// The checksum tells every typing mistake of one character, and what was not copied whole.
func TestTokensHaveAChecksum(t *testing.T) {
	secret := newSecret()
	if !isToken(secret) || len(secret) != 53 || newSecret() == secret {
		t.Fatalf("%d characters, want 53 that are a token", len(secret))
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(secret)-1).Draw(t, "at")
		other := rapid.SampledFrom(strings.Split(digits, "")).Draw(t, "other")
		wrong := secret[:at] + other + secret[at+1:]
		if isToken(wrong) != (wrong == secret) || isToken(secret[:at]) || isToken(secret+other) {
			t.Fatal("a wrong text is taken for a token")
		}
	})
}

// A token has a name, known scopes, a last day within a year, and no scope beyond what its person may do.
func TestTokensThatAreNotMade(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	st := open(t, func() time.Time { return now })
	good := TokenAsk{Name: "report", Until: "2027-11-30", Scopes: []access.Scope{access.ScopeAct}}
	ask := func(change func(*TokenAsk)) TokenAsk {
		a := good
		change(&a)
		return a
	}
	make := func(a TokenAsk, roles ...access.Role) (NewToken, error) {
		return MakeToken(t.Context(), st, "ada", roles, a, audit.Actor{Kind: audit.Operator, How: audit.ByLocal}, audit.TriggerManual, now)
	}
	for what, c := range map[string]struct {
		ask  TokenAsk
		role access.Role
	}{
		"The last day is 2027-12-01":   {ask(func(a *TokenAsk) { a.Until = "2027-12-01" }), access.Engineer},
		"The last day is 2026-11-29":   {ask(func(a *TokenAsk) { a.Until = "2026-11-29" }), access.Engineer},
		"A token has a last day":       {ask(func(a *TokenAsk) { a.Until = "" }), access.Engineer},
		"A token has a name":           {ask(func(a *TokenAsk) { a.Name = " " }), access.Engineer},
		`"write" is no scope`:          {ask(func(a *TokenAsk) { a.Scopes = []access.Scope{"write"} }), access.Engineer},
		"The token of somebody who on": {good, access.Auditor},
	} {
		_, err := make(c.ask, c.role)
		if no, ok := errors.AsType[*RefusedError](err); !ok || !strings.HasPrefix(no.What, what) || no.Remedy == "" {
			t.Errorf("%+v as %s: %v, want %q", c.ask, c.role, err, what)
		}
	}
	for range mostTokens {
		if k, err := make(good, access.Engineer); err != nil || k.Scopes != "read act" || strings.Contains(k.Digest, k.Secret) {
			t.Fatalf("%+v, %v", k.Token, err)
		}
	}
	if _, err := make(good, access.Engineer); err == nil || !strings.Contains(err.Error(), "ada has 20 tokens") {
		t.Errorf("one more token: %v", err)
	}
}
