package jirasim

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token of JQL. Quoted tells a string from a bare word.
type token struct {
	text   string
	quoted bool
}

// jqlError is a query that Jira answers with 400.
type jqlError string

func (e jqlError) Error() string { return string(e) }

func jqlErrorf(format string, args ...any) error {
	return jqlError(fmt.Sprintf(format, args...))
}

// lex cuts JQL into tokens.
func lex(q string) ([]token, error) {
	var out []token
	for len(q) > 0 {
		r, n := utf8.DecodeRuneInString(q)
		switch {
		case unicode.IsSpace(r):
			q = q[n:]
		case strings.HasPrefix(q, ">="), strings.HasPrefix(q, "<="), strings.HasPrefix(q, "!="):
			out = append(out, token{text: q[:2]})
			q = q[2:]
		case strings.ContainsRune("=<>(),", r):
			out = append(out, token{text: q[:n]})
			q = q[n:]
		case r == '"' || r == '\'':
			text, rest, err := lexString(q[1:], byte(r))
			if err != nil {
				return nil, err
			}
			out = append(out, token{text: text, quoted: true})
			q = rest
		case bare(r):
			end := strings.IndexFunc(q, func(r rune) bool { return !bare(r) })
			if end < 0 {
				end = len(q)
			}
			out = append(out, token{text: q[:end]})
			q = q[end:]
		default:
			return nil, jqlErrorf("Error in the JQL Query: The character '%c' is a reserved JQL character. You must enclose it in a string or use the escape '\\u%04x' instead.", r, r)
		}
	}
	return out, nil
}

// bare reports whether r may stand in an unquoted word.
func bare(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.[]", r)
}

// lexString reads a string up to its closing quote.
func lexString(q string, quote byte) (text, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(q); i++ {
		switch c := q[i]; c {
		case quote:
			return b.String(), q[i+1:], nil
		case '\\':
			i++
			if i == len(q) {
				return "", "", jqlErrorf("Error in the JQL Query: The escape sequence at the end is incomplete.")
			}
			switch q[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '"', '\'', '\\', ' ':
				b.WriteByte(q[i])
			default:
				return "", "", jqlErrorf("Error in the JQL Query: '\\%c' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX.", q[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "", jqlErrorf("Error in the JQL Query: The quoted string '%s' has not been completed.", b.String())
}
