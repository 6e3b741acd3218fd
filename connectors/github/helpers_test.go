package github_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

func refOf(s *githubsim.Server, n int) connectors.Ref {
	return connectors.Ref{ID: strconv.FormatInt(s.Issue(n).ID, 10), Key: fmt.Sprintf("acme/isms#%d", n)}
}

// An answer is what a person's request got.
type answer struct {
	StatusCode int
	Header     http.Header
}

func request(t testing.TB, method, url, token, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	must(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(req)
	must(t, err)
	must(t, resp.Body.Close())
	return answer{resp.StatusCode, resp.Header}
}

// kind fails the test unless err has the kind.
func kind(t testing.TB, what string, err error, want connectors.Kind) {
	t.Helper()
	_ = failure(t, what, err, want)
}

// failure is kind for those who look closer.
func failure(t testing.TB, what string, err error, want connectors.Kind) *connectors.Error {
	t.Helper()
	if got := connectors.KindOf(err); got != want {
		t.Fatalf("%s = %v (kind %q), want kind %q", what, err, got, want)
	}
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok {
		t.Fatalf("%s = %T, want *connectors.Error", what, err)
	}
	return e
}

// ours counts the changes that truly happened in our name.
func ours(s *githubsim.Server) int {
	n := 0
	for _, c := range s.Truth().All() {
		if c.By == "conformd-bot" {
			n++
		}
	}
	return n
}

type optsOf = githubsim.Options

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// fake is a client of a server that gives fixed answers by path, and 404 to the rest.
func fake(t testing.TB, answers map[string]string) *github.Client {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, body) // the client may have gone
	}))
	t.Cleanup(web.Close)
	c, err := github.New(github.Config{BaseURL: web.URL + "/", Owner: "acme", Repo: "isms", Auth: github.Auth{Token: botToken}, Retries: -1})
	must(t, err)
	return c
}
