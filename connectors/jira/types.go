package jira

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/conformd/conformd/connectors"
)

func readText(raw json.RawMessage, _ map[string]connectors.User) (string, bool) {
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return text(*s), true
}

func writeText(s string, _ func(string) (any, error)) (any, error) { return s, nil }

// reader returns a function that reads the value of an object from one of its members.
func reader(member string) func(json.RawMessage, map[string]connectors.User) (string, bool) {
	return func(raw json.RawMessage, _ map[string]connectors.User) (string, bool) {
		var m map[string]json.RawMessage
		var s string
		if json.Unmarshal(raw, &m) != nil || json.Unmarshal(m[member], &s) != nil {
			return "", false
		}
		return s, s != ""
	}
}

// writer returns a function that writes a value as an object with one member.
func writer(member string) func(string, func(string) (any, error)) (any, error) {
	return func(s string, _ func(string) (any, error)) (any, error) { return map[string]string{member: s}, nil }
}

func readUser(raw json.RawMessage, users map[string]connectors.User) (string, bool) {
	var w wireUser
	if json.Unmarshal(raw, &w) != nil {
		return "", false
	}
	u := w.user()
	if u.ID != "" && users != nil {
		users[u.ID] = u
	}
	return u.ID, u.ID != ""
}

func writeUser(id string, login func(string) (any, error)) (any, error) { return login(id) }

// readTime reads a moment as RFC 3339 in UTC: Jira writes it in the time zone of the
// account that asks, which may change.
func readTime(raw json.RawMessage, _ map[string]connectors.User) (string, bool) {
	var m moment
	if json.Unmarshal(raw, &m) != nil || m.IsZero() {
		return "", false
	}
	return m.Format(time.RFC3339Nano), true
}

// writeTime takes a moment in RFC 3339, or a date, which is its beginning in UTC. Data
// Center keeps whole minutes only.
func writeTime(s string, _ func(string) (any, error)) (any, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Format("2006-01-02T15:04:05.000-0700"), nil
		}
	}
	return nil, fmt.Errorf("the field takes a time such as 2026-11-28T14:30:00Z, or a date, not %q", s)
}

// decimals are the numbers that JSON can hold: no NaN, no hexadecimal digits.
var decimals = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// readNumber reads a number in its shortest form: Jira keeps floating point numbers
// and writes 12 as 12.0.
func readNumber(raw json.RawMessage, _ map[string]connectors.User) (string, bool) {
	var n float64
	if string(raw) == "null" || json.Unmarshal(raw, &n) != nil {
		return "", false
	}
	return strconv.FormatFloat(n, 'f', -1, 64), true
}

func writeNumber(s string, _ func(string) (any, error)) (any, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !decimals.MatchString(s) {
		return nil, fmt.Errorf("the field takes a number such as 12.5, not %q", s)
	}
	return n, nil
}
