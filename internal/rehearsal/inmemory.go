package rehearsal

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// inMemoryURL is the address of a tracker that is reached without a network. The
// port is reserved, so that nothing else can answer by mistake.
func inMemoryURL(n int) string { return fmt.Sprintf("http://127.0.0.1:%d", n) }

// RoundTrip carries a request to a tracker of a world that was started in memory,
// in the goroutine of the caller.
func (w *World) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := w.handlers[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("no tracker at %s", r.URL.Host)
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI = r.URL.Host, r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() { _ = in.Body.Close() }()
	out := &answer{header: http.Header{}}
	h.ServeHTTP(out, in)
	return out.response(r), nil
}

// An answer is what a handler wrote.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func (a *answer) response(r *http.Request) *http.Response {
	a.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.header,
		Body: io.NopCloser(bytes.NewReader(a.body.Bytes())), ContentLength: int64(a.body.Len()), Request: r,
	}
}
