package app

import (
	"net/http"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/mapping"
)

// A driver is what the wiring knows of one kind of tracker. To add a kind, add a row to
// drivers.
type driver struct {
	markup string // how it writes text; known without the secrets that open takes
	open   func(a *App, c *config.Binding, o Options, base http.RoundTripper, way line, observe func(transport.Attempt)) (client, error)
}

// A client is a connection to one project or repository.
type client interface {
	connectors.Tracker
	connectors.Webhook
}

// drivers returns the drivers, by the kind of a tracker in the configuration.
func drivers() map[string]driver {
	return map[string]driver{
		config.TrackerJira: {mapping.MarkupWiki, func(a *App, c *config.Binding, o Options, base http.RoundTripper, way line, observe func(transport.Attempt)) (client, error) {
			return a.jira(c, o, base, way, observe)
		}},
		config.TrackerGitHub: {mapping.MarkupGFM, func(a *App, c *config.Binding, o Options, base http.RoundTripper, way line, observe func(transport.Attempt)) (client, error) {
			return a.github(c, o, base, way, observe)
		}},
	}
}
