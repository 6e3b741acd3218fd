package transport

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"
)

// ErrTooLarge is the error of an answer that is longer than Options.MaxBody.
var ErrTooLarge = errors.New("answer is larger than allowed")

// attempts is the layer that sees every single attempt of a request.
type attempts struct {
	next    http.RoundTripper
	maxBody int64
	agent   string
	log     *zap.Logger
	observe func(Attempt)
	pause   *Pause
}

// RoundTrip sends r once, unless the tracker asked for a pause.
func (a *attempts) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := a.pause.check(); err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.Header.Set("User-Agent", a.agent)
	start := time.Now()
	resp, err := a.next.RoundTrip(out)
	err = Scrub(err)
	took := Attempt{Method: r.Method, Route: r.URL.Path, Err: err, Took: time.Since(start)}
	if err == nil {
		took.Status, took.Header = resp.StatusCode, resp.Header.Clone()
		resp.Body = &capped{body: resp.Body, left: a.maxBody}
		// An unreadable Location would become an error that quotes it.
		if _, bad := url.Parse(resp.Header.Get("Location")); bad != nil {
			resp.Header.Del("Location")
		}
	}
	if a.log != nil {
		a.log.Debug("tracker request", zap.String("method", took.Method), zap.String("route", took.Route),
			zap.Int("status", took.Status), zap.Duration("took", took.Took), zap.Error(err))
	}
	if a.observe != nil {
		a.observe(took)
	}
	return resp, err
}

// capped fails instead of reading more than left bytes. It counts decoded bytes,
// so that a small compressed answer cannot fill the memory.
type capped struct {
	body io.ReadCloser
	left int64
}

// Read reads at most one byte beyond the cap, to tell a full answer from one
// that is too large.
func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.body.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

func (c *capped) Close() error { return c.body.Close() }
