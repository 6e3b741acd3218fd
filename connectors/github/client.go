// Package github connects conformd to the issues of one GitHub repository, on
// github.com or on a GitHub Enterprise Server.
//
// It speaks the REST API, version 2022-11-28, through go-github, but keeps its
// own small wire types and classifies every answer by status and headers:
// go-github v60 takes a 429 for an ordinary error, remembers a secondary limit
// for the rest of the hour, and takes a 202 for a failure. Pull requests, which
// GitHub lists among the issues, are never shown.
package github

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	gogithub "github.com/google/go-github/v60/github"
	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// DefaultURL is the API of github.com.
const DefaultURL = "https://api.github.com/"

// Config says which repository to connect to, and as whom.
type Config struct {
	// BaseURL is the address of the API: "" for github.com, or
	// "https://host/api/v3/" for an Enterprise Server.
	BaseURL string
	// WebURL is the address of the pages; "" is derived from BaseURL.
	WebURL string
	Owner  string
	Repo   string
	Auth   Auth
	// Labels select the issues of the binding: an issue must carry all of them.
	// Empty selects all issues.
	Labels []string
	// Known reports whether an issue is bound already; a bound issue is observed
	// even when it has lost its labels. It may be nil and is called concurrently.
	Known func(id string) bool
	// Installation is the id of this conformd, [a-z0-9]{8,16}; "" is none. See
	// connectors.Draft.
	Installation string
	// NeedLabels are the labels that the configuration writes; Check reports
	// those that do not exist.
	NeedLabels []string
	// WebhookSecrets sign deliveries. Several are accepted, so that a secret can
	// be replaced without losing a delivery.
	WebhookSecrets []transport.Secret

	// The rest tunes the HTTP client; see transport.Options.
	Base      http.RoundTripper
	Jitter    func(time.Duration) time.Duration // see transport.Options
	Timeout   time.Duration
	Retries   int
	RetryWait time.Duration
	UserAgent string
	Logger    *zap.Logger
	Observe   func(transport.Attempt)
	Slots     *transport.Slots
	Pause     *transport.Pause
}

// Auth is a token, or the credentials of a GitHub App. Exactly one is set.
type Auth struct {
	Token transport.Secret
	App   *App
	// Renew returns the token, or the private key of the app, as it is now. It is asked
	// before the next request after one that failed; nil keeps the credential.
	Renew func() (transport.Secret, bool)
}

// App are the credentials of a GitHub App as it is installed in one account.
type App struct {
	ID             int64
	InstallationID int64
	PrivateKey     transport.Secret // PEM
}

// A Client is a connection to one repository. It is safe for concurrent use.
type Client struct {
	cfg  Config
	base *url.URL
	web  string
	http *http.Client
	app  *http.Client // signs as the app itself; nil without one

	mu     sync.Mutex
	self   *connectors.User
	logins map[string]string // account id to login, as last seen
	repoID int64             // 0 until Check has asked
	// memories are the last answers of listings, by operation.
	memories map[string]memory
	most     int  // rows that the server gives at once at most, 0 while it gives as many as asked for
	noFeed   bool // the server does not list the comments of all issues
	// nodes are the global ids of the comments that were read last, by their own.
	nodes  map[string]string
	ahead  map[string]tidings // what was told of issues before they were asked about, by id
	asking chan struct{}      // held by whoever asks who changed issues
	// untold is why the server does not tell who edited what, "" while it does.
	untold   string
	untoldAt time.Time // when it said so
}

var (
	_ connectors.Tracker     = (*Client)(nil)
	_ connectors.CommentFeed = (*Client)(nil)
	_ connectors.Reactor     = (*Client)(nil)
	_ connectors.EditTimes   = (*Client)(nil)
	_ connectors.Historian   = (*Client)(nil)
	_ connectors.Webhook     = (*Client)(nil)
	_ connectors.Directory   = (*Client)(nil)
	_ connectors.Catalogue   = (*Client)(nil)
	_ connectors.Census      = (*Client)(nil)
	_ connectors.Counter     = (*Client)(nil)
	_ connectors.LabelReader = (*Client)(nil)
)

// New checks the configuration and prepares a client. It sends nothing.
func New(c Config) (*Client, error) {
	if c.Owner == "" || c.Repo == "" {
		return nil, errors.New("github: owner and repository must be set")
	}
	if c.BaseURL == "" {
		c.BaseURL = DefaultURL
	}
	base, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/") + "/")
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" {
		return nil, errors.New("github: the base URL is no plain absolute address")
	}
	if c.Installation != "" && !connectors.IsInstallation(c.Installation) {
		return nil, errors.New("github: the id of the installation must match [a-z0-9]{8,16}")
	}
	if slices.Contains(c.WebhookSecrets, "") {
		return nil, errors.New("github: an empty webhook secret would accept anything")
	}
	cl := &Client{cfg: c, base: base, web: webURL(c.WebURL, base), logins: map[string]string{}, memories: map[string]memory{}, nodes: map[string]string{}, asking: make(chan struct{}, 1)}
	auth, app, err := c.Auth.transports(c.Base, base)
	if err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	cl.http = transport.New(c.options(auth))
	if app != nil {
		cl.app = transport.New(c.options(app))
	}
	return cl, nil
}

func (c Config) options(auth http.RoundTripper) transport.Options {
	return transport.Options{
		Auth: auth, Base: c.Base, Timeout: c.Timeout, Retries: c.Retries, RetryWait: c.RetryWait, Jitter: c.Jitter,
		UserAgent: c.UserAgent, Logger: c.Logger, Observe: c.Observe, Slots: c.Slots, Pause: c.Pause,
	}
}

func webURL(configured string, api *url.URL) string {
	switch {
	case configured != "":
		return strings.TrimSuffix(configured, "/")
	case api.Host == "api.github.com":
		return "https://github.com"
	}
	return strings.TrimSuffix(strings.TrimSuffix(api.String(), "/"), "/api/v3")
}

// The limits of GitHub's texts. The body limit of the API is 65,536 characters;
// what the marker needs is taken off, so that a caller may use all of the rest.
const (
	titleLimit = 256
	bodyLimit  = 65536 - markerRoom
)

// Capabilities describes GitHub.
func (c *Client) Capabilities() connectors.Capabilities { return Capabilities() }

// Capabilities describes github.com and Enterprise Server alike. Longer labels are refused
// (https://docs.github.com/en/rest/issues/labels).
func Capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Name: "github", WriteEchoes: true, TitleLimit: titleLimit, BodyLimit: bodyLimit,
		LabelLimit: 50, SpacedLabels: true, CoAssignees: true, Handles: true,
		Markup: "gfm", Concurrency: 6, Statuses: []string{"open", "closed"},
	}
}

// api returns a go-github client without memory: v60 refuses calls by itself
// for up to an hour after a secondary limit, which is the caller's to decide.
func (c *Client) api(hc *http.Client) *gogithub.Client {
	g := gogithub.NewClient(hc)
	g.BaseURL = c.base
	if c.cfg.UserAgent != "" {
		g.UserAgent = c.cfg.UserAgent
	}
	return g
}

// path returns the API path of something in the repository.
func (c *Client) path(suffix string) string {
	p := "repos/" + url.PathEscape(c.cfg.Owner) + "/" + url.PathEscape(c.cfg.Repo)
	if suffix != "" {
		p += "/" + suffix
	}
	return p
}
