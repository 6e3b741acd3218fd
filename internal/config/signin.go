package config

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// RoleAdmin is the role of a person who runs the pages. It decides nothing in the register.
const RoleAdmin = "admin"

// A SignIn says how people sign in to the pages. Without a provider they do so with a password.
type SignIn struct {
	Idle     time.Duration `json:"idle" jsonschema:"minimum=60,maximum=86400" jsonschema_description:"Time without a request after which a session ends."`
	Lifetime time.Duration `json:"lifetime" jsonschema:"minimum=300,maximum=604800" jsonschema_description:"Time after which a session ends in any case."`
	OIDC     OIDC          `json:"oidc" jsonschema_description:"The OpenID Connect provider of the organisation; without issuer there is none, and people sign in with passwords that conformd keeps."`
}

// An OIDC is an OpenID Connect provider.
type OIDC struct {
	Issuer   string      `json:"issuer" jsonschema_description:"Address of the provider, as it names itself in its tokens; /.well-known/openid-configuration below it must answer."`
	ClientID string      `json:"client_id" jsonschema_description:"Id of conformd at the provider, where its redirect address is public_url and /sign-in/callback."`
	Secret   Secret      `json:"client_secret" jsonschema_description:"Secret of conformd at the provider; a public client has none, and PKCE is used with both."`
	Scopes   []string    `json:"scopes" jsonschema_description:"Scopes that are asked for beside openid; left out, profile."`
	Claim    string      `json:"groups_claim" jsonschema_description:"Claim of the ID token that holds the groups of a person, as a list of texts."`
	Roles    []GroupRole `json:"roles" jsonschema_description:"Roles that groups give; a role that decides in the register counts only for a person who has it in people and is in one of its groups."`
}

// A GroupRole gives a role to a group.
type GroupRole struct {
	Group string `json:"group" jsonschema:"required" jsonschema_description:"The group, as the claim has it."`
	Role  string `json:"role" jsonschema:"required,enum=viewer,enum=isms_manager,enum=reviewer,enum=risk_owner,enum=top_management,enum=auditor,enum=admin" jsonschema_description:"The role; viewer, auditor and admin are given by the group alone."`
	Until string `json:"until" jsonschema_description:"Last day (UTC) on which the group gives the role, such as 2026-12-18; needed for the role auditor."`
}

// A PersonSignIn says how one person signs in.
type PersonSignIn struct {
	Subject string `json:"subject" jsonschema_description:"Immutable id of the person at the provider, the claim sub of its tokens; an e-mail address is none, because it can pass to another person."`
	Until   string `json:"until" jsonschema_description:"Last day (UTC) on which the person may sign in, such as 2026-12-18; needed for an auditor who has a subject."`
}

// SignsIn reports whether people sign in to the pages.
func (c *Config) SignsIn() bool { return !c.Open }

// Admins returns the people with the role admin.
func (c *Config) Admins() (out []string) {
	for _, p := range c.People {
		if slices.Contains(p.Roles, RoleAdmin) {
			out = append(out, p.ID)
		}
	}
	return out
}

// Behind reports whether people open the pages over HTTPS.
func (c *Config) Behind() bool { return strings.HasPrefix(strings.ToLower(c.PublicURL), "https://") }

// checkSignIn judges how people sign in.
func (c *Config) checkSignIn() {
	fail := c.source.fail
	o := c.SignIn.OIDC
	if c.SignIn.Lifetime < c.SignIn.Idle {
		fail(CodeRange, "sign_in.lifetime", short(c.SignIn.Lifetime)+" is less than sign_in.idle", "write at least "+short(c.SignIn.Idle)+"; 12h is usual")
	}
	if c.Open && (o.Issuer != "" || o.ClientID != "") {
		fail(CodeMisplaced, "sign_in.oidc", "nobody signs in with pages_without_login: true", "remove pages_without_login, or sign_in.oidc")
	}
	c.checkURL("sign_in.oidc.issuer", o.Issuer)
	switch {
	case o.Issuer == "" && (o.ClientID != "" || o.Secret.Given() || len(o.Roles) > 0):
		fail(CodeMissing, "sign_in.oidc", "the provider has no issuer", "write issuer: https://login.acme.example")
	case o.Issuer != "" && o.ClientID == "":
		fail(CodeMissing, "sign_in.oidc", "conformd has no client_id at the provider", "register conformd there, with the redirect address public_url + /sign-in/callback")
	case o.Issuer != "" && c.PublicURL == "":
		fail(CodeMissing, "public_url", "the provider of sign_in.oidc sends people back to this address, and there is none", "write public_url: https://register.acme.example")
	}
	seen := map[string]string{}
	for i, g := range o.Roles {
		key := Key("sign_in.oidc.roles", i)
		c.once(seen, g.Group+"\x00"+g.Role, join(key, "group"), "role "+quote(g.Role)+" for this group")
		c.checkUntil(join(key, "until"), g.Until)
		if g.Role == register.RoleAuditor && g.Until == "" {
			fail(CodeMissing, key, "an auditor reads the whole register, and has no last day", "write until: 2026-12-18")
		}
	}
	c.checkSubjects()
}

// checkSubjects judges how each person signs in.
func (c *Config) checkSubjects() {
	seen := map[string]string{}
	for i, p := range c.People {
		key := join(Key("people", i), "sign_in")
		c.once(seen, p.SignIn.Subject, join(key, "subject"), "subject "+quote(p.SignIn.Subject))
		c.checkUntil(join(key, "until"), p.SignIn.Until)
		switch {
		case p.SignIn.Subject != "" && c.SignIn.OIDC.Issuer == "":
			c.source.fail(CodeMisplaced, join(key, "subject"), "there is no provider of which this could be an id", "add sign_in.oidc.issuer, or remove the subject")
		case p.SignIn.Subject != "" && p.SignIn.Until == "" && slices.Contains(p.Roles, register.RoleAuditor):
			c.source.fail(CodeMissing, key, p.ID+" is an auditor, and has no last day", "write until: 2026-12-18")
		}
	}
}

func (c *Config) checkUntil(key, day string) {
	if _, ok := Until(day); !ok {
		c.source.fail(CodeForm, key, quote(day)+" is not a day", "write it like 2026-12-18")
	}
}

// Until returns the end of a day in UTC, zero for "".
func Until(day string) (end time.Time, ok bool) {
	if day == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}, false
	}
	return t.AddDate(0, 0, 1), true
}

// PagesAddress returns the address under which people open the pages, without a slash at its end.
func (c *Config) PagesAddress() string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	return "http://" + c.Listen
}

// Callback returns the address to which the provider sends people back.
func (c *Config) Callback() string {
	return strings.TrimSuffix(c.PublicURL, "/") + "/sign-in/callback"
}
