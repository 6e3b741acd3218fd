//go:build unix

package blackbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

func decode(b []byte, into any) error { return json.Unmarshal(b, into) }

var tokenForm = regexp.MustCompile(`[gj]\d{5}x`)

// tokens are the values of people in a text, in order, each once.
func tokens(text string) []string {
	all := tokenForm.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func section(heading string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)(^|\n)### ` + regexp.QuoteMeta(heading) + `\n(.*?)(\n### |<!-- conformd|$)`)
}

// under is what stands under a heading of a body of GitHub.
func under(body, heading string) string {
	m := section(heading).FindStringSubmatch(strings.ReplaceAll(body, "\r\n", "\n"))
	if m == nil {
		return ""
	}
	if text := strings.TrimSpace(m[2]); text != "_No response_" {
		return text
	}
	return ""
}

// withSection is a body with another text under a heading, put in before the rest if
// it is not there yet.
func withSection(body, heading, text string) string {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	at := section(heading).FindStringSubmatchIndex(body)
	if at == nil {
		return "### " + heading + "\n\n" + text + "\n\n" + body
	}
	return body[:at[4]] + "\n" + text + "\n\n" + strings.TrimLeft(body[at[5]:], "\n")
}
