package sticky

import "strings"

// Plain writes a text of people into a comment of conformd so that it reads the same
// and does nothing: no markup, no link, no picture, no mention, no reference.
func Plain(s string) string {
	s = oneLine(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '@' || r == '#':
			b.WriteRune(r)
			b.WriteRune('\u200b')
		case strings.ContainsRune("\\`*_[]<>|~!", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "://", ":\u200b//")
}
