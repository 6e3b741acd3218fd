package measuring

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

func now() time.Time { return time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC) }

func quarter(t *testing.T) register.Period {
	t.Helper()
	p, err := register.ParsePeriod("2026-Q3")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What is no value is an error that repeats nothing of the answer.
func TestReadingAnAnswer(t *testing.T) {
	const doc = `{"total": {"percent": 97.50, "a/b": "7 %", "m~n": 8, "": 9, "list": [1, {"x": true}], "none": null, "text": " "}}`
	for _, c := range []struct{ data, pointer, want, err string }{
		{" 97 %\n", "", "97 %", ""},
		{"", "", "", "the answer is empty"},
		{" \n", "", "", "the answer is empty"},
		{"\xff\xfe9", "", "", "the answer is no text"},
		{doc, "/total/percent", "97.50", ""},
		{doc, "/total/a~1b", "7 %", ""},
		{doc, "/total/m~0n", "8", ""},
		{doc, "/total/", "9", ""},
		{doc, "/total/list/0", "1", ""},
		{doc, "/total/list/1/x", "true", ""},
		{doc, "/total/list/2", "", "the answer has nothing at /total/list/2"},
		{doc, "/total/list/00", "", "the answer has nothing at /total/list/00"},
		{doc, "/total/list/-", "", "the answer has nothing at /total/list/-"},
		{doc, "/total/list/-1", "", "the answer has nothing at /total/list/-1"},
		{doc, "/total/percent/x", "", "the answer has nothing at /total/percent/x"},
		{doc, "/sum", "", "the answer has nothing at /sum"},
		{doc, "/total/none", "", "the answer has no value at /total/none"},
		{doc, "/total/text", "", "the answer has no value at /total/text"},
		{doc, "/total", "", "the answer has no value at /total"},
		{doc, "/total/list", "", "the answer has no value at /total/list"},
		{"<html>0</html>", "/total", "", "the answer is no JSON"},
		{`{"total": 1} {"total": 2}`, "/total", "", "the answer is no JSON: something follows it"},
		{strings.Repeat("[", 20000), "/0", "", "the answer is no JSON"},
	} {
		a, err := read([]byte(c.data), c.pointer)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if a.Value != c.want || got != c.err || len(a.Digest) != 64 {
			t.Errorf("read(%.40q, %s) = %+v, %q; want %q, %q", c.data, c.pointer, a, got, c.want, c.err)
		}
	}
}

func TestFileOfAValue(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"good.json": `{"n": 5}`, "large": strings.Repeat("1", mostAnswer+1)} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(at("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"missing": "the file cannot be read: no such file or directory", "large": "the file has 1048577 bytes, and cannot have more than 1048576",
		"fifo": "the file is a FIFO, and must be a regular file", ".": "the file is a directory, and must be a regular file",
	} {
		f := &File{Path: at(name), Now: now}
		if a, err := f.Ask(t.Context(), quarter(t)); err == nil || err.Error() != want || a.Value != "" {
			t.Errorf("%s: %+v, %v; want %s", name, a, err, want)
		}
	}
	f := &File{Path: at("good.json"), Pointer: "/n", Now: now}
	a, err := f.Ask(t.Context(), quarter(t))
	if err != nil || a.Value != "5" || a.Note != "as it was on 2026-10-01 06:00 UTC, when it was asked" || f.String() != "file good.json" {
		t.Errorf("%s: %+v, %v", f, a, err)
	}
}

// client is NewClient for a test: it does not wait between attempts.
func client(t *testing.T) *http.Client {
	t.Helper()
	c := NewClient("test")
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// An answer that is not the value is an error: a status, a redirect to another host, too much of it,
// a page for people. No error shows query, token or answer.
func TestAddressOfAValue(t *testing.T) {
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		_, _ = io.WriteString(w, "0")
	}))
	defer other.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cr3t" || r.URL.RawQuery != "key=k3y" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"n": "5"}`)
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, mostAnswer+1)) })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>s3cr3t</html>") })
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "0")
	})
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+"/0", http.StatusFound) })
	mux.HandleFunc("/there", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good?key=k3y", http.StatusFound) })
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "5")
	})
	var tries atomic.Int64
	mux.HandleFunc("/weak", func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) < 2 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, `{"n": "6"}`)
	})
	web := httptest.NewServer(mux)
	defer web.Close()
	for path, want := range map[string]string{
		"/good": "", "/there": "", "/weak": "", "/large": "the answer is longer than 1 MiB", "/page": "the answer is no JSON", "/gone": "it answered HTTP 404", "/empty": "it answered HTTP 204",
		"/away": "it answered HTTP 302: the value is elsewhere, and conformd does not follow to another host", "/short": "the answer broke off",
	} {
		h := &HTTP{URL: web.URL + path + "?key=k3y", Pointer: "/n", Token: func() string { return "s3cr3t" }, Client: client(t), Now: now}
		a, err := h.Ask(t.Context(), quarter(t))
		switch {
		case want == "" && (err != nil || a.Value != "5" && a.Value != "6"):
			t.Errorf("%s: %+v, %v", path, a, err)
		case want != "" && (err == nil || err.Error() != want || a.Value != ""):
			t.Errorf("%s: %+v, %v; want %s", path, a, err, want)
		}
		if h.String() != web.URL+path {
			t.Errorf("the source is called %s", h)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect to another host was followed, with the token")
	}
	web.Close()
	h := &HTTP{URL: web.URL + "/good?key=k3y", Client: client(t), Now: now}
	if _, err := h.Ask(t.Context(), quarter(t)); err == nil || err.Error() != "no answer: no connection" {
		t.Errorf("a server that is down: %v", err)
	}
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	h.URL = secure.URL + "/good"
	if _, err := h.Ask(t.Context(), quarter(t)); err == nil || err.Error() != "no answer: its certificate is not accepted" {
		t.Errorf("a server with a certificate of its own: %v", err)
	}
}

// No proxy of the environment sees a token.
func TestNoProxyIsAsked(t *testing.T) {
	var seen atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	h := &HTTP{URL: "http://no-such-host.invalid/x", Client: client(t), Now: now}
	if _, err := h.Ask(t.Context(), quarter(t)); err == nil || !strings.HasPrefix(err.Error(), "no answer") || seen.Load() != 0 {
		t.Errorf("an address behind a proxy: %v, and the proxy was asked %d times", err, seen.Load())
	}
}

// A counter that answers with an error.
type refusing struct{ err error }

func (r refusing) Count(context.Context, string) (int, error) { return 0, r.err }

// The words of a tracker may repeat the search, which may name a person.
func TestACountThatFails(t *testing.T) {
	for want, err := range map[string]error{
		"refused by the tracker (HTTP 400)": &connectors.Error{Op: "count", Kind: connectors.Rejected, Status: 400, Detail: "The value 'erik' does not exist"},
		"unavailable":                       &connectors.Error{Op: "count", Kind: connectors.Unavailable},
		"the tracker could not be asked":    io.ErrUnexpectedEOF,
	} {
		c := &Count{Binding: "gh-isms", Query: "assignee:erik", Counter: refusing{err}, Now: now}
		if a, got := c.Ask(t.Context(), quarter(t)); got == nil || got.Error() != want || a.Value != "" {
			t.Errorf("%v: %+v, %v; want %s", err, a, got, want)
		}
	}
	c := &Count{Binding: "gone", Query: "is:open", Now: now}
	if _, err := c.Ask(t.Context(), quarter(t)); err == nil || err.Error() != "the binding does not exist, or its tracker cannot count" {
		t.Errorf("a binding that is gone: %v", err)
	}
}
