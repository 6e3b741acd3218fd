package github_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/transport"
)

const (
	botToken = "ghp_bot-secret-token"
	ourHook  = "webhook-secret-0123456789"
)

// people are the accounts of every simulated GitHub here.
func people() []githubsim.User {
	return []githubsim.User{
		{Login: "conformd-bot", ID: 9000, Token: botToken, Role: githubsim.Write},
		{Login: "alice", ID: 9001, Token: "ghp_alice", Role: githubsim.Admin},
		{Login: "bob", ID: 9002, Token: "ghp_bob", Role: githubsim.Write},
		{Login: "rita", ID: 9003, Token: "ghp_rita", Role: githubsim.Read},
		{Login: "outsider", ID: 9004, Token: "ghp_out", Role: githubsim.None},
	}
}

// A site is a simulated GitHub with one client connected to it.
type site struct {
	*githubsim.Server
	*github.Client
	url string
	api string // base URL of the client
	web *httptest.Server
}

type setting func(*githubsim.Options, *github.Config)

func open(t testing.TB, settings ...setting) *site {
	t.Helper()
	o := githubsim.Options{Owner: "acme", Repo: "isms", Users: people()}
	c := github.Config{
		Owner: "acme", Repo: "isms", Auth: github.Auth{Token: botToken},
		RetryWait: time.Millisecond, WebhookSecrets: []transport.Secret{ourHook},
	}
	for _, s := range settings {
		s(&o, &c)
	}
	s := &site{Server: githubsim.New(o)}
	s.AddRepo("platform")
	s.web = httptest.NewServer(s.Server)
	t.Cleanup(s.web.Close)
	s.url = s.web.URL
	if c.BaseURL == "" {
		c.BaseURL = s.url + "/"
		if o.GHES {
			c.BaseURL = s.url + "/api/v3/"
		}
	}
	s.api = c.BaseURL
	var err error
	if s.Client, err = github.New(c); err != nil {
		t.Fatal(err)
	}
	return s
}

func ghes(o *githubsim.Options, _ *github.Config) { o.GHES = true }

// file files an issue as bob and returns its reference.
func (s *site) file(t testing.TB, title, body string, labels ...string) connectors.Ref {
	t.Helper()
	n, err := s.As("bob").Open(title, body, labels...)
	return s.ref(t, n, err)
}

func (s *site) ref(t testing.TB, n int, err error) connectors.Ref {
	t.Helper()
	must(t, err)
	return refOf(s.Server, n)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// all collects a listing.
func all(t testing.TB, c connectors.Reader, since time.Time) []*connectors.Issue {
	t.Helper()
	var out []*connectors.Issue
	pages := 0
	for p, err := range c.Changed(t.Context(), since) {
		must(t, err)
		pages++
		out = append(out, p.Issues...)
	}
	if pages == 0 {
		t.Error("Changed yielded no page at all")
	}
	return out
}

// do sends a request with somebody's token.
func (s *site) do(t testing.TB, method, path, token, body string) answer {
	t.Helper()
	return request(t, method, s.url+path, token, body)
}
