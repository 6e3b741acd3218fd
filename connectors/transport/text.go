package transport

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// RetryAfter returns the time named by a Retry-After header, in seconds from now
// or as an HTTP date (RFC 9110 section 10.2.3), and whether there is one.
func RetryAfter(h http.Header, now time.Time) (time.Time, bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return time.Time{}, false
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		// A day and more is no longer a rate limit but a mistake; NaN and negative
		// numbers are one as well.
		if !(s >= 0) {
			return time.Time{}, false
		}
		return now.Add(time.Duration(min(s, maxRetryAfter.Seconds()) * float64(time.Second))), true
	}
	if t, err := http.ParseTime(v); err == nil {
		return t, true
	}
	return time.Time{}, false
}

// maxRetryAfter bounds what a header may ask for.
const maxRetryAfter = 24 * time.Hour

// detailRunes is the length of Detail.
const detailRunes = 300

// Detail makes a vendor's error text fit to be shown: one line of at most 300
// runes without control or formatting characters.
func Detail(body []byte) string {
	// A rune is at most four bytes, and white space shrinks: more is never needed.
	if len(body) > 64*detailRunes {
		body = body[:64*detailRunes]
	}
	var b strings.Builder
	n, space := 0, false
	for _, r := range string(body) {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = n > 0
			continue
		case r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r):
			continue
		}
		if space {
			b.WriteByte(' ')
			n++
		}
		space = false
		if n >= detailRunes-1 {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// Scrub takes the URL, and with it the query string and any user name, off an
// error of an http.Client. The cause stays visible to errors.Is and errors.As.
func Scrub(err error) error {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = u.Err
	}
}
