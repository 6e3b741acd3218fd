package server_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/server"
)

// listen serves on loopback with a number of connections, and returns the address.
func listen(t *testing.T, srv *http.Server, connections int) string {
	t.Helper()
	lc := net.ListenConfig{}
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(server.Limit(l, connections)) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve = %v, want %v", err, http.ErrServerClosed)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr, request string) net.Conn {
	t.Helper()
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	return c
}

// answer reads what comes on a connection until it is closed or the time is over.
func answer(t *testing.T, c net.Conn, within time.Duration) string {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(c) // what came until then
	return string(b)
}

// As many connections are served as there are places; the next one is served when one of
// them ends.
func TestConnectionsAreBounded(t *testing.T) {
	addr := listen(t, server.Hooks(http.NotFoundHandler(), zap.NewNop()), 3)
	const unfinished, whole = "GET /livez HTTP/1.1\r\nHost: x\r\n", "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	var open []net.Conn
	for range 3 {
		open = append(open, dial(t, addr, unfinished))
	}
	next := dial(t, addr, whole)
	if got := answer(t, next, 300*time.Millisecond); got != "" {
		t.Errorf("a connection beyond the places was answered: %q", got)
	}
	_ = open[0].Close()
	if got := answer(t, next, 20*time.Second); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("after a connection ended: %q, want 200", got)
	}
}

// A body that comes too slowly ends its connection, and a refusal reaches the sender also
// where the body was not read.
func TestSlowAndUnreadBodies(t *testing.T) {
	srv := server.Hooks(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Signature") == "" {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, err := io.ReadAll(r.Body)
		if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() {
			t.Errorf("reading a slow body = %v, want the deadline", err)
		}
		w.WriteHeader(http.StatusRequestTimeout)
	}), zap.NewNop())
	if srv.ReadTimeout <= 0 || srv.ReadTimeout > 15*time.Second || srv.MaxHeaderBytes <= 0 {
		t.Errorf("ReadTimeout %s, MaxHeaderBytes %d, want both bounded", srv.ReadTimeout, srv.MaxHeaderBytes)
	}
	srv.ReadTimeout = 300 * time.Millisecond
	addr := listen(t, srv, 10)
	slow := dial(t, addr, "POST /hooks/b HTTP/1.1\r\nHost: x\r\nSignature: s\r\nContent-Length: 1000\r\n\r\nabc")
	if got := answer(t, slow, 20*time.Second); !strings.HasPrefix(got, "HTTP/1.1 408") {
		t.Errorf("a slow body: %q, want 408 and the end of the connection", got)
	}
	unread := dial(t, addr, "POST /hooks/b HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n"+strings.Repeat("x", 400_000))
	if got := answer(t, unread, 20*time.Second); !strings.HasPrefix(got, "HTTP/1.1 401") {
		t.Errorf("a body that is not read: %q, want 401 and the end of the connection", got)
	}
}

// The browsers of a hundred people, each with the six connections that it keeps, leave room for one more.
func TestIdleBrowsersLeaveRoom(t *testing.T) {
	address := listen(t, &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Minute}, server.PageConnections)
	for range 100*6 + 1 {
		client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
		defer client.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
