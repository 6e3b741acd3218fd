package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// maxRedirects bounds a chain of redirects within one host.
const maxRedirects = 5

// sameMethodAndHost stops at a redirect that would turn a write into a read
// (GitHub answers 301 to a PATCH of a transferred issue), or that leads to
// another host or scheme, where Options.Auth would send the credential on.
func sameMethodAndHost(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > maxRedirects || req.Method != first.Method ||
		req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// checkRetry repeats reads only. It never returns an error of its own: with
// PassthroughErrorHandler an error would replace the answer.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if m, _ := ctx.Value(methodKey{}).(string); m != http.MethodGet && m != http.MethodHead {
		return false, nil
	}
	if ctx.Err() != nil {
		return false, nil
	}
	if _, paused := Paused(err); paused {
		return false, nil
	}
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return false, nil // the tracker hangs: the caller has other work to do
	}
	if err == nil && (resp.StatusCode == http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "") {
		return false, nil
	}
	// The default policy knows the hopeless cases: certificates, schemes, 501.
	again, _ := retryablehttp.DefaultRetryPolicy(ctx, resp, err)
	return again, nil
}

// backoff returns a policy that doubles the wait with each attempt and adds jitter, so that
// clients that failed together do not come back together. It ignores Retry-After.
func backoff(jitter func(time.Duration) time.Duration) retryablehttp.Backoff {
	if jitter == nil {
		jitter = func(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) } //nolint:gosec // spreads retries, hides nothing
	}
	return func(first, most time.Duration, attempt int, _ *http.Response) time.Duration {
		d := first
		for range attempt {
			if d >= most/2 {
				d = most
				break
			}
			d *= 2
		}
		return jitter(d)
	}
}
