package app

import (
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/config"
)

// A driver is what the wiring knows of one kind of tracker. To add a kind, add a file beside
// driver_jira.go and a row to drivers. The configuration has a table of its own, because it
// is checked without any connector.
type driver struct {
	// traits and reads are known without the secrets that open takes.
	traits connectors.Capabilities
	reads  connectors.References
	open   func(a *App, c *config.Binding, way transport.Options) (client, error)
}

// A client is a connection to one project or repository.
type client interface {
	connectors.Tracker
	connectors.Webhook
}

// drivers returns the drivers, by the kind of a tracker in the configuration.
func drivers() map[string]driver {
	return map[string]driver{jiraDriver().traits.Name: jiraDriver(), githubDriver().traits.Name: githubDriver()}
}
