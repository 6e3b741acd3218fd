package github_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/connectors/transport"
)

func newKey(t testing.TB) (*rsa.PrivateKey, transport.Secret) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return key, transport.Secret(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

func asApp(key *rsa.PrivateKey, secret transport.Secret) setting {
	return func(o *githubsim.Options, c *github.Config) {
		o.App = &githubsim.App{ID: 77, Slug: "conformd", InstallationID: 5, PublicKey: &key.PublicKey}
		c.Auth = github.Auth{App: &github.App{ID: 77, InstallationID: 5, PrivateKey: secret}}
	}
}

func TestAppActsAsItsBot(t *testing.T) {
	key, secret := newKey(t)
	for _, mode := range [][]setting{{asApp(key, secret)}, {ghes, asApp(key, secret)}} {
		s := open(t, mode...)
		start := s.Clock().Now()
		w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{
			connectors.Title: {Text: "t"}, connectors.Labels: {Items: []string{"bug"}},
		}})
		must(t, err)
		if a := w.Issue.Author; a.Login != "conformd[bot]" || !a.Bot {
			t.Errorf("author = %+v, want conformd[bot]", a)
		}
		refs, err := s.FindCreated(t.Context(), marker, start)
		must(t, err)
		if len(refs) != 1 {
			t.Errorf("FindCreated = %v, want our issue", refs)
		}
		rep, err := s.Check(t.Context())
		must(t, err)
		if rep.Self.Login != "conformd[bot]" || len(rep.Problems) != 0 {
			t.Errorf("Check = %+v, want conformd[bot] and no problem", rep)
		}
		if n := s.Faults().Count("POST", `/access_tokens$`); n != 1 {
			t.Errorf("%d installation tokens, want one for all calls", n)
		}
	}
}

// inProcess answers requests without a network, so that it works inside a
// synctest bubble.
type inProcess struct{ h http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	p.h.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// An installation token lives for an hour; the next one is fetched before it
// ends.
func TestAppTokenIsRefreshed(t *testing.T) {
	key, secret := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		s := githubsim.New(githubsim.Options{
			Owner: "acme", Repo: "isms", Users: people(), Clock: &simkit.Clock{}, URL: "https://api.test",
			App: &githubsim.App{ID: 77, Slug: "conformd", InstallationID: 5, PublicKey: &key.PublicKey},
		})
		c, err := github.New(github.Config{
			BaseURL: "https://api.test/", Owner: "acme", Repo: "isms", Base: inProcess{s},
			Auth: github.Auth{App: &github.App{ID: 77, InstallationID: 5, PrivateKey: secret}},
		})
		must(t, err)
		n, err := s.As("bob").Open("a", "")
		must(t, err)
		ref := refOf(s, n)
		for range 5 {
			_, err := c.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Title: {Text: time.Now().String()}}})
			must(t, err)
			time.Sleep(30 * time.Minute) // of the bubble
		}
		if n := s.Faults().Count("POST", `/access_tokens$`); n != 3 {
			t.Errorf("%d tokens in two hours, want 3", n)
		}
	})
}

func TestAppWithoutAccess(t *testing.T) {
	key, secret := newKey(t)
	_, other := newKey(t)
	for name, change := range map[string]setting{
		"another key":   func(_ *githubsim.Options, c *github.Config) { c.Auth.App.PrivateKey = other },
		"another app":   func(_ *githubsim.Options, c *github.Config) { c.Auth.App.ID = 78 },
		"not installed": func(_ *githubsim.Options, c *github.Config) { c.Auth.App.InstallationID = 6 },
	} {
		s := open(t, asApp(key, secret), change)
		ref := s.file(t, "a", "")
		_, err := s.Update(t.Context(), ref, title("b"))
		e := failure(t, name, err, connectors.Unauthenticated)
		if strings.Contains(e.Error(), "PRIVATE KEY") {
			t.Errorf("%s: the error shows the key: %v", name, e)
		}
	}
	_, err := github.New(github.Config{Owner: "a", Repo: "b", Auth: github.Auth{App: &github.App{ID: 1, PrivateKey: "-----BEGIN nonsense"}}})
	if err == nil || strings.Contains(err.Error(), "nonsense") {
		t.Errorf("New with a broken key = %v, want an error that does not quote it", err)
	}
}

// That a token could not be fetched means that the write never left.
func TestAppTokenFailureIsNoUnknownWrite(t *testing.T) {
	key, secret := newKey(t)
	s := open(t, asApp(key, secret), func(o *githubsim.Options, _ *github.Config) {
		o.App.TokenLife = time.Second // so that each request needs a new one
	})
	ref := s.file(t, "a", "")
	_, err := s.Get(t.Context(), ref)
	must(t, err)
	s.Faults().Add(simkit.Fault{Do: "status", Status: 502, Path: "access_tokens"})
	_, err = s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Unavailable)
	s.Faults().Add(simkit.Fault{Do: "drop", Path: "access_tokens"})
	_, err = s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Unavailable)
	s.Faults().Add(githubsim.SecondaryLimit(403, 1, time.Minute))
	_, err = s.Update(t.Context(), ref, title("b"))
	kind(t, "Update", err, connectors.Limited)
}

// hangs answers no request for a token while it hangs, until the request is given up.
type hangs struct {
	next  http.RoundTripper
	still atomic.Bool
	// asking counts the requests for a token under way; most is how many there were at once.
	asking, most atomic.Int32
}

func (h *hangs) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/access_tokens") && h.still.Load() {
		h.most.Store(max(h.most.Load(), h.asking.Add(1)))
		defer h.asking.Add(-1)
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return h.next.RoundTrip(r)
}

// While GitHub does not answer the request for a token, each worker leaves at its own deadline,
// also the one that asks. Nothing of theirs was sent. The next ones get a token as soon as GitHub
// answers.
func TestNobodyWaitsForATokenPastTheirDeadline(t *testing.T) {
	key, secret := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		s := githubsim.New(githubsim.Options{
			Owner: "acme", Repo: "isms", Users: people(), Clock: &simkit.Clock{}, URL: "https://api.test",
			App: &githubsim.App{ID: 77, Slug: "conformd", InstallationID: 5, PublicKey: &key.PublicKey},
		})
		base := &hangs{next: inProcess{s}}
		base.still.Store(true)
		c, err := github.New(github.Config{
			BaseURL: "https://api.test/", Owner: "acme", Repo: "isms", Base: base,
			Auth: github.Auth{App: &github.App{ID: 77, InstallationID: 5, PrivateKey: secret}},
		})
		must(t, err)
		n, err := s.As("bob").Open("a", "")
		must(t, err)
		ref := refOf(s, n)
		var all sync.WaitGroup
		for i, deadline := range []time.Duration{time.Minute, 5 * time.Second, time.Second, 5 * time.Second, time.Minute} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				began := time.Now()
				_, err := c.Update(ctx, ref, title("b"))
				kind(t, "Update", err, connectors.Unavailable)
				const bound = 30 * time.Second // of any request
				if took := time.Since(began); took > min(deadline, bound) {
					t.Errorf("worker %d with %s left after %s", i, deadline, took)
				}
			})
		}
		all.Wait()
		if n := base.most.Load(); n != 1 {
			t.Errorf("%d requests for a token at once, want one", n)
		}
		base.still.Store(false)
		_, err = c.Update(t.Context(), ref, title("c"))
		must(t, err)
	})
}
