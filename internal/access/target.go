package access

import "strings"

// longestTarget is the longest address, in bytes, to which a person comes back after signing in.
const longestTarget = 2048

// Target returns the page to which a person comes back after signing in: raw if it is a path of
// our own pages, and otherwise the first page.
func Target(raw string) string {
	const first = "/"
	path, _, _ := strings.Cut(raw, "?")
	if len(raw) > longestTarget || !strings.HasPrefix(path, "/") || strings.ContainsFunc(raw, strange) {
		return first
	}
	// Browsers and proxies read "//host" and "/\host" as the address of another host, some of
	// them after they decoded the path; and dots lead back to the beginning.
	decoded := strings.NewReplacer("%2f", "/", "%5c", "/", "%2e", ".").Replace(strings.ToLower(path))
	if strings.HasPrefix(decoded, "//") || strings.Contains(decoded, "/./") || strings.Contains(decoded, "/../") || strings.HasSuffix(decoded, "/..") {
		return first
	}
	for _, own := range []string{"/sign-in", "/sign-out", "/setup"} {
		if decoded == own || strings.HasPrefix(decoded, own+"/") {
			return first
		}
	}
	return raw
}

// strange reports whether a character does not stand in a path with a query (RFC 3986). Browsers take a
// backslash for a slash, and drop tabs and line ends.
func strange(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("\\\"<>^`{|}#", r)
}
