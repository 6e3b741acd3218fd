package app

import (
	"slices"

	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/mapping"
)

func jiraDriver() driver {
	return driver{traits: jira.Capabilities(), open: openJira, reads: jira.References()}
}

func openJira(a *App, c *config.Binding, way transport.Options) (client, error) {
	kind := jira.AuthBearer
	if c.Auth.Kind == "basic" {
		kind = jira.AuthBasic
	}
	var fields, statuses []string
	for _, f := range c.Fields {
		if f.From.Kind == string(mapping.KindField) {
			fields = append(fields, f.From.Name)
		}
	}
	for _, s := range c.States {
		statuses = append(statuses, s.Status)
	}
	for _, x := range c.Approvals {
		statuses = append(statuses, x.To)
		if x.From != "" {
			statuses = append(statuses, x.From)
		}
	}
	return jira.New(jira.Config{
		BaseURL: c.URL, BrowseURL: c.BrowseURL, Project: c.Project, IssueType: c.IssueType, IssueTypes: issueTypes(c), Select: c.Select,
		Known: a.known(c.ID), Installation: a.installation(),
		Auth: kind, User: c.Auth.User, Token: transport.Secret(c.Auth.Token.Reveal()), Renew: a.renew(c.ID, c.Auth.Token),
		Fields: fields, Statuses: statuses, WebhookSecrets: secrets(c.Webhook),
		HTTP: way,
	})
}

// issueTypes returns the types of the issues that a binding selects: the configured type,
// and the types that stand for the values of a field. A field without such values allows
// every type.
func issueTypes(c *config.Binding) []string {
	if c.IssueType == "" {
		return nil
	}
	out := []string{c.IssueType}
	for _, f := range c.Fields {
		if f.From.Kind != string(mapping.KindType) {
			continue
		}
		if len(f.Values) == 0 {
			return nil
		}
		for _, v := range f.Values {
			out = append(out, v.From)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
