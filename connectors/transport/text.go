package transport

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// RetryAfter returns the time named by a Retry-After header, in seconds from now
// or as an HTTP date (RFC 9110 section 10.2.3), and whether there is one. It is at
// most a day ahead, and may lie in the past.
func RetryAfter(h http.Header, now time.Time) (time.Time, bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return time.Time{}, false
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		if math.IsNaN(s) || s < 0 {
			return time.Time{}, false
		}
		return now.Add(time.Duration(min(s, maxRetryAfter.Seconds()) * float64(time.Second))), true
	}
	t, err := http.ParseTime(v)
	if err != nil {
		return time.Time{}, false
	}
	if most := now.Add(maxRetryAfter); t.After(most) {
		t = most
	}
	return t, true
}

// maxRetryAfter bounds the wait that a header may ask for. A longer one is a mistake and not a
// rate limit, and must not silence a connection for good.
const maxRetryAfter = 24 * time.Hour

// detailRunes is the length of Detail.
const detailRunes = 300

// Detail makes a vendor's error text fit to be shown: one line of at most 300 runes without
// control or formatting characters. Each of those becomes a space. If they were removed
// instead, the parts of a credential that redact did not recognise would join again.
func Detail(body []byte) string {
	// A rune is at most four bytes, and white space shrinks: more is never needed.
	if len(body) > 64*detailRunes {
		body = body[:64*detailRunes]
	}
	var out []rune
	space := false
	for _, r := range string(body) {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) {
			space = len(out) > 0
			continue
		}
		if space {
			out = append(out, ' ')
		}
		out, space = append(out, r), false
		if len(out) > detailRunes {
			return string(out[:detailRunes-1]) + "…"
		}
	}
	return string(out)
}

// Scrub removes the URL, with its query string and any user name, from an error of an
// http.Client. The cause stays visible to errors.Is and errors.As.
func Scrub(err error) error {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = u.Err
	}
}
