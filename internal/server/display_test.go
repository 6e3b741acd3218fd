package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/web"
)

// A person chooses the colours and whether keys do something; the server writes it into the page, so that no
// script decides it late.
func TestDisplay(t *testing.T) {
	h, _ := pages(t)
	ask := func(cookies ...*http.Cookie) string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/help", nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		root := elements(t, rec.Body.String())[0]
		return attr(root, "data-theme") + " " + attr(root, "data-shortcuts")
	}
	choose := func(theme, shortcuts, to string) *http.Response {
		form := url.Values{"theme": {theme}, "shortcuts": {shortcuts}, "to": {to}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/display", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Result()
	}
	if got := ask(); got != " " {
		t.Errorf("without a choice the page says %q, want the system to decide", got)
	}
	chosen := choose("dark", "off", "/register?q=x")
	if chosen.StatusCode != http.StatusSeeOther || chosen.Header.Get("Location") != "/register?q=x" {
		t.Errorf("POST /display = %d to %q, want back to the list", chosen.StatusCode, chosen.Header.Get("Location"))
	}
	for _, c := range chosen.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %v, want it for the pages alone", c)
		}
	}
	if got := ask(chosen.Cookies()...); got != "dark off" {
		t.Errorf("after the choice the page says %q, want dark off", got)
	}
	for _, c := range choose("", "on", "//evil.example").Cookies() {
		if c.MaxAge >= 0 {
			t.Errorf("the cookie %v stays after the choice is taken back", c)
		}
	}
	if to := choose("dark", "on", "//evil.example").Header.Get("Location"); to != "/" {
		t.Errorf("POST /display leads to %q, want the first page", to)
	}
	if got := ask(&http.Cookie{Name: "conformd-theme", Value: `"><script>`}); got != " " {
		t.Errorf("a forged cookie makes the page say %q", got)
	}
	form := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/display", strings.NewReader("theme=dark"))
	form.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := httptest.NewRecorder()
	if h.ServeHTTP(rec, form); rec.Code != http.StatusForbidden {
		t.Errorf("POST /display of another site = %d, want 403", rec.Code)
	}
}

// The server compresses styles and scripts. Their address names their content, so that a browser keeps them for a year, and
// together they are small.
func TestStatic(t *testing.T) {
	h, _ := pages(t)
	total := 0
	for address, f := range web.Files() {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		r.Header.Set("Accept-Encoding", "gzip, br")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK || rec.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || rec.Header().Get("Content-Encoding") != "gzip" || rec.Header().Get("Content-Type") != f.Type {
			t.Errorf("GET %s = %d %v", address, rec.Code, rec.Header())
		}
		total += rec.Body.Len()
		z, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(z); err != nil || string(plain) != string(f.Data) {
			t.Errorf("%s does not decompress to its content: %v", address, err)
		}
		if plain := get(t, h, http.MethodGet, address); plain.Body.String() != string(f.Data) || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("GET %s without compression has %d bytes, want %d", address, plain.Body.Len(), len(f.Data))
		}
	}
	if total > 40<<10 || total == 0 {
		t.Errorf("the pages load %d bytes, want at most 40 KiB", total)
	}
	for _, path := range []string{"/static/app.css", "/static/vendor/LICENSE.pico", "/static/", "/static/../web.go"} {
		if rec := get(t, h, http.MethodGet, path); rec.Code == http.StatusOK {
			t.Errorf("GET %s = %d", path, rec.Code)
		}
	}
}
