package app_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// From the lines of a configuration to a page: a daemon whose sign_in.oidc names a provider signs a
// manager in who is in her group, shows a viewer of a mapped group the register, and lets a stranger
// nowhere.
func TestPeopleSignInAsConfigured(t *testing.T) {
	t.Parallel()
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Shutdown() })
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir, pages := t.TempDir(), freeAddress(t)
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: pages, Webhooks: "127.0.0.1:0", SignIn: true})
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte(provider.ClientSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, "people:\n", fmt.Sprintf(`public_url: http://%s
sign_in:
  oidc:
    issuer: %s
    client_id: %s
    client_secret: {file: %s}
    scopes: [profile, groups]
    groups_claim: groups
    roles:
      - {group: isms, role: isms_manager}
      - {group: staff, role: viewer}
people:
`, pages, provider.Issuer(), provider.ClientID, secret), 1)
	text = strings.Replace(text, "    name: Irene Ismail\n", "    name: Irene Ismail\n    sign_in: {subject: \"7f3a\"}\n", 1)
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	ctx, stop := context.WithCancel(t.Context())
	ran, up := make(chan error, 1), make(chan struct{})
	go func() { ran <- a.Run(ctx, func(app.Addrs) { close(up) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-up:
	case err := <-ran:
		ran <- err
		t.Fatal(err)
	}
	for _, x := range []struct {
		user   *mockoidc.MockUser
		status int
		shows  []string
	}{
		{&mockoidc.MockUser{Subject: "7f3a", Groups: []string{"isms"}}, http.StatusOK, []string{"Irene Ismail", "ISMS manager", "Sign out", "No records yet"}},
		{&mockoidc.MockUser{Subject: "0b1c", PreferredUsername: "vic", Groups: []string{"staff"}}, http.StatusOK, []string{"viewer", "No records yet"}},
		{&mockoidc.MockUser{Subject: "9999", Groups: []string{"isms"}}, http.StatusForbidden, nil},
	} {
		provider.QueueUser(x.user)
		status, body := signedIn(t, "http://"+pages+"/sign-in/provider?to=/")
		if status != x.status {
			t.Errorf("%s gets %d, want %d:\n%s", x.user.Subject, status, x.status, body)
		}
		for _, want := range x.shows {
			if !strings.Contains(body, want) {
				t.Errorf("the page of %s does not show %q:\n%s", x.user.Subject, want, body)
			}
		}
	}
}

// signedIn follows the way to the provider and back, as a browser does.
func signedIn(t *testing.T, address string) (status int, body string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: jar, Timeout: time.Minute}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// freeAddress is an address of loopback that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
