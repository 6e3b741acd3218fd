package transport_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/conformd/conformd/connectors/transport"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Time{
		"120":                           now.Add(2 * time.Minute),
		" 0 ":                           now,
		"1.5":                           now.Add(1500 * time.Millisecond),
		"Tue, 24 Nov 2026 10:05:00 GMT": now.Add(5 * time.Minute),
		"Tue, 24 Nov 2026 09:00:00 GMT": now.Add(-time.Hour),
		"Tue, 24 Nov 2099 09:00:00 GMT": now.Add(24 * time.Hour),
		"99999999999999999999":          now.Add(24 * time.Hour),
		"Inf":                           now.Add(24 * time.Hour),
		"":                              {},
		"-1":                            {},
		"NaN":                           {},
		"soon":                          {},
	} {
		got, ok := transport.RetryAfter(http.Header{"Retry-After": {in}}, now)
		if !got.Equal(want) || ok != !want.IsZero() {
			t.Errorf("RetryAfter(%q) = %s, %t, want %s", in, got, ok, want)
		}
	}
	if _, ok := transport.RetryAfter(http.Header{}, now); ok {
		t.Error("RetryAfter(no header) = true, want false")
	}
}

func TestDetail(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"  Validation \r\n\t Failed\x00 ": "Validation Failed",
		"\x1b[31mred\x1b[0m":              "[31mred [0m",
		"a\u202eb\u200bc":                 "a b c",
		"bad \xff\xfe utf-8":              "bad utf-8",
		"größer 日本語 🙂":                    "größer 日本語 🙂",
	} {
		if got := transport.Detail([]byte(in)); got != want {
			t.Errorf("Detail(%q) = %q, want %q", in, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("日", 1000), strings.Repeat("a b", 1<<20), strings.Repeat("🙂 ", 5000)} {
		got := transport.Detail([]byte(long))
		if n := utf8.RuneCountInString(got); n > 300 || n < 299 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
			t.Errorf("Detail(long) = %d runes, ending %q, want 300 and an ellipsis", n, got[len(got)-6:])
		}
	}
	exact := strings.Repeat("x", 300)
	if got := transport.Detail([]byte(exact)); got != exact {
		t.Errorf("Detail(300 runes) = %d runes, want it whole", utf8.RuneCountInString(got))
	}
}

func TestSecretShowsNowhere(t *testing.T) {
	type config struct {
		Token transport.Secret `json:"token" yaml:"token"`
	}
	c := config{Token: secret}
	shown := []string{fmt.Sprint(c.Token), c.Token.String(), c.Token.GoString()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T"} {
		shown = append(shown, fmt.Sprintf(verb, c), fmt.Sprintf(verb, &c), fmt.Sprintf(verb, c.Token))
	}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(shown, string(j), string(y)) {
		if strings.Contains(s, secret) || strings.Contains(strings.ToLower(s), fmt.Sprintf("%x", secret)) {
			t.Errorf("shown as %q, want no secret", s)
		}
	}
	if got := c.Token.Reveal(); got != secret {
		t.Errorf("Reveal() = %q, want the value", got)
	}
}

func TestScrub(t *testing.T) {
	inner := &url.Error{Op: "Get", URL: "https://u:p@jira.example/?jql=x", Err: io.ErrUnexpectedEOF}
	err := fmt.Errorf("token: %w", &url.Error{Op: "Get", URL: "https://jira.example/?jql=x", Err: fmt.Errorf("refresh: %w", inner)})
	got := transport.Scrub(err)
	if got.Error() != io.ErrUnexpectedEOF.Error() || !errors.Is(got, io.ErrUnexpectedEOF) {
		t.Errorf("Scrub = %q, want the cause alone", got)
	}
	if transport.Scrub(nil) != nil {
		t.Error("Scrub(nil) is an error, want nil")
	}
	if other := errors.New("plain"); transport.Scrub(other) != other { //nolint:errorlint // identity is the point
		t.Error("Scrub changed an error without URL")
	}
}
