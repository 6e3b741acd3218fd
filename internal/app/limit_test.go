package app

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/connectors/transport"
)

// A token endpoint that fails for a while must not use up the places of a binding, nor the
// connections to its host: ghinstallation leaves the body of each failure unread.
func TestFailedTokensGiveTheirPlacesBack(t *testing.T) {
	const failures = 40 // more than a transport has connections to one host
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for name, fault := range map[string]simkit.Fault{
		"502":       {Do: simkit.Status, Status: http.StatusBadGateway, Body: strings.Repeat("x", 100_000)},
		"404":       {Do: simkit.Status, Status: http.StatusNotFound, Body: `{"message":"Not Found"}`},
		"202":       {Do: simkit.Status, Status: http.StatusAccepted, Body: "{}"},
		"302":       {Do: simkit.Status, Status: http.StatusFound, Header: map[string]string{"Location": "/elsewhere"}, Body: strings.Repeat("x", 100_000)},
		"no JSON":   {Do: simkit.Status, Status: http.StatusCreated, Body: strings.Repeat("x", 100_000)},
		"no answer": {Do: simkit.Drop},
		"a cut one": {Do: simkit.Truncate},
	} {
		sim := githubsim.New(githubsim.Options{
			Owner: "acme", Repo: "isms", App: &githubsim.App{ID: 7, Slug: "conformd", InstallationID: 5, PublicKey: &key.PublicKey},
		})
		web := httptest.NewServer(sim)
		c, err := github.New(github.Config{
			BaseURL: web.URL + "/", Owner: "acme", Repo: "isms", Base: transport.Pooled(), Slots: transport.NewSlots(2), Retries: -1,
			Auth: github.Auth{App: &github.App{ID: 7, InstallationID: 5, PrivateKey: transport.Secret(secret)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		fault.Path, fault.Times = "/access_tokens$", failures
		sim.Faults().Add(fault)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		read := func() error {
			for _, err := range c.Changed(ctx, time.Time{}) {
				if err != nil {
					return err
				}
			}
			return nil
		}
		for n := range failures {
			if err := read(); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: read %d = %v, want the failure of the token", name, n+1, err)
			}
		}
		if err := read(); err != nil {
			t.Errorf("%s: read after the failures = %v (kind %q), want success", name, err, connectors.KindOf(err))
		}
		cancel()
		web.Close()
		sim.Close()
	}
}
