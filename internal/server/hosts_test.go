package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/server"
)

// ask asks a server for its liveness by a host name.
func ask(t *testing.T, srv *http.Server, host string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/livez", nil)
	r.Host = host
	w := httptest.NewRecorder()
	srv.Handler.ServeHTTP(w, r)
	return w
}

// A foreign name that resolves to this machine gets nothing of the pages.
func TestPagesKnowTheirHosts(t *testing.T) {
	for name, x := range map[string]struct {
		hosts        server.Hosts
		known, alien []string
	}{
		"this machine": {
			server.Hosts{Listen: "127.0.0.1", Names: []string{"Register.acme.example"}},
			[]string{"127.0.0.1", "127.0.0.1:8484", "127.1.2.3", "localhost", "LOCALHOST:1", "localhost.", "x.localhost", "[::1]:8484", "[::1]", "register.acme.example", "register.ACME.example:443"},
			[]string{
				"", "evil.example", "evil.example:8484", "10.0.0.1", "0.0.0.0", "[fe80::1]", "localhost.evil.example", "127.0.0.1.evil.example",
				"notlocalhost", "register.acme.example.evil.example", "evil.example:127.0.0.1", "127.0.0.1@evil.example", "2130706433", "localhost:80:80",
			},
		},
		"one address": {
			server.Hosts{Listen: "10.0.0.1"},
			[]string{"10.0.0.1:8484", "127.0.0.1", "localhost"},
			[]string{"10.0.0.2", "evil.example"},
		},
		"every address": {
			server.Hosts{Listen: ""},
			[]string{"10.0.0.1:8484", "10.0.0.2", "[2001:db8::1]:8484", "localhost"},
			[]string{"evil.example", ""},
		},
		"every address, written": {
			server.Hosts{Listen: "0.0.0.0"},
			[]string{"10.0.0.1:8484"},
			[]string{"evil.example", ""},
		},
	} {
		srv := server.Pages(server.Options{Hosts: x.hosts, Log: zap.NewNop()})
		for _, host := range x.known {
			if w := ask(t, srv, host); w.Code != http.StatusOK {
				t.Errorf("%s: asked as %q: %d, want 200", name, host, w.Code)
			}
		}
		for _, host := range x.alien {
			w := ask(t, srv, host)
			if w.Code != http.StatusMisdirectedRequest || strings.Count(w.Body.String(), "\n") != 1 {
				t.Errorf("%s: asked as %q: %d %q, want 421 and one line", name, host, w.Code, w.Body)
			}
		}
	}
}

// The listener for webhooks serves nothing of the register, under any name, and that for
// people tells a tracker that delivers there where to go.
func TestListenersServeTheirOwn(t *testing.T) {
	taken := 0
	hooks := server.Hooks(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		taken++
		w.WriteHeader(http.StatusAccepted)
	}), zap.NewNop())
	pages := server.Pages(server.Options{Hosts: server.Hosts{Names: []string{"example.com"}}, HooksAt: "127.0.0.1:8485", Log: zap.NewNop()})
	nowhere := server.Pages(server.Options{Hosts: server.Hosts{Names: []string{"example.com"}}, Log: zap.NewNop()})
	for _, x := range []struct {
		srv          *http.Server
		method, path string
		status       int
		says         string
	}{
		{hooks, http.MethodPost, "/hooks/gh", 202, ""},
		{hooks, http.MethodGet, "/livez", 200, "ok"},
		{hooks, http.MethodGet, "/", 404, ""},
		{hooks, http.MethodGet, "/readyz", 404, ""},
		{hooks, http.MethodGet, "/audit", 404, ""},
		{hooks, http.MethodGet, "/records/NC-2026-0001", 404, ""},
		{hooks, http.MethodGet, "/static/app.css", 404, ""},
		{hooks, http.MethodGet, "/hooks/gh", 405, ""},
		{hooks, http.MethodPut, "/hooks/gh", 405, ""},
		{hooks, http.MethodPost, "/hooks/", 404, ""},
		{pages, http.MethodPost, "/hooks/gh", 410, "127.0.0.1:8485"},
		{nowhere, http.MethodPost, "/hooks/gh", 410, "no binding takes webhooks"},
	} {
		w := get(t, x.srv.Handler, x.method, x.path)
		if w.Code != x.status || !strings.Contains(w.Body.String(), x.says) {
			t.Errorf("%s %s = %d %q, want %d and %q", x.method, x.path, w.Code, w.Body, x.status, x.says)
		}
	}
	if taken != 1 {
		t.Errorf("%d deliveries were taken, want 1", taken)
	}
}
