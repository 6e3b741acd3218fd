package transport

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"go.uber.org/zap"
)

// Options configures a client. The zero value is usable and cautious.
type Options struct {
	Auth      http.RoundTripper                 // sets the credential on each attempt and calls its own base; nil: Base is used
	Base      http.RoundTripper                 // the network; nil: Pooled()
	Timeout   time.Duration                     // of one attempt, reading the body included; default 30s
	Retries   int                               // extra attempts of GET and HEAD; default 3; negative: none
	RetryWait time.Duration                     // first wait, doubled with jitter up to 16 times itself; default 200ms
	MaxBody   int64                             // bytes of a decoded answer; default 32 MiB; beyond it reading fails with ErrTooLarge
	UserAgent string                            // default "conformd"
	Jitter    func(time.Duration) time.Duration // shortens a wait at random; nil: to between half and the whole of it
	Logger    *zap.Logger                       // one debug line per attempt; nil: none
	Observe   func(Attempt)                     // called after each attempt, from any goroutine; may be nil
	Slots     *Slots                            // how many requests may be under way at once; nil: any number
	Pause     *Pause                            // keeps requests back after a rate limit; nil: none
}

// An Attempt is one request as it went over the wire. It holds no credential.
type Attempt struct {
	Method string
	Route  string // the path, without the query
	Status int    // 0 if there was no answer
	Err    error
	Took   time.Duration // until the answer's header was read
	Header http.Header   // of the answer; nil if there was none
}

// New returns a client that repeats a GET or HEAD after a network error or a server error
// (5xx except 501), though not after a timeout, and sends everything else exactly once. The last
// answer is returned as it came, body included. An answer that says when to come
// back (Retry-After) is returned at once, as are 403 and 429: the caller keeps the
// budget and waits, not this client. A redirect that would change the method, the host
// or the scheme is not followed: the 3xx itself is returned.
//
// An http.Client wraps errors in a url.Error, which shows the query string: use
// Scrub before showing one to anybody.
func New(o Options) *http.Client {
	next := o.Auth
	if next == nil {
		next = orPooled(o.Base)
	}
	wait := cmp.Or(o.RetryWait, 200*time.Millisecond)
	rc := &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: &attempts{
				next: next, maxBody: cmp.Or(o.MaxBody, 32<<20), agent: cmp.Or(o.UserAgent, "conformd"),
				log: o.Logger, observe: o.Observe, pause: o.Pause,
			},
			CheckRedirect: sameMethodAndHost,
			Timeout:       cmp.Or(o.Timeout, 30*time.Second),
		},
		// The library would log whole URLs; attempts logs without the query.
		Logger:       nil,
		RetryWaitMin: wait,
		RetryWaitMax: 16 * wait,
		RetryMax:     max(0, cmp.Or(o.Retries, 3)),
		CheckRetry:   checkRetry,
		Backoff:      backoff(o.Jitter),
		// Without it the last answer's status and body would be lost.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	var sent http.RoundTripper = &method{next: &retryablehttp.RoundTripper{Client: rc}}
	if o.Slots != nil {
		sent = &slotted{o.Slots, sent}
	}
	return &http.Client{
		Transport:     sent,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Pooled returns a new transport with limits on connections and on the time to
// connect. It honours the proxy settings of the environment, and removes the
// credential from refusals that repeat it.
func Pooled() http.RoundTripper {
	return &redact{&http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    8,
		MaxConnsPerHost:        32,
		MaxResponseHeaderBytes: 1 << 20,
	}}
}

// method tells the retry policy the method of the request: checkRetry is not
// given the request, and on a network error there is no answer that knows it
// (hashicorp/go-retryablehttp#169).
type method struct{ next http.RoundTripper }

type methodKey struct{}

func (m *method) RoundTrip(r *http.Request) (*http.Response, error) {
	return m.next.RoundTrip(r.WithContext(context.WithValue(r.Context(), methodKey{}, r.Method)))
}
