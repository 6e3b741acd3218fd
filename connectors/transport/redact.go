package transport

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf16"
)

// RefusalBytes is how many bytes of a refusal are searched for credentials. Text after them
// must not be shown.
const RefusalBytes = 64 << 10

// mostRefusal is how many bytes of a refusal are read at all.
const mostRefusal = 1 << 20

// redact reads refusals to their end and removes the credential of the request from them.
// Gateways and debugging proxies repeat request headers in their error pages, and conformd
// shows the text of a refusal to people and keeps it in the audit log. Reading to the end
// also frees the connection if the caller does not read the body, as ghinstallation does
// after a refused token.
type redact struct{ base http.RoundTripper }

// RoundTrip sends r and reads the body of a refusal.
func (t *redact) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil || !refuses(r, resp) {
		return resp, err
	}
	body, readErr := io.ReadAll(io.LimitReader(resp.Body, mostRefusal))
	if len(body) == mostRefusal && readErr == nil {
		readErr = ErrTooLarge
	}
	_ = resp.Body.Close() // the body was read, so an error does not matter
	was := len(body)
	head, more := body[:min(was, RefusalBytes)], body[min(was, RefusalBytes):]
	for _, s := range credentials(r.Header.Get("Authorization")) {
		head = bytes.ReplaceAll(head, []byte(s), []byte(hidden))
		head = spelled(s).ReplaceAllLiteral(head, []byte(hidden))
	}
	if resp.ContentLength >= 0 {
		resp.ContentLength += int64(len(head) + len(more) - was)
	}
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(head), bytes.NewReader(more), ending{readErr}))
	return resp, nil
}

// refuses reports whether the text of an answer may be shown as a refusal. That includes 202,
// which only promises an answer, and GraphQL, which refuses with status 200.
func refuses(r *http.Request, resp *http.Response) bool {
	return resp.StatusCode >= 300 || resp.StatusCode == http.StatusAccepted || strings.HasSuffix(r.URL.Path, "/graphql")
}

// spelled matches a text as it is, and as JSON may escape it: some encoders escape "=", "/"
// and more, and decoding the answer would restore the text.
func spelled(s string) *regexp.Regexp {
	var b strings.Builder
	for _, r := range s {
		plain := regexp.QuoteMeta(string(r))
		b.WriteString(`(?:` + plain)
		if strings.ContainsRune(`/"\`, r) {
			b.WriteString(`|\\` + plain)
		}
		b.WriteString(`|`)
		for _, u := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\\u(?i:%04x)`, u)
		}
		b.WriteString(`)`)
	}
	return regexp.MustCompile(b.String())
}

// ending is the error with which the reading of a body ended; nil is the end of the body.
type ending struct{ err error }

func (e ending) Read([]byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	return 0, io.EOF
}

// credentials are the strings of an Authorization header that must not be shown,
// the longest first. Very short ones are left out: they would be found
// everywhere.
func credentials(authorization string) []string {
	_, value, _ := strings.Cut(authorization, " ")
	value = strings.TrimSpace(value)
	all := []string{value}
	if plain, err := base64.StdEncoding.DecodeString(value); err == nil {
		if _, password, ok := strings.Cut(string(plain), ":"); ok {
			all = append(all, string(plain), password)
		}
	}
	var out []string
	for _, s := range all {
		if len(s) >= 4 {
			out = append(out, s)
		}
	}
	return out
}
