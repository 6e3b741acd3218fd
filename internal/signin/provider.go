package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"go.uber.org/zap"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	"github.com/conformd/conformd/internal/access"
)

// Settings of an OpenID Connect provider.
type Settings struct {
	Issuer   string
	ClientID string
	Secret   string // "" for a public client
	Redirect string // address of our callback
	Scopes   []string
	Claim    string   // that holds the groups
	Groups   []string // that mean something; the others are forgotten
}

// How long the provider has for an answer, and how often strangers can make us ask it.
const (
	answerWithin = 10 * time.Second
	asksEach     = rate.Limit(2)
	asksAtOnce   = 20
)

// A Provider signs people in with OpenID Connect: authorization code flow with PKCE, state and nonce.
type Provider struct {
	s      Settings
	client *http.Client
	asks   *rate.Limiter
	log    *zap.Logger

	mu         sync.Mutex
	discovered *oidc.Provider // nil until the provider answered once
	failed     time.Time      // when it last did not
}

// NewProvider returns a Provider. It asks the provider nothing: conformd starts without it.
func NewProvider(s Settings, log *zap.Logger) *Provider {
	return &Provider{s: s, client: &http.Client{Timeout: answerWithin}, asks: rate.NewLimiter(asksEach, asksAtOnce), log: log}
}

// A Flow is what the browser keeps between the redirect to the provider and the way back.
type Flow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Target   string `json:"target"` // where the person wanted to go
	// Again says that the provider was asked to have the person prove anew who they are.
	Again bool `json:"again,omitempty"`
}

// Begin returns a flow and the address of the provider to send the browser to. With again the provider is asked to
// have the person prove anew who they are, whatever session they have there (OpenID Connect Core 1.0, 3.1.2.1).
func (p *Provider) Begin(ctx context.Context, target string, again bool) (Flow, string, error) {
	c, _, err := p.config(ctx)
	if err != nil {
		return Flow{}, "", err
	}
	f := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Target: access.Target(target), Again: again}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return f, c.AuthCodeURL(f.State, options...), nil
}

// config asks the provider for its addresses, once.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discovered == nil {
		// Whoever waited for an attempt that failed is answered by it.
		if time.Since(p.failed) < answerWithin || !p.asks.Allow() {
			return nil, nil, unreachable()
		}
		// The provider fetches its keys with this context later on.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.s.Issuer)
		if err != nil {
			p.failed = time.Now()
			p.log.Error("the provider of sign_in.oidc does not answer as it should", zap.String("issuer", p.s.Issuer), zap.Error(err))
			return nil, nil, unreachable()
		}
		p.discovered = found
	}
	return &oauth2.Config{
		ClientID: p.s.ClientID, ClientSecret: p.s.Secret, RedirectURL: p.s.Redirect, Endpoint: p.discovered.Endpoint(),
		Scopes: append([]string{oidc.ScopeOpenID}, p.s.Scopes...),
	}, p.discovered, nil
}

func unreachable() *RefusedError {
	return &RefusedError{CodeUnreachable, "The sign-in service of your organisation cannot be reached", "try again in a minute; the log of the daemon says why"}
}

func notAccepted() *RefusedError {
	return &RefusedError{CodeToken, "The answer of the sign-in service was not accepted", "sign in again; if that does not help, the log of the daemon says why"}
}

// NotBegun is the error of an answer of the provider that no sign-in in this browser waits for.
func NotBegun() *RefusedError {
	return &RefusedError{CodeState, "No sign-in waits for this answer", "begin again, and allow cookies; a sign-in ends ten minutes after it began"}
}

// Finish returns the identity that the answer of the provider proves, and when the person proved
// it there; the zero time says that this is not known. The error is a *RefusedError if it proves nothing.
func (p *Provider) Finish(ctx context.Context, f Flow, answer url.Values) (access.Identity, time.Time, error) {
	if f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(answer.Get("state"))) != 1 {
		return access.Identity{}, time.Time{}, NotBegun()
	}
	// A provider that names itself (RFC 9207) must be the one that was asked.
	if iss := answer.Get("iss"); iss != "" && iss != p.s.Issuer {
		return access.Identity{}, time.Time{}, notAccepted()
	}
	if code := answer.Get("error"); code != "" {
		if !regexp.MustCompile(`^[a-z_]{1,40}$`).MatchString(code) {
			code = "an unknown error"
		}
		return access.Identity{}, time.Time{}, &RefusedError{CodeProvider, "The sign-in service refused: " + code, "sign in again, or ask whoever runs the sign-in service"}
	}
	if !p.asks.Allow() {
		return access.Identity{}, time.Time{}, unreachable()
	}
	token, err := p.token(ctx, f, answer.Get("code"))
	if err != nil {
		var refused *RefusedError
		if !errors.As(err, &refused) {
			p.log.Warn("the answer of the provider was not accepted", zap.Error(err))
			refused = notAccepted()
		}
		return access.Identity{}, time.Time{}, refused
	}
	return p.identity(token, f.Again)
}

var errNoToken = errors.New("the provider gave no ID token")

// token exchanges the code for an ID token and verifies it.
func (p *Provider) token(ctx context.Context, f Flow, code string) (*oidc.IDToken, error) {
	c, provider, err := p.config(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	t, err := c.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		// The answer of the provider may repeat what was sent, so only its kind is told.
		if _, refused := errors.AsType[*oauth2.RetrieveError](err); refused {
			return nil, errors.New("the code was refused")
		}
		return nil, errors.New("the provider did not answer the exchange of the code")
	}
	raw, ok := t.Extra("id_token").(string)
	if !ok {
		return nil, errNoToken
	}
	id, err := provider.Verifier(&oidc.Config{ClientID: p.s.ClientID}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if f.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return nil, errors.New("the ID token is of another sign-in: its nonce differs")
	}
	return id, nil
}

// identity reads who an ID token is about, and when they proved it. A provider that does not tell the time may have
// had no proof for days, unless it was asked to have the person prove it anew.
func (p *Provider) identity(t *oidc.IDToken, again bool) (access.Identity, time.Time, error) {
	var claims map[string]json.RawMessage
	if err := t.Claims(&claims); err != nil {
		return access.Identity{}, time.Time{}, notAccepted()
	}
	id := access.Identity{Issuer: t.Issuer, Subject: t.Subject}
	if id.Subject == "" || len(id.Subject) > 255 { // OpenID Connect Core 1.0, 2
		return access.Identity{}, time.Time{}, notAccepted()
	}
	_ = json.Unmarshal(claims["name"], &id.Name) // a name that is no text is none
	for _, g := range texts(claims[p.s.Claim]) {
		if slices.Contains(p.s.Groups, g) {
			id.Groups = append(id.Groups, g)
		}
	}
	var at time.Time
	if again {
		at = t.IssuedAt.UTC()
	}
	var seconds int64
	if json.Unmarshal(claims["auth_time"], &seconds) == nil && seconds > 0 {
		at = time.Unix(seconds, 0).UTC()
	}
	return id, at, nil
}

// texts reads a claim that is a list of texts, or one text.
func texts(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}
