package jira

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// quote makes a JQL string of any text.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// epoch writes a moment for JQL without a time zone: milliseconds since 1970, unquoted. Jira
// would read a quoted date in the time zone of the account, and to the minute.
func epoch(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// jql joins conditions and sorts by the field order, oldest first.
func jql(order string, conditions ...string) string {
	return strings.Join(conditions, " AND ") + " ORDER BY " + order + " ASC"
}

// project is the condition that an issue lies in the project.
func (c *Client) project() []string { return []string{"project = " + quote(c.cfg.Project)} }

// types is the condition that an issue has one of the selected types, or with
// another operator than in, that it has none of them.
func (c *Client) types(operator string) []string {
	if len(c.cfg.IssueTypes) == 0 {
		return nil
	}
	var names []string
	for _, name := range c.cfg.IssueTypes {
		names = append(names, quote(name))
	}
	return []string{"issuetype " + operator + " (" + strings.Join(names, ", ") + ")"}
}

// further is the condition of the configuration.
func (c *Client) further() []string {
	s := strings.TrimSpace(c.cfg.Select)
	if s == "" {
		return nil
	}
	return []string{"(" + s + ")"}
}

// checkSelect refuses JQL that could end the parentheses around it.
func checkSelect(s string) error {
	depth, bare := 0, strings.Builder{}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\'':
			end := i + 1
			for end < len(s) && s[end] != c {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(s) {
				return errors.New("a quoted string has no end")
			}
			i = end
			bare.WriteByte(' ')
		case '(':
			depth++
			bare.WriteByte(c)
		case ')':
			if depth--; depth < 0 {
				return errors.New("a parenthesis closes that was not opened")
			}
			bare.WriteByte(c)
		default:
			bare.WriteByte(c)
		}
	}
	if depth != 0 {
		return errors.New("a parenthesis is not closed")
	}
	words := strings.FieldsFunc(strings.ToLower(bare.String()), func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' })
	for i, w := range words {
		if w == "order" && i+1 < len(words) && words[i+1] == "by" {
			return errors.New("it must not contain ORDER BY")
		}
	}
	return nil
}
