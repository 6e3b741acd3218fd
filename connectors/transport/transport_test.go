package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/conformd/conformd/connectors/transport"
)

const secret = "tok-5ecret-9f3a"

// roundTripper is a network made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, body string, header ...string) (*http.Response, error) {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
	}, nil
}

// counting serves h and counts the requests that arrive.
func counting(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func lose(w http.ResponseWriter, _ *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

func do(t *testing.T, c *http.Client, method, to, body string) (status int, text string, err error) {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, to, r)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

func quick() transport.Options { return transport.Options{RetryWait: time.Millisecond} }

// A lost reply says nothing about whether the issue was created.
func TestPostIsNeverRepeated(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete} {
		for name, h := range map[string]http.HandlerFunc{
			"reply lost": lose,
			"502":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
			"503 with Retry-After": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusServiceUnavailable)
			},
			"429": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				s, n := counting(t, h)
				_, _, err := do(t, transport.New(quick()), method, s.URL+"/issues", `{"title":"t"}`)
				if name == "reply lost" && err == nil {
					t.Error("Do(lost reply) = nil, want an error")
				}
				if got := n.Load(); got != 1 {
					t.Errorf("attempts = %d, want 1", got)
				}
			})
		}
	}
}

// On a connection that was used before, the standard library repeats what it
// takes for safe.
func TestPostOnAnIdleConnectionIsNotRepeated(t *testing.T) {
	s, n := counting(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			lose(w, r)
		}
	})
	c := transport.New(quick())
	if _, _, err := do(t, c, http.MethodGet, s.URL, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := do(t, c, http.MethodPost, s.URL, `{}`); err == nil || n.Load() != 2 {
		t.Errorf("POST = %v after %d requests in all, want an error after 2", err, n.Load())
	}
}

// The library mutates what it is given; callers may use their request again.
func TestTheCallersRequestIsNotChanged(t *testing.T) {
	s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	o := quick()
	o.Auth = transport.BearerAuth(secret, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/a?b=c", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := transport.New(o).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if len(req.Header) != 1 || req.URL.String() != s.URL+"/a?b=c" {
		t.Errorf("request after Do = %v %v, want it as it was", req.URL, req.Header)
	}
}

// A retry policy that returned an error beside an answer would lose the answer.
func TestTheAnswerIsKeptWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := quick()
	o.Base = roundTripper(func(*http.Request) (*http.Response, error) {
		cancel()
		return respond(500, "boom")
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://jira.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.New(o).Do(req)
	if err != nil {
		t.Fatalf("Do = %v, want the answer", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 500 {
		t.Errorf("Do = %d, want 500", resp.StatusCode)
	}
}

func TestReadsAreRepeated(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		var n atomic.Int32
		s, _ := counting(t, func(w http.ResponseWriter, r *http.Request) {
			switch n.Add(1) {
			case 1:
				lose(w, r)
			case 2:
				w.WriteHeader(http.StatusBadGateway)
			default:
				_, _ = io.WriteString(w, "ok")
			}
		})
		status, _, err := do(t, transport.New(quick()), method, s.URL, "")
		if err != nil || status != http.StatusOK {
			t.Errorf("%s after a drop and a 502 = %d, %v, want 200", method, status, err)
		}
	}
}

func TestWhatIsNotRepeated(t *testing.T) {
	for status, want := range map[int]int32{
		400: 1, 401: 1, 403: 1, 404: 1, 410: 1, 429: 1, 501: 1,
		500: 4, 502: 4, 503: 4, 504: 4, 520: 4,
	} {
		s, n := counting(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if got, _, err := do(t, transport.New(quick()), http.MethodGet, s.URL, ""); err != nil || got != status {
			t.Errorf("Do(%d) = %d, %v", status, got, err)
		}
		if n.Load() != want {
			t.Errorf("attempts at a %d = %d, want %d", status, n.Load(), want)
		}
	}
	s, n := counting(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	o := quick()
	o.Retries = -1
	if _, _, err := do(t, transport.New(o), http.MethodGet, s.URL, ""); err != nil || n.Load() != 1 {
		t.Errorf("attempts with Retries -1 = %d (%v), want 1", n.Load(), err)
	}
}

// After the last attempt the library would keep only its own words.
func TestLastErrorKeepsItsBody(t *testing.T) {
	s, n := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"message":"boom"}`)
	})
	status, body, err := do(t, transport.New(quick()), http.MethodGet, s.URL, "")
	if err != nil || status != 500 || body != `{"message":"boom"}` {
		t.Errorf("Do(500 for ever) = %d, %q, %v, want 500 with its body", status, body, err)
	}
	if n.Load() != 4 {
		t.Errorf("attempts = %d, want 4", n.Load())
	}
}

// GitHub answers 301 to a PATCH of a transferred issue. Followed as GET it would
// look like a success.
func TestPatchRedirect301IsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303} {
		for _, method := range []string{http.MethodPatch, http.MethodPost, http.MethodPut} {
			s, n := counting(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/new" {
					_, _ = io.WriteString(w, `{"number":9}`)
					return
				}
				w.Header().Set("Location", "/new")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, `{"message":"Moved Permanently"}`)
			})
			got, body, err := do(t, transport.New(quick()), method, s.URL+"/old", `{}`)
			if err != nil || got != status || !strings.Contains(body, "Moved") || n.Load() != 1 {
				t.Errorf("%s of a %d = %d, %q, %v after %d requests, want the %d itself", method, status, got, body, err, n.Load(), status)
			}
		}
	}
}

func TestRedirectThatKeepsTheMethodIsFollowed(t *testing.T) {
	for method, status := range map[string]int{http.MethodGet: 301, http.MethodPatch: 307, http.MethodPost: 308} {
		var sent atomic.Value
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/new" {
				http.Redirect(w, r, "/new", status)
				return
			}
			b, _ := io.ReadAll(r.Body)
			sent.Store(r.Method + " " + string(b) + " " + r.Header.Get("Authorization"))
		}))
		t.Cleanup(s.Close)
		o := quick()
		o.Auth = transport.BearerAuth(secret, nil)
		body := ""
		if method != http.MethodGet {
			body = `{"a":1}`
		}
		got, _, err := do(t, transport.New(o), method, s.URL+"/old", body)
		if want := method + " " + body + " Bearer " + secret; err != nil || got != 200 || sent.Load() != want {
			t.Errorf("%s through %d = %d, %v, arrived as %q, want %q", method, status, got, err, sent.Load(), want)
		}
	}
}

// The credential is set below the redirects, so it would go wherever they lead.
func TestRedirectToAnotherHostIsNotFollowed(t *testing.T) {
	other, n := counting(t, func(http.ResponseWriter, *http.Request) {})
	for _, status := range []int{301, 302, 303, 307, 308} {
		s, _ := counting(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+"/x", status) })
		o := quick()
		o.Auth = transport.BearerAuth(secret, nil)
		got, _, err := do(t, transport.New(o), http.MethodGet, s.URL, "")
		if err != nil || got != status {
			t.Errorf("GET of a %d to another host = %d, %v, want the redirect itself", status, got, err)
		}
	}
	if n.Load() != 0 {
		t.Errorf("the other host received %d requests, want none", n.Load())
	}
}

func TestRedirectToAnotherSchemeIsNotFollowed(t *testing.T) {
	o := quick()
	o.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme == "http" {
			t.Error("the request was repeated without encryption")
		}
		return respond(302, "", "Location", "http://"+r.URL.Host+"/x")
	})
	if got, _, err := do(t, transport.New(o), http.MethodGet, "https://jira.example/", ""); err != nil || got != 302 {
		t.Errorf("GET = %d, %v, want 302", got, err)
	}
}

func TestRedirectsWithoutEndStop(t *testing.T) {
	s, n := counting(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	if got, _, err := do(t, transport.New(quick()), http.MethodGet, s.URL, ""); err != nil || got != 302 {
		t.Errorf("GET = %d, %v, want 302", got, err)
	}
	if n.Load() > 10 {
		t.Errorf("requests = %d, want a handful", n.Load())
	}
}

func TestRetryAfterIsNotSleptInsideTheCall(t *testing.T) {
	for _, status := range []int{403, 429, 503, 500} {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			o := transport.Options{Base: roundTripper(func(*http.Request) (*http.Response, error) {
				attempts++
				return respond(status, "wait", "Retry-After", "3600")
			})}
			start := time.Now()
			got, body, err := do(t, transport.New(o), http.MethodGet, "https://jira.example/", "")
			if err != nil || got != status || body != "wait" {
				t.Errorf("Do(%d with Retry-After) = %d, %q, %v", status, got, body, err)
			}
			if took := time.Since(start); took != 0 || attempts != 1 {
				t.Errorf("Do(%d with Retry-After) took %s and %d attempts, want to return at once", status, took, attempts)
			}
		})
	}
}

func TestBackoffIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		o := transport.Options{RetryWait: time.Second, Retries: 8, Base: roundTripper(func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(start))
			return nil, errors.New("connection reset")
		})}
		if _, _, err := do(t, transport.New(o), http.MethodGet, "https://jira.example/", ""); err == nil {
			t.Fatal("Do = nil, want an error")
		}
		if len(at) != 9 {
			t.Fatalf("attempts = %d, want 9", len(at))
		}
		for i := 1; i < len(at); i++ {
			most := min(time.Second<<(i-1), 16*time.Second)
			if wait := at[i] - at[i-1]; wait < most/2 || wait > most {
				t.Errorf("wait %d = %s, want between %s and %s", i, wait, most/2, most)
			}
		}
	})
}

func TestCancellationStopsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		attempts := 0
		c := transport.New(transport.Options{RetryWait: time.Minute, Retries: 100, Base: roundTripper(func(*http.Request) (*http.Response, error) {
			attempts++
			return nil, errors.New("connection reset")
		})})
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://jira.example/?q=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		resp, err := c.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Do = %v, want context.DeadlineExceeded", err)
		}
		if took := time.Since(start); took != 90*time.Second || attempts != 2 {
			t.Errorf("Do returned after %s and %d attempts, want 1m30s and 2", took, attempts)
		}
	})
}

func TestCancelledRequestIsNotSent(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, n := counting(t, func(http.ResponseWriter, *http.Request) {})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.New(quick()).Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) || n.Load() != 0 {
		t.Errorf("Do(cancelled) = %v after %d requests, want context.Canceled and none", err, n.Load())
	}
}

// A site that hangs is asked once: whoever waits for it has other work to do. One that
// fails at once is asked again, each attempt with its own timeout.
func TestTimeouts(t *testing.T) {
	for name, tc := range map[string]struct {
		hangs   int // attempts before the answer
		refuses int
		want    int // attempts
		took    time.Duration
	}{
		"hangs":              {hangs: 1, want: 1, took: 10 * time.Second},
		"refuses":            {refuses: 2, want: 3, took: 0},
		"refuses then hangs": {refuses: 2, hangs: 1, want: 3, took: 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			o := transport.Options{Timeout: 10 * time.Second, RetryWait: time.Millisecond, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
				switch attempts++; {
				case attempts <= tc.refuses:
					return nil, io.ErrUnexpectedEOF
				case attempts <= tc.refuses+tc.hangs:
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return respond(200, "ok")
			})}
			start := time.Now()
			_, _, err := do(t, transport.New(o), http.MethodGet, "https://jira.example/", "")
			if attempts != tc.want || (err != nil) != (tc.hangs > 0) {
				t.Errorf("%s: %d attempts, %v, want %d", name, attempts, err, tc.want)
			}
			if took := time.Since(start).Round(time.Second); took != tc.took {
				t.Errorf("%s: took %s, want %s", name, took, tc.took)
			}
		})
	}
}

func TestBodyOverTheCapFails(t *testing.T) {
	const limit = 1 << 10
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write(make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		header, body string
		want         error
		length       int
	}{
		"below":          {body: strings.Repeat("x", limit-1), length: limit - 1},
		"exactly":        {body: strings.Repeat("x", limit), length: limit},
		"one byte above": {body: strings.Repeat("x", limit+1), want: transport.ErrTooLarge, length: limit},
		"gzip bomb":      {header: "gzip", body: bomb.String(), want: transport.ErrTooLarge, length: limit},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.header != "" {
					w.Header().Set("Content-Encoding", test.header)
				}
				_, _ = io.WriteString(w, test.body)
			})
			o := quick()
			o.MaxBody = limit
			_, body, err := do(t, transport.New(o), http.MethodGet, s.URL, "")
			if !errors.Is(err, test.want) || len(body) != test.length {
				t.Errorf("read %d bytes, %v, want %d, %v", len(body), err, test.length, test.want)
			}
		})
	}
}

func TestTruncatedBodyIsAnError(t *testing.T) {
	s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	})
	if _, _, err := do(t, transport.New(quick()), http.MethodGet, s.URL, ""); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read = %v, want io.ErrUnexpectedEOF", err)
	}
}

// Whatever goes wrong, the error that callers show holds no query, no user name
// and no credential.
func TestNoSecretInAnyError(t *testing.T) {
	s, _ := counting(t, lose)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	tlsOnly := httptest.NewUnstartedServer(http.NotFoundHandler())
	tlsOnly.Config.ErrorLog = log.New(io.Discard, "", 0)
	tlsOnly.StartTLS()
	t.Cleanup(tlsOnly.Close)
	badLocation, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://user:"+secret+"@%zz/?jql="+secret)
		w.WriteHeader(http.StatusFound)
	})
	for name, base := range map[string]string{
		"dropped": s.URL, "refused": closed.URL, "unknown certificate": tlsOnly.URL,
		"unknown scheme": "gopher://127.0.0.1", "bad location": badLocation.URL,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			for authName, auth := range map[string]http.RoundTripper{
				"basic":  transport.BasicAuth("bot@acme.example", secret, nil),
				"bearer": transport.BearerAuth(secret, nil),
				"bad":    transport.BearerAuth(secret+"\n", nil),
			} {
				t.Run(name+" "+method+" "+authName, func(t *testing.T) {
					var seen []error
					o := quick()
					o.Retries, o.Auth = 1, auth
					o.Observe = func(a transport.Attempt) {
						seen = append(seen, a.Err)
						if strings.Contains(a.Route, "?") {
							t.Errorf("Route = %q, want no query", a.Route)
						}
					}
					u, err := url.Parse(base + "/rest/search?jql=" + secret)
					if err != nil {
						t.Fatal(err)
					}
					u.User = url.UserPassword("login-"+secret, secret)
					_, _, err = do(t, transport.New(o), method, u.String(), "")
					if err == nil && name != "bad location" {
						t.Fatal("Do = nil, want an error")
					}
					for _, err := range append(seen, transport.Scrub(err)) {
						if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "jql")) {
							t.Errorf("error = %q, want no query and no credential", err)
						}
					}
				})
			}
		}
	}
}

func TestNoSecretInTheLog(t *testing.T) {
	var out bytes.Buffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&out), zap.DebugLevel)
	s, _ := counting(t, lose)
	o := quick()
	o.Auth, o.Logger = transport.BasicAuth("u", secret, nil), zap.New(core)
	if _, _, err := do(t, transport.New(o), http.MethodGet, s.URL+"/issue?jql="+secret, ""); err == nil {
		t.Fatal("Do = nil, want an error")
	}
	if got := strings.Count(out.String(), "tracker request"); got < 4 {
		t.Errorf("log lines = %d, want one for each of 4 attempts:\n%s", got, &out)
	}
	if strings.Contains(out.String(), secret) {
		t.Errorf("the log shows the secret:\n%s", &out)
	}
}

// The library's default logger writes whole URLs to the standard error. Only a
// process of its own shows what is really printed.
func TestNothingIsPrintedByTheRetryLibrary(t *testing.T) {
	if to := os.Getenv("CONFORMD_TEST_URL"); to != "" {
		_, _, err := do(t, transport.New(quick()), http.MethodGet, to, "")
		if err == nil {
			t.Error("Do = nil, want an error")
		}
		return
	}
	s, n := counting(t, lose)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNothingIsPrintedByTheRetryLibrary$")
	cmd.Env = append(os.Environ(), "CONFORMD_TEST_URL="+s.URL+"/?jql="+secret)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	if n.Load() < 4 {
		t.Fatalf("requests of the child = %d, want at least 4", n.Load())
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "PASS" && line != "" && !strings.HasPrefix(line, "coverage:") {
			t.Errorf("printed %q, want nothing", line)
		}
	}
}

func TestObserveSeesEveryAttempt(t *testing.T) {
	var mu sync.Mutex
	var got []transport.Attempt
	n := 0
	s, _ := counting(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "abc")
		if n++; n < 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
		if agent := r.UserAgent(); agent != "conformd/1" {
			t.Errorf("User-Agent = %q, want conformd/1", agent)
		}
	})
	o := quick()
	o.UserAgent = "conformd/1"
	o.Observe = func(a transport.Attempt) { mu.Lock(); got = append(got, a); mu.Unlock() }
	if _, _, err := do(t, transport.New(o), http.MethodGet, s.URL+"/a/b?c=d", ""); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 {
		t.Fatalf("observed %d attempts, want 3", len(got))
	}
	for i, want := range []int{502, 502, 200} {
		a := got[i]
		if a.Status != want || a.Route != "/a/b" || a.Method != "GET" || a.Header.Get("X-Request-Id") != "abc" || a.Took <= 0 {
			t.Errorf("attempt %d = %+v, want status %d of GET /a/b", i, a, want)
		}
	}
}

// Gateways repeat request headers in their error pages.
func TestAnEchoedCredentialIsRemoved(t *testing.T) {
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			user, pass, _ := r.BasicAuth()
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"message":"refused: `+r.Header.Get("Authorization")+" "+user+":"+pass+" "+pass+`"}`+strings.Repeat("x", 100_000))
		}
	}
	for name, auth := range map[string]http.RoundTripper{
		"basic":            transport.BasicAuth("bot@acme.example", secret, nil),
		"bearer":           transport.BearerAuth(secret, nil),
		"bearer, own base": transport.BearerAuth(secret, &http.Transport{}),
		"another signer":   signer{transport.Pooled()},
	} {
		for _, status := range []int{202, 302, 400, 401, 500} {
			s, _ := counting(t, echo(status))
			o := quick()
			o.Auth = auth
			got, body, err := do(t, transport.New(o), http.MethodGet, s.URL, "")
			if err != nil || got != status || !strings.Contains(body, "refused: ") || !strings.Contains(body, "[secret]") || !strings.HasSuffix(body, strings.Repeat("x", 100_000)) {
				t.Errorf("%s: Do(%d) = %d, %.80q, %v, want the whole refusal without the credential", name, status, got, body, err)
			}
			b64 := base64.StdEncoding.EncodeToString([]byte("bot@acme.example:" + secret))
			if strings.Contains(body, secret) || strings.Contains(body, b64) {
				t.Errorf("%s: the refusal shows the credential: %.200q", name, body)
			}
		}
	}
}

// GraphQL tells its refusals with status 200.
func TestAnEchoedCredentialIsRemovedFromGraphQL(t *testing.T) {
	s, _ := counting(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"errors":[{"message":"`+r.Header.Get("Authorization")+`"}]}`)
	})
	o := quick()
	o.Auth = transport.BearerAuth(secret, nil)
	if _, body, err := do(t, transport.New(o), http.MethodPost, s.URL+"/graphql", "{}"); err != nil || strings.Contains(body, secret) || !strings.Contains(body, "[secret]") {
		t.Errorf("read %s, %v, want the credential hidden", body, err)
	}
}

// An encoder of JSON may escape "=" and "/", which tokens and their base64 form
// hold; whoever decodes the refusal would see the credential again.
func TestACredentialSpelledByJSONIsRemoved(t *testing.T) {
	const token = `ATATT3x/Ff+0=1D2C`
	for _, spelling := range []string{
		token, `ATATT3x\/Ff+0=1D2C`, `ATATT3x\/Ff\u002b0\u003D1D2C`, `\u0041TATT3x/Ff+0\u003d1D2C`,
	} {
		s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"message":"refused: `+spelling+`"}`)
		})
		o := quick()
		o.Auth = transport.BearerAuth(token, nil)
		if _, body, err := do(t, transport.New(o), http.MethodGet, s.URL, ""); err != nil || body != `{"message":"refused: [secret]"}` {
			t.Errorf("%s: read %s, %v, want it hidden", spelling, body, err)
		}
	}
}

// A refusal whose body the caller never closes must not hold its connection: there is
// a bound on connections, and the next request would wait for ever.
func TestAnUnreadRefusalHoldsNoConnection(t *testing.T) {
	s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
	})
	net := transport.Pooled()
	for n := range 40 { // more than the pool has connections for one host
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := net.RoundTrip(req) // the body stays open: that is the test
		cancel()
		if err != nil || resp.StatusCode != http.StatusBadGateway {
			t.Fatalf("request %d: %v, want an answer", n+1, err)
		}
	}
}

// A refusal is read up to a bound.
func TestAnEndlessRefusal(t *testing.T) {
	s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for range 3 << 10 {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<10))
		}
	})
	_, body, err := do(t, transport.New(quick()), http.MethodGet, s.URL, "")
	if !errors.Is(err, transport.ErrTooLarge) || len(body) > 2<<20 {
		t.Errorf("read %d bytes, %v, want a bound and %v", len(body), err, transport.ErrTooLarge)
	}
}

// signer is an authentication that this package knows nothing of.
type signer struct{ base http.RoundTripper }

func (s signer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "token "+secret)
	return s.base.RoundTrip(r)
}

func TestATruncatedRefusalIsStillAnError(t *testing.T) {
	s, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "half "+secret)
	})
	o := quick()
	o.Auth = transport.BearerAuth(secret, nil)
	if _, body, err := do(t, transport.New(o), http.MethodGet, s.URL, ""); !errors.Is(err, io.ErrUnexpectedEOF) || body != "half [secret]" {
		t.Errorf("read %q, %v, want the half and io.ErrUnexpectedEOF", body, err)
	}
}
