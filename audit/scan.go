package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A scanner reads canonical JSON, and nothing else: what it accepts is written again in the
// same bytes. A general reader of JSON takes any spelling, so that the entry would have to
// be written again to be held against its bytes; that cost most of a verification.
//
// The first fault ends the reading: every later call gives zero values.
type scanner struct {
	s   string
	at  int
	err error
}

// newScanner returns a scanner of a leaf. Control characters and bytes that are no text
// stand nowhere in canonical JSON, so they are looked for once and not in each string.
func newScanner(leaf string) *scanner {
	r := &scanner{s: leaf}
	switch {
	case control(leaf):
		r.fail("a control character")
	case !utf8.ValidString(leaf):
		r.fail("bytes that are no text")
	}
	return r
}

// control reports whether s has a byte below 0x20. It looks at eight bytes at a time.
func control(s string) bool {
	const ones = 0x0101010101010101
	b := []byte(s)
	for ; len(b) >= 8; b = b[8:] {
		// A byte below 0x20 borrows into its highest bit, which it does not have itself.
		if w := binary.LittleEndian.Uint64(b); (w-ones*0x20)&^w&(ones*0x80) != 0 {
			return true
		}
	}
	for _, c := range b {
		if c < 0x20 {
			return true
		}
	}
	return false
}

func (r *scanner) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d", ErrNotCanonical, what, r.at)
	}
}

// took reports whether x stands here, and goes past it.
func (r *scanner) took(x string) bool {
	if r.err != nil || !strings.HasPrefix(r.s[r.at:], x) {
		return false
	}
	r.at += len(x)
	return true
}

// need goes past x, which must stand here.
func (r *scanner) need(x string) {
	if !r.took(x) {
		r.fail("want " + x)
	}
}

// A members reads the members of an object in the order of their names.
type members struct {
	*scanner
	any bool // a member was there
}

// object begins an object.
func (r *scanner) object() members {
	r.need("{")
	return members{scanner: r}
}

// has reports whether the member k comes next, and goes to its value.
func (m *members) has(k string) bool {
	if m.err != nil {
		return false
	}
	rest := m.s[m.at:]
	skip := 0
	if m.any {
		if rest == "" || rest[0] != ',' {
			return false
		}
		rest, skip = rest[1:], 1
	}
	if len(rest) < len(k)+3 || rest[0] != '"' || rest[1:1+len(k)] != k || rest[1+len(k)] != '"' || rest[2+len(k)] != ':' {
		return false
	}
	m.at += skip + len(k) + 3
	m.any = true
	return true
}

// end ends the object. One that says nothing is left out, unless empty ones are written.
func (m *members) end(mayBeEmpty bool) {
	if !m.any && !mayBeEmpty {
		m.fail("an object that says nothing")
	}
	m.need("}")
}

// str returns the text of the member k, "" where it is not there. A member without a text
// is never written.
func (m *members) str(k string) string {
	if !m.has(k) {
		return ""
	}
	s := m.quoted()
	if s == "" {
		m.fail("an empty text")
	}
	return s
}

// count returns the number of the member k, 0 where it is not there. 0 is never written.
func (m *members) count(k string) int64 {
	if !m.has(k) {
		return 0
	}
	n := m.integer()
	if n == 0 {
		m.fail("a 0 that is left out")
	}
	return n
}

// time returns the time of the member k, zero where it is not there.
func (m *members) time(k string) time.Time {
	if !m.has(k) {
		return time.Time{}
	}
	t, ok := parseStamp(m.quoted())
	if !ok || t.IsZero() {
		m.fail("no time")
	}
	return t
}

// list calls item for each item of the member k. An empty list is never written.
func (m *members) list(k string, item func()) {
	if !m.has(k) {
		return
	}
	m.need("[")
	for m.err == nil {
		item()
		if !m.took(",") {
			break
		}
	}
	m.need("]")
}

// quoted reads a string.
func (r *scanner) quoted() string {
	r.need(`"`)
	if r.err != nil {
		return ""
	}
	rest := r.s[r.at:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		r.fail("a text without an end")
		return ""
	}
	if strings.IndexByte(rest[:end], '\\') < 0 {
		r.at += end + 1
		return rest[:end]
	}
	return r.escaped()
}

// escaped reads the rest of a string that has escapes in it.
func (r *scanner) escaped() string {
	var b []byte
	for from := r.at; r.err == nil && r.at < len(r.s); {
		switch r.s[r.at] {
		case '"':
			b = append(b, r.s[from:r.at]...)
			r.at++
			return string(b)
		case '\\':
			if b == nil {
				b = make([]byte, 0, 256)
			}
			b = append(b, r.s[from:r.at]...)
			r.at++
			b = append(b, r.escape())
			from = r.at
		default:
			r.at++
		}
	}
	r.fail("a text without an end")
	return ""
}

// escape reads what follows a backslash, in the one spelling that each character has.
func (r *scanner) escape() byte {
	rest := r.s[r.at:]
	if rest == "" {
		r.fail("half an escape")
		return 0
	}
	const short, means = `"\bfnrt`, "\"\\\b\f\n\r\t"
	if i := strings.IndexByte(short, rest[0]); i >= 0 {
		r.at++
		return means[i]
	}
	const hex = "0123456789abcdef"
	if len(rest) >= 5 && rest[:3] == "u00" {
		hi, lo := strings.IndexByte(hex[:2], rest[3]), strings.IndexByte(hex, rest[4])
		if hi >= 0 && lo >= 0 && strings.IndexByte(means, byte(hi<<4|lo)) < 0 {
			r.at += 5
			return byte(hi<<4 | lo)
		}
	}
	r.fail("an escape in another spelling")
	return 0
}

// integer reads a number without a point, in its one spelling.
func (r *scanner) integer() int64 {
	if r.err != nil {
		return 0
	}
	rest := r.s[r.at:]
	n := 0
	for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || n == 0 && rest[n] == '-') {
		n++
	}
	v, err := strconv.ParseInt(rest[:n], 10, 64)
	if err != nil || n > 1 && (rest[0] == '0' || rest[0] == '-' && rest[1] == '0') {
		r.fail("no integer")
		return 0
	}
	r.at += n
	return v
}

// parseStamp reads the one form of a time that entries have.
func parseStamp(s string) (time.Time, bool) {
	if len(s) != len(stamp) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[23] != 'Z' {
		return time.Time{}, false
	}
	ok := true
	digits := func(from, to int) (n int) {
		for _, c := range []byte(s[from:to]) {
			ok = ok && c >= '0' && c <= '9'
			n = 10*n + int(c-'0')
		}
		return n
	}
	year, month, day := digits(0, 4), digits(5, 7), digits(8, 10)
	hour, minute, second, milli := digits(11, 13), digits(14, 16), digits(17, 19), digits(20, 23)
	if !ok || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, milli*int(time.Millisecond), time.UTC)
	return t, t.Day() == day // the 31st of June is another day
}

// done fails unless everything was read.
func (r *scanner) done() error {
	if r.err == nil && r.at != len(r.s) {
		r.err = errors.Join(ErrNotCanonical, errors.New("more after the end"))
	}
	return r.err
}
