package simkit

import (
	"bytes"
	"maps"
	"net/http"
)

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
	logged func() // logs the request; a dropped one is logged before the client can know
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 || w.status < 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// drop closes the connection without an answer.
func (w *statusWriter) drop() {
	w.status = 0
	w.logged()
	conn, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		// HTTP/2 and in-process transports cannot be hijacked; the server ends the
		// exchange when a handler panics so.
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close() // the client gets no answer, so an error does not matter
}

// cut sends what was written and closes the connection in the middle of the body.
func (w *statusWriter) cut() {
	w.logged()
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (c *recorder) Header() http.Header { return c.header }

func (c *recorder) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *recorder) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(b)
}

func (c *recorder) copyTo(w http.ResponseWriter) {
	maps.Copy(w.Header(), c.header)
	if c.status == 0 {
		c.status = http.StatusOK
	}
	w.WriteHeader(c.status)
	_, _ = w.Write(c.body.Bytes()) // the client may have gone
}
