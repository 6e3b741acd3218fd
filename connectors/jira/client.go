package jira

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	gojira "github.com/andygrunwald/go-jira"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// The ways to present a credential.
const (
	AuthBasic  = "basic"  // Cloud: e-mail address and API token; Data Center: login and password
	AuthBearer = "bearer" // Data Center: personal access token; Cloud: OAuth 2.0 access token
)

// Config says how to reach a project.
type Config struct {
	// BaseURL is where the API is: the site, a Data Center context path, or
	// https://api.atlassian.com/ex/jira/{cloudId} for scoped tokens.
	BaseURL string
	// BrowseURL is where people see issues; "": BaseURL.
	BrowseURL string
	Auth      string // AuthBasic or AuthBearer; "": AuthBasic if User is set
	User      string
	Token     transport.Secret
	// Renew returns the present token. It is called before the next request after one that
	// failed; nil keeps the token.
	Renew func() (transport.Secret, bool)

	Project   string // key
	IssueType string // of created issues whose draft names none
	// IssueTypes are the types of the issues that Changed selects, by name; none: all.
	IssueTypes []string
	Select     string // JQL that narrows Changed further, without ORDER BY; "": all
	// Known reports whether an issue is bound already. A bound issue is read even if its type
	// was changed or it no longer matches Select, see Changed. Known may be nil and is called
	// concurrently.
	Known func(id string) bool
	// Installation is the id of this conformd, [a-z0-9]{8,16}; "" is none. See
	// connectors.Draft.
	Installation string
	// Fields are the custom fields that issues carry, by name or id.
	Fields []string
	// Statuses are the status names or ids that Check looks for.
	Statuses []string
	// WebhookSecrets are the secrets with which a delivery may be signed; empty ones are
	// ignored.
	WebhookSecrets []transport.Secret

	// HTTP are the options of the HTTP stack; its Auth is replaced.
	HTTP transport.Options
}

// A Client is a connection to one Jira project. It is safe for concurrent use.
type Client struct {
	cfg    Config
	api    *gojira.Client
	browse string

	mu       sync.Mutex // guards the fields below, which cache answers of the server
	site     *site
	self     *connectors.User
	fields   *fieldIndex
	fieldsAt time.Time
	logins   map[string]login // by user key, Data Center
}

var (
	_ connectors.Tracker     = (*Client)(nil)
	_ connectors.BulkReader  = (*Client)(nil)
	_ connectors.Census      = (*Client)(nil)
	_ connectors.Counter     = (*Client)(nil)
	_ connectors.LabelReader = (*Client)(nil)
	_ connectors.Webhook     = (*Client)(nil)
)

// New returns a client. It makes no request; the error is a mistake in c.
func New(c Config) (*Client, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("jira: the base URL is not an http or https address")
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("jira: the base URL holds a credential, a query or a fragment")
	}
	if c.Project == "" {
		return nil, errors.New("jira: no project")
	}
	if c.Installation != "" && !connectors.IsInstallation(c.Installation) {
		return nil, errors.New("jira: the id of the installation must match [a-z0-9]{8,16}")
	}
	if err := checkSelect(c.Select); err != nil {
		return nil, fmt.Errorf("jira: select: %w", err)
	}
	if c.Auth == "" {
		c.Auth = AuthBearer
		if c.User != "" {
			c.Auth = AuthBasic
		}
	}
	o := c.HTTP
	auth, err := transport.Renewing(c.Token, func(s transport.Secret) (http.RoundTripper, error) {
		switch c.Auth {
		case AuthBasic:
			return transport.BasicAuth(c.User, s, o.Base), nil
		case AuthBearer:
			return transport.BearerAuth(s, o.Base), nil
		}
		return nil, fmt.Errorf("jira: unknown kind of authentication %q", c.Auth)
	}, c.Renew)
	if err != nil {
		return nil, err
	}
	o.Auth = auth
	api, err := gojira.NewClient(transport.New(o), strings.TrimSuffix(c.BaseURL, "/")+"/")
	if err != nil {
		return nil, errors.New("jira: the base URL cannot be used")
	}
	browse := c.BrowseURL
	if browse == "" {
		browse = c.BaseURL
	}
	return &Client{cfg: c, api: api, browse: strings.TrimSuffix(browse, "/"), logins: map[string]login{}}, nil
}

// Limits of Jira. A comment on Data Center carries its marker and the installation in
// the text, so room is left for them.
const (
	titleLimit = 255
	bodyLimit  = 32767 - len("\n{anchor:"+markerPrefix+anchorOf+"}") - 64 - 16
)

// Capabilities describes Jira.
func (c *Client) Capabilities() connectors.Capabilities { return Capabilities() }

// Capabilities describes Jira, Cloud and Data Center alike.
func Capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Name: "jira", SeparateTransition: true, InlineComments: true, Changelog: true,
		TitleLimit: titleLimit, BodyLimit: bodyLimit, LabelLimit: 255, Markup: "wiki", Concurrency: 8,
	}
}
