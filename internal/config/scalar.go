package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A fault is a mistake in one value, with the remedy.
type fault struct {
	code         Code
	what, remedy string
}

// scalar checks one text, number, time or truth value. A text needs no quotes even if it
// looks like a number or a truth value: a Jira status may be called 1 or true.
func scalar(v *yaml.Node, m member) (fault, bool) {
	if v.Kind != yaml.ScalarNode {
		return otherType(v, want(m.typ)), false
	}
	switch {
	case m.typ == typeOf[time.Duration]():
		d, err := time.ParseDuration(v.Value)
		if err != nil {
			return otherType(v, want(m.typ)), false
		}
		return within(int64(d/time.Second), m, seconds)
	case m.typ.Kind() == reflect.Bool:
		if v.Tag != "!!bool" {
			return otherType(v, want(m.typ)), false
		}
	case m.typ.Kind() == reflect.String:
		v.Tag, v.Style = "!!str", yaml.DoubleQuotedStyle
		if m.enum != nil && v.Value != "" && !slices.Contains(m.enum, v.Value) {
			return choice(v.Value, m.enum), false
		}
	default:
		x, err := strconv.ParseInt(v.Value, 10, 64)
		if err != nil || v.Tag != "!!int" {
			return otherType(v, want(m.typ)), false
		}
		return within(x, m, decimal)
	}
	return fault{}, true
}

// want names the type t in words for people.
func want(t reflect.Type) string {
	switch {
	case t == typeOf[time.Duration]():
		return "a time with its unit, such as 30s, 15m or 24h"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.String:
		return "a text"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Struct:
		return "a mapping of keys to values"
	}
	return "a whole number"
}

// otherType says that n is of another type than want. The value itself is not
// repeated: it may be a secret in the wrong place.
func otherType(n *yaml.Node, want string) fault {
	what := "a text"
	switch {
	case n.Kind == yaml.MappingNode:
		what = "a mapping"
	case n.Kind == yaml.SequenceNode:
		what = "a list"
	case n.Tag == "!!int", n.Tag == "!!float":
		what = "a number"
	case n.Tag == "!!bool":
		what = "true or false"
	}
	if what == want {
		return fault{CodeType, "this " + what + " cannot be read", "write it in quotes"}
	}
	return fault{CodeType, "the value is " + what, "write " + want}
}

// choice says that value is not one of the allowed ones.
func choice(value string, allowed []string) fault {
	remedy := "write " + alternatives(allowed)
	if near, ok := nearest(value, allowed); ok {
		remedy = "did you mean " + near + "? " + remedy
	}
	return fault{CodeChoice, quote(value) + " is not one of the values", remedy}
}

// within checks x against the limits of m.
func within(x int64, m member, text func(int64) string) (fault, bool) {
	if (m.min == 0 && m.max == 0) || (x >= m.min && (m.max == 0 || x <= m.max)) {
		return fault{}, true
	}
	what := text(x) + " is too large"
	if x < m.min {
		what = text(x) + " is too small"
	}
	remedy := "write " + text(m.min) + " to " + text(m.max)
	if m.max == 0 {
		remedy = "write " + text(m.min) + " or more"
	}
	return fault{CodeRange, what, remedy}, false
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func seconds(n int64) string { return short(time.Duration(n) * time.Second) }

// short prints a time without the units that are zero: 24h, not 24h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// quote repeats a value in an error, unless it is so long or so strange that it
// could be a secret that was pasted into the wrong line.
func quote(value string) string {
	if len(value) > 40 || looksSecret(value) {
		return "this value"
	}
	return fmt.Sprintf("%q", value)
}
