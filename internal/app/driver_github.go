package app

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
)

func githubDriver() driver {
	return driver{traits: github.Capabilities(), open: openGitHub, reads: github.References()}
}

func openGitHub(a *App, c *config.Binding, way transport.Options) (client, error) {
	owner, repo, _ := strings.Cut(c.Repo, "/")
	auth := github.Auth{Token: transport.Secret(c.Auth.Token.Reveal()), Renew: a.renew(c.ID, c.Auth.Token)}
	if c.Auth.Kind == "app" {
		auth = github.Auth{Renew: a.renew(c.ID, c.Auth.PrivateKey), App: &github.App{ID: c.Auth.AppID, InstallationID: c.Auth.Installation, PrivateKey: transport.Secret(c.Auth.PrivateKey.Reveal())}}
	}
	return github.New(github.Config{
		BaseURL: c.URL, WebURL: c.BrowseURL, Owner: owner, Repo: repo, Auth: auth, Labels: c.Labels,
		Known: a.known(c.ID), Installation: a.installation(),
		NeedLabels: needed(c), WebhookSecrets: secrets(c.Webhook),
		Base: way.Base, Slots: way.Slots, Pause: way.Pause, Jitter: way.Jitter, Observe: way.Observe, UserAgent: way.UserAgent, Logger: way.Logger,
	})
}

// needed lists the labels that conformd writes to a binding.
func needed(c *config.Binding) []string {
	out := slices.Clone(c.Labels)
	if c.Role == string(mapping.RoleAction) {
		return out // nothing is written there
	}
	if c.Enforcement != string(plan.Observe) {
		out = append(out, plan.HeldLabel)
	}
	for _, s := range c.States {
		if s.Label != "" {
			out = append(out, s.Label)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
