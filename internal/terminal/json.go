package terminal

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// JSON returns an equivalent JSON text that is safe on a terminal: the characters that [Safe]
// shows are escaped as \uXXXX (RFC 8259 section 7). They occur only within strings; the
// encoder has already escaped C0 and replaced bytes that are not UTF-8.
func JSON(text []byte) []byte {
	var b strings.Builder
	for _, r := range string(text) {
		switch {
		case !hidden(r) || layout(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return []byte(b.String())
}
