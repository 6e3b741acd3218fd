package app

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/sync/binding"
)

// credentials groups bindings by their credential.
type credentials struct {
	byKey map[string]*binding.Credential
	lines map[*binding.Credential]line
}

// A line is the transport that all clients of one credential share.
type line struct {
	slots *transport.Slots
	pause *transport.Pause
}

// newCredentials returns the credential of each binding of the configuration, by binding id.
// If bindings share a credential and have different limits, the lowest limit counts for all.
func newCredentials(c *config.Config, now func() time.Time) *credentials {
	all := &credentials{byKey: map[string]*binding.Credential{}, lines: map[*binding.Credential]line{}}
	most := map[*binding.Credential]int{}
	bindings := slices.Clone(c.Bindings)
	for _, p := range c.Patterns {
		bindings = append(bindings, p.Template()) // has no id: it only signs in to list repositories
	}
	for i := range bindings {
		b := &bindings[i]
		key := credentialKey(b)
		x := all.byKey[key]
		if x == nil {
			x = &binding.Credential{Now: now}
			all.byKey[key] = x
		}
		if b.ID != "" {
			x.Bindings = append(x.Bindings, b.ID)
		}
		x.Limits.PerMinute = lower(x.Limits.PerMinute, b.Limits.PerMinute)
		x.Limits.PerHour = lower(x.Limits.PerHour, b.Limits.PerHour)
		most[x] = lower(most[x], b.Limits.Concurrency)
	}
	for x, n := range most {
		all.lines[x] = line{transport.NewSlots(n), &transport.Pause{Now: now}}
		if len(most) > 1 {
			x.Share = max(1, c.Sync.Workers/2)
		}
	}
	return all
}

// of returns the credential of a binding and the transport that it uses.
func (c *credentials) of(b *config.Binding) (*binding.Credential, line) {
	x := c.byKey[credentialKey(b)]
	return x, c.lines[x]
}

// credentialKey is a key that is equal for equal credentials. It holds secrets and must stay
// in memory.
func credentialKey(b *config.Binding) string {
	a := b.Auth
	return strings.Join([]string{
		b.Tracker, b.URL, a.Kind, a.User, a.Token.Reveal(), a.PrivateKey.Reveal(),
		strconv.FormatInt(a.AppID, 10), strconv.FormatInt(a.Installation, 10),
	}, "\x00")
}

// lower returns the lower of two limits. A limit of 0 means that there is none.
func lower(a, b int) int {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}
