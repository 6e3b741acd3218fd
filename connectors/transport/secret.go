package transport

import (
	"fmt"
	"io"
)

const hidden = "[secret]"

// A Secret is a token or a password. However it is printed, formatted or
// marshalled, it shows "[secret]"; only Reveal gives its value.
type Secret string

// Reveal returns the value, to be put into a request and nowhere else.
func (s Secret) Reveal() string { return string(s) }

func (Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (Secret) GoString() string { return hidden }

// Format hides the value from every verb, %x and %q included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText hides the value from encoders (JSON, YAML, zap).
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
